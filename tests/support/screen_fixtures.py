"""Recordings in the place of TensorFlow, and images to choose."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support import queue_process
from tests.support import trainer_replay as replay
from tests.support.inspector_recording import NETWORK
from tests.support.recording import (
    DIGITS,
    Recorder,
    began,
    finished,
    script,
    whole_epochs,
    write_script,
)
from tui.app.app import TOAST_SECONDS
from tui.code_client import runner as code_runner
from tui.datasets import LoaderSettings, digits_folder
from tui.inspection import inspector_client
from tui.runs.process import launch
from tui.runs.queue import waiting_runs as queue
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.ui.textual_patches import type_ahead

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(own_machine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder of a name that is always the same: it shows on screen."""
    folder = tmp_path / "here"
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def replayed_trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have the app start a replay where it would start TensorFlow; return its recording."""
    recording = tmp_path / "recording"
    write_script(recording, script())
    command = [sys.executable, "-m", "tests.support.trainer_replay"]
    monkeypatch.setattr(launch, "_COMMAND", command)
    # A page with a program readies a process, which would load TensorFlow: this one only waits.
    waiting = (sys.executable, "-S", "-c", "import sys; sys.stdin.buffer.read()")
    monkeypatch.setattr(code_runner, "_COMMAND", waiting)
    monkeypatch.setattr(queue, "_COMMAND", queue_process.COMMAND)
    monkeypatch.setenv(queue_process.TRAINER, json.dumps(command))
    monkeypatch.setenv(replay.RECORDING, str(recording))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    yield recording
    # Whatever still waits has an end: nothing of a test runs on beside the next ones.
    for run in (tmp_path / "kept" / "state" / "runs").glob("*/"):
        (run / "queued").unlink(missing_ok=True)
        (run / "go").touch()


@pytest.fixture(autouse=True)
def clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program that copies into reach; return the file that stands for the clipboard."""
    programs, held = tmp_path / "programs", tmp_path / "clipboard"
    programs.mkdir()
    program = programs / "wl-copy"
    program.write_text(f'#!/bin/sh\nexec cat > "{held}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    for name in ("SSH_CONNECTION", "SSH_TTY", "TMUX", "STY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return held


@pytest.fixture(autouse=True)
def patient_toasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave messages on screen for longer: a busy machine may look late."""
    for severity in TOAST_SECONDS:
        monkeypatch.setitem(TOAST_SECONDS, severity, 60.0)


@pytest.fixture(autouse=True)
def patient_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a key wait longer for the one before it: a busy machine takes its time."""
    monkeypatch.setattr(type_ahead, "PATIENCE_SECONDS", 60.0)


@pytest.fixture(autouse=True)
def replayed_looking(replayed_trainer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the app start a replay where it would start the child that looks into networks."""
    monkeypatch.setattr(
        inspector_client, "COMMAND", [sys.executable, "-m", "tests.support.inspector_replay"]
    )


@pytest.fixture
def looked_into(recorder: Recorder, digits: Path) -> RunFolder:
    """Return a finished run whose answers are recorded, its pictures there."""
    data = LoaderSettings(
        directory=str(digits),
        classes=DIGITS,
        target_size=(8, 8),
        color_mode="grayscale",
        batch_size=32,
        class_mode="categorical",
    )
    training = TrainingSpec(name="digits", network=NETWORK, data=data, epochs=3)
    run = recorder.make([*began(), *whole_epochs(1, 3, 3), *finished(3)], training)
    for name in ("best.keras", *(f"kept/epoch-{epoch:04}.npz" for epoch in range(4))):
        file = run.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"recorded")
    return run


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Return what writes recorded runs into the test's own state folder."""
    recorder = Recorder()
    yield recorder
    recorder.let_go()


@pytest.fixture
def nothing_trains_on() -> Iterator[None]:
    """End what still trains when a test is over."""
    yield
    for listed in RunList().read():
        listed.run.kill()


@pytest.fixture(scope="session")
def written_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample set, written once."""
    home = tmp_path_factory.mktemp("digits")
    before = os.environ.get("CNN_TUI_HOME")
    os.environ["CNN_TUI_HOME"] = str(home)
    try:
        return digits_folder()
    finally:
        if before is None:
            del os.environ["CNN_TUI_HOME"]
        else:
            os.environ["CNN_TUI_HOME"] = before


@pytest.fixture
def digits(written_digits: Path, tmp_path: Path) -> Path:
    """Return the sample set in the test's own cache, so that it need not be written again."""
    target = tmp_path / "kept" / "cache" / "samples" / "digits"
    shutil.copytree(written_digits, target, copy_function=os.link)
    return target


MakeImages = Callable[..., Path]


@pytest.fixture
def images(tmp_path: Path) -> MakeImages:
    """Return a function that writes a folder of images: `images("pets", cats=3, dogs=4)`."""

    def make(name: str, classes: dict[str, int] | None = None, **more: int) -> Path:
        folder = tmp_path / "here" / name
        folder.mkdir(parents=True, exist_ok=True)
        for label, count in {**(classes or {}), **more}.items():
            (folder / label).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                colour = (40 * number % 256, 90, 160)
                Image.new("RGB", (20, 16), colour).save(folder / label / f"{number}.png")
        return folder

    return make
