"""What is laid over a drawn chart: a shaded stretch, and the line of the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

CURSOR = "┃"


@dataclass(frozen=True)
class Plot:
    """Where in a chart's rows the curves are: its columns, and how many rows."""

    left: int
    right: int
    rows: int


def find_plot(strips: Sequence[Strip]) -> Plot | None:
    """Return where the curves are, read from the corner of the axes; None where there is none."""
    for number, strip in enumerate(strips):
        corner = strip.text.find("└")
        if corner >= 0:
            return Plot(corner + 1, strip.cell_length, number)
    return None


def shade(strips: Sequence[Strip], plot: Plot, start: int, name: str, style: Style) -> list[Strip]:
    """Lay a ground under the columns from `start` to the right end.

    The words stand in the first row with room for them, so that the stretch is known without
    its colour.

    Args:
        strips: the chart's rows, without a ground of their own.
        plot: where the curves are.
        start: first shaded column of the plot.
        name: what the stretch is.
        style: with the ground's colour.
    """
    first = plot.left + max(start, 0)
    if first >= plot.right:
        return list(strips)
    ground = Style(bgcolor=style.bgcolor)
    words = f"▸{name}"
    named = next(
        (
            number
            for number, strip in enumerate(strips[: plot.rows])
            if strip.text[first:].startswith(" " * (len(words) + 1))
        ),
        None,
    )
    shaded = list(strips)
    for number, strip in enumerate(strips[: plot.rows]):
        part = strip.crop(first, plot.right)
        if number == named:
            rest = part.crop(len(words), part.cell_length)
            part = Strip.join([Strip([Segment(words, style)]), rest])
        # The stop rule's line has a ground of its own: this one goes over it.
        over = Segment.apply_style(part, post_style=ground)
        shaded[number] = Strip.join([strip.crop(0, first), Strip(over)])
    return shaded


def cursor(strips: Sequence[Strip], plot: Plot, column: int, style: Style) -> list[Strip]:
    """Draw the cursor: a line through the blank cells of a column; what is drawn there stays.

    Args:
        strips: the chart's rows.
        plot: where the curves are.
        column: of the plot, from 0.
        style: of the line.
    """
    at = plot.left + column
    if not plot.left <= at < plot.right:
        return list(strips)
    crossed = []
    for number, strip in enumerate(strips):
        if number >= plot.rows:
            crossed.append(strip)
            continue
        cell = strip.crop(at, at + 1)
        if cell.text.strip() in ("", "┈"):
            under = next((one.style for one in cell if one.style is not None), Style())
            cell = Strip([Segment(CURSOR, under + style)])
        crossed.append(Strip.join([strip.crop(0, at), cell, strip.crop(at + 1, plot.right)]))
    return crossed
