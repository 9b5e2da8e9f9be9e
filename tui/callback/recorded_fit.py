"""One `fit` that is recorded: its run, its events, its requests, its saved models."""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import keras

from tui.callback.actions import Actions
from tui.callback.epoch_clock import EpochClock
from tui.callback.fit_facts import FitFacts, fit_facts
from tui.callback.keras_stream import KerasStream, learning_rate
from tui.callback.model_facts import (
    class_numbers,
    loss_name,
    metric_names,
    network_json,
    optimizer_name,
    schedule_name,
)
from tui.callback.program import interactive_shell, rank
from tui.callback.script_run import ScriptRun, epochs_refusal, error_sentence, script_spec
from tui.callback.training_control import TrainingControl
from tui.callback.training_events import TrainingEvents
from tui.callback.training_record import TrainingRecord, stopped_sentence
from tui.common.atomic_write import replace_file, write_atomically
from tui.common.text import clean, exact
from tui.keras_worker.devices import name_of_device
from tui.runs.events.event_types import (
    DataReady,
    FileSaved,
    LibrariesLoaded,
    ModelReady,
    Notice,
    Request,
)
from tui.runs.settings.external_spec import NETWORK_NAME
from tui.runs.store.model_files import BEST_NAME, write_epoch

if TYPE_CHECKING:
    from tui.callback.run_callback import RunCallback

LAST_NAME = "final.keras"
_T = TypeVar("_T")
_REQUESTS: tuple[Request, ...] = (
    "pause",
    "resume",
    "stop",
    "stop after epoch",
    "stop rule",
    "patience",
    "epochs",
    "save",
)
_WATCHED_ONLY = "It is only watched: its program says RunCallback(control=False)."


