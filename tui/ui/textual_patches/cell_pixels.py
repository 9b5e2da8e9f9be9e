"""How many pixels a cell of the terminal has.

textual-image asks the terminal as it is imported, and keeps the answer to itself.

Touches: `textual_image._terminal.get_cell_size`.

Since: textual-image 0.8.

Without: 10×20, what textual-image takes where a terminal does not answer. Pictures are sharper or
coarser than they should be, and sixels end too early or too late.
"""

from __future__ import annotations

from tui.ui.textual_patches.switches import is_on

USUAL = 10, 20


def terminal_cell_pixels() -> tuple[int, int]:
    """Return the pixels across and down; the terminal has to have been asked, see `graphics.py`."""
    if not is_on(__name__):
        return USUAL
    from textual_image._terminal import get_cell_size

    width, height = get_cell_size()
    return width, height
