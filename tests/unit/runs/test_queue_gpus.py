"""Waiting runs on the GPUs of a machine, and several at once without any.

The GPUs are those of `tests.support.fake_gpus`; the processes are real ones.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.fake_gpus import FakeGpus
from tests.support.queue_process import COMMAND, TRAINER
from tests.support.waiting import PATIENCE
from tests.unit.runs.queued_runs import gpu_locks as gpu_locks
from tests.unit.runs.queued_runs import gpus as gpus
from tests.unit.runs.queued_runs import queued, together, until_queue
from tests.unit.runs.queued_runs import short_trainer as short_trainer
from tui.runs.events.assigned_gpus import AssignedGpu
from tui.runs.events.event_types import Finished, RunStarted
from tui.runs.events.log_end import last_events
from tui.runs.process.launch import Launcher
from tui.runs.queue.order import move_run
from tui.runs.queue.queue_settings import (
    QueueSettings,
    write_settings,
)
from tui.runs.queue.waiting_runs import waiting_runs
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import summarise

pytestmark = pytest.mark.usefixtures("short_trainer", "gpu_locks")


def call_queue() -> subprocess.Popen[bytes]:
    """Start a queue process by hand."""
    return subprocess.Popen(COMMAND, env=dict(os.environ))


def done(*runs: RunFolder) -> bool:
    """Say whether all of these runs have ended."""
    return all(Finished in last_events(run.events, (Finished,)) for run in runs)


def visible(run: RunFolder) -> str:
    """Return what its trainer saw in `CUDA_VISIBLE_DEVICES`."""
    return (run.path / "visible").read_text()


def span(run: RunFolder) -> tuple[float, float]:
    """Return when a run began and ended."""
    events = last_events(run.events, (RunStarted, Finished))
    return events[RunStarted].at, events[Finished].at


# The queue's process


def test_each_free_gpu_gets_a_run_and_the_one_of_somebody_else_none(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    runs = queued(spec, 4, hold=True)
    process = call_queue()
    until_queue(lambda: runs[0].alive() and runs[1].alive())
    assert [run.gpus() for run in runs[:2]] == [
        (AssignedGpu(0, gpus.uuid(0)),),
        (AssignedGpu(1, gpus.uuid(1)),),
    ]
    until_queue(lambda: summarise(runs[0]).status == "running on GPU 0")
    time.sleep(1.2)  # two looks
    assert [run.state(None) for run in runs[2:]] == ["queued", "queued"]
    (runs[1].path / "hold").unlink()
    until_queue(lambda: runs[2].alive())
    for run in runs:
        (run.path / "hold").unlink(missing_ok=True)
    assert process.wait(PATIENCE) == 0
    assert done(*runs)
    assert [visible(run) for run in runs[:3]] == [gpus.uuid(0), gpus.uuid(1), gpus.uuid(1)]
    started = last_events(runs[1].events, (RunStarted,))[RunStarted]
    assert isinstance(started, RunStarted)
    assert started.assigned_gpus == (AssignedGpu(1, gpus.uuid(1)),)


def test_a_gpu_that_others_leave_is_taken_then(spec: TrainingSpec, gpus: FakeGpus) -> None:
    for number in range(3):
        gpus.change(number, use=50)
    [run] = queued(spec, 1)
    process = call_queue()
    time.sleep(1.2)
    assert run.state(None) == "queued"
    gpus.change(1)
    assert process.wait(PATIENCE) == 0
    assert visible(run) == gpus.uuid(1)


def test_a_killed_run_makes_room_and_a_killed_queue_doubles_nothing(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    runs = queued(spec, 5, hold=True)
    process = call_queue()
    until_queue(lambda: runs[0].alive() and runs[1].alive() and runs[1].queued() is None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = call_queue()
    time.sleep(0.5)
    assert runs[0].kill()
    until_queue(lambda: runs[2].alive())
    for run in runs[1:]:
        (run.path / "hold").unlink(missing_ok=True)
    assert again.wait(PATIENCE) == 0
    assert done(*runs[1:]) and visible(runs[2]) == gpus.uuid(0)
    assert all(one[RunStarted] for one in (last_events(run.events, (RunStarted,)) for run in runs))
    assert starts(runs) == [1, 1, 1, 1, 1]


def starts(runs: list[RunFolder]) -> list[int]:
    return [run.events.read_bytes().count(b'"run_started"') for run in runs]


def test_two_users_at_once_share_no_gpu(
    spec: TrainingSpec, gpus: FakeGpus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each has runs and a queue of their own; only the GPUs and their locks are the same."""
    runs: list[RunFolder] = []
    processes = []
    for user in ("ada", "ben"):
        monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / user))
        runs += queued(spec, 3)
        processes.append(call_queue())
    for process in processes:
        assert process.wait(PATIENCE) == 0
    assert done(*runs) and starts(runs) == [1] * 6
    for number in range(2):
        spans = sorted(span(run) for run in runs if visible(run) == gpus.uuid(number))
        for before, after in itertools.pairwise(spans):
            assert before[1] <= after[0], "one after the other"
    assert {visible(run) for run in runs} <= {gpus.uuid(0), gpus.uuid(1)}


def test_many_queues_at_once_start_each_run_once(spec: TrainingSpec, gpus: FakeGpus) -> None:
    gpus.change(2)
    runs = queued(spec, 12)
    processes = [call_queue() for _ in range(4)]
    together(*(functools.partial(moved, run) for run in runs[6:]))
    for process in processes:
        assert process.wait(2 * PATIENCE) == 0
    assert done(*runs) and starts(runs) == [1] * 12
    for number in range(3):
        spans = sorted(span(run) for run in runs if visible(run) == gpus.uuid(number))
        for before, after in itertools.pairwise(spans):
            assert before[1] <= after[0]


def moved(run: RunFolder) -> None:
    with contextlib.suppress(RunError):  # it has been started meanwhile
        move_run(run, 1)


def test_without_gpus_as_many_run_at_once_as_there_are_slots(
    spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_settings(QueueSettings(slots=2))
    runs = queued(spec, 4, hold=True)
    process = call_queue()
    until_queue(lambda: runs[0].alive() and runs[1].alive())
    time.sleep(1.2)
    assert [run.state(None) for run in runs[2:]] == ["queued", "queued"]
    assert visible(runs[0]) == "all" and summarise(runs[0]).gpus == ()
    write_settings(QueueSettings(slots=3))
    until_queue(lambda: runs[2].alive())
    assert runs[3].state(None) == "queued"
    for run in runs:
        (run.path / "hold").unlink()
    assert process.wait(PATIENCE) == 0
    assert done(*runs)


def test_a_trainer_that_was_started_here_is_known_until_its_process_ends(
    spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.runs.process import launch

    monkeypatch.setattr(launch, "_COMMAND", json.loads(os.environ[TRAINER]))
    run = create_run(spec)
    (run.path / "hold").touch()
    launcher = Launcher()
    launcher.start(run)
    assert launcher.runs == [run]
    (run.path / "hold").unlink()
    until_queue(lambda: launcher.runs == [])
    assert done(run) and waiting_runs() == []