class RecordedFit(KerasStream):
    """One `fit` that is recorded: its run, its events, its requests."""

    def __init__(self, callback: RunCallback, name: str) -> None:
        model, params = callback._model, callback.params
        facts = fit_facts(model, callback.batch_size)
        self._epochs = int(params.get("epochs") or 0)
        self._save = callback.save
        self._bad_loss = self._saving_failed = False
        self._parameters = 0
        self.set_model(model)
        self.set_params(params)
        requests, refusals = _requests(self.model, callback.control)
        self.run = ScriptRun(
            script_spec(
                name,
                rank(),
                requests,
                refusals,
                epochs=self._epochs,
                batch_size=facts.batch_size,
                learning_rate=learning_rate(self.model),
                optimizer=optimizer_name(model),
                loss=clean(loss_name(model), 200),
                metrics=tuple(clean(name, 60) for name in metric_names(model)),
                classes=tuple(clean(n, 60) for n in facts.classes or class_numbers(model)),
                stop_rule=callback.stop_rule,
                patience=callback.patience,
                save=callback.save or "",
                on_end=callback.on_end,
            )
        )
        self._give_up = _give_up_later(callback, self.run)
        try:
            self._report_begin(facts)
            super().__init__(*self._parts(facts))
        except Exception as error:
            self.fail(error)
            raise
        self.set_model(model)
        self.set_params(params)

    def _parts(self, facts: FitFacts) -> tuple[TrainingEvents, TrainingControl, EpochClock]:
        clock = EpochClock()
        actions = Actions(
            stop=self._stop,
            save=self._save_as,
            set_rate=self._set_rate,
            refusal=self._refusal,
        )
        control = TrainingControl(
            self.run.recorder,
            self.run.spec,
            actions,
            clock,
            listens=bool(self.run.spec.requests),
        )
        size = facts.batch_size
        events = TrainingEvents(
            self.run.emit,
            epochs=lambda: min(control.settings.epochs or self._epochs, self._epochs),
            record=TrainingRecord(),
            clock=clock,
            images=facts.samples,
            batch_size=size,
            validation_steps=math.ceil(facts.validation_samples / size) if size else 0,
        )
        clock.while_paused = events.flush
        return events, control, clock

    def _report_begin(self, facts: FitFacts) -> None:
        emit = self.run.emit
        emit(
            LibrariesLoaded(
                at=time.time(),
                keras=keras.__version__,
                backend=keras.backend.backend(),
                device=_quiet(name_of_device, ""),
            )
        )
        if facts.samples:
            emit(
                DataReady(
                    at=time.time(),
                    classes=self.run.spec.classes,
                    training_images=facts.samples,
                    validation_images=facts.validation_samples,
                    loader="script",
                )
            )
        self._report_model()

    def _report_model(self) -> None:
        """Report the network and its size, as far as the model is built."""
        model = self._model
        text = network_json(model)
        if text:
            path = self.run.recorder.run.path / NETWORK_NAME
            _quiet(lambda: replace_file(path, text.encode()), None)
        self._parameters = _quiet(model.count_params, 0)
        layers = len(_quiet(lambda: model.layers, []))
        self.run.emit(ModelReady(at=time.time(), parameters=self._parameters, layers=layers))

    def fail(self, error: Exception) -> None:
        """Report that recording has failed, and let the run go."""
        self._give_up.detach()
        self.run.fail(
            f"cnn-tui could not record this training any further: {error_sentence(error)}",
            "The training itself went on.",
        )

    # Requests

    def _stop(self) -> None:
        """End the training after this batch, and a validation at once."""
        self.model.stop_training = self.model.stop_evaluating = True

    def _set_rate(self, rate: float) -> None:
        # On JAX, `self.model` brings the variables up to date, and the next step takes them anew.
        self.model.optimizer.learning_rate = rate

    def _refusal(self, name: str, value: Any) -> str:
        if name == "learning_rate":
            return self.run.spec.refusals.get("learning rate", "")
        if name == "epochs":
            return epochs_refusal(self.run.spec, self.run.epoch, value)
        return ""

    def _save_as(self, name: str, *, epoch: int = 0) -> bool:
        """Save the model in the run's folder; a failure is a notice and ends nothing."""

        def write(path: Path) -> None:
            self.model.save(path, include_optimizer=False)
            if epoch:
                write_epoch(path, epoch)

        try:
            write_atomically(self.run.recorder.run.path / name, write)
        except Exception as error:  # a full disk, or a layer that cannot be saved
            if not self._saving_failed:
                self._saving_failed = True
                self._notice(f"Could not save {name}: {error_sentence(error)}")
            return False
        self._saving_failed = False
        self.run.emit(FileSaved(at=time.time(), file=name))
        return True

    # Hooks of Keras

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not self.run.epoch:
            self.run.epochs_done = epoch  # a `fit` may begin with a later epoch
        self.run.epoch = epoch + 1
        super().on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        super().on_epoch_end(epoch, logs)
        if self.control.stopped:
            return
        self.run.epochs_done = epoch + 1
        self._check_loss(epoch + 1, logs or {})
        self._check_rate()
        if not self._parameters:  # a model that Keras builds with its first batch
            self._report_model()
        if self._save == "last" or (self._save == "best" and self.events.improved):
            name = BEST_NAME if self._save == "best" else LAST_NAME
            with self.clock.saving():
                self._save_as(name, epoch=epoch + 1)

    def _check_loss(self, epoch: int, logs: dict[str, Any]) -> None:
        loss = logs.get("loss")
        bad = isinstance(loss, float) and not math.isfinite(loss)
        if bad and not self._bad_loss:
            self._notice(f"The loss is no longer a finite number since epoch {epoch}.")
        self._bad_loss = bad

    def _check_rate(self) -> None:
        """Report, once for each request, that the program sets another learning rate itself."""
        wanted, now = self.control.requested_rate, learning_rate(self.model)
        if not wanted or not now or abs(now / wanted - 1) < 1e-5:
            return
        self.control.requested_rate = 0.0
        self._notice(
            f"The learning rate is {exact(now)} now, and not {exact(wanted)} as requested: a "
            f"callback of {self.run.spec.origin} sets it."
        )

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Report why the training is over, and let the run go."""
        self._give_up.detach()
        self.events.flush()
        done, control = self.run.epochs_done, self.control
        if control.stopped:
            if self._save is not None:
                self._save_as(LAST_NAME)
            self.run.finish("stopped", stopped_sentence(self.events.epoch, self.events.batch, done))
        elif control.ending is not None:
            self.run.finish(control.ending.reason, control.ending.sentence)
        elif done < self._epochs:
            self.run.finish(
                "rule",
                f"{self.run.spec.origin} ended the training itself, after epoch {done} of "
                f"{self._epochs}.",
            )
        else:
            self.run.finish("completed", f"All {done} epochs are done.")

    def _notice(self, text: str) -> None:
        self.run.emit(Notice(at=time.time(), text=text))


def _requests(model: Any, control: bool) -> tuple[tuple[Request, ...], dict[str, str]]:
    """Return the requests that a training carries out, and why not the others."""
    if not control:
        return (), {"": _WATCHED_ONLY}
    schedule = schedule_name(model)
    if schedule:
        return _REQUESTS, {
            "learning rate": f"Its optimizer has a learning-rate schedule ({clean(schedule, 60)}), "
            "which sets the rate itself."
        }
    if getattr(model, "optimizer", None) is None:
        return _REQUESTS, {"learning rate": "Its model has no optimizer of Keras."}
    return (*_REQUESTS, "learning rate"), {}


def _quiet(read: Callable[[], _T], default: _T) -> _T:
    try:
        return read()
    except Exception:
        return default


def _give_up_later(callback: RunCallback, run: ScriptRun) -> weakref.finalize[..., RunCallback]:
    """Let a run go when its callback is gone, its notebook cell ends, or the process does.

    Keras does not tell a callback that `fit` ended with an exception.

    Returns:
        What does so; to be detached at the end of the training.
    """
    later = weakref.finalize(callback, run.give_up)
    shell = interactive_shell()
    if shell is None:
        return later

    def cell_ended(result: Any = None) -> None:
        _quiet(lambda: shell.events.unregister("post_run_cell", cell_ended), None)
        run.give_up(getattr(result, "error_in_exec", None))

    _quiet(lambda: shell.events.register("post_run_cell", cell_ended), None)
    return later
