"""A home of their own for these tests, and the values most of them begin from."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tui.datasets import LoaderSettings
from tui.runs.lessons.lesson_plan import LessonPlan
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import STARTING_GRACE, StartMark, boot_id, uptime


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let everything the program keeps live below the test's own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CNN_TUI_HOME", str(folder))
    return folder


@pytest.fixture
def settings() -> LoaderSettings:
    """Return a loader of two classes."""
    return LoaderSettings(directory="/data/pets", classes=("cats", "dogs"))


@pytest.fixture
def spec(settings: LoaderSettings) -> TrainingSpec:
    """Return a training of 4 epochs."""
    return make_spec("pets", settings, epochs=4)


@pytest.fixture
def run(spec: TrainingSpec) -> RunFolder:
    """Return a fresh run folder that no trainer has touched."""
    return create_run(spec)


def sent_for_long_ago(run: RunFolder) -> None:
    """Let a trainer have been sent for so long ago that it will not come any more."""
    mark = StartMark(boot_id(), uptime() - STARTING_GRACE - 1)
    run.starting.write_bytes(msgspec.json.encode(mark))


@pytest.fixture
def plan(settings: LoaderSettings) -> LessonPlan:
    """Return a plan of two shares."""
    shares = (0.1, 1.0)
    specs = tuple(
        msgspec.structs.replace(make_spec("pets", settings, epochs=2, share=share), origin="here")
        for share in shares
    )
    return LessonPlan(shares, specs, (4, 40), 10, "pets", "a network")


@pytest.fixture
def bound_by_permissions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of a user who is not root, be that user, and have the home there."""
    folder, nobody = Path(tempfile.mkdtemp()), 65534
    root = os.geteuid() == 0
    if root:
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
    monkeypatch.setenv("CNN_TUI_HOME", str(folder / "home"))
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


@pytest.fixture
def python() -> Callable[[str], str]:
    """Return a function that runs Python code in a process of its own and returns its output."""
    import subprocess
    import sys

    def execute(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return execute
