"""`RunCallback`: makes a `fit` of any Keras model a run of cnn-tui."""

from __future__ import annotations

import weakref
from typing import Any, Literal

import keras

from tui.callback.program import rank
from tui.callback.recorded_fit import RecordedFit
from tui.callback.script_run import checked_rule, error_sentence, warn

_at_work: weakref.WeakValueDictionary[int, RunCallback] = weakref.WeakValueDictionary()
"""By the id of the model: the callback that records its training."""


class RunCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Makes each `fit` that it is given to a run of cnn-tui, live in the app and steered from it.

    It never disturbs the training: if something goes wrong with the recording, there is one
    warning, and the training goes on. Each call of `fit` is a run of its own. Where several
    processes train together, the first of them writes the run.

    Args:
        name: of the run; the script's name if empty.
        save: which weights to save for Look inside: `"best"`, those of the best epoch so far;
            `"last"`, those of the last one; None, none. They are written at the end of an epoch,
            while the training waits.
        control: whether the training carries out requests of the app: pause, stop, stop after the
            epoch, stop rule, patience, learning rate, fewer epochs, save. If not, it is only
            watched.
        batch_size: samples a batch, for samples/s; None: as far as it shows in the call of `fit`.
        stop_rule: ends the training early: `"val_accuracy > 0.9"`; it can be changed in the app.
        patience: epochs without a better `val_loss` after which the training ends; None: never.
        on_end: a command for the shell, run when the training is over or has died; the run's name,
            state and best value are in its environment.

    Example:
        ```python
        model.fit(train, validation_data=val, epochs=20, callbacks=[RunCallback("bigger kernels")])
        ```
    """

    async_safe = True

    def __init__(
        self,
        name: str = "",
        *,
        save: Literal["best", "last"] | None = None,
        control: bool = True,
        batch_size: int | None = None,
        stop_rule: str | None = None,
        patience: int | None = None,
        on_end: str | None = None,
    ) -> None:
        super().__init__()
        if save not in ("best", "last", None):
            raise ValueError(f"save={save!r} cannot be: choose 'best', 'last' or None.")
        self.name = name
        self.save = save
        self.control = control
        self.batch_size = int(batch_size or 0)
        self.stop_rule, self.patience = checked_rule(stop_rule, patience)
        self.on_end = (on_end or "").strip()
        self._fits = 0
        self._recording: RecordedFit | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Create the run."""
        try:
            self._begin()
        except Exception as error:
            self._recording = None
            warn(f"this training is not recorded: {error_sentence(error)}")

    def _begin(self) -> None:
        if self._recording is not None:  # of a `fit` that ended with an exception
            self._recording.run.give_up()
            self._recording = None
        other = _at_work.get(id(self._model))
        if other is not None and other is not self and other._recording is not None:
            if other.params is self.params:  # Keras gives the callbacks of one `fit` the same
                warn("two RunCallbacks were given to one fit; only the first records it.")
                return
            other._recording.run.give_up()  # of a `fit` that ended with an exception
            other._recording = None
        place = rank()
        if place.number > 0:
            return
        self._fits += 1
        name = f"{self.name} ({self._fits})" if self.name and self._fits > 1 else self.name
        self._recording = RecordedFit(self, name)
        _at_work[id(self._model)] = self
        self._guard("on_train_begin")

    def _guard(self, hook: str, *arguments: Any) -> None:
        """Call a hook of the stream. An exception ends the recording, never the training."""
        if self._recording is None:
            return
        try:
            getattr(self._recording, hook)(*arguments)
        except Exception as error:
            self._end_recording(error)

    def _end_recording(self, error: Exception) -> None:
        recording, self._recording = self._recording, None
        warn(f"the training is not recorded any further: {error_sentence(error)}")
        if recording is not None:
            recording.fail(error)

    # Hooks of Keras

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._guard("on_epoch_begin", epoch)

    # The two that are called for each batch go without `_guard`: a step may take half a
    # millisecond.

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._recording is not None:
            try:
                self._recording.control.batch_begins(batch)
            except Exception as error:
                self._end_recording(error)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._recording is not None:
            try:
                self._recording.events.batch_ended(batch + 1, logs or {})
            except Exception as error:
                self._end_recording(error)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._guard("on_test_begin")

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._guard("on_test_batch_begin", batch)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        self._guard("on_test_end")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._guard("on_epoch_end", epoch, logs)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Report the end of the training, and let the run go."""
        self._guard("on_train_end")
        self._recording = None
        _at_work.pop(id(self._model), None)
