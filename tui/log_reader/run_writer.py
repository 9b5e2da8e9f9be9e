"""Writing the curves of a log as the events of a run: what is new is added to the file.

Where something written before has changed (a value came late, an epoch is understood in another
way), the file is written anew beside the old one and replaces it, and readers read it again.
"""

from __future__ import annotations

import contextlib
import os
import time
from itertools import pairwise
from pathlib import Path

from tui import __version__
from tui.common.metrics import best_metric, is_better
from tui.log_reader.curves import BatchRow, Curves, EpochRow
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import (
    BatchesThinned,
    EpochEnded,
    EpochStarted,
    Event,
    RunStarted,
)
from tui.runs.events.thinning import FINEST
from tui.runs.store.run_folder import RunFolder

_MOST_POINTS = 20_000
"""Values of a metric on a line: a line must not be longer than readers accept."""


class RunWriter:
    """Writes the events of one run."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._writer: EventWriter | None = None
        self._epochs: list[EpochRow] = []
        self._ends: list[EpochEnded] = []
        self._batches: dict[int, tuple[int, dict[str, int]]] = {}
        """For each epoch its steps, and the last step of each metric that is written."""
        self._started = 0
        """The epoch whose beginning is written."""
        self._source: object = None

    def write(self, curves: Curves, source: object) -> None:
        """Bring the file up to date.

        Args:
            curves: all of the log's so far.
            source: how the log is understood: where that differs from the last time, everything is
                written anew.

        Raises:
            OSError: when it cannot be written; it is tried again with the next call.
        """
        if self._writer is None or source != self._source or not self._continues(curves):
            self._anew(curves)
            self._source = source
            return
        for event in self._new_events(curves):
            self._writer.write(event)
        if self._writer.problem is not None:
            raise self._writer.problem

    def close(self) -> None:
        """Close the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _continues(self, curves: Curves) -> bool:
        """Return whether all that was written is still so."""
        if curves.epochs[: len(self._epochs)] != self._epochs:
            return False
        return all(
            number in curves.batches and curves.batches[number].steps == steps
            for number, (steps, _) in self._batches.items()
        )

    def _anew(self, curves: Curves) -> None:
        self.close()
        self._epochs, self._ends, self._batches, self._started = [], [], {}, 0
        path = self._run.events
        beside = path.with_name(f"{path.name}.new")
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
        writer = EventWriter(beside)
        try:
            began = curves.began or _file_time(self._run.path)
            writer.write(RunStarted(at=began, pid=os.getpid(), version=__version__))
            for event in self._new_events(curves):
                writer.write(event)
            if writer.problem is not None:
                raise writer.problem
            os.replace(beside, path)
        except OSError:
            writer.close()
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        writer.path = path
        self._writer = writer

    def _new_events(self, curves: Curves) -> list[Event]:
        """Return the events that are not written yet, and count them as written."""
        events: list[Event] = []
        new = curves.epochs[len(self._epochs) :]
        done = self._epochs[-1].number if self._epochs else 0
        ahead = {number: row for number, row in curves.batches.items() if number > done}
        for row in new:
            for number in [one for one in ahead if one <= row.number]:
                events += self._batch_events(ahead.pop(number), row.at)
            if row is new[-1] and self._started < row.number:
                events.append(self._start(row.number, curves, row.at))
            self._ends.append(self._epoch_event(row))
            events.append(self._ends[-1])
        self._epochs += new
        now = time.time()
        for number in sorted(ahead):
            if self._started < number:
                events.append(self._start(number, curves, now))
            events += self._batch_events(ahead[number], now)
        return events

    def _start(self, epoch: int, curves: Curves, at: float) -> EpochStarted:
        self._started = epoch
        row = curves.batches.get(epoch)
        return EpochStarted(at=at, epoch=epoch, epochs=0, steps=row.steps if row else 1)

    def _batch_events(self, row: BatchRow, at: float) -> list[Event]:
        """Return what is new of the values within an epoch."""
        _, written = self._batches.setdefault(row.epoch, (row.steps, {}))
        events: list[Event] = []
        while True:
            batches, values = {}, {}
            for metric, numbers in row.numbers.items():
                last = written.get(metric, 0)
                begin = next((at for at, one in enumerate(numbers) if one > last), len(numbers))
                chosen = numbers[begin : begin + _MOST_POINTS]
                if chosen:
                    batches[metric] = tuple(b - a for a, b in pairwise([0, *chosen]))
                    values[metric] = tuple(row.values[metric][begin : begin + len(chosen)])
                    written[metric] = chosen[-1]
            if not values:
                return events
            events.append(
                BatchesThinned(
                    at=at,
                    epoch=row.epoch,
                    steps=row.steps,
                    parts=FINEST,
                    batches=batches,
                    values=values,
                )
            )

    def _epoch_event(self, row: EpochRow) -> EpochEnded:
        before = self._ends[-1] if self._ends else None
        metric, best, epoch = best_so_far(before, row)
        return EpochEnded(
            at=row.at or time.time(),
            epoch=row.number,
            epochs=0,
            seconds=row.seconds,
            images_per_second=0.0,
            metrics=row.metrics,
            best_epoch=epoch,
            best=best,
            best_metric=metric,
            learning_rate=row.learning_rate,
        )


def best_so_far(before: EpochEnded | None, row: EpochRow) -> tuple[str, float | None, int]:
    """Return the metric that decides the best epoch, its best value so far, and that epoch."""
    metric = best_metric(row.metrics)
    if before is not None and before.best_metric:
        # A later validation metric decides from then on; missing it once changes nothing.
        metric = best_metric([before.best_metric, *row.metrics])
    same = before is not None and before.best_metric == metric
    best, epoch = (before.best, before.best_epoch) if same and before is not None else (None, 0)
    value = row.metrics.get(metric)
    if is_better(metric, value, best):
        best, epoch = value, row.number
    return metric, best, epoch


def _file_time(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return time.time()
