"""A line chart drawn by plotext 6."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.color import Color
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.console import Console

Points = Sequence[tuple[float, float]]
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Series:
    """One line or row of points of a chart.

    Args:
        name: what the legend says.
        points: (x, y), x rising.
        role: which component class gives its colour: `training`, `validation` or `rule`.
        line: joined by a line of dots finer than a cell; else one marker a point.
        marker: the sign of a point.
    """

    name: str
    points: Points
    role: str
    line: bool = True
    marker: str = "●"


def value_range(
    series: Iterable[Series], floor: float | None, ceiling: float | None
) -> tuple[float, float]:
    """Return a y range that holds all points, with a little air, never empty.

    Args:
        series: what will be drawn.
        floor: the least value that the axis must show, if any.
        ceiling: the greatest, if any.
    """
    values = [y for one in series for _, y in one.points if math.isfinite(y)]
    low = min(values + ([] if floor is None else [floor]), default=0.0)
    high = max(values + ([] if ceiling is None else [ceiling]), default=1.0)
    if high - low < 1e-9 * max(abs(high), 1.0):
        low, high = low - 0.5, high + 0.5
    return low, high


def draw(
    width: int,
    height: int,
    series: Sequence[Series],
    colors: dict[str, RGB],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    rule: float | None = None,
) -> list[str]:
    """Return the chart's lines, with ANSI colours.

    Args:
        width: columns.
        height: rows.
        series: what to draw; points that are not finite are left out.
        colors: RGB for `axis`, for `ground` (behind it), and for each series' role.
        x_range: least and greatest x of the axis.
        y_range: least and greatest y of the axis.
        rule: y of a horizontal line, or None.
    """
    import plotext  # 0.2 s to import: not on the way to the first frame

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.canvas("default")
    # A ground has to be named: plotext paints a white one behind axes and labels otherwise.
    ground = colors["ground"]
    axis = (colors["axis"], ground, None)
    figure.axes(True, pixel=axis)
    figure.axes(False, axis="x", side=1)
    figure.axes(False, axis="y", side=1)
    low, high = y_range
    # plotext 6's kernel aborts the whole process on NaN, and on a line that leaves the axis by
    # far: only finite points get there, and none is further out than the axis is long.
    least, greatest = low - (high - low), high + (high - low)
    for one in series:
        points = [(x, y) for x, y in one.points if math.isfinite(x) and math.isfinite(y)]
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
    if rule is not None and low <= rule <= high:
        figure.line(rule, pixel=(colors["rule"], ground, None), style="dotted")
    horizontal, vertical = figure.ruler("x"), figure.ruler("y")
    horizontal.lim(*x_range)
    vertical.lim(low, high)
    horizontal.pixel(axis)
    vertical.pixel(axis)
    positions = ticks(*x_range, max(width // 8, 2))
    horizontal.ticks(positions, [f"{position:g}" for position in positions])
    heights = ticks(low, high, max(height // 3, 2), whole=False)
    vertical.ticks(heights, [f"{value:.3g}" for value in heights])
    lines: list[str] = figure.build().string().split("\n")
    return lines[:height]


def ticks(low: float, high: float, most: int, *, whole: bool = True) -> list[float]:
    """Return round positions in a range, at most so many.

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


class Chart(Widget):
    """Curves over the epochs; redraws only the rows that changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis",
        "chart--training",
        "chart--validation",
        "chart--rule",
    }

    ROLES: ClassVar[tuple[str, ...]] = ("axis", "training", "validation", "rule")
    """The component classes whose colours are drawn with."""

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        width: 1fr;
        min-height: 5;
        & > .chart--axis { color: $text-muted; }
        & > .chart--training { color: $training; }
        & > .chart--validation { color: $validation; }
        & > .chart--rule { color: $success; }
    }
    """

    def __init__(
        self,
        *,
        floor: float | None = None,
        ceiling: float | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._floor, self._ceiling = floor, ceiling
        self._series: Sequence[Series] = ()
        self._x_range = (0.0, 1.0)
        self._rule: float | None = None
        self._strips: list[Strip] = []
        self._drawn_size = Size(0, 0)

    def show(
        self, series: Sequence[Series], x_range: tuple[float, float], rule: float | None = None
    ) -> None:
        """Show these curves; cells that stay the same are not sent to the terminal again."""
        self._series, self._x_range, self._rule = series, x_range, rule
        before = self._strips
        self._draw()
        for number, strip in enumerate(self._strips):
            if number >= len(before) or before[number] != strip:
                self.refresh(Region(0, number, self.size.width, 1))

    def _color(self, role: str) -> RGB:
        styles = self.get_component_styles(f"chart--{role}")
        color: Color = styles.color
        if styles.auto_color:  # known only against its ground: dark on a light one
            color = self.background_colors[1].get_contrast_text(1.0)
        return color.rgb

    def _draw(self) -> None:
        self._drawn_size = self.size
        width, height = self._drawn_size
        if width < 12 or height < 4:
            self._strips = []
            return
        colors = {role: self._color(role) for role in self.ROLES}
        colors["ground"] = self.background_colors[1].rgb
        lines = draw(
            width,
            height,
            self._series,
            colors,
            x_range=self._x_range,
            y_range=value_range(self._series, self._floor, self._ceiling),
            rule=self._rule,
        )
        console: Console = self.app.console
        background = self.rich_style
        self._strips = [
            Strip(Text.from_ansi(line, end="").render(console)).apply_style(background)
            for line in lines
        ]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_size = Size(0, 0)

    def render_line(self, y: int) -> Strip:
        if self._drawn_size != self.size:
            self._draw()
        width = self.size.width
        if y >= len(self._strips):
            return Strip.blank(width, self.rich_style)
        return self._strips[y].adjust_cell_length(width, self.rich_style)
