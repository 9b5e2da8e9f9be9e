"""Epochs in a log: given by its rows, by a series that says them, by its validations, or none.

Where a log has only steps, about `MOST_BLOCKS` blocks of steps stand for epochs; the run says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tui.log_reader.series import Numbers, SeriesStore
from tui.runs.watched.series_names import NamedSeries, parse_name

Kind = Literal["epochs", "epoch series", "validation", "steps"]

MOST_BLOCKS = 500
"""Blocks of steps that stand for epochs; a log that grows may have twice as many."""


@dataclass(frozen=True)
class Axis:
    """The epochs of a log.

    Args:
        kind: what says them.
        numbers: of the epochs, from 1, rising.
        bounds: the last step of each, rising.
        start: the step before the first.
        sentence: what an epoch of the run is in the log.
        block: steps of each epoch where they are blocks; otherwise 0.
        by_epoch: the series whose steps are epochs.
    """

    kind: Kind
    numbers: tuple[int, ...]
    bounds: Numbers
    start: float
    sentence: str
    block: int = 0
    by_epoch: frozenset[str] = frozenset()


def axis_of(
    store: SeriesStore, named: NamedSeries, *, rows_are_epochs: bool, block: int = 0
) -> Axis:
    """Return the epochs of a log.

    Args:
        store: its series.
        named: what each is.
        rows_are_epochs: whether its steps are epochs, as in a table without another counter.
        block: the steps of a block so far; a block only grows.
    """
    if rows_are_epochs:
        return _given(store, frozenset(store.series), "Each epoch is one of the log.")
    by_epoch = _keras_series(store)
    if by_epoch:
        return _given(store, by_epoch, "Each epoch is one that Keras's callback has written.")
    said = named.role("epoch")
    if said and said in store.series:
        return _said(store, said)
    ends = _validations(store, named)
    if len(ends):
        start = _start(store, ends)
        numbers = tuple(range(1, len(ends) + 1))
        return Axis(
            "validation", numbers, ends, start, "Each epoch ends where the log has a validation."
        )
    return _blocks(store, named, block)


def _keras_series(store: SeriesStore) -> frozenset[str]:
    """Return the series whose steps are epochs, as Keras's callback writes them."""
    found = {name for name in store.series if name.rpartition("/")[2].startswith("epoch_")}
    if not found:
        return frozenset()
    last = max(store.series[name].last_step for name in found)
    for name, one in store.series.items():
        # What somebody writes beside it with the epoch as the step.
        iterations = "batch" in name or "iterations" in name or parse_name(name).level == "batch"
        if not iterations and one.last_step <= last:
            found.add(name)
    return frozenset(found)


def _given(store: SeriesStore, names: frozenset[str], sentence: str) -> Axis:
    steps = [store.series[name].stretches().last for name in names]
    bounds = np.unique(np.concatenate(steps)) if steps else np.array([])
    first = 1 if len(bounds) and bounds[0] <= 0 else 0
    numbers = tuple(int(bound) + first for bound in bounds)
    if numbers and numbers[0] < 1:  # counted from below zero: a number for each is enough
        numbers = tuple(range(1, len(numbers) + 1))
    start = float(bounds[0]) - 1 if len(bounds) else 0.0
    return Axis("epochs", numbers, bounds, start, sentence, by_epoch=names)


def _said(store: SeriesStore, name: str) -> Axis:
    """Return the epochs that a series says, such as Lightning's `epoch`."""
    rows = store.series[name].stretches()
    known = ~np.isnan(rows.final)
    steps, values = rows.last[known], rows.final[known]
    if len(values) and np.any(values != np.floor(values)):
        numbers = np.maximum(np.ceil(values - 1e-9), 1)  # 0.25 is a quarter of the first
    else:
        numbers = values + (1 if len(values) and values.min() <= 0 else 0)
    # A number that falls belongs to a second training in the same log: it goes on counting.
    drops = np.concatenate(([0.0], np.minimum(np.diff(numbers), 0))) if len(numbers) else numbers
    numbers = numbers - np.cumsum(drops)
    ends = np.flatnonzero(np.diff(numbers, append=np.inf) > 0)
    bounds = steps[ends]
    return Axis(
        "epoch series",
        tuple(int(number) for number in numbers[ends]),
        bounds,
        _start(store, bounds),
        f"The series {name} says which epoch a step is of.",
    )


def _validations(store: SeriesStore, named: NamedSeries) -> Numbers:
    """Return the steps at which the log has a validation."""
    order = [named.role("val_loss"), named.role("val_accuracy"), *sorted(named.validation)]
    for name in order:
        one = store.series.get(name) if name else None
        if one is not None and one.added:
            return one.stretches().last
    return np.array([])


def _start(store: SeriesStore, bounds: Numbers) -> float:
    """Return the step before the first epoch."""
    steps = [one.stretches().first[0] for one in store.series.values() if one.size]
    first = float(min(steps, default=1.0))
    usual = -1.0 if first <= 0 else 0.0
    if len(bounds) > 1:  # a log may begin late
        usual = max(usual, float(bounds[0] - (bounds[1] - bounds[0])))
    return min(usual, first - 1)


def _blocks(store: SeriesStore, named: NamedSeries, block: int) -> Axis:
    """Return blocks of steps in place of epochs."""
    counted = [store.series[name] for name in named.metrics if name in store.series]
    counted = counted or list(store.series.values())
    rows = [one.stretches() for one in counted if one.size]
    if not rows:
        return Axis("steps", (), np.array([]), 0.0, "", block)
    first = min(float(one.first[0]) for one in rows)
    last = max(float(one.last[-1]) for one in rows)
    start = -1.0 if first <= 0 else 0.0 if first < (last - first) else first - 1
    if not block or (last - start) / block > 2 * MOST_BLOCKS:
        longest = max(rows, key=len).last
        gap = float(np.median(np.diff(longest))) if len(longest) > 1 else 1.0
        block = round_steps(max((last - start) / MOST_BLOCKS, gap, 1.0))
    count = int(np.ceil((last - start) / block))
    bounds = start + block * np.arange(1, count + 1, dtype=np.float64)
    sentence = "The log has steps and no epochs: each epoch here is "
    sentence += "one step of it." if block == 1 else f"{block:,} steps of it."
    return Axis("steps", tuple(range(1, count + 1)), bounds, start, sentence, block)


def round_steps(steps: float) -> int:
    """Return the next round number of steps: 1, 2 or 5 and zeros.

    >>> round_steps(1), round_steps(64), round_steps(2000), round_steps(5001)
    (1, 100, 2000, 10000)
    """
    unit = 1
    while True:
        for factor in (1, 2, 5):
            if factor * unit >= steps:
                return factor * unit
        unit *= 10
