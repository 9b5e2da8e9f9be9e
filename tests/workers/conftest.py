"""Real trainings on tiny images, some of them shared by several tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workers import shell as tools
from tests.workers.zoo import draw_zoo
from tui.runs.process.trainer_environment import onednn_settings

# The trainer is held against a plain script, figure for figure: both compute on the CPU.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# oneDNN rounds in its own way: both with it, or both without.
for name, value in onednn_settings().items():
    os.environ.setdefault(name, value)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `train` (2 classes of 20) and `validation` (2 classes of 7)."""
    return tools.draw_split(tmp_path_factory.mktemp("pictures") / "pets")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with images of every kind."""
    return draw_zoo(tmp_path_factory.mktemp("zoo") / "zoo")


@pytest.fixture(autouse=True)
def no_trainer_left(own_machine: None, tmp_path: Path) -> Iterator[None]:
    """End the trainers that a test started in its own home, also where it fails."""
    yield
    tools.end_processes_of(tmp_path)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[tools.Shell]:
    """Return a command line with a home of its own."""
    with tools.shell(tmp_path / "shell") as opened:
        yield opened


@dataclass
class Trained:
    """Trainings that ran to their end beside each other."""

    shell: tools.Shell
    plain: tools.Command
    """Two epochs, its lines in plain words."""
    spoilt: tools.Command
    """The same with bad files among the images, its lines in JSON."""
    ruled: tools.Command
    """Ended by a rule on validation."""
    hopeless: tools.Command
    """One class has bad images only."""


BAD = {
    "train/cats/000a.jpg": "empty",
    "train/cats/zzz.jpg": "truncated",
    "train/dogs/005 not an image.jpg": "text",
    "validation/dogs/003b.png": "empty",
}
"""Files that cannot be read, at the head, in the middle and at the end of their classes."""


@pytest.fixture(scope="session")
def trained(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """Return four trainings that have ended; they run two at a time, one for each core."""
    folder = tmp_path_factory.mktemp("trained")
    spoilt = tools.draw_split(folder / "spoilt" / "pets")
    for name, damage in BAD.items():
        tools.spoil(spoilt / name, damage)
    hopeless = tools.draw_classes(folder / "hopeless")
    for path in (hopeless / "dogs").iterdir():
        path.write_bytes(b"")
    with tools.shell(folder / "shell") as shell:
        common = ("--epochs", 2, "--seed", 7, "--stop-when", "never")
        first = shell.start("train", pictures, *common)
        second = shell.start("train", spoilt, *common, "--json")
        first.wait(), second.wait()
        third = shell.start(
            "train", pictures, "--epochs", 9, "--stop-when", "val_loss<1000", "--model", tools.SMALL
        )
        fourth = shell.start("train", hopeless, "--epochs", 1)
        third.wait(), fourth.wait()
        yield Trained(shell, first, second, third, fourth)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let what is started in this process live in the test's own folder."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    return tmp_path / "kept"
