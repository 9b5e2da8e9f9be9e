"""The network of a file, trained from its weights or anew: as plain Keras trains it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
import pytest

from tests.workers import shell as tools
from tests.workers.shell import Shell
from tests.workers.trainer.test_run_script import run_program
from tui.datasets import LoaderSettings
from tui.inspection.requests import OpenRun
from tui.inspector.opening.open_run import open_run
from tui.keras_worker.build_model import compiled_model
from tui.keras_worker.failures import TrainingError
from tui.runs.events.event_types import EpochEnded, Finished
from tui.runs.process.launch import Launcher
from tui.runs.queue.resume import resume_run
from tui.runs.settings.file_spec import FileOptions, loading_for_file
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

layers = keras.layers


def branched(side: int | None = 16, units: int = 1, activation: str | None = "sigmoid") -> Any:
    """Return a model with branches, BatchNormalization, Dropout and a regularizer."""
    image = keras.Input((side, side, 3), name="image")
    x = layers.Rescaling(1 / 255)(image)
    left = layers.Conv2D(4, 3, padding="same", kernel_regularizer=keras.regularizers.L2(0.01))(x)
    right = layers.BatchNormalization()(layers.Conv2D(4, 5, padding="same", use_bias=False)(x))
    x = layers.Dropout(0.3)(layers.ReLU()(layers.Add()([left, right])))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(units, activation=activation)(x))


def saved(model: Any, path: Path, *, compiled: bool = True) -> Path:
    """Save a model, compiled with AdamW, and return the path."""
    if compiled:
        model.compile(keras.optimizers.AdamW(0.004, weight_decay=0.02), "binary_crossentropy")
    model.save(path)
    return path


def spec_of(file: Path, folder: Path, **options: Any) -> TrainingSpec:
    """Return the training of a file on a folder with `train` and `validation`."""
    data = LoaderSettings(
        directory=str(folder / "train"),
        validation_directory=str(folder / "validation"),
        classes=("cats", "dogs"),
        target_size=(16, 16),
        batch_size=8,
        seed=5,
    )
    chosen = FileOptions(**options)
    suited = loading_for_file(str(file), data, as_compiled=chosen.as_compiled)
    return make_spec(
        "pets", suited, model=str(file), file_options=chosen, epochs=2, stop_rule=None, seed=7
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of this test, in which its runs are kept too."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "shell" / "kept"))
    return tmp_path


def model_of(spec: TrainingSpec) -> Any:
    """Return the model that the trainer would begin with."""
    run = create_run(spec)
    keras.utils.set_random_seed(spec.seed)
    return compiled_model(run.spec(), run)


def train(run: RunFolder, epochs: int) -> None:
    Launcher().start(run)
    tools.wait_for_event(run, Finished, lambda event: event.epochs == epochs)
    tools.wait_until_gone(run)


def test_a_file_is_trained_resumed_exported_and_looked_into(
    home: Path, pictures: Path, shell: Shell
) -> None:
    file = saved(branched(), home / "pet net.keras")
    run = create_run(spec_of(file, pictures, as_compiled=True))
    file.unlink()  # the run has its copy
    train(run, 2)
    resume_run(run, epochs=3)
    train(run, 3)
    told = [event.metrics for event in tools.of_type(tools.events_of(run), EpochEnded)]
    # The program is plain Keras: the whole history is the same, over the resumption too.
    _, _, history = run_program(run, shell, home)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        measured = [float(f"{value:.6g}") for value in history[name]]
        assert measured == [metrics[name] for metrics in told], name
    assert len(told) == 3
    best = keras.models.load_model(run.path / "best.keras")
    assert [type(layer).__name__ for layer in best.layers].count("Conv2D") == 2
    # Look inside knows every layer, with the weights of the run.
    opened = open_run(OpenRun(id=1, run=str(run.path), weights="final"))
    assert opened.graph is not None and len(opened.layers) == len(opened.graph.rows)
    final = keras.models.load_model(run.path / "final.keras")
    for one, other in zip(opened.model.get_weights(), final.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_begins_with_its_weights_or_with_new_ones(home: Path, pictures: Path) -> None:
    model = branched()
    file = saved(model, home / "net.keras")
    own = model_of(spec_of(file, pictures))
    for one, other in zip(own.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert type(own.optimizer).__name__ == "RMSprop" and own.losses
    anew = spec_of(file, pictures, new_weights=True, as_compiled=True)
    first, second = model_of(anew), model_of(anew)
    kernels = [next(w for w in one.weights if w.name == "kernel") for one in (own, first, second)]
    assert not np.allclose(kernels[0], kernels[1]) and np.array_equal(kernels[1], kernels[2])
    assert type(first.optimizer).__name__ == "AdamW" and first.optimizer.weight_decay == 0.02
    assert float(first.optimizer.learning_rate) == pytest.approx(0.004)


def test_the_program_of_new_weights_begins_with_the_same(
    home: Path, pictures: Path, shell: Shell
) -> None:
    file = saved(branched(), home / "net.keras", compiled=False)
    spec = spec_of(file, pictures, new_weights=True)
    run = create_run(spec)
    keras.utils.set_random_seed(spec.seed)
    wanted = compiled_model(run.spec(), run).get_weights()
    done = shell.call("runs", "export", run.name, "--format", "script", "--out", home / "p.py")
    assert done.status == 0, done.err
    program = (home / "p.py").read_text().split("model.compile(")[0]
    program += f"\nimport numpy as np\nnp.savez({str(home / 'w.npz')!r}, *model.get_weights())\n"
    (home / "begin.py").write_text(program)
    subprocess.run([sys.executable, home / "begin.py"], check=True, capture_output=True)
    with np.load(home / "w.npz") as found:
        for number, one in enumerate(wanted):
            np.testing.assert_array_equal(one, found[f"arr_{number}"])


def test_what_a_normalization_measured_is_kept_with_new_weights(home: Path, pictures: Path) -> None:
    image = keras.Input((16, 16, 3))
    measured = layers.Normalization()
    measured.adapt(np.random.default_rng(1).uniform(0, 255, (8, 16, 16, 3)))
    outputs = layers.Dense(1, activation="sigmoid")(layers.Flatten()(measured(image)))
    file = saved(keras.Model(image, outputs), home / "net.keras", compiled=False)
    model = model_of(spec_of(file, pictures, new_weights=True))
    kept = next(one for one in model.layers if isinstance(one, layers.Normalization))
    np.testing.assert_array_equal(kept.mean, measured.mean)
    np.testing.assert_array_equal(kept.variance, measured.variance)


def test_any_size_is_that_of_the_images(home: Path, pictures: Path) -> None:
    model = model_of(spec_of(saved(branched(None), home / "free.keras"), pictures))
    assert model.input_shape == (None, 16, 16, 3)


def test_scores_are_trained_with_the_loss_that_takes_them(home: Path, pictures: Path) -> None:
    model = branched(activation=None)
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
    model.save(home / "scores.keras")
    with pytest.raises(SpecError, match=r"A sigmoid is missing.*from_logits=True"):
        spec_of(home / "scores.keras", pictures)
    made = model_of(spec_of(home / "scores.keras", pictures, as_compiled=True))
    images = np.random.default_rng(2).uniform(0, 255, (6, 16, 16, 3))
    scores = made.predict(images, verbose=0)
    measured = made.evaluate(images, (scores > 0).astype(float), verbose=0, return_dict=True)
    assert measured["accuracy"] == 1
    plain = keras.losses.BinaryCrossentropy(from_logits=True)((scores > 0).astype(float), scores)
    assert measured["loss"] - sum(map(float, made.losses)) == pytest.approx(float(plain), rel=1e-5)


def test_an_hdf5_file_keeps_its_regularizers_and_initializers(home: Path, pictures: Path) -> None:
    image = keras.Input((16, 16, 3))
    flat = layers.Flatten()(layers.Rescaling(1 / 255)(image))
    last = layers.Dense(
        1, "sigmoid", kernel_regularizer=keras.regularizers.L2(0.5), kernel_initializer="ones"
    )
    model = keras.Model(image, last(flat))
    model.layers[-1].kernel.assign(np.full((768, 1), 0.25))
    model.save(home / "old.h5")
    own = model_of(spec_of(home / "old.h5", pictures))
    np.testing.assert_array_equal(own.layers[-1].kernel, np.full((768, 1), 0.25))
    assert float(own.losses[0]) == pytest.approx(0.5 * 768 * 0.25**2)
    anew = model_of(spec_of(home / "old.h5", pictures, new_weights=True))
    np.testing.assert_array_equal(anew.layers[-1].kernel, np.ones((768, 1)))


def test_inputs_and_outputs_by_name_are_trained_as_tensors(home: Path, pictures: Path) -> None:
    image = keras.Input((16, 16, 3), name="image")
    flat = layers.Flatten()(image)
    named = keras.Model({"image": image}, {"cat": layers.Dense(1, activation="sigmoid")(flat)})
    model = model_of(spec_of(saved(named, home / "named.keras", compiled=False), pictures))
    history = model.fit(np.zeros((4, 16, 16, 3)), np.zeros(4), verbose=0).history
    assert set(history) == {"loss", "accuracy"}


def test_a_copy_that_was_changed_is_not_trained(home: Path, pictures: Path) -> None:
    run = create_run(spec_of(saved(branched(), home / "net.keras"), pictures))
    other = saved(branched(units=1), home / "other.keras")
    (run.path / "initial.keras").write_bytes(other.read_bytes())
    with pytest.raises(TrainingError, match=r"not the copy of net\.keras"):
        compiled_model(run.spec(), run)
    (run.path / "initial.keras").unlink()
    with pytest.raises(TrainingError, match="cannot be read"):
        compiled_model(run.spec(), run)
    assert msgspec.json.decode((run.path / "spec.json").read_bytes())["model_file"]["digest"]
