"""The metrics, learning rate, time and speed of each epoch of a run, as points to draw."""

from __future__ import annotations

from collections.abc import Callable

from tui.common.metrics import best_metric
from tui.runs.events.event_types import EpochEnded
from tui.runs.events.run_progress import RunProgress

Points = list[tuple[float, float]]

EPOCH_FIGURES: dict[str, Callable[[EpochEnded], float]] = {
    "learning rate": lambda epoch: epoch.learning_rate,
    "seconds an epoch": lambda epoch: epoch.seconds,
    "images/s": lambda epoch: epoch.images_per_second,
}
"""Figures of each epoch besides its metrics."""


def plottable(progress: RunProgress) -> list[str]:
    """Return all that a chart can show of a run, in a fixed order.

    First comes the metric that decides the best epoch, accuracy if that is measured, then the loss,
    the other metrics, and the other figures. Before anything is measured it is accuracy and loss.

    >>> plottable(RunProgress()), plottable(RunProgress(history={"loss": [1.0], "val_dice": [0.5]}))
    (['accuracy', 'loss'], ['dice', 'loss'])
    """
    measured = {name.removeprefix("val_"): None for name in progress.history}
    measured |= {name.removeprefix("val_"): None for name in progress.batch_curves}
    best = progress.best_metric or best_metric([*progress.history, *progress.batch_curves])
    first = ("accuracy", best.removeprefix("val_"), "loss")
    names = dict.fromkeys(name for name in first if name in measured or not measured)
    names.pop("", None)
    names |= measured
    figures = [
        name
        for name, figure in EPOCH_FIGURES.items()
        if any(figure(epoch) > 0 for epoch in progress.epoch_details)
    ]
    return [*names, *figures]


def second_plottable(progress: RunProgress, wanted: str) -> str:
    """Return what the second chart shows; empty where a run has nothing but the first.

    Args:
        progress: the run so far.
        wanted: what the user has chosen.

    >>> loss = RunProgress(history={"loss": [1.0], "mae": [0.5]}, best_metric="loss")
    >>> second_plottable(loss, "loss"), second_plottable(RunProgress(), "loss")
    ('mae', 'loss')
    """
    others = plottable(progress)[1:]
    return wanted if wanted in others else next(iter(others), "")


def is_bounded(progress: RunProgress, name: str) -> bool:
    """Return whether a metric is an accuracy from 0 to 1; others may count it in percent."""
    if "accuracy" not in name:
        return False
    ends = (progress.history.get(one, ()) for one in (name, f"val_{name}"))
    return all(value is None or 0 <= value <= 1 for row in ends for value in row)


def is_metric(name: str) -> bool:
    """Return whether a name is of a metric, which has a training and a validation curve."""
    return name not in EPOCH_FIGURES


def epoch_points(progress: RunProgress, name: str) -> Points:
    """Return a metric or figure at the end of each epoch, without values that are not finite.

    >>> epoch_points(RunProgress(epoch_numbers=[1, 2], history={"loss": [0.5, None]}), "loss")
    [(1.0, 0.5)]
    """
    if figure := EPOCH_FIGURES.get(name):
        details = progress.epoch_details
        return [(float(epoch.epoch), figure(epoch)) for epoch in details if figure(epoch) > 0]
    return [
        (float(epoch), value)
        for epoch, value in zip(
            progress.epoch_numbers, progress.history.get(name, ()), strict=False
        )
        if value is not None
    ]


def has_points(progress: RunProgress, name: str) -> bool:
    """Return whether a metric or figure was measured in any epoch."""
    if name in EPOCH_FIGURES:
        return bool(epoch_points(progress, name))
    return any(value is not None for value in progress.history.get(name, ()))


def envelope(points: Points, columns: int) -> Points:
    """Return the lowest and the highest point of each of `columns` intervals, in order of x.

    >>> envelope([(1.0, 5.0), (2.0, 1.0), (3.0, 9.0), (4.0, 2.0), (5.0, 3.0)], 1)
    [(2.0, 1.0), (3.0, 9.0)]
    """
    if len(points) <= 2 * max(columns, 1):
        return points
    length = -(-len(points) // max(columns, 1))
    found: Points = []
    for start in range(0, len(points), length):
        interval = points[start : start + length]
        ends = {
            min(interval, key=lambda point: point[1]),
            max(interval, key=lambda point: point[1]),
        }
        found += sorted(ends)
    return found
