"""Up to six runs in one chart, each with its own sign and colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from tui.common.numbers import metric_value
from tui.common.shorten import shorten_distinctly
from tui.runs.curves.epoch_curves import (
    envelope,
    epoch_points,
    has_points,
    is_bounded,
    is_metric,
    plottable,
)
from tui.runs.export.comparison import MAX_RUNS, ComparedRun, Comparison
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import Chart, Marks
from tui.ui.charts.plotting import Series
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import smoothed, within
from tui.ui.charts.shares_chart import signs

SIGN_DISTANCE = 6  # columns between two signs of a curve
STYLES = ("$validation", "$training", "$success", "$error", "$text", "$violet")
"""The colours of the slots, in the order of their signs."""


class CompareChart(Chart):
    """One metric of several runs over the epochs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--run-{place}" for place in range(MAX_RUNS)}
    ROLES = (*Chart.ROLES, *(f"run-{place}" for place in range(MAX_RUNS)))

    DEFAULT_CSS = """
    CompareChart {
        & > .chart--run-0 { color: $validation; }
        & > .chart--run-1 { color: $training; }
        & > .chart--run-2 { color: $success; }
        & > .chart--run-3 { color: $error; }
        & > .chart--run-4 { color: $text; }
        & > .chart--run-5 { color: $violet; }
    }
    """

    def show_runs(self, runs: Sequence[ComparedRun], metric: str, view: ChartView) -> None:
        """Draw a metric of the runs.

        Args:
            runs: the runs.
            metric: one that `metrics` names.
            view: the visible part, scale and smoothing.
        """
        if not self.size.width:
            return  # not laid out yet
        window = view.shown(last_epoch_of(runs))
        bounded = all(is_bounded(run.loaded.progress, metric) for run in runs)
        marks = Marks(log=view.log and not bounded, bounded=bounded)
        self.show(
            curves(runs, metric, view, self.size.width), window, marks=marks, cursor_at=view.cursor
        )


def metrics(runs: Sequence[ComparedRun]) -> list[str]:
    """Return all that can be compared, for each metric validation before training."""
    found: dict[str, None] = {}
    for run in runs:
        progress = run.loaded.progress
        for name in plottable(progress):
            for metric in (f"val_{name}", name):
                if has_points(progress, metric):
                    found[metric] = None
    return list(found) or ["val_accuracy"]


def first_metric(runs: Sequence[ComparedRun], wanted: str) -> str:
    """Return the metric to draw at first.

    Args:
        runs: the runs.
        wanted: drawn if any run has it; else the metric that most of them are judged by.
    """
    names = metrics(runs)
    judged = Counter(run.loaded.progress.best_metric for run in runs)
    usual = [name for name, _ in judged.most_common() if name in names]
    return next(iter([wanted] if wanted in names else usual), names[0])


def last_epoch_of(runs: Sequence[ComparedRun]) -> float:
    """Return the right end of the whole chart, which is that of the longest run."""
    return max((last_epoch(run.loaded.progress) for run in runs), default=1.0)


def curves(runs: Sequence[ComparedRun], metric: str, view: ChartView, columns: int) -> list[Series]:
    """Return a curve with its signs for each run.

    Args:
        runs: the runs.
        metric: the metric to draw.
        view: the visible part, scale and smoothing.
        columns: the width of the chart, which limits the points and signs of a curve.
    """
    low, high = view.shown(last_epoch_of(runs))
    every = max(round(SIGN_DISTANCE * len(runs) * (high - low) / max(columns, 1)), 1)
    weight = view.smoothing if is_metric(metric) else 0.0
    lines, marked = [], []
    for number, run in enumerate(runs):
        points = smoothed(epoch_points(run.loaded.progress, metric), weight)
        visible = [point for point in points if low <= point[0] <= high]
        role = f"run-{run.slot}"
        lines.append(Series(run.label, envelope(within(points, (low, high)), columns), role))
        marked.append(
            Series(run.label, signs(visible, every, number), role, line=False, marker=run.marker)
        )
    return [*lines, *marked]  # no sign is covered by the line of another run


def legend(comparison: Comparison, metric: str, cursor: float | None, width: int) -> Content:
    """Return the runs' signs with their names, or with their values at the cursor.

    Args:
        comparison: the runs.
        metric: the metric that is drawn.
        cursor: x of the cursor, or None.
        width: the width in columns, to which names are shortened.
    """
    runs = comparison.runs
    head = " " if cursor is None else f" ┃ epoch {round(cursor)}: "
    room = max((width - len(head)) // max(len(runs), 1) - 4, 6)
    parts: list[str | tuple[str, str]] = [(head, "bold $text-accent")]
    names = [short_name(comparison, place, room) for place in range(len(runs))]
    for run, text in zip(runs, shorten_distinctly(names, room), strict=True):
        if cursor is not None:
            at = dict(epoch_points(run.loaded.progress, metric)).get(float(round(cursor)))
            text = "–" if at is None else metric_value(at)
        parts += [(f"{run.marker} {text}", STYLES[run.slot]), "  "]
    return Content.assemble(*parts)


def short_name(comparison: Comparison, index: int, room: int) -> str:
    """Return a name that distinguishes a run from the others, in at most `room` columns.

    Args:
        comparison: the runs.
        index: the index of the run.
        room: the width in columns.
    """
    label = comparison.runs[index].label
    title = comparison.runs[index].loaded.title
    if len(label) <= room or [one.loaded.title for one in comparison.runs].count(title) == 1:
        return label
    # Several runs of the same title: what differs comes first, since the end may be cut.
    named = [f"{row.name} {row.values[index]}" for row in comparison.differences]
    bare = [row.values[index] for row in comparison.differences]
    text = ", ".join(named[:2])
    return text if len(text) <= room or not bare else ", ".join(bare[:2])
