"""A chart as lines of text, drawn by plotext 6."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.common.numbers import axis_texts
from tui.runs.curves.axis_range import axis_range

Points = Sequence[tuple[float, float]]
RGB = tuple[int, int, int]
Range = tuple[float, float]


GREATEST, LEAST = 1e300, 1e-300
"""Values beyond are drawn there: the length of an axis to the last float would overflow."""


@dataclass(frozen=True)
class Series:
    """A curve or a sequence of points in a chart.

    Args:
        name: its name in the legend.
        points: (x, y), in order of x.
        role: the component class of its colour: `training`, `validation` or `rule`.
        line: whether a line finer than a cell joins the points; else each point has a marker.
        marker: the sign of a point.
    """

    name: str
    points: Points
    role: str
    line: bool = True
    marker: str = "●"


def value_range(
    series: Iterable[Series],
    *,
    rule: float | None = None,
    bounded: bool = False,
    log: bool = False,
) -> Range:
    """Return a y range that contains all points; it is never empty.

    Args:
        series: the curves.
        rule: the value of the stop rule, which is included if it is near the curves.
        bounded: whether the values are shares from 0 to 1; ignored with `log`.
        log: whether the axis is logarithmic, without values of 0 and below.

    >>> value_range([Series("loss", [(1, 0.2), (2, 0.0)], "training")], log=True)
    (0.1, 0.4)
    """
    values = [drawable(y) for one in series for _, y in one.points if math.isfinite(y)]
    if log:
        above = [max(y, LEAST) for y in values if y > 0]
        if not above:
            return 0.1, 1.0
        low, high = min(above), max(above)
        return (low / 2, high * 2) if high / low < 1.001 else (low, high)
    return axis_range(values, rule=rule, bounded=bounded)


def drawable(y: float) -> float:
    """Return a value within what an axis can show.

    >>> drawable(1.7e308), drawable(-2.5)
    (1e+300, -2.5)
    """
    return min(max(y, -GREATEST), GREATEST)


def clip(points: Points, x_range: Range, *, line: bool) -> list[tuple[float, float]]:
    """Return the points within the axis; a line is cut where it crosses the ends.

    Args:
        points: (x, y), in order of x; those that are not finite are left out.
        x_range: the lowest and highest x of the axis.
        line: whether the points are joined.

    >>> clip([(0, 0.0), (2, 1.0), (4, 2.0)], (1, 3), line=True)
    [(1, 0.5), (2, 1.0), (3, 1.5)]
    >>> clip([(0, 0.0), (2, 1.0), (4, 2.0)], (1, 3), line=False)
    [(2, 1.0)]
    """
    low, high = x_range
    finite = [(x, drawable(y)) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    inside = [(x, y) for x, y in finite if low <= x <= high]
    if not line:
        return inside
    found: list[tuple[float, float]] = []
    before: tuple[float, float] | None = None
    for point in finite:
        if before is not None:
            for edge in (low, high):
                if before[0] < edge < point[0]:
                    share = (edge - before[0]) / (point[0] - before[0])
                    found.append((edge, before[1] + share * (point[1] - before[1])))
        if low <= point[0] <= high:
            found.append(point)
        before = point
    return found


def draw(
    width: int,
    height: int,
    series: Sequence[Series],
    colors: dict[str, RGB],
    *,
    x_range: Range,
    y_range: Range,
    rule: float | None = None,
    log: bool = False,
    least_ticks: int = 2,
) -> list[str]:
    """Return the chart's lines, with ANSI colours.

    Args:
        width: the width in columns.
        height: the height in rows.
        series: the curves; points that are not finite are left out.
        colors: RGB for `axis`, for `ground` (the background), and for each series' role.
        x_range: the lowest and highest x of the axis.
        y_range: the lowest and highest y of the axis, both above 0 with `log`.
        rule: the y of a horizontal line, or None.
        log: whether the y axis is logarithmic; points at 0 and below are left out.
        least_ticks: the y axis may have so many values, however low the chart is.
    """
    import plotext  # 0.2 s to import: not on the way to the first frame

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.canvas("default")
    # Without a background plotext paints a white one behind axes and labels.
    ground = colors["ground"]
    axis = (colors["axis"], ground, None)
    figure.axes(True, pixel=axis)
    figure.axes(False, axis="x", side=1)
    figure.axes(False, axis="y", side=1)
    place = math.log10 if log else float
    low, high = place(y_range[0]), place(y_range[1])
    # plotext 6 aborts the whole process on NaN, and on a line that goes far beyond the axis: pass
    # only finite points, none further out than the axis is long.
    least, greatest = low - (high - low), high + (high - low)
    for one in series:
        points = clip(one.points, x_range, line=one.line)
        if log:
            points = [(x, math.log10(max(y, LEAST))) for x, y in points if y > 0]
        if not points:
            continue
        signal = figure.signal(
            [x for x, _ in points],
            [min(max(y, least), greatest) for _, y in points],
            marker=plotext.marker(
                "braille" if one.line else one.marker, (colors[one.role], None, None)
            ),
        )
        signal.lines(one.line and len(points) > 1)
        figure.draw(signal)
    if rule is not None and (rule > 0 or not log) and low <= place(rule) <= high:
        figure.line(place(rule), pixel=(colors["rule"], ground, None), style="dotted")
    horizontal, vertical = figure.ruler("x"), figure.ruler("y")
    horizontal.lim(*x_range)
    vertical.lim(low, high)
    horizontal.pixel(axis)
    vertical.pixel(axis)
    positions = ticks(*x_range, max(width // 8, 2), whole=x_range[1] - x_range[0] >= 2)
    horizontal.ticks(positions, axis_texts(positions))
    most = max(height // 3, least_ticks)
    heights = log_ticks(*y_range, most) if log else ticks(low, high, most, whole=False)
    vertical.ticks([place(value) for value in heights], axis_texts(heights))
    lines: list[str] = figure.build().string().split("\n")
    return lines[:height]


def ticks(low: float, high: float, most: int, *, whole: bool = True) -> list[float]:
    """Return round positions in a range, at most `most`.

    >>> ticks(0, 15, 6)
    [0, 5, 10, 15]
    >>> ticks(0.0, 1.0, 5, whole=False)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    span = max(high - low, 1e-12)
    step = 10.0 ** math.floor(math.log10(span))
    if whole:
        step = max(step, 1.0)
    for factor in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100):
        size = step * factor
        if whole and (size < 1 or size != int(size)):
            continue
        first = math.ceil(low / size - 1e-9)
        last = math.floor(high / size + 1e-9)
        if last - first + 1 <= most:
            found = [round(n * size, 12) for n in range(first, last + 1)]
            return [int(value) for value in found] if whole else found
    return [low, high]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round positions on a logarithmic axis, at most `most`.

    Args:
        low: the lowest value, above 0.
        high: the highest.
        most: their maximum number, at least 2.

    >>> log_ticks(0.04, 3, 5)
    [0.1, 1.0]
    >>> log_ticks(0.2, 0.6, 4)
    [0.2, 0.3, 0.4, 0.5]
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    decades = last - first + 1
    if decades < 2:
        # Within about a decade round values are more useful than one power of ten.
        return [value for value in ticks(low, high, most + 1, whole=False) if value > 0][:most]
    step = -(-decades // most)
    return [10.0**power for power in range(first, last + 1, step)]


def column_of(x: float, x_range: Range, columns: int) -> int:
    """Return the column of the plot that shows an x, with plotext's rounding.

    >>> [column_of(x, (0, 10), 38) for x in (0, 1, 5, 10)]
    [0, 4, 19, 37]
    """
    low, high = x_range
    return math.floor((x - low) / max(high - low, 1e-12) * (columns - 1) + 0.5)
