"""Small charts to choose from, one for each option of a question."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.course import Curve
from tui.ui.charts.line_chart import Chart
from tui.ui.charts.plotting import Range, Series

LETTERS = "abcd"


class SmallChart(Chart):
    """The curves of one option; drawn again whenever its size changes."""

    def __init__(self, curves: Sequence[Curve], values: Range) -> None:
        """Make a chart.

        Args:
            curves: one or two.
            values: the ends of its axis.
        """
        super().__init__()
        self._curves = curves
        self._values = values

    def on_mount(self) -> None:
        last = max(len(curve.values) for curve in self._curves)
        self.show([chart_series(curve) for curve in self._curves], (1.0, float(last)))

    def _y_range(self) -> Range:
        return self._values


def chart_series(curve: Curve) -> Series:
    """Return a curve of a lesson as a chart draws it: validation as points, training as a line."""
    validation = curve.metric.startswith("val_")
    return Series(
        curve.metric,
        [(float(epoch), value) for epoch, value in enumerate(curve.values, start=1)],
        "validation" if validation else "training",
        line=not validation,
    )


class ChoiceCharts(Vertical):
    """Charts side by side, all with the same axis of values, and a legend."""

    DEFAULT_CSS = """
    ChoiceCharts { height: auto; }
    ChoiceCharts > Horizontal { height: 8; }
    ChoiceCharts > Static { height: 1; text-style: none; }
    ChoiceCharts > Horizontal > Vertical {
        width: 1fr; height: 100%; border-top: solid $panel-lighten-2; margin: 0 1 0 0;
        border-title-style: bold; border-title-color: $primary;
    }
    .-tall ChoiceCharts > Horizontal { height: 13; }
    """

    def __init__(self, charts: Sequence[Sequence[Curve]]) -> None:
        super().__init__()
        self._charts = charts

    def compose(self) -> ComposeResult:
        yield Static(legend(self._charts))
        values = [value for chart in self._charts for curve in chart for value in curve.values]
        with Horizontal():
            for letter, curves in zip(LETTERS, self._charts, strict=False):
                box = Vertical(SmallChart(curves, (min(values), max(values))))
                box.border_title = letter
                yield box


def legend(charts: Sequence[Sequence[Curve]]) -> Content:
    """Return the signs of the curves with their metrics."""
    metrics = dict.fromkeys(curve.metric for chart in charts for curve in chart)
    return Content("   ").join(
        Content.styled(f"● {metric}", "$validation")
        if metric.startswith("val_")
        else Content.styled(f"⣀ {metric}", "$training")
        for metric in metrics
    ) + Content.styled("   by epoch", "$text-muted")
