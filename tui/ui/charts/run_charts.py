"""Two charts of a run side by side: the metric of its best epoch, and loss or any other figure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive

from tui.common.text import clean
from tui.runs.curves.epoch_curves import is_bounded, is_metric, plottable, second_plottable
from tui.runs.curves.growing_curve import Curve
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.spec import StopRule
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import Chart, Marks
from tui.ui.charts.run_series import SmoothedCurves, best_mark, phase_marks, series
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

MAX_BLOCKING = 20_000
"""Batches that may be smoothed on the event loop: some hundredths of a second."""
CHARTS = ("accuracy-chart", "loss-chart")


@dataclass(frozen=True)
class MarkedEpochs:
    """The epochs that the charts mark, from one on, and why."""

    since: float
    name: str


class RunCharts(CancelsWorkers, Horizontal, can_focus=False):
    """Curves over the epochs, live within the current epoch."""

    DEFAULT_CSS = """
    RunCharts { height: 1fr; min-height: 8; }
    RunCharts > Vertical {
        border: round $panel-lighten-2; border-subtitle-color: $text-accent;
        width: 1fr; height: 100%;
    }
    RunCharts.-first > #loss-box, RunCharts.-second > #accuracy-box { display: none; }
    """

    large: reactive[str] = reactive("")
    """`first` or `second` for that chart alone at full width; empty for both."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = SmoothedCurves()
        self._shown: tuple[RunProgress, StopRule | None, ChartView, MarkedEpochs | None] | None = (
            None
        )
        self._smoothing = False

    def compose(self) -> ComposeResult:
        for chart in CHARTS:
            with Vertical(id=chart.replace("chart", "box")):
                yield Chart(id=chart)

    def watch_large(self) -> None:
        self._choose()

    def _choose(self) -> None:
        """Show one chart or both; where a run has a single metric there is only the first."""
        alone = self._shown is not None and not second_plottable(self._shown[0], "")
        self.set_class(alone or self.large == "first", "-first")
        self.set_class(not alone and self.large == "second", "-second")

    def show(
        self,
        progress: RunProgress,
        rule: StopRule | None,
        view: ChartView,
        marked: MarkedEpochs | None = None,
    ) -> None:
        """Draw the curves of a run.

        Args:
            progress: the run so far.
            rule: the stop rule, drawn as a line in the chart of its metric.
            view: the visible part, scale and smoothing.
            marked: the epochs to mark, or None.
        """
        self._shown = (progress, rule, view, marked)
        self._choose()
        if self._smoothing or self._must_wait(progress, view):
            view = replace(view, smoothing=0.0)
        last = last_epoch(progress)
        for chart in self.query(Chart):
            if not chart.size.width:
                continue  # hidden behind the history, or beside the large one
            first = chart.id == CHARTS[0]
            metric = self._metrics(progress, view)[not first]
            self._show(chart, metric, progress, rule, view, last, marked)

    def _metrics(self, progress: RunProgress, view: ChartView) -> tuple[str, str]:
        return plottable(progress)[0], second_plottable(progress, view.second)

    def _must_wait(self, progress: RunProgress, view: ChartView) -> bool:
        """Return whether there are so many batches that they are smoothed in a thread first."""
        if not view.every_batch:
            return False
        shown = self._metrics(progress, view)
        long = {
            metric: curve
            for metric, curve in progress.batch_curves.items()
            if metric in shown and self._kept.lag(metric, curve, view.smoothing) > MAX_BLOCKING
        }
        if long:
            self._smooth(long, view.smoothing)
        return bool(long)

    @work(exclusive=True, group="smooth")
    async def _smooth(self, curves: dict[str, Curve], weight: float) -> None:
        """Smooth long curves in a thread, then show them."""
        self._smoothing = True
        try:
            for metric, curve in curves.items():
                await asyncio.to_thread(self._kept.curve, metric, curve, weight)
        finally:
            self._smoothing = False
        if self._shown is not None and self.is_attached:
            self.show(*self._shown)

    def _show(
        self,
        chart: Chart,
        metric: str,
        progress: RunProgress,
        rule: StopRule | None,
        view: ChartView,
        last: float,
        marked: MarkedEpochs | None,
    ) -> None:
        bounded = is_bounded(progress, metric)
        window = view.shown(last)
        curves = series(
            progress,
            metric,
            chart.size.width,
            every_batch=view.every_batch,
            window=window,
            smoothing=view.smoothing,
            kept=self._kept,
        )
        best = best_mark(progress, metric) if not view.smoothing else None
        wanted = rule is not None and rule.metric.removeprefix("val_") == metric
        chart.show(
            [*curves, best] if best else curves,
            window,
            marks=Marks(
                rule=rule.value if wanted and rule is not None else None,
                log=view.log and not bounded,
                bounded=bounded,
                shaded=marked.since if marked else None,
                shaded_as=marked.name if marked else "",
                phases=phase_marks(progress),
            ),
            cursor_at=view.cursor,
        )
        box = chart.parent
        if isinstance(box, Vertical):
            box.border_title = title(metric, chart.size.width, best=best is not None)
            words = view if not bounded else replace(view, log=False)
            box.border_subtitle = Content(words.words(last))


def last_epoch(progress: RunProgress) -> float:
    """Return the right end of the whole chart: the last epoch, or one more during a training."""
    last = max(progress.epochs_done, progress.epoch, 1)
    if progress.ending is None:
        last = max(last, min(progress.epochs or last + 1, last + 1))
    return float(last)


def title(metric: str, width: int, *, best: bool) -> Content:
    """Return the title of a chart: its metric and its signs, in the longest words that fit."""
    if not is_metric(metric):
        return Content.styled(clean(metric, 20), "bold $text")
    room = width - 4  # without the frame's corners and a blank beside each
    ends = [("▲ best", "$text")] if best else []
    for training, validation in (("training", "validation"), ("train", "val"), ("", "")):
        signs = [
            (f"⣀ {training}".rstrip(), "$training"),
            (f"● {validation}".rstrip(), "$validation"),
            *ends,
        ]
        name = (clean(metric, 20), "bold $text")
        words = Content(" ").join(Content.styled(*part) for part in (name, *signs))
        if words.cell_length <= room:
            break
    return words
