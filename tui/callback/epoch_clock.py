"""Where an epoch's time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Parts of an epoch's time, in seconds.

    Args:
        data: waiting for training images; 0 where it is not measured.
        validation: the validation, without pauses.
        saving: writing checkpoints and models since the previous epoch, as far as the training
            waited for it.
    """

    data: float = 0.0
    validation: float = 0.0
    saving: float = 0.0


class EpochClock:
    """Measures the parts of an epoch's time; its methods are called in the training's thread.

    A step waits for data from its own beginning, or the beginning of its batch if that is later,
    until the batch is finished. So neither the tracing of the graph counts, nor a batch that was
    made ahead, nor the copy of a batch into the backend.

    Args:
        waited: returns how many seconds a step waited for its batch, from the number of the step
            and the time at which it began; None where that is not measured.
    """

    def __init__(self, waited: Callable[[int, float], float] | None = None) -> None:
        self.waited = waited
        self._saving = self._data = self._validation = 0.0
        self._batch = -1
        self._began = 0.0
        self._validation_began = self._paused_before = 0.0
        self._pauses = 0
        self.paused = 0.0
        """Seconds of this epoch in which the user had paused the training."""
        self.paused_training = 0.0
        """Of `paused`: before the validation."""
        self.while_paused: Callable[[], None] = lambda: None
        """Called several times a second during a pause."""

    @property
    def waiting(self) -> float:
        """Seconds of this epoch so far in which the training waited for images."""
        return self._data

    def epoch_begins(self) -> None:
        """Start measuring an epoch."""
        self._data = self._validation = self.paused = self.paused_training = 0.0
        self._batch, self._validation_began = -1, 0.0

    def batch_begins(self, batch: int) -> None:
        """Start measuring a step; the one before has ended."""
        if self.waited is None:
            return
        self._count_waiting()
        self._batch, self._began = batch, time.perf_counter()

    def validation_begins(self) -> None:
        """Start measuring the validation; the last step has ended."""
        self._count_waiting()
        self._validation_began = time.perf_counter()
        self._paused_before = self.paused

    def validation_ends(self) -> None:
        """Stop measuring the validation."""
        seconds = time.perf_counter() - self._validation_began
        self._validation = seconds - (self.paused - self._paused_before)

    def epoch_ends(self) -> None:
        """Count the last step of an epoch without validation."""
        self._count_waiting()

    def _count_waiting(self) -> None:
        if self.waited is not None and self._batch >= 0:
            self._data += self.waited(self._batch, self._began)
        self._batch = -1

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave a `with` block out of the epoch's seconds and speeds."""
        began = time.perf_counter()
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:  # a model may be saved during a pause
                self._began = time.perf_counter()
                self.paused += self._began - began
                if not self._validation_began:
                    self.paused_training = self.paused

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Count a `with` block as saving."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._saving += time.perf_counter() - began

    def epoch_times(self) -> Times:
        """Return the times of the epoch that ends now, and reset them."""
        times = Times(
            data=round(self._data, 3),
            validation=round(self._validation, 3),
            saving=round(self._saving, 3),
        )
        self._saving = 0.0
        return times
