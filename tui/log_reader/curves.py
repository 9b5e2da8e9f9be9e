"""The curves of a log: a row of metrics for each epoch, and the values within epochs."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from tui.common.stop_rule import rounded_metric
from tui.common.text import exact_32
from tui.log_reader.axis import Axis, round_steps
from tui.log_reader.series import Numbers, Places, SeriesStore, Stretches, Truths
from tui.runs.events.event_types import Metrics
from tui.runs.watched.series_names import NamedSeries, parse_name

MOST_BATCH_METRICS = 40
"""Metrics that are drawn within epochs; further ones have one value for each epoch."""


@dataclass(frozen=True)
class EpochRow:
    """A whole epoch.

    Args:
        number: from 1.
        at: when it ended, in seconds since 1970; 0 if unknown.
        seconds: how long it took; 0 if unknown.
        metrics: its values.
        learning_rate: 0 if unknown.
    """

    number: int
    at: float
    seconds: float
    metrics: Metrics
    learning_rate: float


@dataclass(frozen=True)
class BatchRow:
    """The values within an epoch.

    Args:
        epoch: its number.
        steps: the steps of it.
        numbers: for each metric the steps that have a value, counted from 1 in the epoch.
        values: as many values, all finite.
    """

    epoch: int
    steps: int
    numbers: dict[str, list[int]]
    values: dict[str, list[float]]


@dataclass
class Curves:
    """All curves of a log.

    Args:
        epochs: the whole ones.
        batches: by the number of the epoch, that of the one at work too.
        began: when the log began, in seconds since 1970; 0 if unknown.
    """

    epochs: list[EpochRow] = field(default_factory=list)
    batches: dict[int, BatchRow] = field(default_factory=dict)
    began: float = 0.0


def curves_of(store: SeriesStore, named: NamedSeries, axis: Axis, *, ended: int) -> Curves:
    """Return the curves of a log.

    Args:
        store: its series.
        named: what each is.
        axis: its epochs.
        ended: how many of them are over.
    """
    rows = {name: one.stretches() for name, one in store.series.items() if one.size}
    epochs: list[Metrics] = [{} for _ in axis.numbers]
    rates = np.zeros(len(axis.numbers))
    times = np.zeros(len(axis.numbers))
    stepwise = _StepPlaces(rows, axis)
    for name, found in rows.items():
        metric = named.metrics.get(name)
        if name in named.batches and name in axis.by_epoch:
            metric = name  # a table whose rows are epochs has nothing within them
        rate = name == named.role("learning_rate")
        if not (metric or rate):
            continue
        place = stepwise.places(name)
        mean = metric in ("loss", "accuracy") and parse_name(name).level != "epoch"
        value, present = _per_epoch(found, place, len(axis.numbers), mean=mean)
        np.maximum(times, _last_times(found, place, len(axis.numbers)), out=times)
        if rate:
            rates = np.where(present & np.isfinite(value), value, rates)
            continue
        assert metric is not None
        for at in np.flatnonzero(present).tolist():
            epochs[at][metric] = rounded_metric(float(value[at]))
    began = _began(rows)
    curves = Curves(began=began)
    before = began
    for at, number in enumerate(axis.numbers[:ended]):
        time = float(times[at])
        # Between two epochs that were read at once lies no time.
        seconds = max(time - before, 0.0) if time and before else 0.0
        before = time or before
        if epochs[at]:
            rate_then = exact_32(max(float(rates[at]), 0.0))
            curves.epochs.append(EpochRow(number, time, seconds, epochs[at], rate_then))
    _add_batches(curves, _series_within(rows, named, axis), stepwise, axis)
    return curves


def _series_within(
    rows: dict[str, Stretches], named: NamedSeries, axis: Axis
) -> dict[str, Stretches]:
    """Return the series of training that have several values in an epoch, by their metrics."""
    most = 1.5 * max(len(axis.numbers), 1)
    found: dict[str, Stretches] = {}
    for name, one in rows.items():
        metric = named.batches.get(name) or named.metrics.get(name)
        inside = name not in named.validation and name not in axis.by_epoch
        if metric and inside and len(one) > most:
            found.setdefault(metric, one)
    return dict(islice(found.items(), MOST_BATCH_METRICS))


def _began(rows: dict[str, Stretches]) -> float:
    """Return the earliest time in a log."""
    times = [float(one.at[one.at > 0][0]) for one in rows.values() if np.any(one.at > 0)]
    return min(times, default=0.0)


class _StepPlaces:
    """The epoch that each row of a series belongs to: 0 is the first, their number the next one."""

    def __init__(self, rows: dict[str, Stretches], axis: Axis) -> None:
        self._rows, self._axis = rows, axis
        self.bounds, self.start = axis.bounds, axis.start
        """The last step of each epoch, and the step before the first, for series by step."""
        self._by_time = axis.kind == "epochs"
        if self._by_time:
            self._times, self.bounds, self.start = self._ends_by_time()

    def _ends_by_time(self) -> tuple[Numbers, Numbers, float]:
        """Return when each epoch ended, and the last step before that.

        Keras counts epochs and batches apart; the time of writing shows the epoch of a value.
        """
        count = len(self._axis.numbers)
        times = np.zeros(count)
        for name in self._axis.by_epoch:
            found = self._rows.get(name)
            if found is not None:
                np.maximum(times, _last_times(found, self.places(name), count), out=times)
        times = np.maximum.accumulate(times) if count else times
        ends, first = np.full(count, -np.inf), np.inf
        for name, found in self._rows.items():
            if name in self._axis.by_epoch:
                continue
            first = min(first, float(found.first[0]))
            before = np.searchsorted(found.at, times, side="right")
            steps = np.where(before > 0, found.last[np.maximum(before - 1, 0)], -np.inf)
            ends = np.maximum(ends, steps)
        start = (first if np.isfinite(first) else 1.0) - 1
        ends = np.maximum.accumulate(np.maximum(ends, start)) if count else ends
        return times, ends, start

    def places(self, name: str) -> Places:
        """Return the epoch of each row of a series."""
        found = self._rows[name]
        if self._by_time and name not in self._axis.by_epoch:
            return np.searchsorted(self._times, found.at).astype(np.int64)
        return np.searchsorted(self._axis.bounds, found.last).astype(np.int64)


def _per_epoch(rows: Stretches, place: Places, count: int, *, mean: bool) -> tuple[Numbers, Truths]:
    """Return the value of each epoch, NaN where it is not finite, and whether it has one."""
    if mean:
        weights = [
            np.bincount(place, weights=column, minlength=count + 1)[:count]
            for column in (rows.count, rows.bad, rows.total)
        ]
        counts, bad, totals = weights
        value = np.where(bad > 0, np.nan, totals / np.maximum(counts, 1))
        return value, (counts + bad) > 0
    last, present = _last_rows(place, count)
    return np.where(present, rows.final[last], np.nan), present


def _last_times(rows: Stretches, place: Places, count: int) -> Numbers:
    last, present = _last_rows(place, count)
    return np.where(present, rows.at[last], 0.0)


def _last_rows(place: Places, count: int) -> tuple[Places, Truths]:
    """Return the last row of each epoch, and whether it has one."""
    epochs = np.arange(count)
    last = np.maximum(np.searchsorted(place, epochs, side="right") - 1, 0)
    return last.astype(np.int64), place[last] == epochs


def _points(rows: Stretches) -> tuple[Numbers, Numbers]:
    """Return the steps and values to draw: each point, or the lowest and highest of a stretch."""
    steps = np.concatenate((rows.low_at, rows.high_at))
    values = np.concatenate((rows.low, rows.high))
    known = ~np.isnan(values)
    steps, places = np.unique(steps[known], return_index=True)
    return steps, values[known][places]


def _add_batches(
    curves: Curves, within: dict[str, Stretches], places: _StepPlaces, axis: Axis
) -> None:
    """Add the values within epochs."""
    bounds, usual = places.bounds, 1.0
    lengths = np.diff(bounds, prepend=places.start)
    if np.any(lengths > 0):
        usual = float(lengths[lengths > 0][-1])
    for metric, rows in within.items():
        steps, values = _points(rows)
        ends = np.searchsorted(steps, bounds, side="right")
        edges = [0, *ends.tolist(), len(steps)]
        for at in range(len(bounds) + 1):
            chosen = slice(edges[at], edges[at + 1])
            if edges[at] >= edges[at + 1]:
                continue
            begin = float(bounds[at - 1]) if at else places.start
            if at < len(axis.numbers):
                number, length = axis.numbers[at], float(bounds[at]) - begin
            else:  # the epoch at work: as long as the one before, or as its values need
                number = (axis.numbers[-1] if axis.numbers else 0) + 1
                needed = float(steps[-1]) - begin
                fits = len(axis.numbers) > 0 and needed <= usual
                length = usual if fits else float(round_steps(needed))
            numbers = (steps[chosen] - begin).astype(np.int64)
            row = curves.batches.get(number)
            if row is None:
                row = curves.batches[number] = BatchRow(number, max(round(length), 1), {}, {})
            inside = (numbers >= 1) & (numbers <= row.steps)
            row.numbers[metric] = numbers[inside].tolist()
            row.values[metric] = [float(f"{one:.6g}") for one in values[chosen][inside].tolist()]
    curves.batches = dict(sorted(curves.batches.items()))
