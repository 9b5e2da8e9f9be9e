"""A stranger's own `fit` with RunCallback: what the run shows, and that nothing is disturbed."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.workers.callback.fits import (
    BATCH,
    SAMPLES,
    STEPS,
    At,
    data,
    fit,
    only_run,
    runs,
    small_model,
)
from tui.callback import RunCallback
from tui.callback.training_events import TrainingEvents
from tui.runs.events.event_types import Failed, Finished
from tui.runs.settings.external_spec import NETWORK_NAME
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_list import RunList

pytestmark = pytest.mark.usefixtures("own_home")


def test_the_run_shows_what_fit_returns() -> None:
    history = fit([RunCallback("bigger kernels")])
    run = only_run()
    assert run.title == "bigger kernels" and run.state == "finished"
    assert run.progress.epochs_done == run.progress.epochs == 3
    for name, values in history.items():
        assert run.progress.history[name] == pytest.approx(values, rel=1e-5)
    assert len(run.progress.batch_curves["loss"]) == 3 * STEPS
    assert run.progress.epoch_details[0].learning_rate == 0.001
    assert run.progress.images_per_second > 0
    assert isinstance(run.progress.ending, Finished)
    assert run.progress.ending.sentence == "All 3 epochs are done."


def test_the_history_is_the_same_as_without() -> None:
    assert fit([RunCallback("with")]) == fit([])


def test_the_spec_says_what_is_trained_and_how() -> None:
    fit([RunCallback()])
    run = only_run()
    spec = run.external
    assert spec is not None
    assert (spec.optimizer, spec.loss, spec.metrics) == (
        "Adam",
        "binary_crossentropy",
        ("accuracy",),
    )
    assert (spec.epochs, spec.batch_size, spec.learning_rate) == (3, BATCH, 0.001)
    network = json.loads((run.folder.path / NETWORK_NAME).read_text())
    assert network["class_name"] == "Sequential"
    assert run.progress.model is not None and run.progress.model.parameters == 53
    assert run.progress.libraries is not None
    assert run.progress.libraries.backend == keras.backend.backend()


def test_a_model_that_is_built_by_its_first_batch_has_its_parameters() -> None:
    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.flatten, self.dense = keras.layers.Flatten(), keras.layers.Dense(3)

        def call(self, inputs: Any) -> Any:
            return self.dense(self.flatten(inputs))

    model = Own()
    model.compile("sgd", "sparse_categorical_crossentropy")
    fit([RunCallback("own", stop_rule=None, patience=None, batch_size=None)], model, epochs=1)
    run = only_run()
    assert run.progress.model is not None and run.progress.model.parameters == 111


def test_a_classifiers_classes_are_known_by_number() -> None:
    fit([RunCallback("numbers")], epochs=1)
    assert only_run().classes == 2


def test_classes_of_a_folder_are_known(pictures: Path) -> None:
    train = keras.utils.image_dataset_from_directory(
        pictures / "train", image_size=(6, 6), color_mode="grayscale", batch_size=4, verbose=False
    )
    mapped = train.map(lambda x, y: (x / 255, y)).prefetch(1)  # which loses the names
    small_model().fit(mapped, epochs=1, verbose=0, callbacks=[RunCallback("pets")])
    run = only_run()
    assert run.external is not None and run.external.classes == ("cats", "dogs")
    assert run.external.batch_size == 4
    assert run.progress.data is not None and run.progress.data.training_images == 40
    assert run.classes == 2


def test_a_generator_has_no_known_length() -> None:
    """Keras does not say how long its first epoch is: there is no wrong place on the axis."""
    x, y = data()

    def batches() -> Iterator[Any]:
        for begin in range(0, SAMPLES, BATCH):
            yield x[begin : begin + BATCH], y[begin : begin + BATCH]

    small_model().fit(batches(), epochs=1, verbose=0, callbacks=[RunCallback("generator")])
    run = only_run()
    assert run.progress.epochs_done == 1 and run.progress.batch == STEPS
    xs = list(run.progress.batch_curves["loss"].x)
    assert xs == sorted(xs) and xs[0] > 0 and xs[-1] <= 1


def test_several_steps_in_one_execution_are_counted() -> None:
    model = small_model(steps_per_execution=3)
    fit([RunCallback("grouped")], model, epochs=2)
    run = only_run()
    assert run.progress.batch == STEPS
    assert list(run.progress.batch_curves["loss"].x) == [0.5, 1.0, 1.5, 2.0]


def test_metrics_that_are_not_always_measured() -> None:
    fit([RunCallback("every second")], validation_freq=2, epochs=4)
    history = only_run().progress.history
    assert [value is None for value in history["val_loss"]] == [True, False, True, False]


def test_a_loss_that_is_no_number_is_said_and_ends_nothing() -> None:
    model = small_model(keras.optimizers.SGD(1e30), loss="mse")
    history = fit([RunCallback("diverges")], model)
    run = only_run()
    assert len(history["loss"]) == 3 and not np.isfinite(history["loss"][-1])
    assert run.progress.history["loss"][-1] is None
    assert any("no longer a finite number" in text for text in run.progress.notices)


def test_a_later_first_epoch_is_the_first_of_the_run() -> None:
    fit([RunCallback("goes on")], initial_epoch=4, epochs=6)
    run = only_run()
    assert run.progress.epoch_numbers == [5, 6]
    assert run.state == "finished"


@pytest.mark.parametrize(("save", "name"), [("best", "best.keras"), ("last", "final.keras")])
def test_saved_weights_can_be_loaded(save: Any, name: str) -> None:
    model = small_model()
    fit([RunCallback("saves", save=save)], model)
    run = only_run()
    assert name in run.progress.saved
    loaded = keras.models.load_model(run.folder.path / name)
    if save == "last":
        x, _ = data()
        assert np.allclose(loaded(x), model(x), atol=1e-6)


def test_a_model_that_cannot_be_saved_is_said() -> None:
    class Own(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, function: Callable[[Any], Any]) -> None:
            super().__init__()
            self.function = function

        def call(self, inputs: Any) -> Any:
            return self.function(inputs)

    model = keras.Sequential(
        [keras.Input((6, 6, 1)), keras.layers.Flatten(), Own(lambda x: x), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    assert len(fit([RunCallback("own layer", save="last")], model)["loss"]) == 3
    run = only_run()
    assert run.state == "finished"
    assert len([text for text in run.progress.notices if "Could not save" in text]) == 1


# Several fits, several callbacks


def test_each_fit_is_a_run_of_its_own() -> None:
    callback, model = RunCallback("twice"), small_model()
    for _ in range(2):
        fit([callback], model, epochs=1)
    assert [load_run(run).title for run in runs()] == ["twice", "twice (2)"]


def test_two_callbacks_in_one_fit_are_one_run_and_a_warning() -> None:
    with pytest.warns(RuntimeWarning, match="only the first records it"):
        fit([RunCallback("one"), RunCallback("two")])
    assert only_run().title == "one"
    fit([RunCallback("three")])  # nothing of it is left
    assert len(runs()) == 2


def test_evaluate_and_predict_are_no_runs() -> None:
    model, callback = small_model(), RunCallback("no fit")
    model.evaluate(*data(), verbose=0, callbacks=[callback])
    model.predict(data()[0], verbose=0, callbacks=[callback])
    assert runs() == []


def test_a_name_with_control_characters_is_shown_without() -> None:
    fit([RunCallback("a\x1b[2Jb\nc")], epochs=1)
    assert only_run().title == "a␛[2Jb␊c"


# What ends without saying so


@pytest.mark.parametrize(
    ("error", "state", "sentence"),
    [
        (ValueError("bad data"), "failed", "with ValueError: bad data"),
        (KeyboardInterrupt(), "stopped", "Interrupted from the keyboard in epoch 2."),
    ],
)
def test_a_fit_that_an_exception_ends_is_not_at_work_for_ever(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, state: str, sentence: str
) -> None:
    """A notebook goes on after it: the cell's end tells that `fit` is over."""
    cells: list[Callable[[Any], None]] = []
    shell = types.SimpleNamespace(
        events=types.SimpleNamespace(
            register=lambda name, call: cells.append(call),
            unregister=lambda name, call: cells.remove(call),
        )
    )
    notebook = types.ModuleType("IPython")
    notebook.get_ipython = lambda: shell  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", notebook)

    def fails() -> None:
        raise error

    callback = RunCallback("interrupted")
    with pytest.raises(type(error)):
        fit([callback, At(2, 3, fails)])
    assert only_run().state == "running"
    for cell in list(cells):
        cell(types.SimpleNamespace(error_in_exec=error))
    run = only_run()
    assert run.state == state and not cells
    ending = run.progress.ending
    assert isinstance(ending, Finished | Failed)
    words = ending.sentence if isinstance(ending, Finished) else ending.what
    assert sentence in words


