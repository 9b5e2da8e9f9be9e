"""A stranger's own `fit` carries out what the app requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import keras
import pytest

from tests.workers.callback.fits import At, fit, only_run, runs, small_model
from tui.callback import RunCallback
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import ControlApplied, Finished
from tui.runs.store.loaded_run import LoadedRun

pytestmark = pytest.mark.usefixtures("own_home")

MANY = 100_000


def request(**changes: Any) -> Callable[[], None]:
    """Return a function that requests something of the one run, as the app does."""

    def ask() -> None:
        (run,) = runs()
        change_control(run.control, **changes)

    return ask


def applied(run: LoadedRun, name: str) -> list[ControlApplied]:
    return [event for event in run.progress.applied_requests if event.request == name]


def ending(run: LoadedRun) -> Finished:
    found = run.progress.ending
    assert isinstance(found, Finished)
    return found


def test_stop_ends_within_an_epoch_that_then_does_not_count() -> None:
    history = fit([RunCallback("stops"), At(3, 2, request(want="stop"))], epochs=MANY)
    run = only_run()
    done = len(history["loss"])
    assert done < MANY and run.state == "stopped"
    sentence = ending(run).sentence
    assert sentence.startswith("Stopped after batch") and "epochs are complete" in sentence
    assert run.progress.epochs_done == ending(run).epochs in (done, done - 1)
    assert applied(run, "stop")


def test_stop_saves_the_model_where_weights_are_saved() -> None:
    fit([RunCallback("stops", save="last"), At(2, 2, request(want="stop"))], epochs=MANY)
    run = only_run()
    assert (run.folder.path / "final.keras").exists()


def test_stop_after_the_epoch() -> None:
    fit([RunCallback("ends"), At(2, 1, request(want="stop_after_epoch"))], epochs=MANY)
    run = only_run()
    assert ending(run).sentence == f"Stopped after epoch {run.progress.epochs_done}, as requested."


def test_a_stop_rule_and_patience_of_the_script() -> None:
    fit([RunCallback("rule", stop_rule="loss < 1000")], epochs=9)
    run = only_run()
    assert (
        run.progress.epochs_done == 1 and "Stopped by the rule loss < 1000" in ending(run).sentence
    )
    model = small_model(keras.optimizers.SGD(0.0))
    fit([RunCallback("patience", patience=2)], model, epochs=9)
    newest = runs()[-1]
    assert newest.epochs_done() == 3


def test_a_stop_rule_and_patience_from_the_app() -> None:
    rule = {"no_stop_rule": False, "patience": 1}
    model = small_model(keras.optimizers.SGD(0.0))
    fit([RunCallback("patience"), At(1, 1, request(**rule))], model, epochs=MANY)
    assert "has not improved" in ending(only_run()).sentence


def test_fewer_epochs_can_be_requested_and_no_more() -> None:
    asks = [At(1, 1, request(epochs=50)), At(5, 1, request(epochs=7))]
    fit([RunCallback("fewer"), *asks], epochs=40)
    run = only_run()
    assert run.progress.epochs_done in range(7, 40)
    assert any("trains 40 epochs" in text for text in run.progress.notices)


def test_the_learning_rate_changes_in_the_optimizer() -> None:
    model = small_model()
    asks = [At(1, 1, request(learning_rate=0.25)), _EndsWhen(model, 0.25)]
    fit([RunCallback("rate"), *asks], model, epochs=MANY)
    run = only_run()
    assert applied(run, "learning rate")[0].value == "0.25"
    assert run.progress.epoch_details[-1].learning_rate == 0.25


class _EndsWhen(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends the training when the optimizer has a learning rate, or after a minute."""

    def __init__(self, model: Any, rate: float) -> None:
        super().__init__()
        self._wanted, self._until = rate, time.monotonic() + 60

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        reached = abs(float(self.model.optimizer.learning_rate) - self._wanted) < 1e-6
        if reached or time.monotonic() > self._until:
            self.model.stop_training = True


def test_a_schedule_forbids_it_and_is_named() -> None:
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 1000)
    model = small_model(keras.optimizers.SGD(schedule))
    fit([RunCallback("schedule"), At(1, 1, request(learning_rate=0.25))], model, epochs=30)
    run = only_run()
    spec = run.external
    assert spec is not None and "CosineDecay" in spec.refusal("learning rate")
    assert not applied(run, "learning rate")
    assert run.progress.epoch_details[-1].learning_rate < 0.1


def test_a_rate_that_the_program_sets_again_is_said() -> None:
    model = small_model()
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: 0.001)
    asks = At(1, 1, request(learning_rate=0.25))
    until = _EndsWhenNoticed("a callback of")
    fit([RunCallback("overruled"), scheduler, asks, until], model, epochs=MANY)
    (notice,) = only_run().progress.notices
    assert "0.001 now, and not 0.25 as requested" in notice


class _EndsWhenNoticed(keras.callbacks.Callback):  # type: ignore[misc]
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text, self._until = text, time.monotonic() + 60

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        noticed = any(self._text in notice for notice in only_run().progress.notices)
        if noticed or time.monotonic() > self._until:
            self.model.stop_training = True


def test_epochs_that_have_begun_cannot_be_taken_back() -> None:
    asks = At(6, 1, request(epochs=2))
    fit([RunCallback("back"), asks], epochs=40)
    run = only_run()
    assert run.progress.epochs_done == 40
    assert any("2 in all cannot be" in text for text in run.progress.notices)


def test_save_writes_the_model_as_it_is() -> None:
    fit([RunCallback("saves"), At(1, 1, request(saves=1)), _EndsWhenSaved()], epochs=MANY)
    run = only_run()
    (name,) = [name for name in run.progress.saved if name.startswith("saved-")]
    assert keras.models.load_model(run.folder.path / name).count_params() == 53


class _EndsWhenSaved(keras.callbacks.Callback):  # type: ignore[misc]
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        (run,) = runs()
        if any(run.path.glob("saved-*")):
            self.model.stop_training = True


def test_pause_waits_until_it_is_ended() -> None:
    def end_pause() -> None:
        end = time.monotonic() + 60
        while not applied(only_run(), "pause") and time.monotonic() < end:
            time.sleep(0.05)
        request(want="stop")()

    thread = threading.Thread(target=end_pause)

    def pause() -> None:
        request(want="pause")()
        thread.start()

    fit([RunCallback("pauses"), At(1, 2, pause)], epochs=MANY)
    thread.join()
    run = only_run()
    assert applied(run, "pause") and run.state == "stopped"


def test_what_is_only_watched_carries_nothing_out() -> None:
    asks = At(1, 1, request(want="stop", learning_rate=0.5))
    history = fit([RunCallback("watched", control=False), asks], epochs=30)
    run = only_run()
    assert len(history["loss"]) == 30 and run.state == "finished"
    assert run.external is not None and "control=False" in run.external.refusal("stop")
    assert not run.progress.requests


def test_early_stopping_of_the_script_is_its_own() -> None:
    model = small_model(keras.optimizers.SGD(0.0))
    early = keras.callbacks.EarlyStopping(patience=1)
    fit([RunCallback("early"), early], model, epochs=9)
    assert "ended the training itself, after epoch 2 of 9" in ending(only_run()).sentence
