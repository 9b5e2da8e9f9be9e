"""Named values as horizontal bars: class probabilities, outputs of a dense layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.common.numbers import LEAST_WIDTH, figure, metric_value
from tui.ui.textual_patches.repaint import repaint

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_FIGURE = LEAST_WIDTH + 1
_NARROWEST = 30
"""Narrowest column of bars, in cells; a wide widget has several columns."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A named value.

    Args:
        name: safe to show.
        value: length of the bar.
        note: a word after the number, safe to show.
    """

    name: str
    value: float
    note: str = ""


def bar_text(share: float, width: int) -> str:
    """Return a bar drawn in eighths of a cell; NaN has none.

    >>> bar_text(0.5, 4), bar_text(0.3, 4)
    ('██  ', '█▎  ')
    """
    if math.isnan(share):
        return " " * width
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def value_text(value: float) -> str:
    """Return a number in at most seven characters, plus its sign.

    >>> value_text(0.98587), value_text(-12.5), value_text(31415.9), value_text(0.0)
    ('0.9859', '−12.5', '31,416', '0')
    >>> value_text(0.00614), value_text(0.000012), value_text(-1e6), value_text(float("inf"))
    ('0.00614', '1.2e−5', '−1e6', 'inf')
    """
    width = LEAST_WIDTH + (value < 0)
    size = abs(value)
    # Probabilities are formatted as metrics; other numbers with their significant digits.
    text = metric_value(value, width) if 0.1 <= size < 1 else figure(value, 3 + (size >= 1), width)
    return text.replace("-", "−")


class BarList(Static):
    """Bars in the given order; negative ones are hatched."""

    DEFAULT_CSS = """
    BarList { width: 1fr; height: 1fr; }
    """

    class Resized(Message):
        """The widget's size has changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._bars: Sequence[Bar] = ()
        self._whole: float | None = None
        self._chosen = -1

    @property
    def page(self) -> int:
        """How many bars fit."""
        return self._across * max(self.content_size.height, 1)

    @property
    def _across(self) -> int:
        return max(self.content_size.width // _NARROWEST, 1)

    def show(self, bars: Sequence[Bar], *, whole: float | None = None, chosen: int = -1) -> None:
        """Show other bars.

        Args:
            bars: at most `page` of them are visible.
            whole: value of a full bar; by default the largest of them.
            chosen: index of the marked one; -1 for none.
        """
        self._bars, self._whole, self._chosen = bars, whole, chosen
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()
        self.post_message(self.Resized())

    def _draw(self) -> None:
        rows = self.content_size.height
        if not rows or not self._bars:
            repaint(self, Content(""))
            return
        across = min(self._across, -(-len(self._bars) // rows))
        width = self.content_size.width // max(across, 1) - (across > 1)
        finite = (abs(bar.value) for bar in self._bars if math.isfinite(bar.value))
        whole = self._whole or max(finite, default=0.0) or 1.0
        name = min(max((len(bar.name) for bar in self._bars), default=0), max(width // 2, 6))
        note = max((len(bar.note) for bar in self._bars), default=0)
        lines = []
        for row in range(min(rows, len(self._bars))):
            parts = [
                self._bar(number, width, name, note, whole)
                for number in range(row, min(len(self._bars), rows * across), rows)
            ]
            lines.append(Content(" ").join(parts))
        repaint(self, Content("\n").join(lines))

    def _bar(self, number: int, width: int, name: int, note: int, whole: float) -> Content:
        bar = self._bars[number]
        room = max(width - name - note - _FIGURE - 4, 4)
        text = bar_text(abs(bar.value) / whole, room)
        if bar.value < 0:
            text = text.replace("█", "▒")
        chosen = number == self._chosen
        return Content.assemble(
            ("▸" if chosen else " ", "bold"),
            (f"{bar.name[:name]:<{name}} ", "bold reverse" if chosen else ""),
            (text, "$output-color"),
            f" {value_text(bar.value):>{_FIGURE}} ",
            (f"{bar.note:<{note}}", "$text-muted"),
        )
