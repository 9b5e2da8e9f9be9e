"""Carrying out the user's requests, and deciding when a training ends."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Any, Protocol

import msgspec

from tui.callback.actions import Actions
from tui.callback.ending import Ending, completed_after, early_reason
from tui.callback.epoch_clock import EpochClock
from tui.callback.run_recorder import Recorder, Unrecorded
from tui.callback.training_record import METRIC, Patience
from tui.common.text import clean, exact
from tui.geometry.errors import did_you_mean
from tui.runs.control.control_file import Control
from tui.runs.control.effective_settings import AnySpec, EffectiveSettings, setting_problem
from tui.runs.events.event_types import (
    ControlApplied,
    ControlRead,
    ControlReceived,
    Metrics,
    Notice,
    Request,
)
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import TrainingSpec

LOOK_SECONDS = 0.1
"""Seconds between two looks at the requests."""


class SharedLooks(Protocol):
    """Requests that several processes exchange, so that they take effect at the same step."""

    def due(self) -> bool:
        """Return whether this step is one at which they are exchanged."""

    def exchange(self) -> None:
        """Bring them up to date in all processes."""


class TrainingControl:
    """Reads the user's requests between batches, and decides after each epoch whether to continue.

    Each request is reported twice: when it is read and when it takes effect. Its methods are called
    in the thread of the training: only there may a stop be raised, and only there does a pause
    wait.

    Args:
        recorder: has the control file, and takes the events; None where nothing can be written.
        spec: the settings where the user has not requested others.
        actions: what the training does on request.
        clock: leaves the pauses out of the speeds.
        listens: whether it reads requests at all; if not, only the spec's settings count.
        shared: where several processes train together: says when to look at the requests, which
            must not go by the clock then.
    """

    def __init__(
        self,
        recorder: Recorder | None,
        spec: AnySpec,
        actions: Actions,
        clock: EpochClock,
        *,
        listens: bool = True,
        shared: SharedLooks | None = None,
    ) -> None:
        self._recorder: Recorder = recorder or Unrecorded()
        self._spec = spec
        self._actions = actions
        self._clock = clock
        self._listens = listens
        self._shared = shared
        self._settings = EffectiveSettings.of(spec, Control())
        self._scheduled = isinstance(spec, TrainingSpec) and spec.schedule != CONSTANT
        self._refused: dict[str, object] = {}
        self._patience = Patience()
        self._saves = self._saves_wanted = 0
        self._rate_requests = 0
        self._want = "run"
        self._next_look = 0.0
        self._revision = 0
        self._epoch = self._batch = 0
        self._patience_reported = self._rule_reported = False
        self.can_set_rate = False
        """Whether the training has begun, so that its optimizer is there."""
        self.requested_rate = 0.0
        """The learning rate that was set on request; 0 if none was."""
        self.stopped = False
        """Whether it was stopped in the middle of an epoch."""
        self.ending: Ending | None = None
        self.phase_over = False
        """Whether this phase of the training is over, and the next one is to begin."""
        self.phase_reason = ""
        """Why it is over before its last epoch, in a sentence; empty where it is not."""
        self._phase_end: int | None = None
        self._rates_seen, self._rates_void = 0, -1

    @property
    def place(self) -> tuple[int, int]:
        """The present epoch, from 1 (0 before the first), and how many of its batches ended."""
        return self._epoch, self._batch

    @property
    def settings(self) -> EffectiveSettings:
        """The settings in force."""
        return self._settings

    # The training's progress

    def training_begins(self) -> None:
        """Apply what was requested before the training began."""
        self._exchange()
        self.can_set_rate = True
        self.read_requests()

    def phase_begins(self, spec: AnySpec, last_epoch: int | None, *, new: bool) -> None:
        """Begin a phase of the training, or go on in it.

        What would end the training by its stop rule or its patience ends a phase that is not the
        last. Patience is counted anew in each. A learning rate that was requested in the phase
        before is not meant for this one.

        Args:
            spec: with the learning rate that the phase begins with.
            last_epoch: the epoch that it ends with; None: it is the last phase.
            new: whether it begins now, after another.
        """
        self._spec, self._phase_end = spec, last_epoch
        self.phase_over, self.phase_reason = False, ""
        if new:
            self._rates_void = self._rates_seen
            self._patience = Patience()
            self.requested_rate = 0.0
            if self._batch:  # what is requested from here on belongs to the next epoch
                self._epoch, self._batch = self._epoch + 1, 0
            self._settings = replace(self._settings, learning_rate=spec.learning_rate)

    def epoch_begins(self, epoch: int) -> None:
        """Note where the training is.

        Args:
            epoch: from 1.
        """
        self._epoch, self._batch = epoch, 0

    def batch_begins(self, ended: int) -> None:
        """Carry out what was requested; waits here while the training is paused.

        Args:
            ended: batches of this epoch that have ended.
        """
        self._batch = ended
        self.between_batches()

    def between_batches(self) -> None:
        """Carry out what was requested; waits here while the training is paused."""
        # Between most batches there is nothing to do, and they may take less than a millisecond.
        if not self._time_to_look():
            return
        if self.stopped or not self._listens:
            return
        if self._recorder.stop_requested():
            self._stop()
            return
        self.read_requests()
        if self._want == "pause":
            with self._clock.pause():
                self._pause()
        self._save_if_requested()

    def _time_to_look(self) -> bool:
        if self._shared is not None:
            if not self._shared.due():
                return False
            self._shared.exchange()
            return True
        now = time.monotonic()
        if now < self._next_look and not self._recorder.terminated:
            return False
        self._next_look = now + LOOK_SECONDS
        return True

    def _exchange(self) -> None:
        if self._shared is not None:
            self._shared.exchange()

    def batches_ended(self, steps: int) -> None:
        """Note that all batches of the epoch have ended."""
        self._batch = steps

    def epoch_ended(self, epoch: int, metrics: Metrics) -> bool:
        """Return whether the training, or its phase, is over after an epoch, see `is_over`."""
        self._patience.update(epoch, metrics)
        return self.is_over(epoch, metrics)

    # Requests

    def read_requests(self) -> None:
        """Read the requests and apply those that can take effect at once."""
        if not self._listens:
            return
        read = time.time()  # taken before reading: a later request is not part of it
        reader = self._recorder.control
        control, revision = reader.read(), reader.revision
        if control.rates <= self._rates_void:
            control = msgspec.structs.replace(control, learning_rate=None)
        elif self.can_set_rate:
            self._rates_seen = control.rates
        wanted = EffectiveSettings.of(self._spec, control)
        for name, request, words in self._wanted_changes(wanted, control):
            value = getattr(wanted, name)
            why = setting_problem(name, value, self._spec) or self._actions.refusal(name, value)
            if why:
                if self._refused.get(name) != value:
                    self._refused[name] = value
                    self._notice(f"{why} It stays as it is.")
                continue
            if name == "learning_rate":
                if not self.can_set_rate:
                    continue  # `is_over` before the training: the first batch reads again
                self._actions.set_rate(value)
                self.requested_rate = value
                self._rate_requests = control.rates
            self._emit_received(request, words)
            self._settings = replace(self._settings, **{name: value})
            self._emit_applied(request, words)
        self._saves_wanted = control.saves
        self._update_want(control)
        if revision != self._revision:
            self._revision = revision
            self._recorder.emit(ControlRead(at=read))

    def _wanted_changes(
        self, wanted: EffectiveSettings, control: Control
    ) -> list[tuple[str, Request, str]]:
        """Return the settings to change.

        A schedule has moved the rate on since it was set: the same value counts once more then.
        """
        changes = self._settings.differences(wanted)
        again = control.learning_rate is not None and control.rates != self._rate_requests
        if again and self._scheduled and all(name != "learning_rate" for name, *_ in changes):
            changes.append(("learning_rate", "learning rate", exact(wanted.learning_rate)))
        return changes

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
            self._clock.while_paused()
            self._save_if_requested()
            time.sleep(LOOK_SECONDS)
            self._exchange()
            if self._recorder.stop_requested():
                self._stop()
                return
            self.read_requests()
        if self._want != "stop":
            self._emit_applied("resume")

    def _stop(self) -> None:
        self._saves_wanted = self._recorder.control.read().saves
        self._save_if_requested()
        self.stopped = True
        if not self._recorder.terminated:
            self._emit_applied("stop")
        self._actions.stop()

    def _save_if_requested(self) -> None:
        """Save the model if that was requested; several new requests make one file."""
        if self._saves_wanted <= self._saves:
            return
        self._saves = self._saves_wanted
        self._emit_received("save")
        name = f"saved-epoch-{self._epoch}-batch-{self._batch}.keras"
        with self._clock.saving(), self._clock.pause():
            if self._actions.save(name):
                self._emit_applied("save", name)

    def is_over(self, epoch: int, metrics: Metrics) -> bool:
        """Return whether the training, or its phase, is over after an epoch.

        `ending` then says why, or `phase_over` is set. It has no other effect: a resumed run asks
        again about its last epoch.

        Args:
            epoch: the last complete one, from 1.
            metrics: its values.
        """
        self._exchange()
        self.read_requests()
        rule, settings = self._settings.stop_rule, self._settings
        if settings.patience and METRIC not in metrics and not self._patience_reported:
            self._patience_reported = True
            self._notice(
                "A patience needs the validation loss (val_loss), which was not measured so far."
            )
        if rule is not None and rule.metric not in metrics:
            self._report_unmeasured(rule.metric, metrics)
        early = early_reason(rule, self._patience, settings.patience, epoch, metrics)
        if early and self._phase_end is None:
            self.ending = Ending("rule", early)
        elif self._want == "stop_after_epoch":
            self._emit_applied("stop after epoch")
            self.ending = Ending("stopped", f"Stopped after epoch {epoch}, as requested.")
        elif (completed := completed_after(epoch, settings.epochs)) is not None:
            self.ending = completed
        elif self._phase_end is not None and (early or epoch >= self._phase_end):
            self.phase_over = True
            self.phase_reason = early if epoch < self._phase_end else ""
        return self.ending is not None or self.phase_over

    def _report_unmeasured(self, metric: str, metrics: Metrics) -> None:
        """Report, once, that a program does not measure what its stop rule is about."""
        if self._rule_reported or not isinstance(self._spec, ExternalSpec):
            return
        self._rule_reported = True
        self._notice(
            f"The stop rule is about {clean(metric, 60)}, which was not measured so far: "
            f"{clean(did_you_mean(metric, sorted(metrics)[:30]), 300)}."
        )

    def detach(self) -> None:
        """Go on without the run: nothing is written or requested any more."""
        self._recorder = Unrecorded()
        self._listens = False

    # State in a checkpoint

    def state(self) -> dict[str, Any]:
        """Return the part of a checkpoint that belongs to this object, as JSON has it."""
        return {
            "settings": self._settings.to_dict(),
            "patience": asdict(self._patience),
            "saves": self._saves,
            "rates": [self._rates_seen, self._rates_void],
            "rate_requests": self._rate_requests,
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
        self._rates_seen, self._rates_void = state.get("rates", (0, -1))
        self._rate_requests = state.get("rate_requests", self._rate_requests)

    # Events

    def _emit_received(self, request: Request, value: str = "") -> None:
        self._recorder.emit(ControlReceived(at=time.time(), request=request, value=value))

    def _emit_applied(self, request: Request, value: str = "") -> None:
        self._recorder.emit(
            ControlApplied(
                at=time.time(), request=request, value=value, epoch=self._epoch, batch=self._batch
            )
        )

    def _notice(self, text: str) -> None:
        self._recorder.emit(Notice(at=time.time(), text=text))
