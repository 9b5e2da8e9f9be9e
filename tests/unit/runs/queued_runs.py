"""Runs that wait, the process that starts them, and several threads at one moment."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fake_gpus import FakeGpus
from tests.support.queue_process import COMMAND, ROOT, TRAINER
from tests.support.waiting import until
from tui.common.paths import state_dir
from tui.runs.queue import waiting_runs
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder


@pytest.fixture
def short_trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the queue start a short stand-in for the trainer."""
    monkeypatch.setattr(waiting_runs, "_COMMAND", COMMAND)
    monkeypatch.setenv(TRAINER, json.dumps([sys.executable, "-m", "tests.unit.runs.short_trainer"]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def gpu_locks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the locks of GPUs in a folder of the test's own."""
    (tmp_path / "locks").mkdir()
    monkeypatch.setenv("CNN_TUI_GPU_LOCKS", str(tmp_path / "locks"))


@pytest.fixture
def gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gpu_locks: None) -> FakeGpus:
    """Return three GPUs, of which somebody else uses the last."""
    fake = FakeGpus(tmp_path / "gpus", monkeypatch, 3)
    fake.change(2, used=70_000, use=98, pids=(1,))
    return fake


def queued(spec: TrainingSpec, many: int, *, hold: bool = False) -> list[RunFolder]:
    """Return runs that wait, in their order; with `hold` their stand-ins go on until let go."""
    runs = []
    for number in range(many):
        run = create_run(spec, queued=True, after=float(number))
        if hold:
            (run.path / "hold").touch()
        runs.append(run)
        time.sleep(0.002)
    return runs


def until_queue(condition: Callable[[], object]) -> None:
    """Wait until something holds; else fail with the log of the queue's process."""

    def log() -> str:
        path = state_dir() / "queue.log"
        return path.read_text() if path.exists() else ""

    until(condition, log)


def together(*tasks: Callable[[], object]) -> None:
    """Do several things at the same moment, each in a thread of its own."""
    ready = threading.Barrier(len(tasks))

    def do(task: Callable[[], object]) -> None:
        ready.wait()
        task()

    threads = [threading.Thread(target=do, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
