"""A small chart, and what is drawn and written in the chart of a run's metric."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.common.metrics import higher_is_better
from tui.common.numbers import figure, metric_value
from tui.runs.curves.epoch_curves import epoch_points, is_metric
from tui.runs.events.last_measured import last_measured
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import Marks
from tui.ui.charts.plotting import Range, Series
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import series

MOST_SMOOTHED = 20_000
"""Batches that may be smoothed while the screen waits: some hundredths of a second."""


@dataclass(frozen=True)
class Tile:
    """A small chart.

    Args:
        titles: its name, clean, from the longest form to the shortest.
        values: what is written below it, from the longest to the shortest; all are whole.
        series: the curves.
        window: the lowest and the highest x.
        marks: what else is drawn.
        note: what stands instead of the curves, where there are none.
        cursor: the x of the cursor, or None.
    """

    titles: tuple[str, ...]
    values: tuple[str, ...]
    series: tuple[Series, ...]
    window: Range
    marks: Marks
    note: str = ""
    cursor: float | None = None


def metric_series(
    progress: RunProgress, name: str, view: ChartView, columns: int
) -> tuple[Series, ...]:
    """Return the training and the validation curve of a metric or figure."""
    batches = progress.batch_curves.get(name)
    if batches is not None and len(batches) > MOST_SMOOTHED and len(progress.epoch_numbers) < 2:
        view = replace(view, smoothing=0.0)
    return tuple(
        series(
            progress,
            name,
            columns,
            every_batch=False,
            window=view.shown(last_epoch(progress)),
            smoothing=view.smoothing,
        )
    )


def drawn_series(
    progress: RunProgress, name: str, view: ChartView, columns: int
) -> tuple[Series, ...]:
    """Return the curves of a metric or figure, with its best epoch unless they are smoothed."""
    curves = metric_series(progress, name, view, columns)
    best = best_point(progress, name)
    if best is None or view.smoothing:
        return curves
    return (*curves, Series("best", [best], "best", line=False, marker="▲"))


def best_point(progress: RunProgress, name: str) -> tuple[float, float] | None:
    """Return the best epoch of a metric by itself, and its value.

    The validation values count, where there are some.

    Returns:
        None where there is no value, or where its name does not say what is better.
    """
    better = higher_is_better(name)
    if not is_metric(name) or better is None:
        return None
    points = epoch_points(progress, f"val_{name}") or epoch_points(progress, name)
    return (max if better else min)(points, key=lambda point: point[1], default=None)


def metric_values(progress: RunProgress, name: str) -> tuple[str, ...]:
    """Return the last values and the best of a metric, from the longest words to the shortest."""
    if not is_metric(name):
        points = epoch_points(progress, name)
        return (figure(points[-1][1], 4),) if points else ("",)
    training = last_value(progress, name)
    validation = last_value(progress, f"val_{name}")
    best = best_point(progress, name)
    last = validation or training
    ends = ("", "")
    if best is not None:
        value = metric_value(best[1], 8)
        ends = (f"  ▲ {value} epoch {best[0]:.0f}", f" ▲{value}")
    both = [f"⣀ {training}" if training else "", f"● {validation}" if validation else ""]
    long = "  ".join(filter(None, both))
    return (
        f"{long}{ends[0]}",
        f"{long}{ends[1]}",
        f"{'●' if validation else '⣀'} {last}{ends[1]}" if last else "",
        last,
        "",
    )


def epoch_values(progress: RunProgress, name: str, epoch: int) -> tuple[str, str]:
    """Return an epoch, and the values of a metric or figure at its end."""
    words = []
    for one, what in ((name, "training"), (f"val_{name}", "validation")):
        value = dict(epoch_points(progress, one)).get(float(epoch))
        if value is not None:
            text = metric_value(value) if is_metric(name) else figure(value, 4)
            words.append(f"{what} {text}" if is_metric(name) else text)
    return f"epoch {epoch}", "  ".join(words) or "no value was measured here"


def last_value(progress: RunProgress, name: str) -> str:
    """Return the last measured value of a metric, also of the epoch at work; else nothing."""
    batches = progress.batch_curves.get(name)
    if batches is not None and len(batches) and batches.x[-1] > progress.epochs_done:
        return metric_value(batches.y[-1], 8)
    value = last_measured(progress.epoch_details, name)
    return "" if value is None else metric_value(value, 8)


def empty_note(progress: RunProgress, name: str) -> str:
    """Return why a chart has no curve."""
    if name in progress.history or f"val_{name}" in progress.history:
        return "no finite value"
    return "no value yet"