def test_a_callback_that_is_gone_lets_its_run_go() -> None:
    def fails() -> None:
        raise ValueError("bad data")

    with pytest.raises(ValueError, match="bad data"):
        fit([RunCallback("gone"), At(2, 1, fails)])
    keras.utils.clear_session()
    gc.collect()
    run = only_run()
    assert run.state == "failed" and isinstance(run.progress.ending, Failed)
    assert "in epoch 2" in run.progress.ending.what


def test_the_same_callback_again_lets_the_interrupted_run_go() -> None:
    def fails() -> None:
        raise ValueError

    callback = RunCallback("again")
    with pytest.raises(ValueError):
        fit([callback, At(1, 2, fails)])
    fit([callback])
    assert [load_run(run).state for run in runs()] == ["failed", "finished"]


def test_a_fit_after_a_failed_one_is_recorded_while_its_exception_is_held() -> None:
    """As in a notebook, which keeps the last traceback."""

    def fails() -> None:
        raise ValueError("bad data")

    model = small_model()
    try:
        fit([RunCallback("first"), At(1, 2, fails)], model)
    except ValueError as error:
        held = error
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit([RunCallback("second")], model, epochs=1)
    assert [load_run(run).state for run in runs()] == ["failed", "finished"]
    del held


# What goes wrong with the recording


