"""Choose the protocol for real pictures, before the app starts.

textual-image implements the protocols, and queries the terminal as soon as it is imported: once the
app reads the keyboard, the reply would arrive as keys. So it is imported only if the environment
names a terminal that is known to support one.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import termios
import time
import tty
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from tui.common.text import clean
from tui.ui.textual_patches.cell_pixels import terminal_cell_pixels

if TYPE_CHECKING:
    from PIL import Image
    from textual.widget import Widget


_QUESTION = b"\x1b[>0q"  # XTVERSION
_ANSWER = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
_KITTY = re.compile(r"kitty\((\d+)\.(\d+)")
_MOST = 4096


def terminal_version(terminal: int = 0, wait: float = 0.5) -> str:
    """Return a terminal's name and version, such as `kitty(0.35.2)`; empty without a reply.

    Args:
        terminal: file descriptor of the terminal.
        wait: seconds to wait for the reply, which may travel over a slow connection.
    """
    try:
        before = termios.tcgetattr(terminal)
    except termios.error:
        return ""
    heard = b""
    try:
        tty.setcbreak(terminal)
        os.write(terminal, _QUESTION)
        end = time.monotonic() + wait
        while (left := end - time.monotonic()) > 0 and len(heard) < _MOST:
            if not select.select([terminal], [], [], left)[0]:
                break
            heard += os.read(terminal, 256)
            if found := _ANSWER.search(heard):
                return found[1].decode("ascii", "replace")
    except (OSError, termios.error):
        return ""
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSANOW, before)
    return ""


def lacks_placeholders(version: str) -> bool:
    """Whether a terminal is a kitty older than 0.28, which has no placeholders for pictures.

    >>> lacks_placeholders("kitty(0.26.5)"), lacks_placeholders("kitty(0.35.2)")
    (True, False)
    """
    found = _KITTY.match(version)
    return found is not None and (int(found[1]), int(found[2])) < (0, 28)


Protocol = Literal["kitty", "sixel", "none"]
VARIABLE = "CNN_TUI_GRAPHICS"

_chosen: list[Protocol] = []


class GraphicsError(ValueError):
    """The environment variable names an unknown protocol; the message lists the known ones."""


def terminal_protocol(environment: Mapping[str, str]) -> Protocol:
    """Return the protocol of a terminal as far as its environment variables show it.

    Args:
        environment: names and values; `CNN_TUI_GRAPHICS` takes precedence.

    Raises:
        GraphicsError: if that variable is none of kitty, sixel, none.

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
    # Terminal multiplexers let neither protocol through.
    if request in ("none", "off") or "TMUX" in environment or term.startswith(("screen", "tmux")):
        return "none"
    if term in ("xterm-kitty", "xterm-ghostty") or program in ("kitty", "ghostty"):
        return "kitty"
    if term.startswith(("foot", "mlterm", "contour")) or program in ("wezterm", "iterm.app"):
        return "sixel"
    return "none"


def prepare() -> None:
    """Choose the protocol for this process; to be called before the app starts.

    Raises:
        GraphicsError: see `terminal_protocol`.
    """
    protocol = terminal_protocol(os.environ)
    if protocol == "kitty" and lacks_placeholders(terminal_version()):
        protocol = "none"
    _chosen[:] = [protocol]
    if protocol != "none":
        from textual_image import widget  # noqa: F401 - queries the terminal now

        from tui.datasets.images import thumbnails

        thumbnails.set_sharp_pictures(True)


def image_widget() -> Widget | None:
    """Return a new widget for real pictures; None if only half blocks can be drawn."""
    protocol = _protocol()
    if protocol == "none":
        return None
    if protocol == "kitty":
        from tui.ui.pictures.kitty import KittyPicture

        return KittyPicture()
    from tui.ui.pictures.sixel import SixelPicture

    return SixelPicture(cell_pixels)


def cell_pixels() -> tuple[int, int]:
    """Return the width and height of a cell in pixels; 1 and 2 for half blocks."""
    if _protocol() == "none":
        return 1, 2
    return terminal_cell_pixels()


def _protocol() -> Protocol:
    return _chosen[0] if _chosen else "none"


def show_image(widget: Widget, image: Image.Image | None, columns: int, rows: int) -> None:
    """Show an image in a widget from `image_widget`; None for no image.

    An image that is already shown is not sent again, which matters over a slow link.

    Args:
        widget: the widget.
        image: an image of any size; it is scaled to the cells.
        columns, rows: size in cells.
    """
    widget.display = image is not None
    widget.styles.width, widget.styles.height = columns, rows
    if widget.image != image:  # type: ignore[attr-defined]
        widget.image = image  # type: ignore[attr-defined]
