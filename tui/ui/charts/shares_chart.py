"""A lesson's trainings in a chart: a metric of one, or its validation values with each share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tui.runs.curves.epoch_curves import epoch_points
from tui.runs.lessons.experiment import ShareTraining
from tui.runs.settings.spec import StopRule
from tui.ui.charts.line_chart import Chart, Marks
from tui.ui.charts.plotting import Points, Series
from tui.ui.charts.run_series import series

MARKERS = ("●", "▲", "■", "◆", "✚")
"""A sign for each training, so that they can be distinguished without colour."""
ROLES = ("share-1", "share-2", "share-3", "share-4", "share-5")
STYLES = ("$validation", "$training", "$success", "$accent", "$text")
_SIGN_DISTANCE = 5  # columns between two signs of a curve


class SharesChart(Chart):
    """A metric over the epochs of one training or several; the axes end where the data do."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--{role}" for role in ROLES}
    ROLES = (*Chart.ROLES, *ROLES)

    DEFAULT_CSS = """
    SharesChart {
        & > .chart--share-1 { color: $validation; }
        & > .chart--share-2 { color: $training; }
        & > .chart--share-3 { color: $success; }
        & > .chart--share-4 { color: $accent; }
        & > .chart--share-5 { color: $text; }
    }
    """

    def __init__(self, metric: str) -> None:
        """Make the chart.

        Args:
            metric: `accuracy` or `loss`.
        """
        super().__init__(id=f"{metric}-chart")
        self.metric = metric

    def show_parts(
        self, parts: Sequence[ShareTraining], rule: StopRule | None, cursor: float | None = None
    ) -> None:
        """Draw the trainings.

        Args:
            parts: one or several.
            rule: the stop rule, drawn as a line if its metric is shown.
            cursor: the epoch of the cursor, or None.
        """
        if not self.size.width:
            return  # hidden
        one = len(parts) == 1
        if one:
            drawn = series(parts[0].progress, self.metric, self.size.width, every_batch=False)
        else:
            drawn = curves(parts, self.size.width, f"val_{self.metric}")
        shown = (self.metric, f"val_{self.metric}") if one else (f"val_{self.metric}",)
        wanted = rule is not None and rule.metric in shown
        marks = Marks(
            rule=rule.value if wanted and rule else None, bounded=self.metric == "accuracy"
        )
        self.show(drawn, (first_epoch(parts), last_epoch(parts)), marks=marks, cursor_at=cursor)


def first_epoch(parts: Sequence[ShareTraining]) -> float:
    """Return the left end of the axis: the first epoch once there are two, else 0.

    During the first epoch there is only its running mean, which begins at 0.
    """
    return 1.0 if max(part.progress.epochs_done for part in parts) > 1 else 0.0


def last_epoch(parts: Sequence[ShareTraining]) -> float:
    """Return the right end of the axis: the last epoch, or one more during a training."""
    last = 1
    for part in parts:
        progress = part.progress
        reached = max(progress.epochs_done, progress.epoch)
        last = max(last, min(reached + part.live, part.spec.epochs))
    return float(last)


def curves(
    parts: Sequence[ShareTraining], columns: int, metric: str = "val_accuracy"
) -> list[Series]:
    """Return a curve with its own signs for each training.

    Args:
        parts: the trainings, in the order of their signs.
        columns: the width of the chart, which limits the signs of a curve.
        metric: that is drawn.
    """
    lines, marked = [], []
    reach = last_epoch(parts)
    for number, part in enumerate(parts):
        progress = part.progress
        role, marker = ROLES[number % len(ROLES)], MARKERS[number % len(MARKERS)]
        points = epoch_points(progress, metric)
        every = max(round(_SIGN_DISTANCE * len(parts) * reach / max(columns, 1)), 1)
        lines.append(Series(part.name, points, role))
        marked.append(
            Series(part.name, signs(points, every, number), role, line=False, marker=marker)
        )
    return [*lines, *marked]  # no sign is covered by the line of another training


def signs(points: Points, every: int, offset: int) -> list[tuple[float, float]]:
    """Return the points of a curve that get a sign: every so many, and the last.

    >>> [x for x, _ in signs([(float(n), 0.5) for n in range(1, 11)], 4, 1)]
    [2.0, 6.0, 10.0]
    """
    first = min(offset * every // 3, every - 1)
    chosen = list(points[first::every])
    if points and (not chosen or chosen[-1] != points[-1]):
        chosen.append(points[-1])
    return chosen
