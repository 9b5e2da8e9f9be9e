"""The program of a run trains it once more: the same history, figure for figure.

One training with everything that can happen on the way: bad files on both sides, files left out by
choice, augmentation, Dropout, a share, a learning rate and a stop rule that were changed while it
ran, and patience. Its program is exported by the command and run unchanged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.workers import shell as tools
from tests.workers.shell import (
    PATIENCE,
    Shell,
    events_of,
    last_of,
    of_type,
    wait_for_event,
)
from tui.common.stop_rule import StopRule
from tui.datasets import Augmentation, LoaderSettings
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import (
    BatchesEnded,
    ControlApplied,
    DataReady,
    EpochEnded,
    Finished,
)
from tui.runs.process.launch import Launcher
from tui.runs.process.trainer_environment import ONEDNN_VARIABLE
from tui.runs.queue.resume import resume_run
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import Loader, TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

METRICS = ["accuracy", "loss", "val_accuracy", "val_loss"]
NETWORK = "16x16x3 conv:k=4,f=3,a=relu maxpool:f=2 flatten dense:k=1,a=sigmoid"
FURTHER = 0.00070066671
"""Learning rate of the epochs after taking up again."""
ODD = (
    "caf\udce9.png",  # a byte that is not UTF-8
    "caf�.png",
    "\U0001f469\u200d\U0001f52c.png",  # an emoji with a joiner
    "a\u202egnp.png",
    "tab\there.png",
    "new\nline.png",
    'it\'s "quoted" \\.png',
)
"""Names of files that cannot be read; each is shown otherwise than it is."""
CHANGED = 0.0306667078
"""Learning rate from the middle of an epoch on: more digits than six."""
_TELL = "import runpy, json, sys; shown = runpy.run_path(sys.argv[1]); "
_TELL += "print(json.dumps([shown['train'].n, shown['validation'].n, shown['history'].history]))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pictures with bad files of the same name on either side."""
    pets = tools.draw_split(tmp_path_factory.mktemp("script") / "pets")
    tools.spoil(pets / "train/cats/003.png", "truncated")
    tools.spoil(pets / "train/dogs/zzz.jpg", "empty")
    tools.spoil(pets / "validation/dogs/004.png", "text")
    for number, name in enumerate(ODD):
        tools.spoil(pets / "train" / ("cats", "dogs")[number % 2] / name, "empty")
        tools.spoil(pets / "validation/cats" / name, "text")
    return pets


def eventful(folder: Path, loader: Loader) -> TrainingSpec:
    """Return a training with much in it."""
    data = LoaderSettings(
        directory=str(folder / "train"),
        validation_directory=str(folder / "validation"),
        classes=("cats", "dogs"),
        target_size=(16, 16),
        batch_size=4,
        seed=5,
        leave_out=("cats/007.png", "../validation/cats/001.png"),
        augmentation=Augmentation(rotation_range=20, horizontal_flip=True),
    )
    spec = make_spec(
        "eventful",
        data,
        model=NETWORK,
        epochs=40,
        seed=11,
        share=0.9,
        stop_rule=StopRule("loss", "<", 1e-9),
        loader=loader,
    )
    return msgspec.structs.replace(spec, optimizer="adam", patience=0)


@dataclass
class Twice:
    """Runs by their loader, and what their programs measured."""

    runs: dict[Loader, RunFolder]
    programs: dict[Loader, tuple[int, int, dict[str, list[float]]]]


def train_with_changes(run: RunFolder) -> None:
    """Train a run, changing its learning rate in mid-epoch and then its rule, until it ends."""
    Launcher().start(run)
    wait_for_event(run, EpochEnded)
    change_control(run.control, learning_rate=CHANGED)
    rate = wait_for_event(run, ControlApplied, lambda request: request.request == "learning rate")
    wait_for_event(run, EpochEnded, lambda event: event.epoch > rate.epoch)
    change_control(run.control, stop_rule=StopRule("loss", ">", 0.0))
    wait_for_event(run, Finished)
    tools.wait_until_gone(run)


def train_further(run: RunFolder) -> None:
    """Take a run up again that is over, with another learning rate, for two epochs more."""
    before = run.epochs_done()
    resume_run(run, epochs=before + 2, learning_rate=FURTHER)
    Launcher().start(run)
    wait_for_event(run, Finished, lambda event: event.epochs == before + 2)
    tools.wait_until_gone(run)


@pytest.fixture(scope="module")
def twice(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    """Return trainings with each loader, and their programs, run by themselves."""
    home = tmp_path_factory.mktemp("twice")
    with pytest.MonkeyPatch.context() as patch, tools.shell(home / "shell") as shell:
        patch.setenv("CNN_TUI_HOME", str(home / "shell" / "kept"))
        runs = {loader: create_run(eventful(folder, loader)) for loader in ("cached", "keras")}
        train_with_changes(runs["cached"])
        train_further(runs["cached"])
        # The other way round than here, whatever this processor has: the program has to say so.
        with pytest.MonkeyPatch.context() as rounding:
            rounding.setenv(ONEDNN_VARIABLE, "0")
            train_with_changes(runs["keras"])
        patch.setenv(ONEDNN_VARIABLE, "1")
        programs = {loader: run_program(run, shell, home) for loader, run in runs.items()}
        yield Twice(runs, programs)  # type: ignore[arg-type]


def run_program(
    run: RunFolder, shell: Shell, folder: Path
) -> tuple[int, int, dict[str, list[float]]]:
    """Export a run's program with the command, and run it unchanged."""
    file = folder / f"{run.name}.py"
    done = shell.call("runs", "export", run.name, "--format", "script", "--out", file)
    assert done.status == 0, done.err
    program = subprocess.run(
        [sys.executable, "-c", _TELL, str(file)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **shell.extra},
        timeout=PATIENCE,
    )
    assert program.returncode == 0, program.stderr[-2000:]
    training, validation, history = json.loads(program.stdout.splitlines()[-1])
    return training, validation, history


@pytest.mark.parametrize("loader", ["cached", "keras"])
def test_the_program_of_an_eventful_run_has_its_history(twice: Twice, loader: Loader) -> None:
    run = twice.runs[loader]
    training, validation, measured = twice.programs[loader]
    ready = last_of(run, DataReady)
    assert ready is not None
    # 20 and 20, less two bad ones of 41 (and the odd ones) and one by choice, of which
    # nine tenths of each class.
    assert (training, validation) == (ready.training_images, ready.validation_images) == (34, 12)
    told = of_type(events_of(run), EpochEnded)
    assert len(told) >= 3, "some epochs before and after the change"
    for name in METRICS:
        row = [epoch.metrics[name] for epoch in told]
        # Told with six digits: equal to the last of them.
        assert [float(f"{value:.6g}") for value in measured[name]] == row, name


@pytest.mark.parametrize("loader", ["cached", "keras"])
def test_the_changes_took_effect_in_mid_training(twice: Twice, loader: Loader) -> None:
    """Or else the test above says little."""
    run = twice.runs[loader]
    finished = of_type(events_of(run), Finished)
    assert finished[0].reason == "rule"
    rates = [epoch.learning_rate for epoch in of_type(events_of(run), EpochEnded)]
    last = rates[finished[0].epochs - 1]
    assert rates[0] == pytest.approx(0.001) and last == pytest.approx(CHANGED, rel=1e-7)
    later = rates[finished[0].epochs :]
    assert later == ([pytest.approx(FURTHER, rel=1e-7)] * 2 if loader == "cached" else [])
    assert of_type(events_of(run), BatchesEnded)
