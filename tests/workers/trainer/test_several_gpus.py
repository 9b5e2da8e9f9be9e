"""One training on two devices: what one alone would give, killed, resumed, changed, as a program.

The CPU is divided into two devices, which stand in for GPUs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.workers import shell as tools
from tests.workers.shell import PATIENCE, SIDE, events_of, last_of, of_type, wait_for_event
from tests.workers.trainer.test_resume import Trainers, model_weights
from tui.datasets import Augmentation, ClassMode, LoaderSettings
from tui.keras_worker.snapshot_files import read_weights
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import (
    ControlApplied,
    EpochEnded,
    Failed,
    Finished,
    LibrariesLoaded,
    Notice,
)
from tui.runs.export.run_script import run_script
from tui.runs.process.launch import Launcher
from tui.runs.queue.resume import resume_run
from tui.runs.queue.shared_gpus import LOGICAL_DEVICES
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.several_gpus import ALL_GPUS
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import load_run
from tui.runs.store.model_files import best_path, snapshot_path
from tui.runs.store.run_folder import RunFolder

NETWORK = f"{SIDE}x{SIDE}x3 conv:k=4,f=3,a=relu maxpool:f=2 flatten dense:k=8,a=relu "
NETWORK += "dense:k=1,a=sigmoid"
NORMALIZED = f"{SIDE}x{SIDE}x3 conv:k=4,f=3,a=relu batchnorm maxpool:f=4 flatten "
NORMALIZED += "dense:k=1,a=sigmoid"
THREE = f"{SIDE}x{SIDE}x3 conv:k=4,f=3,a=relu maxpool:f=4 flatten dense:k=3,a=softmax"
EPOCHS = 4


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 513 training images and 15 validation images, of two classes."""
    pets = tmp_path_factory.mktemp("several") / "pets"
    tools.draw_classes(pets / "train", ("cats",), 256)
    tools.draw_classes(pets / "train", ("dogs",), 257, seed=2)
    tools.draw_classes(pets / "validation", ("cats",), 7, seed=3)
    tools.draw_classes(pets / "validation", ("dogs",), 8, seed=4)
    return pets


def run_on(
    folder: Path,
    gpus: int,
    *,
    network: str = NETWORK,
    epochs: int = EPOCHS,
    batch_size: int = 64,
    classes: tuple[str, ...] = ("cats", "dogs"),
    class_mode: ClassMode = "binary",
) -> RunFolder:
    data = LoaderSettings(
        directory=str(folder / "train"),
        validation_directory=str(folder / "validation"),
        classes=classes,
        class_mode=class_mode,
        target_size=(SIDE, SIDE),
        batch_size=batch_size,
        augmentation=Augmentation(horizontal_flip=True),
    )
    spec = make_spec(
        "pets", data, model=network, epochs=epochs, stop_rule=None, optimizer="adam", gpus=gpus
    )
    return create_run(spec)


def rows_of(run: RunFolder) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the numbers of a run's history, an epoch a row."""
    log = run.log.read_text()[-2000:] if run.log.exists() else ""
    assert run.history_csv.exists(), log
    return np.loadtxt(run.history_csv, delimiter=",", skiprows=1, ndmin=2)


def assert_equal_to_rounding(one: RunFolder, other: RunFolder, epochs: int = EPOCHS) -> None:
    first, second = rows_of(one), rows_of(other)
    assert first.shape == second.shape and len(first) == epochs
    assert np.abs(first - second).max() < 1e-5, (first, second)


def notices(run: RunFolder) -> str:
    return "\n".join(notice.text for notice in of_type(events_of(run), Notice))


@dataclass
class Trained:
    home: Path
    pets: Path
    one: RunFolder
    two: RunFolder
    killed: RunFolder
    kills: int


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a home in which a trainer finds two devices."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(home / "kept"))
        patch.setenv(LOGICAL_DEVICES, "2")
        yield home


@pytest.fixture(scope="module")
def train(home: Path) -> Iterator[Trainers]:
    trainers = Trainers()
    yield trainers
    trainers.process.communicate("", timeout=30)
    trainers.errors.close()


