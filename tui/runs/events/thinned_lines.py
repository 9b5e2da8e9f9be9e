"""Lines that replace several: the batches of an epoch, the reports of a trainer, both thinned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tui.runs.curves.system_curves import figures
from tui.runs.events.event_log import encode
from tui.runs.events.event_types import BatchesEnded, BatchesThinned, SystemStats, SystemThinned
from tui.runs.events.thinning import kept_points


class EpochBatches:
    """The batches of an epoch, collected until all of them have been read."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self.number = 0
        self._at = 0.0
        self._steps = 0
        self._numbers: dict[str, list[int]] = {}
        self._values: dict[str, list[float]] = {}

    def add(self, event: BatchesEnded | BatchesThinned) -> None:
        """Add some batches."""
        self.number, self._at, self._steps = event.epoch, event.at, event.steps
        for name, row in event.values.items():
            numbers = self._numbers.setdefault(name, [])
            values = self._values.setdefault(name, [])
            if isinstance(event, BatchesThinned):
                number = 0
                for gap, value in zip(event.batches.get(name, ()), row, strict=False):
                    number += gap
                    numbers.append(number)
                    values.append(value)  # type: ignore[arg-type]
                continue
            for number, one in enumerate(row, start=event.first):
                if one is not None:
                    numbers.append(number)
                    values.append(one)

    def pop_line(self) -> Iterator[bytes]:
        """Yield the line with the batches that are kept, if there are any, and forget them."""
        batches, values = {}, {}
        before = self.number - 1
        # Where their number is not known, it is that of the batches so far.
        last = max((numbers[-1] for numbers in self._numbers.values() if numbers), default=1)
        steps = self._steps or last
        for name, numbers in self._numbers.items():
            xs = [before + number / steps for number in numbers]
            kept = list(kept_points(xs, self._values[name], self._parts))
            chosen = [numbers[index] for index in kept]
            batches[name] = tuple(b - a for a, b in pairwise([0, *chosen]))
            values[name] = tuple(self._values[name][index] for index in kept)
        if any(values.values()):
            yield encode(
                BatchesThinned(
                    at=self._at,
                    epoch=self.number,
                    steps=steps,
                    parts=self._parts,
                    batches=batches,
                    values=values,
                )
            )
        self.number, self._numbers, self._values = 0, {}, {}


class SystemReports:
    """The reports of a trainer, collected until the next one begins."""

    def __init__(self, parts: int) -> None:
        """Make an empty collection.

        Args:
            parts: into how many parts an hour is divided, of each of which two values are kept.
        """
        self._parts = parts
        self._at = 0.0
        self._seconds: dict[str, list[float]] = {}
        self._values: dict[str, list[float]] = {}

    def add(self, event: SystemStats | SystemThinned) -> None:
        """Add a report, or several that were thinned before."""
        self._at = event.at
        if isinstance(event, SystemStats):
            for name, value in figures(event).items():
                self._add(name, event.seconds, value)
            return
        for name, values in event.values.items():
            for second, value in zip(event.seconds.get(name, ()), values, strict=False):
                self._add(name, second, value)

    def _add(self, name: str, second: float, value: float) -> None:
        seconds = self._seconds.setdefault(name, [])
        # A damaged time does not go back.
        seconds.append(max(second, seconds[-1] if seconds else 0.0))
        self._values.setdefault(name, []).append(value)

    def pop_line(self) -> Iterator[bytes]:
        """Yield the line with the values that are kept, if there are any, and forget them."""
        if not self._seconds:
            return
        seconds, values = {}, {}
        for name, row in self._seconds.items():
            kept = list(kept_points([one / 3600 for one in row], self._values[name], self._parts))
            seconds[name] = tuple(row[index] for index in kept)
            values[name] = tuple(self._values[name][index] for index in kept)
        self._seconds, self._values = {}, {}
        yield encode(SystemThinned(at=self._at, parts=self._parts, seconds=seconds, values=values))
