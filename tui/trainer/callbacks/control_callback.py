"""The callback that carries out the user's requests and ends the training."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import keras
import msgspec

from tui.common.numbers import metric_value
from tui.keras_worker.failures import Cancelled
from tui.runs.control.control_file import Control
from tui.runs.control.effective_settings import EffectiveSettings, setting_problem
from tui.runs.events.event_types import (
    ControlApplied,
    ControlRead,
    ControlReceived,
    Metrics,
    Notice,
    Request,
)
from tui.runs.settings.spec import TrainingSpec
from tui.trainer.callbacks.timing import Timing
from tui.trainer.run_session import RunSession
from tui.trainer.state.training_record import METRIC, Patience, epoch_metrics

LOOK_SECONDS = 0.1
"""Seconds between two looks at the requests."""


@dataclass(frozen=True)
class Ending:
    """Why a training is over, as `Finished` reports it."""

    reason: Literal["completed", "rule", "stopped"]
    sentence: str


class ControlCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Reads the user's requests between batches, and decides after each epoch whether to continue.

    `fit` is called with far more epochs than anybody wants: this callback ends the training. Each
    request is reported twice: when it is read and when it takes effect. The begin hooks run in the
    thread of the training: only there may a stop be raised, and only there does a pause wait.

    Args:
        session: has the control file, and takes the events.
        spec: the settings where the user has not requested others.
        save: writes the model as it is now under a file name; returns whether it could.
        timing: leaves the pauses out of the speeds.
    """

    async_safe = True

    def __init__(
        self,
        session: RunSession,
        spec: TrainingSpec,
        *,
        save: Callable[[str], object],
        timing: Timing | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self._spec = spec
        self._save = save
        self._timing = timing or Timing()
        self._settings = EffectiveSettings.of(spec, Control())
        self._refused: dict[str, object] = {}
        self._patience = Patience()
        self._saves = self._saves_wanted = 0
        self._want = "run"
        self._looked = 0.0
        self._revision = 0
        self._epoch = self._batch = 0
        self._patience_reported = False
        self.ending: Ending | None = None

    @property
    def epochs(self) -> int:
        """The number of epochs wanted in all."""
        return self._settings.epochs

    # Hooks of Keras

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._read_control()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch, self._batch = epoch + 1, 0

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batch = batch
        self._between_batches()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._batch = self.params["steps"]

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._between_batches()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._batch = self.params["steps"]
        metrics = epoch_metrics(logs)
        self._patience.update(epoch + 1, metrics)
        if self.is_over(epoch + 1, metrics):
            self.model.stop_training = True

    def _between_batches(self) -> None:
        if self._session.stop_requested():
            self._stop()
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._read_control()
        if self._want == "pause":
            with self._timing.pause():
                self._pause()
        self._save_if_requested()

    # Requests

    def _read_control(self) -> None:
        """Read the requests and apply those that can take effect at once."""
        self._looked = time.monotonic()
        read = time.time()  # taken before reading: a later request is not part of it
        control, revision = self._session.control.read(), self._session.control.revision
        wanted = EffectiveSettings.of(self._spec, control)
        for name, request, words in self._settings.differences(wanted):
            value = getattr(wanted, name)
            why = setting_problem(name, value, self._spec)
            if why is not None:
                if self._refused.get(name) != value:
                    self._refused[name] = value
                    self._notice(f"{why} It stays as it is.")
                continue
            if name == "learning_rate":
                if self.model is None:
                    continue  # `is_over` before the training: the first batch reads again
                self.model.optimizer.learning_rate = value
            self._emit_received(request, words)
            self._settings = replace(self._settings, **{name: value})
            self._emit_applied(request, words)
        self._saves_wanted = control.saves
        self._update_want(control)
        if revision != self._revision:
            self._revision = revision
            self._session.emit(ControlRead(at=read))

    def _update_want(self, control: Control) -> None:
        before, self._want = self._want, control.want
        if self._want == before or self._want == "stop":  # the session reports a stop
            return
        if self._want == "stop_after_epoch":
            self._emit_received("stop after epoch")
        elif self._want == "pause":
            self._emit_received("pause")
        else:
            self._emit_received("resume")
            if before == "stop_after_epoch":
                self._emit_applied("resume")

    def _pause(self) -> None:
        """Wait here until the user ends the pause."""
        self._emit_applied("pause")
        while self._want == "pause":
            self._timing.while_paused()
            self._save_if_requested()
            time.sleep(LOOK_SECONDS)
            if self._session.stop_requested():
                self._stop()
            self._read_control()
        if self._want != "stop":
            self._emit_applied("resume")

    def _stop(self) -> None:
        if not self._session.terminated:
            self._emit_applied("stop")
        raise Cancelled

    def _save_if_requested(self) -> None:
        """Save the model if that was requested; several new requests make one file."""
        if self._saves_wanted <= self._saves:
            return
        self._saves = self._saves_wanted
        self._emit_received("save")
        name = f"saved-epoch-{self._epoch}-batch-{self._batch}.keras"
        with self._timing.saving(), self._timing.pause():
            if self._save(name):
                self._emit_applied("save", name)

    def is_over(self, epoch: int, metrics: Metrics) -> bool:
        """Return whether the training is over after an epoch; `ending` then says why.

        It has no other effect: a resumed run asks again about its last epoch.

        Args:
            epoch: the last complete one, from 1.
            metrics: its values.
        """
        self._read_control()
        rule, settings = self._settings.stop_rule, self._settings
        if settings.patience and METRIC not in metrics and not self._patience_reported:
            self._patience_reported = True
            self._notice(
                "A patience needs the validation loss, and there are no validation images."
            )
        if rule is not None and rule.met_by(metrics):
            self.ending = Ending(
                "rule",
                f"Stopped by the rule {rule}: after epoch {epoch} "
                f"{rule.metric} was {metric_value(metrics[rule.metric], 16, [rule.value])}.",
            )
        elif sentence := self._patience.ended(epoch, settings.patience):
            self.ending = Ending("rule", sentence)
        elif self._want == "stop_after_epoch":
            self._emit_applied("stop after epoch")
            self.ending = Ending("stopped", f"Stopped after epoch {epoch}, as requested.")
        elif epoch > settings.epochs:
            self.ending = Ending(
                "completed", f"Ended after epoch {epoch}: only {settings.epochs} were wanted."
            )
        elif epoch == settings.epochs:
            self.ending = Ending(
                "completed",
                "The one epoch is done." if epoch == 1 else f"All {epoch} epochs are done.",
            )
        return self.ending is not None

    # State in a checkpoint

    def state(self) -> dict[str, Any]:
        """Return the part of a checkpoint that belongs to this callback, as JSON has it."""
        return {
            "settings": self._settings.to_dict(),
            "patience": asdict(self._patience),
            "saves": self._saves,
        }

    def restore(self, state: dict[str, Any], done: int) -> None:
        """Restore what `state` returned; what is missing in it stays as it is.

        Args:
            state: of the checkpoint.
            done: complete epochs. What takes effect before the first batch of the next one is
                reported as part of that one.
        """
        self._epoch = done + 1 if done else 0
        if "settings" in state:
            self._settings = EffectiveSettings.from_dict(state["settings"])
        if "patience" in state:
            self._patience = msgspec.convert(state["patience"], Patience)
        self._saves = state.get("saves", self._saves)

    # Events

    def _emit_received(self, request: Request, value: str = "") -> None:
        self._session.emit(ControlReceived(at=time.time(), request=request, value=value))

    def _emit_applied(self, request: Request, value: str = "") -> None:
        self._session.emit(
            ControlApplied(
                at=time.time(), request=request, value=value, epoch=self._epoch, batch=self._batch
            )
        )

    def _notice(self, text: str) -> None:
        self._session.emit(Notice(at=time.time(), text=text))
