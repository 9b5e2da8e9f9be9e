"""`Run`: makes a training loop of one's own, without Keras, a run of cnn-tui."""

from __future__ import annotations

import time
import weakref
from types import TracebackType
from typing import Any

from tui.callback.epoch_clock import EpochClock
from tui.callback.program import rank
from tui.callback.script_run import ScriptRun, error_sentence, script_spec, warn
from tui.callback.training_control import Actions, TrainingControl
from tui.callback.training_events import TrainingEvents
from tui.callback.training_record import TrainingRecord, epoch_metrics
from tui.common.stop_rule import StopRule
from tui.runs.events.event_types import LibrariesLoaded, Request

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
        epochs: in all; 0: not known.
        learning_rate: at the start; 0: none, and then the app cannot change it.
        batch_size: samples a batch, for samples/s; 0: not known.
        control: whether the app may stop, pause and change it; the loop has to ask `should_stop`.
        stop_rule: ends the training early: `"val_loss < 0.1"`.
        patience: epochs without a better `val_loss` after which the training ends; 0: never.
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
        epochs: int = 0,
        learning_rate: float = 0.0,
        batch_size: int = 0,
        control: bool = True,
        stop_rule: str = "",
        patience: int = 0,
        on_end: str = "",
    ) -> None:
        self._rate = learning_rate
        self._epochs = epochs
        self._control: TrainingControl | None = None
        self._events: TrainingEvents | None = None
        self._run: ScriptRun | None = None
        self._clock = EpochClock()
        self._stopping = False
        rule = StopRule.parse(stop_rule, metrics=None)
        place = rank()
        if place.number > 0:
            return
        requests: tuple[Request, ...] = _REQUESTS if control else ()
        refusals = {"save": "Its program saves its model itself."}
        if learning_rate and control:
            requests = (*requests, "learning rate")
        elif control:
            refusals["learning rate"] = "Its program does not say its learning rate to Run(…)."
        else:
            refusals = {"": "It is only watched: its program says Run(control=False)."}
        try:
            self._run = ScriptRun(
                script_spec(
                    name,
                    place,
                    requests,
                    refusals,
                    epochs=epochs,
                    batch_size=batch_size,
                    learning_rate=learning_rate,
                    stop_rule=rule,
                    patience=patience,
                    on_end=on_end.strip(),
                )
            )
        except Exception as error:
            warn(f"this training is not recorded: {error_sentence(error)}")
            return
        weakref.finalize(self, self._run.give_up)
        self._open(self._run, batch_size)

    def _open(self, run: ScriptRun, batch_size: int) -> None:
        actions = Actions(
            stop=lambda: None,
            save=lambda name: False,
            set_rate=lambda rate: None,  # `learning_rate` returns it
            refusal=_refusal(run),
        )
        listens = bool(run.spec.requests)
        control = TrainingControl(run.recorder, run.spec, actions, self._clock, listens=listens)
        self._control = control
        self._events = TrainingEvents(
            run,
            epochs=lambda: control.settings.epochs,
            record=TrainingRecord(),
            clock=self._clock,
            batch_size=batch_size,
        )
        self._events.grouped = True
        self._clock.while_paused = self._events.flush
        run.emit(LibrariesLoaded(at=time.time(), keras="", backend="", device=""))
        control.training_begins()

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
        run, events, control = self._run, self._events, self._control
        if run is None or events is None or control is None:
            return
        number = epoch or (run.epoch if run.epoch > run.epochs_done else run.epochs_done + 1)
        if number != run.epoch or run.epochs_done == number:
            if number <= run.epochs_done:
                return  # an epoch that has ended already
            run.epoch = number
            self._clock.epoch_begins()
            events.epoch_begins(number, steps)
            control.epoch_begins(number)
        if step:
            events.batch_ended(step, epoch_metrics(metrics))
            control.batch_begins(step)
            return
        self._clock.epoch_ends()
        events.epoch_ended(number, metrics, control.settings.learning_rate)
        run.epochs_done = number
        if control.epoch_ended(number, epoch_metrics(metrics)):
            self._stopping = True

    @property
    def should_stop(self) -> bool:
        """Whether the loop is to end: by a request, its stop rule, patience, or enough epochs.

        Waits here while the training is paused in the app.
        """
        if self._control is not None and not self._stopping:
            try:
                self._control.between_batches()
                self._stopping = self._control.stopped
            except Exception as error:
                self._fail(error)
        return self._stopping

    @property
    def learning_rate(self) -> float:
        """The learning rate to train with now: as changed in the app, or the one at the start."""
        if self._control is None:
            return self._rate
        return self._control.settings.learning_rate

    # The end

    def finish(self) -> None:
        """Report that the training is over; leaving the `with` block does it as well."""
        run, control, events = self._run, self._control, self._events
        if run is None or control is None or events is None:
            return
        self._run = None
        try:
            events.flush()
        except Exception as error:
            warn(error_sentence(error))
        done = run.epochs_done
        if control.stopped:
            run.finish("stopped", f"Stopped in epoch {max(run.epoch, 1)}, as requested.")
        elif control.ending is not None:
            run.finish(control.ending.reason, control.ending.sentence)
        else:
            epochs = "1 epoch is" if done == 1 else f"{done} epochs are"
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
        warn(f"the training is not recorded any further: {error_sentence(error)}")
        if run is not None:
            run.fail(
                f"cnn-tui could not record this training any further: {error_sentence(error)}",
                "The training itself went on.",
            )


def _refusal(run: ScriptRun) -> Any:
    def refusal(name: str, value: Any) -> str:
        if name == "learning_rate":
            return run.spec.refusals.get("learning rate", "")
        epochs = run.spec.epochs
        if name == "epochs" and epochs and value > epochs:
            return f"{run.spec.origin} trains {epochs} epochs: there cannot be more."
        return ""

    return refusal
