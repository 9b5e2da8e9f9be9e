"""Where an epoch's time goes, as the trainer measures it in Keras's own `fit`."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import pytest

from tui.callback.epoch_clock import EpochClock, Times
from tui.trainer.data.timed_dataset import TimedDataset

STEPS = 6


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Random batches that take their time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.ended = 0

    def __len__(self) -> int:
        return STEPS

    def __getitem__(self, index: int) -> Any:
        time.sleep(self.seconds)
        return np.full((2, 3), index, np.float32), np.zeros((2, 1), np.float32)

    def on_epoch_end(self) -> None:
        self.ended += 1


class Clocked(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells a clock what `fit` does, as `KerasStream` does."""

    async_safe = True

    def __init__(self, clock: EpochClock) -> None:
        super().__init__()
        self.clock = clock

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.clock.epoch_begins()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.clock.batch_begins(batch)

    def on_test_begin(self, logs: Any = None) -> None:
        self.clock.validation_begins()

    def on_test_end(self, logs: Any = None) -> None:
        self.clock.validation_ends()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.clock.epoch_ends()


class Slow(keras.callbacks.Callback):  # type: ignore[misc]
    """Makes each step take its time, and takes the figures at each epoch's end."""

    async_safe = True

    def __init__(self, timing: EpochClock, seconds: float = 0.0, pause: float = 0.0) -> None:
        super().__init__()
        self.timing, self.seconds, self.pause = timing, seconds, pause
        self.times: list[Times] = []
        self.paused: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        time.sleep(self.seconds)
        if batch == 2 and self.pause:
            with self.timing.pause():
                time.sleep(self.pause)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        with self.timing.saving():
            time.sleep(0.05)
        self.times.append(self.timing.epoch_times())
        self.paused.append(self.timing.paused_training)


def fit(loading: float, computing: float = 0.0, pause: float = 0.0) -> Slow:
    """Train two epochs and return what was measured."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    training = Batches(loading)
    timed = TimedDataset(training)
    clock = EpochClock(timed.waited)
    slow = Slow(clock, computing, pause)
    model.fit(
        timed,
        validation_data=Batches(0.05),
        epochs=2,
        callbacks=[Clocked(clock), slow],
        verbose=0,
    )
    assert training.ended >= 2, "the loader itself is told of its epochs"
    return slow


def test_a_slow_loader_is_waited_for() -> None:
    measured = fit(loading=0.1)
    for times in measured.times:
        assert times.data >= 0.4 * STEPS * 0.1
        assert times.validation >= STEPS * 0.05
    assert measured.times[1].data <= 2 * STEPS * 0.1, "in a step nobody waits twice"
    # What is saved at an epoch's end is told with it, or with the next where it came after.
    assert all(times.saving >= 0.05 for times in measured.times)


def test_a_loader_that_is_ahead_is_not() -> None:
    """The graph is traced in the first epoch, which is no waiting for data either."""
    measured = fit(loading=0.02, computing=0.1)
    for times in measured.times:
        assert times.data <= 0.5 * STEPS * 0.1


def test_a_pause_is_no_waiting_for_data() -> None:
    measured = fit(loading=0.0, pause=0.7)
    for times, paused in zip(measured.times, measured.paused, strict=True):
        assert paused == pytest.approx(0.7, abs=0.3)
        assert times.data < 0.5
