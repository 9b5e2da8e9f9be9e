"""The running means after each batch of a run, as curves over its epochs."""

from __future__ import annotations

from itertools import accumulate

from tui.runs.curves.growing_curve import Curve
from tui.runs.events.event_types import BatchesEnded, BatchesThinned
from tui.runs.events.thinning import BUDGET, parts_per_epoch

_MOST = 1.5
"""Batch values in memory, as a multiple of `BUDGET`: at most one of old ones, and the newest."""


class BatchMeans:
    """A curve for each metric; of an epoch that does not say it, a number of batches is assumed."""

    def __init__(self) -> None:
        self.curves: dict[str, Curve] = {}
        """By the name of the metric; x counts epochs, 1.5 is the middle of the second."""
        self.assumed_steps = 0
        """Batches that an epoch is drawn with where their number is not known: it grows with
        them."""
        self._assumed_epoch = 0
        """The epoch that is drawn with `assumed_steps`; 0: none."""

    def add(self, event: BatchesEnded, *, steps_known: bool) -> None:
        """Add some batches.

        Args:
            event: the batches.
            steps_known: whether the event's number of batches, if it has one, is that of the whole
                epoch.
        """
        known = steps_known and event.steps > 0
        steps = event.steps if known else self._assume_steps(event.epoch, event.last)
        before = event.epoch - 1
        for name, row in event.values.items():
            curve = self.curves.setdefault(name, Curve())
            finite = [value for value in row if value is not None]
            if len(finite) == len(row):
                numbers = range(event.first, event.first + len(row))
                curve.extend([before + number / steps for number in numbers], finite)
            else:
                for number, value in enumerate(row, start=event.first):
                    curve.append(before + number / steps, value)
        if sum(map(len, self.curves.values())) > _MOST * BUDGET:
            self._thin(event.epoch)

    def add_thinned(self, event: BatchesThinned, *, steps_known: bool) -> int:
        """Add the batches that were kept of an epoch.

        Args:
            event: the batches.
            steps_known: whether the event's number of batches is that of the whole epoch, and not
                of the batches so far.

        Returns:
            The number of the last batch; 0 if there is none.
        """
        before, steps, last = event.epoch - 1, max(event.steps, 1), 0
        if steps_known:
            self.assumed_steps = steps
        else:
            steps = self._assume_steps(event.epoch, steps)
        for name, row in event.values.items():
            gaps = event.batches.get(name, ())
            if not row or len(gaps) != len(row):
                continue  # damaged
            numbers = tuple(accumulate(gaps))
            curve = self.curves.setdefault(name, Curve())
            xs = [before + number / steps for number in numbers]
            # The first gap counts from the epoch's beginning; the curve needs it from the point
            # before.
            goes_on = len(curve) > 0 and curve.x[-1] > before
            behind = max(round((xs[0] - curve.x[-1]) * steps), 1) if goes_on else 1
            curve.extend(xs, row, (behind, *gaps[1:]))
            last = numbers[-1]
            curve.note_thinned(event.parts, before + last / steps)
        return last

    def end_epoch(self, epoch: int, batches: int) -> None:
        """Draw an epoch with its real number of batches, now that it has ended.

        Args:
            epoch: its number.
            batches: that ended; 0 if it reported none.
        """
        if self._assumed_epoch == epoch and batches:
            before, self.assumed_steps = self.assumed_steps, batches
            self._rescale(epoch, before)
            self._assumed_epoch = 0

    def cut(self, epoch: int) -> None:
        """Forget what came after an epoch."""
        for curve in self.curves.values():
            # The first batch of the next epoch is a whole step to the right.
            curve.cut(epoch + 1e-9)

    def _assume_steps(self, epoch: int, last: int) -> int:
        """Return how many batches to draw an epoch with that does not say how many it has.

        Args:
            epoch: its number.
            last: the number of its last batch so far. Where it is more than was assumed, the points
                of the epoch move to the left.
        """
        if last > self.assumed_steps:
            before, self.assumed_steps = self.assumed_steps, max(1 << (last - 1).bit_length(), 64)
            self._rescale(epoch, before)
        self._assumed_epoch = epoch
        return self.assumed_steps

    def _rescale(self, epoch: int, before: int) -> None:
        """Move the points of an epoch that was drawn with another number of batches."""
        if self._assumed_epoch == epoch and before != self.assumed_steps:
            factor = before / self.assumed_steps
            for name, curve in self.curves.items():
                self.curves[name] = curve.scaled(float(epoch - 1), factor)

    def _thin(self, epoch: int) -> None:
        """Thin old batches to what the charts need, for a huge file that no trainer compacted.

        Args:
            epoch: the one at work; its newest batches stay as they are.
        """
        whole = BUDGET // (4 * len(self.curves))
        for name, curve in self.curves.items():
            if len(curve) > whole:
                parts = parts_per_epoch(epoch, len(self.curves))
                until = max(float(epoch - 1), curve.x[-whole])
                # A new curve: a thread may be smoothing the old one.
                self.curves[name] = curve.thinned(min(parts, curve.parts or parts), until)
