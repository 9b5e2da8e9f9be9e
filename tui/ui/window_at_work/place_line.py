"""The line that asks for an output value to go to."""

from __future__ import annotations

from textual import events, on

from tui.common.text import clean
from tui.geometry import Volume
from tui.ui.forms.line_input import LineInput


class PlaceLine(LineInput):
    """Asks for a row and a column; out of sight until it is asked, and once it is left."""

    DEFAULT_CSS = """
    PlaceLine { display: none; width: 30; }
    PlaceLine.-asking { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="row column, such as 2 3", compact=True, max_length=12)

    def ask(self) -> None:
        """Come into sight, empty, and take the focus."""
        self.value = ""
        self.add_class("-asking")
        self.focus()

    @on(events.Blur)
    def _hide(self) -> None:
        self.remove_class("-asking")


def place_named(text: str, output: Volume) -> int:
    """Return the place that a row and a column name.

    Args:
        text: both of them, from 1.
        output: the volume whose values can be gone to.

    Returns:
        The place, counted row by row from 0.

    Raises:
        ValueError: when there is no such place; its text says what to type.

    >>> place_named("2 3", Volume(4, 4, 1))
    6
    """
    try:
        row, column = (int(word) for word in text.replace(",", " ").split())
    except ValueError:
        row = column = 0
    if not (1 <= row <= output.height and 1 <= column <= output.width):
        raise ValueError(
            f"{clean(text, 20)} is no place of the output: type a row from 1 to "
            f"{output.height} and a column from 1 to {output.width}, such as 2 1."
        )
    return (row - 1) * output.width + column - 1
