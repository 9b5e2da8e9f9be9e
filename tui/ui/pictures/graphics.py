"""Which of the protocols for real pictures the terminal has, decided before the app starts.

textual-image speaks them, and asks the terminal as soon as it is imported: once the app reads the
keyboard the answer would arrive as keys. So nothing is imported, and nothing asked, unless the
environment names a terminal that is known to have one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from tui.common.text import clean
from tui.ui.pictures.terminal_query import lacks_placeholders, terminal_version
from tui.ui.textual_patches.cell_pixels import terminal_cell_pixels

if TYPE_CHECKING:
    from PIL import Image
    from textual.widget import Widget

Protocol = Literal["kitty", "sixel", "none"]
VARIABLE = "CNN_TUI_GRAPHICS"

_chosen: list[Protocol] = []


class GraphicsError(ValueError):
    """The variable names no protocol; the message says which there are."""


def terminal_protocol(environment: Mapping[str, str]) -> Protocol:
    """Say which protocol a terminal has, going by what it tells of itself in the environment.

    Args:
        environment: names and values; `CNN_TUI_GRAPHICS` overrules the rest.

    Raises:
        GraphicsError: when that is none of kitty, sixel, none.

    >>> terminal_protocol({"TERM": "xterm-kitty"}), terminal_protocol({"TERM": "xterm-256color"})
    ('kitty', 'none')
    """
    request = environment.get(VARIABLE, "").strip().lower()
    if request == "kitty":
        return "kitty"
    if request == "sixel":
        return "sixel"
    if request not in ("", "auto", "none", "off"):
        raise GraphicsError(
            f"{VARIABLE} is {clean(request, 30)!r}; it can be kitty, sixel or none. "
            "Without it the terminal's own name decides."
        )
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "").lower()
    # A multiplexer between us and the terminal lets neither through.
    if request in ("none", "off") or "TMUX" in environment or term.startswith(("screen", "tmux")):
        return "none"
    if term in ("xterm-kitty", "xterm-ghostty") or program in ("kitty", "ghostty"):
        return "kitty"
    if term.startswith(("foot", "mlterm", "contour")) or program in ("wezterm", "iterm.app"):
        return "sixel"
    return "none"


def prepare() -> None:
    """Choose the protocol for this process; to be called before the app takes the terminal.

    Raises:
        GraphicsError: as `terminal_protocol`.
    """
    protocol = terminal_protocol(os.environ)
    if protocol == "kitty" and lacks_placeholders(terminal_version()):
        protocol = "none"
    _chosen[:] = [protocol]
    if protocol != "none":
        from textual_image import widget  # noqa: F401 - asks the terminal now

        from tui.datasets.images import thumbnails

        thumbnails.keep_sharp(True)


def image_widget() -> Widget | None:
    """Return a new widget with an `image` for real pictures; None where half blocks must do."""
    protocol = _protocol()
    if protocol == "none":
        return None
    if protocol == "kitty":
        from tui.ui.pictures.kitty import KittyPicture

        return KittyPicture()
    from tui.ui.pictures.sixel import SixelPicture

    return SixelPicture(cell_pixels)


def cell_pixels() -> tuple[int, int]:
    """Return how many pixels a cell has across and down; of half blocks, 1 and 2."""
    if _protocol() == "none":
        return 1, 2
    return terminal_cell_pixels()


def _protocol() -> Protocol:
    return _chosen[0] if _chosen else "none"


def show_image(widget: Widget, image: Image.Image | None, columns: int, rows: int) -> None:
    """Give a widget from `image_widget` an image to draw; None for none.

    What is drawn already is not sent again: over a slow link that is felt.

    Args:
        widget: what draws it.
        image: of any size; it is brought to the cells' pixels.
        columns, rows: the cells that it takes.
    """
    widget.display = image is not None
    widget.styles.width, widget.styles.height = columns, rows
    if widget.image != image:  # type: ignore[attr-defined]
        widget.image = image  # type: ignore[attr-defined]