@pytest.fixture(scope="module")
def trained(home: Path, pets: Path, train: Trainers) -> Trained:
    """Return the same training on one device, on two, and on two with deaths on the way."""
    one, two, killed = run_on(pets, 0), run_on(pets, 2), run_on(pets, ALL_GPUS)
    kills = train(one, two, killed, kinds=[[], [], ["between", "torn"]])
    return Trained(home, pets, one, two, killed, kills[-1])


def test_two_devices_give_the_history_of_one(trained: Trained) -> None:
    # 513 images in batches of 64: the last batch is of one image, and has to be for both.
    assert_equal_to_rounding(trained.one, trained.two)


def test_the_run_says_what_sharing_means(trained: Trained) -> None:
    text = notices(trained.two)
    assert "2 devices share each batch of 64 images, 32 each." in text
    assert "The history is that of one alone to rounding." in text
    assert "The last batch of training images, of 1, is filled up to 2" in text
    assert "The last batch of validation images, of 15, is filled up to 16" in text
    assert "Dropout" not in text
    libraries = last_of(trained.two, LibrariesLoaded)
    assert libraries is not None and libraries.replicas == ("CPU:0", "CPU:1")
    alone = last_of(trained.one, LibrariesLoaded)
    assert alone is not None and alone.replicas == () and not notices(trained.one)


def test_the_speed_is_said_against_one_device_after_the_first_epoch(trained: Trained) -> None:
    events = [
        event
        for event in events_of(trained.two)
        if isinstance(event, EpochEnded) or (isinstance(event, Notice) and "images/s" in event.text)
    ]
    first, said, second = events[:3]
    assert isinstance(first, EpochEnded) and isinstance(second, EpochEnded)
    assert isinstance(said, Notice)
    assert said.text.startswith("Epoch 1: ") and " images/s on 2 devices" in said.text
    assert "One of them alone computed " in said.text


def test_killed_on_the_way_it_ends_as_if_it_had_not_been(trained: Trained) -> None:
    assert trained.kills >= 1
    assert_equal_to_rounding(trained.two, trained.killed)
    assert notices(trained.killed).count("share each batch") == 1, "said once"


def test_its_models_are_those_of_plain_keras(trained: Trained) -> None:
    import keras

    run = trained.two
    best = load_run(run).progress.best_epoch
    kept = [weight.tobytes() for weight in read_weights(snapshot_path(run, best))]
    assert model_weights(best_path(run)) == kept
    models = [keras.saving.load_model(one.path / "final.keras") for one in (trained.one, run)]
    first, second = (model.get_config() for model in models)
    assert first["layers"] == second["layers"] and type(models[1]) is keras.Sequential
    assert first == second
    compiled = [model.get_compile_config() for model in models]
    assert compiled[0] == compiled[1]
    for here, there in zip(*(model.optimizer.variables for model in models), strict=True):
        assert np.allclose(here.numpy(), there.numpy(), atol=1e-4), here.path


def test_its_program_gives_the_same_history(trained: Trained) -> None:
    file = trained.home / "program.py"
    file.write_text(run_script(load_run(trained.two)))
    code = "import json, runpy, sys; h = runpy.run_path(sys.argv[1])['history'].history; "
    code += "print(json.dumps([h[n] for n in ('accuracy', 'loss', 'val_accuracy', 'val_loss')]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr[-2000:]
    measured = np.array(json.loads(done.stdout.splitlines()[-1])).T
    assert trained.two.history_csv.read_text().startswith("epoch,accuracy,loss,val_accuracy,val_l")
    assert np.abs(measured - rows_of(trained.two)[:, 1:]).max() < 1e-5


def test_batch_normalization_uses_the_mean_of_the_whole_batch(
    home: Path, pictures: Path, train: Trainers
) -> None:
    import keras

    # 40 and 14 images: batches of 8 and of 6, which two devices share evenly.
    one, two = (run_on(pictures, gpus, network=NORMALIZED, batch_size=8) for gpus in (0, 2))
    train(one, two)
    assert_equal_to_rounding(one, two)
    assert "filled up" not in notices(two)
    for name in ("best.keras", "final.keras"):
        (layer,) = (
            layer
            for layer in keras.saving.load_model(two.path / name).layers
            if isinstance(layer, keras.layers.BatchNormalization)
        )
        assert not layer.synchronized, "so that other backends can load it"
    assert "BatchNormalization(synchronized=True)" in run_script(load_run(two))


