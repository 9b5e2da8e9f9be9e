"""The callback that does what the user requests, and ends the training."""

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
from tui.runs.control.effective_settings import EffectiveSettings, problem
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
from tui.trainer.run_session import Link
from tui.trainer.state.training_record import METRIC, Patience, metrics_of

LOOK_SECONDS = 0.1
"""The requests are read at most so often."""


@dataclass(frozen=True)
class Ending:
    """Why a training is over, as `Finished` tells it."""

    reason: Literal["completed", "rule", "stopped"]
    sentence: str


class ControlCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Reads the user's requests between batches, and judges at each epoch's end whether to go on.

    `fit` is called with far more epochs than anybody wants: the training ends by this callback.
    Each request is told twice: as it is read, and as it takes effect. The begin hooks run in the
    training's own thread: only there may a stop be raised, and there a pause is waited for.

    Args:
        link: reads the control file, and tells what was received and applied.
        spec: what holds where the user has not requested otherwise.
        save: writes the model as it is now under a file name; says whether it could.
        timing: is told of pauses, which count in no speed.
    """

    async_safe = True

    def __init__(
        self,
        link: Link,
        spec: TrainingSpec,
        *,
        save: Callable[[str], object],
        timing: Timing | None = None,
    ) -> None:
        super().__init__()
        self._link = link
        self._spec = spec
        self._save = save
        self._timing = timing or Timing()
        self._settings = EffectiveSettings.of(spec, Control())
        self._refused: dict[str, object] = {}
        self._patience = Patience()
        self._saves = self._saves_wanted = 0
        self._want = "run"
        self._looked = 0.0
        self._times = 0
        self._epoch = self._batch = 0
        self._told_of_patience = False
        self.ending: Ending | None = None

    @property
    def epochs(self) -> int:
        """How many epochs are wanted in all."""
        return self._settings.epochs

    # When

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._look()

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
        metrics = metrics_of(logs)
        self._patience.look(epoch + 1, metrics)
        if self.over(epoch + 1, metrics):
            self.model.stop_training = True

    def _between_batches(self) -> None:
        if self._link.stop_wanted():
            self._stop()
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
        if self._want == "pause":
            with self._timing.pause():
                self._wait()
        self._keep_saving()

    # What

    def _look(self) -> None:
        """Read the requests and let those take effect that can at once."""
        self._looked = time.monotonic()
        read = time.time()  # before: what is written meanwhile is not read yet
        control, times = self._link.control.read(), self._link.control.times
        wanted = EffectiveSettings.of(self._spec, control)
        for name, request, words in self._settings.differences(wanted):
            value = getattr(wanted, name)
            why = problem(name, value, self._spec)
            if why is not None:
                if self._refused.get(name) != value:
                    self._refused[name] = value
                    self._notice(f"{why} It stays as it is.")
                continue
            if name == "learning_rate":
                if self.model is None:
                    continue  # judged before the training: its first batch looks again
                self.model.optimizer.learning_rate = value
            self._receive(request, words)
            self._settings = replace(self._settings, **{name: value})
            self._take(request, words)
        self._saves_wanted = control.saves
        self._look_at_want(control)
        if times != self._times:
            self._times = times
            self._link.tell(ControlRead(at=read))

    def _look_at_want(self, control: Control) -> None:
        before, self._want = self._want, control.want
        if self._want == before or self._want == "stop":  # the link tells of a stop
            return
        if self._want == "stop_after_epoch":
            self._receive("stop after epoch")
        elif self._want == "pause":
            self._receive("pause")
        else:
            self._receive("resume")
            if before == "stop_after_epoch":
                self._take("resume")

    def _wait(self) -> None:
        """Stay here until the user wants no pause any more."""
        self._take("pause")
        while self._want == "pause":
            self._timing.while_paused()
            self._keep_saving()
            time.sleep(LOOK_SECONDS)
            if self._link.stop_wanted():
                self._stop()
            self._look()
        if self._want != "stop":
            self._take("resume")

    def _stop(self) -> None:
        if not self._link.terminated:
            self._take("stop")
        raise Cancelled

    def _keep_saving(self) -> None:
        """Write the model as often as was asked for since the last look; once is enough."""
        if self._saves_wanted <= self._saves:
            return
        self._saves = self._saves_wanted
        self._receive("save")
        name = f"saved-epoch-{self._epoch}-batch-{self._batch}.keras"
        with self._timing.saving(), self._timing.pause():
            if self._save(name):
                self._take("save", name)

    def over(self, epoch: int, metrics: Metrics) -> bool:
        """Judge whether the training is over after an epoch, and keep why as `ending`.

        Asked once more when a training is taken up again after that epoch: it counts nothing.

        Args:
            epoch: the last whole one, from 1.
            metrics: its values.
        """
        self._look()
        rule, settings = self._settings.stop_rule, self._settings
        if settings.patience and METRIC not in metrics and not self._told_of_patience:
            self._told_of_patience = True
            self._notice("Patience looks at the validation loss, and there are no such images.")
        if rule is not None and rule.met_by(metrics):
            self.ending = Ending(
                "rule",
                f"Stopped by the rule {rule}: after epoch {epoch} "
                f"{rule.metric} was {metric_value(metrics[rule.metric], 16, [rule.value])}.",
            )
        elif lost := self._patience.lost(epoch, settings.patience):
            self.ending = Ending("rule", lost)
        elif self._want == "stop_after_epoch":
            self._take("stop after epoch")
            self.ending = Ending("stopped", f"Stopped after epoch {epoch}, as asked.")
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

    # To the disk and back

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps of this, as JSON has it."""
        return {
            "settings": self._settings.saved(),
            "patience": asdict(self._patience),
            "saves": self._saves,
        }

    def restore(self, state: dict[str, Any], done: int) -> None:
        """Go on from what `state` gave; what is missing in it stays as it is.

        Args:
            state: of the checkpoint.
            done: whole epochs: what takes effect before the next one's first batch is told as
                its own.
        """
        self._epoch = done + 1 if done else 0
        if "settings" in state:
            self._settings = EffectiveSettings.read(state["settings"])
        if "patience" in state:
            self._patience = msgspec.convert(state["patience"], Patience)
        self._saves = state.get("saves", self._saves)

    # Telling

    def _receive(self, request: Request, value: str = "") -> None:
        self._link.tell(ControlReceived(at=time.time(), request=request, value=value))

    def _take(self, request: Request, value: str = "") -> None:
        self._link.tell(
            ControlApplied(
                at=time.time(), request=request, value=value, epoch=self._epoch, batch=self._batch
            )
        )

    def _notice(self, text: str) -> None:
        self._link.tell(Notice(at=time.time(), text=text))
