"""What is drawn over the rows of a chart: cursor, shaded part, phases, a rule beyond the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.common.text import exact

CURSOR = "┃"
PHASE_LINE = "┊"


@dataclass(frozen=True)
class Plot:
    """The part of a chart's rows that holds the curves: its columns and its number of rows."""

    left: int
    right: int
    rows: int


def find_plot(strips: Sequence[Strip]) -> Plot | None:
    """Return the part with the curves, found by the corner of the axes; None without axes."""
    for number, strip in enumerate(strips):
        corner = strip.text.find("└")
        if corner >= 0:
            return Plot(corner + 1, strip.cell_length, number)
    return None


def write_rule(
    strips: Sequence[Strip], plot: Plot, rule: float, style: Style, *, above: bool
) -> list[Strip]:
    """Write the value of a stop rule that is beyond the axis, at the edge nearest to it.

    It stands as far right as there is room in the first row that has any.

    Args:
        strips: the chart's rows.
        plot: the part with the curves.
        rule: the value.
        style: the style of the words.
        above: whether it is above the axis, else below.
    """
    words = f"{'↑' if above else '↓'} stop rule {exact(rule)}"
    rows = range(plot.rows) if above else range(plot.rows - 1, -1, -1)
    written = list(strips)
    for number in rows:
        at = strips[number].text.rfind(" " * (len(words) + 2), plot.left, plot.right) + 1
        if at > plot.left:
            strip, end = strips[number], at + len(words)
            inserted = Strip([Segment(words, style)])
            written[number] = Strip.join(
                [strip.crop(0, at), inserted, strip.crop(end, strip.cell_length)]
            )
            break
    return written


def shade(strips: Sequence[Strip], plot: Plot, start: int, name: str, style: Style) -> list[Strip]:
    """Shade the background of the columns from `start` to the right end.

    The name is written in the first row with room for it, so that colour is not needed.

    Args:
        strips: the chart's rows, without a background.
        plot: the part with the curves.
        start: the first shaded column of the plot.
        name: the name of the shaded part.
        style: the style, with a background colour.
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
        # Over the background of the stop rule's line.
        over = Segment.apply_style(part, post_style=ground)
        shaded[number] = Strip.join([strip.crop(0, first), Strip(over)])
    return shaded


def cursor(strips: Sequence[Strip], plot: Plot, column: int, style: Style) -> list[Strip]:
    """Draw the cursor through the blank cells of a column, without covering curves.

    Args:
        strips: the chart's rows.
        plot: the part with the curves.
        column: the column of the plot, from 0.
        style: the style of the line.
    """
    return vertical_line(strips, plot, column, CURSOR, style)


def phase_line(
    strips: Sequence[Strip], plot: Plot, column: int, name: str, style: Style
) -> list[Strip]:
    """Draw the line at which a phase begins, without covering curves, and write its name.

    The name stands behind the line, or before it, in the first row with room for it.

    Args:
        strips: the chart's rows.
        plot: the part with the curves.
        column: the column of the plot, from 0.
        name: of the phase.
        style: of the line and the name.
    """
    at = plot.left + column
    written = list(strips)
    for number, strip in enumerate(strips[: plot.rows]):
        for words, start in ((f"{name} ", at + 1), (f" {name}", at - len(name) - 1)):
            room = strip.text[start : start + len(words)]
            if plot.left <= start and start + len(words) <= plot.right and not room.strip():
                end = start + len(words)
                inserted = Strip([Segment(words, style)])
                written[number] = Strip.join(
                    [strip.crop(0, start), inserted, strip.crop(end, strip.cell_length)]
                )
                return vertical_line(written, plot, column, PHASE_LINE, style)
    return vertical_line(written, plot, column, PHASE_LINE, style)


def vertical_line(
    strips: Sequence[Strip], plot: Plot, column: int, sign: str, style: Style
) -> list[Strip]:
    """Draw a line through the blank cells of a column, without covering curves.

    Args:
        strips: the chart's rows.
        plot: the part with the curves.
        column: the column of the plot, from 0.
        sign: of each cell of the line.
        style: the style of the line.
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
        if cell.text.strip() in ("", "┈", PHASE_LINE):
            under = next((one.style for one in cell if one.style is not None), Style())
            cell = Strip([Segment(sign, under + style)])
        crossed.append(Strip.join([strip.crop(0, at), cell, strip.crop(at + 1, plot.right)]))
    return crossed
