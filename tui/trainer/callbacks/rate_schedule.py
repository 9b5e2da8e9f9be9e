"""The callback that sets the learning rate of each batch by a schedule."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import keras

from tui.callback.keras_stream import learning_rate, set_learning_rate
from tui.common.text import exact, exact_32
from tui.runs.events.event_types import Notice
from tui.runs.settings.scheduled_rate import ScheduledRate, float_32
from tui.trainer.run_session import RunSession


class RateSchedule(keras.callbacks.Callback):  # type: ignore[misc]
    """Sets the learning rate before each batch, and reduces it where the validation loss waits.

    It comes after the callback that carries out requests, and before the one that saves.

    Args:
        session: takes the notices.
        rate: the schedule.
        place: returns the present epoch, from 1, and how many of its batches have ended.
    """

    async_safe = True

    def __init__(
        self, session: RunSession, rate: ScheduledRate, place: Callable[[], tuple[int, int]]
    ) -> None:
        super().__init__()
        self._session = session
        self._rate = rate
        self._place = place
        self._last: float | None = None

    def _done(self) -> float:
        """Return how many epochs are done, with parts of one."""
        epoch, ended = self._place()
        return max(epoch - 1, 0) + ended / max(int(self.params.get("steps") or 1), 1)

    def phase_begins(self, number: int, done: int) -> None:
        """Note where a phase begins: the one before may have ended early.

        Args:
            number: of the phase, from 0.
            done: complete epochs before it.
        """
        self._rate.phase_begins(number, done)

    def set_by_hand(self, rate: float) -> None:
        """Set a learning rate that was requested, between two batches."""
        done = self._done()
        self._rate.set_by_hand(rate, done)
        self._set(self._rate.at(done))

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._last = None  # of an optimizer of this call of `fit`

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._set(self._rate.at(self._done()))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        val_loss = (logs or {}).get("val_loss")
        reduced = self._rate.epoch_ended(None if val_loss is None else float(val_loss), epoch + 1)
        if reduced is None:
            return
        before = learning_rate(self.model)
        self._set(reduced)
        self._session.emit(
            Notice(
                at=time.time(),
                text=f"Plateau after epoch {epoch + 1}: val_loss has not improved. The learning "
                f"rate is {exact(exact_32(reduced))} from now on; it was {exact(before)}.",
            )
        )

    def _set(self, rate: float) -> None:
        rate = float_32(rate)
        if rate != self._last:
            self._last = rate
            set_learning_rate(self.model, rate)

    def state(self) -> dict[str, Any]:
        """Return the part of a checkpoint that belongs to this object, as JSON has it."""
        return self._rate.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned; of an earlier version there is nothing."""
        if state:
            self._rate.restore(state)
