"""A line chart over the epochs as a widget, with a cursor and a shaded part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.charts.overlays import cursor, find_plot, phase_line, shade, write_rule
from tui.ui.charts.plotting import RGB, Points, Range, Series, column_of, draw, value_range

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Chart", "Marks", "Points", "Series"]


@dataclass(frozen=True)
class Marks:
    """What a chart marks besides its curves.

    Args:
        rule: y of the stop rule's line, or None.
        log: whether the y axis is logarithmic.
        bounded: whether the values are shares from 0 to 1, as an accuracy.
        shaded: the x from which the background is shaded, or None.
        shaded_as: the name of the shaded part.
        y_range: the lowest and highest y of the axis, above 0 with `log`; None to fit the curves.
        phases: for each phase after the first the x at which it begins, and its name.
    """

    rule: float | None = None
    log: bool = False
    bounded: bool = False
    shaded: float | None = None
    shaded_as: str = ""
    y_range: Range | None = None
    phases: tuple[tuple[float, str], ...] = ()


class Chart(Widget):
    """Curves over the epochs; redraws only the rows that changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis",
        "chart--training",
        "chart--validation",
        "chart--rule",
        "chart--best",
        "chart--shade",
        "chart--cursor",
        "chart--phase",
    }

    ROLES: ClassVar[tuple[str, ...]] = ("axis", "training", "validation", "rule", "best")
    """The component classes whose colours are used."""

    LEAST_TICKS: ClassVar[int] = 2
    """The y axis may have so many values, however low the chart is."""

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        width: 1fr;
        min-height: 5;
        & > .chart--axis { color: $text-muted; }
        & > .chart--training { color: $training; }
        & > .chart--validation { color: $validation; }
        & > .chart--rule { color: $success; }
        & > .chart--best { color: $text; }
        & > .chart--shade { color: $warning; background: $warning 18%; }
        & > .chart--cursor { color: $accent; }
        & > .chart--phase { color: $text-muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._series: Sequence[Series] = ()
        self._x_range: Range = (0.0, 1.0)
        self._marks = Marks()
        self._cursor: float | None = None
        self._lines: list[Strip] = []
        """The rows as drawn by plotext, over which the cursor moves without a redraw."""
        self._drawn: tuple[object, ...] = ()
        self._strips: list[Strip] = []

    def show(
        self,
        series: Sequence[Series],
        x_range: Range,
        *,
        marks: Marks | None = None,
        cursor_at: float | None = None,
    ) -> None:
        """Show curves; rows that do not change are not sent to the terminal again.

        Args:
            series: the curves, already sampled for the width of the chart.
            x_range: the lowest and highest x of the axis.
            marks: what else is shown.
            cursor_at: the x of the cursor, or None.
        """
        self._series, self._x_range = series, x_range
        self._marks = marks or Marks()
        self._cursor = cursor_at
        before = self._strips
        self._draw()
        for number, strip in enumerate(self._strips):
            if number >= len(before) or before[number] != strip:
                self.refresh(Region(0, number, self.size.width, 1))

    def _color(self, role: str) -> RGB:
        styles = self.get_component_styles(f"chart--{role}")
        color: Color = styles.color
        if styles.auto_color:  # depends on the background
            color = self.background_colors[1].get_contrast_text(1.0)
        return color.rgb

    def _draw(self) -> None:
        """Draw the curves if they have changed, and the overlays."""
        wanted = (self.size, tuple(self._series), self._x_range, self._marks)
        if wanted != self._drawn:
            self._drawn = wanted
            self._lines = self._plot(self.size)
        self._strips = [strip.apply_style(self.rich_style) for strip in self._overlaid()]

    def _plot(self, size: Size) -> list[Strip]:
        width, height = size
        if width < 12 or height < 4:
            return []
        colors = {role: self._color(role) for role in self.ROLES}
        colors["ground"] = self.background_colors[1].rgb
        marks = self._marks
        lines = draw(
            width,
            height,
            self._series,
            colors,
            x_range=self._x_range,
            y_range=self._y_range(),
            rule=marks.rule,
            log=marks.log,
            least_ticks=self.LEAST_TICKS,
        )
        console: Console = self.app.console
        return [Strip(Text.from_ansi(line, end="").render(console)) for line in lines]

    def _y_range(self) -> Range:
        marks = self._marks
        if marks.y_range is not None:
            return marks.y_range
        return value_range(self._visible(), rule=marks.rule, bounded=marks.bounded, log=marks.log)

    def _visible(self) -> list[Series]:
        """Return the curves, each cut to the visible x."""
        low, high = self._x_range
        cut = []
        for one in self._series:
            points = [(x, y) for x, y in one.points if low <= x <= high]
            cut.append(Series(one.name, points or one.points, one.role, one.line, one.marker))
        return cut

    def _overlaid(self) -> list[Strip]:
        strips = self._lines
        marks, plot = self._marks, find_plot(strips)
        if plot is None:
            return strips
        columns = plot.right - plot.left
        if marks.rule is not None:
            low, high = self._y_range()
            if not low <= marks.rule <= high:
                style = Style(color=self.get_component_styles("chart--rule").color.rich_color)
                strips = write_rule(strips, plot, marks.rule, style, above=marks.rule > high)
        if marks.shaded is not None and marks.shaded <= self._x_range[1]:
            start = column_of(max(marks.shaded, self._x_range[0]), self._x_range, columns)
            ground = self.get_component_styles("chart--shade")
            shaded = Style(
                color=ground.color.rich_color,
                bgcolor=(self.background_colors[1] + ground.background).rich_color,
            )
            strips = shade(strips, plot, start, marks.shaded_as, shaded)
        for begins, name in marks.phases:
            if self._x_range[0] <= begins <= self._x_range[1]:
                column = column_of(begins, self._x_range, columns)
                line = Style(color=self.get_component_styles("chart--phase").color.rich_color)
                strips = phase_line(strips, plot, column, name, line)
        if self._cursor is not None:
            line = Style(color=self.get_component_styles("chart--cursor").color.rich_color)
            strips = cursor(strips, plot, column_of(self._cursor, self._x_range, columns), line)
        return strips

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn = ()

    def render_line(self, y: int) -> Strip:
        if not self._drawn or self._drawn[0] != self.size:
            self._draw()
        width = self.size.width
        if y >= len(self._strips):
            return Strip.blank(width, self.rich_style)
        return self._strips[y].adjust_cell_length(width, self.rich_style)
