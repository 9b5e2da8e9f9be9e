"""A run's epochs as points to draw: which metrics there are, and no more points than columns."""

from __future__ import annotations

from tui.runs.events.run_progress import RunProgress

Points = list[tuple[float, float]]


def metrics(progress: RunProgress) -> list[str]:
    """Return the metrics of a run, validation under its training metric; the course's two first.

    >>> metrics(RunProgress(history={"val_loss": [1.0], "auc": [0.5], "loss": [1.0]}))
    ['loss', 'auc']
    """
    names = {name.removeprefix("val_") for name in progress.history}
    known = [name for name in ("accuracy", "loss") if name in names]
    return known + sorted(names - set(known))


def epoch_points(progress: RunProgress, metric: str) -> Points:
    """Return a metric's value at the end of each epoch; what is not finite is left out.

    >>> epoch_points(RunProgress(epoch_numbers=[1, 2], history={"loss": [0.5, None]}), "loss")
    [(1.0, 0.5)]
    """
    return [
        (float(epoch), value)
        for epoch, value in zip(
            progress.epoch_numbers, progress.history.get(metric, ()), strict=False
        )
        if value is not None
    ]


def envelope(points: Points, columns: int) -> Points:
    """Return the least and the greatest of each stretch of points, in their order.

    >>> envelope([(1.0, 5.0), (2.0, 1.0), (3.0, 9.0), (4.0, 2.0), (5.0, 3.0)], 1)
    [(2.0, 1.0), (3.0, 9.0)]
    """
    if len(points) <= 2 * max(columns, 1):
        return points
    length = -(-len(points) // max(columns, 1))
    found: Points = []
    for start in range(0, len(points), length):
        stretch = points[start : start + length]
        ends = {min(stretch, key=lambda one: one[1]), max(stretch, key=lambda one: one[1])}
        found += sorted(ends)
    return found
