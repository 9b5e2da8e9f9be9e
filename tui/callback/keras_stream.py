"""Keras's hooks: they report a training and carry out requests to it.

The trainer and `RunCallback` both use this one callback.
"""

from __future__ import annotations

from typing import Any

import keras

from tui.callback.epoch_clock import EpochClock
from tui.callback.training_control import TrainingControl
from tui.callback.training_events import TrainingEvents
from tui.callback.training_record import epoch_metrics
from tui.common.text import exact_32


class KerasStream(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports the batches and epochs of a `fit`, and carries out the user's requests.

    `async_safe` keeps Keras's asynchronous dispatch: the end hooks of batches then run in threads
    beside the training. All other hooks run in the training's own thread.

    Args:
        events: writes batches and epochs.
        control: reads the requests.
        clock: measures an epoch's parts.
    """

    async_safe = True

    def __init__(self, events: TrainingEvents, control: TrainingControl, clock: EpochClock) -> None:
        super().__init__()
        self.events = events
        self.control = control
        self.clock = clock
        self._validation_steps = 0

    @property
    def _steps(self) -> int:
        """The batches of an epoch; 0 where Keras does not know them, as for a generator."""
        return int(self.params.get("steps") or 0)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.events.grouped = getattr(self._model, "steps_per_execution", 1) != 1
        self.control.training_begins()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.clock.epoch_begins()
        self.events.epoch_begins(epoch + 1, self._steps)
        self.control.epoch_begins(epoch + 1)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.clock.batch_begins(batch)
        self.control.batch_begins(batch)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.events.batch_ended(batch + 1, logs or {})

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.clock.validation_begins()
        self.events.flush()
        self.control.batches_ended(self._steps or self.events.batch)

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._validation_steps = batch + 1
        self.events.validation_batch_begins(batch + 1)
        self.control.between_batches()

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        self.clock.validation_ends()
        self.events.validation_ended(self._validation_steps)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.clock.epoch_ends()
        if self.control.stopped:  # the epoch is not complete
            self.events.flush()
            return
        self.events.epoch_ended(epoch + 1, logs, learning_rate(self.model))
        self.control.batches_ended(self._steps or self.events.batch)
        if self.control.epoch_ended(epoch + 1, epoch_metrics(logs)):
            self.model.stop_training = True


def set_learning_rate(model: Any, rate: float) -> None:
    """Set the learning rate of a model's optimizer, between two batches too."""
    if keras.backend.backend() == "jax" and hasattr(model, "jax_state_sync"):
        # Within an epoch JAX has the variables, and Keras's own do not count.
        model.jax_state_sync()
    model.optimizer.learning_rate = rate


def learning_rate(model: Any) -> float:
    """Return the present learning rate of a model's optimizer; 0 where it has none."""
    try:
        # Not float() of it: under a strategy it is a variable on several devices.
        return exact_32(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
    except Exception:  # an optimizer of the user's own may be anything
        return 0.0
