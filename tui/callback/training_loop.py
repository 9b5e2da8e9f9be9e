"""`Run`: makes a training loop of one's own, without Keras, a run of cnn-tui."""

from __future__ import annotations

import time
import weakref
from types import TracebackType
from typing import Any

from tui.callback.actions import Actions
from tui.callback.epoch_clock import EpochClock
from tui.callback.program import rank
from tui.callback.script_run import (
    ScriptRun,
    checked_rule,
    epochs_refusal,
    error_sentence,
    script_spec,
    warn,
)
from tui.callback.training_control import TrainingControl
from tui.callback.training_events import TrainingEvents
from tui.callback.training_record import TrainingRecord, epoch_metrics
from tui.runs.events.event_types import Event, LibrariesLoaded, Request

_REQUESTS: tuple[Request, ...] = (
    "pause",
    "resume",
    "stop",
    "stop after epoch",
    "stop rule",
    "patience",
    "epochs",
)


class Run:
    """A training loop of one's own as a run of cnn-tui, live in the app and steered from it.

    No method raises an error of cnn-tui's: if the run cannot be written, there is one warning, and
    the loop goes on unrecorded.

    Args:
        name: of the run; the script's name if empty.
        epochs: in all; None: not known.
        learning_rate: at the start; None: not said, and then the app cannot change it.
        batch_size: samples a batch, for samples/s; None: not known.
        control: whether the app may stop, pause and change it; the loop has to ask `should_stop`.
        stop_rule: ends the training early: `"val_loss < 0.1"`.
        patience: epochs without a better `val_loss` after which the training ends; None: never.
        on_end: a command for the shell, run when the training is over or has died.

    Example:
        ```python
        with Run("my loop", epochs=20, learning_rate=0.001) as run:
            for epoch in range(1, 21):
                loss = train_one_epoch(learning_rate=run.learning_rate)
                run.log(epoch=epoch, loss=loss, val_loss=validate())
                if run.should_stop:
                    break
        ```
    """

    def __init__(
        self,
        name: str = "",
        *,
        epochs: int | None = None,
        learning_rate: float | None = None,
        batch_size: int | None = None,
        control: bool = True,
        stop_rule: str | None = None,
        patience: int | None = None,
        on_end: str | None = None,
    ) -> None:
        rule, waits = checked_rule(stop_rule, patience)
        rate, size = float(learning_rate or 0), int(batch_size or 0)
        place = rank()
        requests: tuple[Request, ...] = _REQUESTS if control else ()
        refusals = {"save": "A loop of one's own saves its model itself."}
        if rate and control:
            requests = (*requests, "learning rate")
        elif control:
            refusals["learning rate"] = "The program does not say its learning rate to Run(…)."
        else:
            refusals = {"": "It is only watched: its program says Run(control=False)."}
        spec = script_spec(
            name,
            place,
            requests,
            refusals,
            epochs=int(epochs or 0),
            batch_size=size,
            learning_rate=rate,
            stop_rule=rule,
            patience=waits,
            on_end=(on_end or "").strip(),
        )
        self._run: ScriptRun | None = None
        if place.number == 0:
            try:
                self._run = ScriptRun(spec)
                weakref.finalize(self, self._run.give_up)
            except Exception as error:
                warn(f"this training is not recorded: {error_sentence(error)}")
        self._clock = EpochClock()
        self._epoch = self._done = 0
        self._stopping = False
        self._since = time.monotonic()
        """When the epoch at work began: as the one before ended."""
        # Unrecorded, too, the loop ends by its rule, its patience and its epochs.
        run = self._run
        self._control = TrainingControl(
            run.recorder if run is not None else None,
            spec,
            Actions(
                stop=lambda: None,
                save=lambda name: False,
                set_rate=lambda rate: None,  # `learning_rate` returns it
                refusal=self._refusal,
            ),
            self._clock,
            listens=run is not None and bool(spec.requests),
        )
        self._spec = spec
        self._events = TrainingEvents(
            self._emit,
            epochs=lambda: self._control.settings.epochs,
            record=TrainingRecord(),
            clock=self._clock,
            batch_size=size,
        )
        self._events.grouped = True
        self._clock.while_paused = self._events.flush
        self._emit(LibrariesLoaded(at=time.time(), keras="", backend="", device=""))
        self._control.training_begins()

    def _emit(self, event: Event) -> None:
        if self._run is not None:
            self._run.emit(event)

    def _refusal(self, name: str, value: Any) -> str:
        spec = self._spec
        if name == "learning_rate":
            return spec.refusals.get("learning rate", "")
        if name == "epochs":
            return epochs_refusal(spec, self._epoch, value)
        return ""

    # The loop

    def log(self, *, epoch: int = 0, step: int = 0, steps: int = 0, **metrics: Any) -> None:
        """Report metrics: after a step with `step`, at the end of an epoch without.

        Waits here while the training is paused in the app.

        Args:
            epoch: from 1; 0: the one at work, or the next.
            step: of the epoch, from 1; 0 at the end of the epoch.
            steps: of the epoch; 0: not known.
            metrics: numbers by name. `val_` before a name makes it one of the validation.
        """
        try:
            self._log(epoch, step, steps, metrics)
        except Exception as error:
            self._fail(error)

    def _log(self, epoch: int, step: int, steps: int, metrics: dict[str, Any]) -> None:
        number = epoch or (self._epoch if self._epoch > self._done else self._done + 1)
        if number <= self._done:
            return  # an epoch that has ended already
        if number != self._epoch:
            self._epoch = number
            if self._run is not None:
                self._run.epoch = number
            self._clock.epoch_begins()
            self._events.epoch_begins(number, steps, self._since)
            self._control.epoch_begins(number)
        if step:
            self._events.batch_ended(step, epoch_metrics(metrics))
            self._control.batch_begins(step)
            return
        self._clock.epoch_ends()
        self._events.epoch_ended(number, metrics, self._control.settings.learning_rate)
        self._done, self._since = number, time.monotonic()
        if self._run is not None:
            self._run.epochs_done = number
        if self._control.epoch_ended(number, epoch_metrics(metrics)):
            self._stopping = True

    @property
    def should_stop(self) -> bool:
        """Whether the loop is to end: by a request, its stop rule, patience, or enough epochs.

        Waits here while the training is paused in the app.
        """
        if not self._stopping:
            try:
                self._control.between_batches()
                self._stopping = self._control.stopped
            except Exception as error:
                self._fail(error)
        return self._stopping

    @property
    def learning_rate(self) -> float:
        """The learning rate to train with now: as changed in the app, or the one at the start."""
        return self._control.settings.learning_rate

    # The end

    def finish(self) -> None:
        """Report that the training is over; leaving the `with` block does it as well."""
        run, control = self._run, self._control
        if run is None:
            return
        try:
            self._events.flush()
        except Exception as error:
            warn(error_sentence(error))
        self._run = None
        if control.stopped:
            run.finish("stopped", f"Stopped in epoch {max(self._epoch, 1)}, as requested.")
        elif control.ending is not None:
            run.finish(control.ending.reason, control.ending.sentence)
        else:
            epochs = "1 epoch is" if self._done == 1 else f"{self._done} epochs are"
            run.finish("completed", f"{epochs} done.")

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and self._run is not None:
            self._run.give_up(error)
            self._run = None
        self.finish()

    def _fail(self, error: Exception) -> None:
        run, self._run = self._run, None
        self._control.detach()
        warn(f"the training is not recorded any further: {error_sentence(error)}")
        if run is not None:
            run.fail(
                f"cnn-tui could not record this training any further: {error_sentence(error)}",
                "The training itself went on.",
            )