def test_a_folder_of_runs_that_cannot_be_used_is_one_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    with pytest.warns(RuntimeWarning, match="this training is not recorded") as found:
        history = fit([RunCallback("nowhere")])
    assert len(history["loss"]) == 3
    assert len([one for one in found if issubclass(one.category, RuntimeWarning)]) == 1


def test_an_error_of_ours_ends_the_recording_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any) -> None:
        raise TypeError("of ours")

    monkeypatch.setattr(TrainingEvents, "epoch_ended", broken)
    with pytest.warns(RuntimeWarning, match="not recorded any further: TypeError: of ours"):
        history = fit([RunCallback("broken")])
    assert len(history["loss"]) == 3
    run = only_run()
    assert run.state == "failed" and isinstance(run.progress.ending, Failed)
    assert "went on" in run.progress.ending.cure


def test_warnings_as_errors_end_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert len(fit([RunCallback("strict")])["loss"]) == 3
    assert "not recorded" in capsys.readouterr().err


def test_a_run_folder_that_vanishes_ends_nothing() -> None:
    def vanish() -> None:
        (run,) = runs()
        for path in sorted(run.path.rglob("*"), reverse=True):
            path.unlink()
        run.path.rmdir()

    with warnings.catch_warnings(record=True):
        history = fit([RunCallback("vanishes", save="last"), At(2, 1, vanish)])
    assert len(history["loss"]) == 3


def test_nothing_stays_behind() -> None:
    fit([RunCallback("warm up")])
    threads, handles = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for number in range(3):
        fit([RunCallback(str(number))], epochs=1)
    gc.collect()
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= handles + 1


def test_only_the_first_of_several_processes_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "3")
    fit([RunCallback("rank 3")], epochs=1)
    assert runs() == []
    monkeypatch.setenv("RANK", "0")
    fit([RunCallback("rank 0")], epochs=1)
    spec = only_run().external
    assert spec is not None and spec.processes == 4 and spec.requests == ()
    assert "4 processes train together" in spec.refusal("stop")


def test_the_list_of_runs_shows_it() -> None:
    fit([RunCallback("listed")])
    (summary,) = RunList().read()
    assert (summary.title, summary.status, summary.epochs_done) == ("listed", "finished", 3)
    assert summary.best is not None and summary.best_metric == "val_accuracy"