@pytest.mark.parametrize("class_mode", ["sparse", "categorical"])
def test_labels_of_every_kind_are_shared(
    home: Path, tmp_path: Path, train: Trainers, class_mode: ClassMode
) -> None:
    classes = ("cats", "dogs", "fish")
    folder = tools.draw_split(tmp_path / "three", classes)
    one, two = (
        run_on(
            folder,
            gpus,
            network=THREE,
            classes=classes,
            class_mode=class_mode,
            batch_size=14,
            epochs=2,
        )
        for gpus in (0, 2)
    )
    train(one, two)
    assert_equal_to_rounding(one, two, epochs=2)


def test_dropout_is_said_to_change_the_history(home: Path, pictures: Path, train: Trainers) -> None:
    network = f"{SIDE}x{SIDE}x3 flatten dropout:r=0.5 dense:k=1,a=sigmoid"
    run = run_on(pictures, 2, network=network, epochs=1, batch_size=20)
    train(run)
    assert last_of(run, Finished) is not None, run.log.read_text()[-2000:]
    assert "the history is not that of one alone" in notices(run)
    assert "to rounding" not in notices(run)


def test_requests_take_effect(home: Path, pets: Path) -> None:
    run = run_on(pets, 2, epochs=400)
    Launcher().start(run)
    wait_for_event(run, EpochEnded)
    change_control(run.control, learning_rate=0.25)
    wait_for_event(run, ControlApplied, lambda one: one.request == "learning rate")
    change_control(run.control, want="pause")
    wait_for_event(run, ControlApplied, lambda one: one.request == "pause")
    change_control(run.control, saves=1)
    saved = wait_for_event(run, ControlApplied, lambda one: one.request == "save")
    change_control(run.control, want="run")
    resumed = wait_for_event(run, ControlApplied, lambda one: one.request == "resume")
    wait_for_event(run, EpochEnded, lambda one: one.epoch > resumed.epoch)
    change_control(run.control, want="stop")
    ending = wait_for_event(run, Finished)
    tools.wait_until_gone(run)
    assert ending.reason == "stopped"
    assert of_type(events_of(run), EpochEnded)[-1].learning_rate == 0.25
    for name in (saved.value, "final.keras"):
        assert model_weights(run.path / name)


def test_it_can_be_resumed_where_there_is_one_device_only(
    home: Path, pets: Path, trained: Trained, train: Trainers, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_on(pets, 2, epochs=2)
    train(run)
    resume_run(run, epochs=EPOCHS)
    monkeypatch.delenv(LOGICAL_DEVICES)
    Launcher().start(run)
    wait_for_event(run, Finished, lambda event: event.epochs == EPOCHS)
    tools.wait_until_gone(run)
    assert_equal_to_rounding(trained.one, run)
    assert (
        "The run asks for 2 GPUs, and TensorFlow sees 0 here: it continues on one device, which "
        "changes the history by rounding only."
    ) in notices(run)


def test_more_gpus_than_there_are_are_refused(home: Path, pictures: Path, train: Trainers) -> None:
    four = run_on(pictures, 4, batch_size=20)
    odd = run_on(pictures, ALL_GPUS, batch_size=9)
    train(four, odd)
    failed = last_of(four, Failed)
    assert failed is not None and failed.where == "choosing the GPUs"
    assert failed.what == "4 GPUs were asked for, and TensorFlow sees 2 here."
    assert "`cnn-tui doctor`" in failed.cure and failed.cure.endswith("Or train on 2 GPUs.")
    failed = last_of(odd, Failed)
    assert failed is not None
    assert failed.what == "2 GPUs cannot share a batch of 9 images evenly."
    assert failed.cure == "Choose a batch size of 8 or 10, or 3 GPUs."
    assert not four.history_csv.exists()


def test_without_gpus_all_of_them_are_one_device(
    home: Path, pictures: Path, tmp_path: Path
) -> None:
    with tools.shell(tmp_path / "shell") as shell:
        shell.extra[LOGICAL_DEVICES] = "0"
        done = shell.call(
            "train", pictures, "--epochs", 1, "--gpus", "all", "--model", tools.SMALL, "--yes"
        )
    assert done.status == 0, done.err
    assert "TensorFlow sees no GPU here: one device trains alone." in done.out
