"""The size of a terminal cell in pixels.

textual-image queries the terminal when it is imported, and keeps the reply private.

Touches: `textual_image._terminal.get_cell_size`.

Since: textual-image 0.8.

Without: 10×20, which textual-image assumes if a terminal does not reply. Pictures are too sharp or
too coarse, and sixels are too small or too large.
"""

from __future__ import annotations

from tui.ui.textual_patches.switches import is_on

USUAL = 10, 20


def terminal_cell_pixels() -> tuple[int, int]:
    """Return width and height in pixels; `graphics.prepare` must have been called."""
    if not is_on(__name__):
        return USUAL
    from textual_image._terminal import get_cell_size

    width, height = get_cell_size()
    return width, height
