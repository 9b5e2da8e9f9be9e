"""Two processes train together on JAX: the history of one, requests, a death, resuming."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.shell import ROOT, wait_for
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import Failed, Finished
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_folder import RunFolder

pytest.importorskip("jax")

PATIENCE = 150.0
SETTINGS = (
    *("--batch-size", "6", "--target-size", "16", "--optimizer", "sgd"),
    *("--learning-rate", "0.05", "--stop-when", "never", "--seed", "7", "--yes"),
    *("--schedule", "warmup=1.5"),  # which changes the rate between two batches
)
NETWORK = ("--model", "16x16x3 conv:k=4,f=3 flatten dropout:rate=0.3 dense:k=1,a=sigmoid")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Pair:
    """Two processes of one training, each with a home of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *command: str, other_folder: Path | None = None) -> None:
        """Start the same command for both."""
        at = f"127.0.0.1:{free_port()}"
        for number in range(2):
            words = list(command)
            if number and other_folder is not None:
                words[1] = str(other_folder)
            self.started.append(
                subprocess.Popen(
                    [
                        *(sys.executable, "-m", "tui", *words, "--processes", "2"),
                        *("--process-id", str(number), "--coordinator", at),
                    ],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    cwd=ROOT,
                    env={**os.environ, "CNN_TUI_HOME": str(self.home / str(number))},
                    start_new_session=True,
                )
            )

    def train(self, *options: str, other_folder: Path | None = None) -> None:
        self.start(
            "train", str(self.folder), *SETTINGS, *NETWORK, *options, other_folder=other_folder
        )

    def wait(self) -> list[tuple[int, str]]:
        """Wait for both, and return their exit statuses and outputs."""
        pair, self.started = self.started[-2:], []
        found = []
        for process in pair:
            printed, _ = process.communicate(timeout=PATIENCE)
            found.append((process.returncode, printed))
        return found

    @property
    def run(self) -> RunFolder:
        (run,) = iter_runs(self.home / "0" / "state" / "runs")
        return run

    def at_work(self, epochs: int) -> LoadedRun:
        """Wait until the run has some epochs."""

        def look() -> LoadedRun | None:
            if not (self.home / "0" / "state" / "runs").is_dir():
                return None
            found = [load_run(run) for run in iter_runs(self.home / "0" / "state" / "runs")]
            return found[0] if found and found[0].progress.epochs_done >= epochs else None

        return wait_for("some epochs of two processes", look, PATIENCE)

    def end(self) -> None:
        for process in self.started:
            process.kill()


@pytest.fixture
def pair(pictures: Path, tmp_path: Path) -> Iterator[Pair]:
    folder = tmp_path / "pets"
    shutil.copytree(pictures, folder)
    next((folder / "train" / "cats").iterdir()).unlink()  # 39 images: the last batch is odd
    made = Pair(folder, tmp_path / "homes")
    yield made
    made.end()


def alone(pair: Pair, *options: str) -> LoadedRun:
    """Train the same in one process, on the same backend."""
    home = pair.home / "alone"
    done = subprocess.run(
        [sys.executable, "-m", "tui", "train", str(pair.folder), *SETTINGS, *NETWORK, *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CNN_TUI_HOME": str(home), "KERAS_BACKEND": "jax"},
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = iter_runs(home / "state" / "runs")
    return load_run(run)


def assert_same(one: LoadedRun, other: LoadedRun) -> None:
    for name, values in one.progress.history.items():
        assert other.progress.history[name] == pytest.approx(values, abs=1e-5), name


def test_the_history_is_that_of_one_process_also_after_a_death(pair: Pair) -> None:
    pair.train("--epochs", "100000")
    pair.at_work(2)
    os.killpg(pair.started[1].pid, signal.SIGKILL)
    status, printed = pair.wait()[0]
    run = load_run(pair.run)
    assert status == 1 and run.state == "failed", printed
    assert isinstance(run.progress.ending, Failed)
    assert "processes" in run.progress.ending.what and run.progress.ending.kept >= 1
    done = run.progress.ending.kept
    pair.start("runs", "resume", pair.run.name, "--epochs", str(done + 2))
    statuses = pair.wait()
    assert [status for status, _ in statuses] == [0, 0], statuses
    whole = load_run(pair.run)
    assert whole.progress.epochs_done == done + 2 and whole.state == "finished"
    assert_same(alone(pair, "--epochs", str(done + 2)), whole)
    assert not (pair.home / "1" / "state" / "runs").is_dir(), "process 0 alone writes the run"
    assert {"best.keras", "final.keras"} <= set(whole.progress.saved)


def test_requests_take_effect_in_both(pair: Pair) -> None:
    pair.train("--epochs", "100000")
    run = pair.at_work(1)
    change_control(run.folder.control, learning_rate=0.01)

    def changed() -> bool:
        rows = load_run(run.folder).progress.epoch_details
        return bool(rows) and rows[-1].learning_rate == 0.01

    wait_for("the new learning rate", changed, PATIENCE)
    change_control(run.folder.control, want="stop")
    (first, printed), (second, other) = pair.wait()
    assert (first, second) == (130, 0), printed + other
    ending = load_run(run.folder).progress.ending
    assert isinstance(ending, Finished) and ending.reason == "stopped"
    assert "process 1 of 2: Stopped" in other


def test_what_cannot_be_shared_is_said(pair: Pair, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(pair.folder, other)
    next((other / "train" / "dogs").iterdir()).unlink()
    pair.train("--epochs", "1", other_folder=other)
    (status, printed), _ = pair.wait()
    assert status == 1 and "are not those of process 0" in printed


def test_an_odd_batch_is_refused_with_the_nearest(pair: Pair) -> None:
    pair.start("train", str(pair.folder), *SETTINGS, *NETWORK, "--batch-size", "5")
    (status, printed), _ = pair.wait()
    assert status == 1 and "--batch-size 4 or 6" in printed
