"""Runs that wait for each other, and the process that starts them in their order."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.queue_process import COMMAND
from tests.support.waiting import PATIENCE
from tests.unit.runs.queued_runs import queued, until_queue
from tests.unit.runs.queued_runs import short_trainer as short_trainer
from tui.runs.events.event_types import Finished, RunStarted
from tui.runs.events.log_end import last_events
from tui.runs.process.launch import Launcher
from tui.runs.queue.claims import Claim
from tui.runs.queue.order import leave_queue
from tui.runs.queue.waiting_runs import (
    QueueStarter,
    at_work,
    hold_queue,
    queue_is_running,
    queue_places,
    waiting_runs,
)
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_lock import STARTING_GRACE
from tui.trainer.queue import start

pytestmark = pytest.mark.usefixtures("short_trainer")


def moment(run: RunFolder, kind: type[RunStarted] | type[Finished]) -> float:
    """Return when a run began or ended."""
    event = last_events(run.events, (kind,))[kind]
    assert isinstance(event, kind)
    return event.at


def done(*runs: RunFolder) -> bool:
    """Say whether all of these runs have ended."""
    return all(Finished in last_events(run.events, (Finished,)) for run in runs)


def call_queue() -> subprocess.Popen[bytes]:
    """Start a queue process by hand."""
    return subprocess.Popen(COMMAND, env=dict(os.environ))


def test_a_run_that_waits_is_shown_so_however_long(spec: TrainingSpec) -> None:
    (run,) = queued(spec, 1)
    long_ago = time.time() - 10 * STARTING_GRACE
    os.utime(run.path / "spec.json", (long_ago, long_ago))
    [summary] = RunList().read()
    assert (summary.state, summary.status, summary.live) == ("queued", "queued", False)
    assert summary.mark is not None and not summary.resumes and summary.spec == spec
    assert not at_work(run)


def test_the_list_notices_that_a_waiting_run_began(spec: TrainingSpec) -> None:
    (run,), listing = queued(spec, 1), RunList()
    assert [one.state for one in listing.read()] == ["queued"]
    lock = run.acquire_lock()
    assert [one.state for one in listing.read()] == ["starting"]
    os.close(lock)


def test_places_are_counted_in_the_order_of_the_queue(spec: TrainingSpec) -> None:
    first, second, third = queued(spec, 3)
    # Put into the queue anew: at its end, whatever its folder's name.
    first.queue_mark.write_text(f"{time.time():.6f}")
    assert waiting_runs() == [second, third, first]
    assert queue_places(RunList().read()) == {second: 1, third: 2, first: 3}
    leave_queue(third)
    assert waiting_runs() == [second, first]


@pytest.mark.parametrize("mark", [b"", b"soon", b"\xff", b"nan"], ids=repr)
def test_a_damaged_mark_still_waits_and_comes_first(spec: TrainingSpec, mark: bytes) -> None:
    first, damaged = queued(spec, 2)
    damaged.queue_mark.write_bytes(mark)
    assert damaged.state(None) == "queued"
    assert waiting_runs() == [damaged, first]


def test_runs_are_started_one_after_the_other(spec: TrainingSpec) -> None:
    runs = queued(spec, 3)
    process = call_queue()
    assert process.wait(PATIENCE) == 0
    assert done(*runs) and not any(run.queue_mark.exists() for run in runs)
    for before, after in itertools.pairwise(runs):
        assert moment(before, Finished) <= moment(after, RunStarted)
    assert not queue_is_running()


def test_the_queue_waits_for_runs_that_others_started(spec: TrainingSpec) -> None:
    other = create_run(spec)
    lock = other.acquire_lock()
    (run,) = queued(spec, 1)
    process = call_queue()
    until_queue(queue_is_running)
    time.sleep(1.0)  # two looks
    assert run.state(None) == "queued"
    os.close(lock)
    other.events.write_text("")  # it had begun
    assert process.wait(PATIENCE) == 0
    assert done(run)


def test_only_one_process_works_the_queue_off(spec: TrainingSpec) -> None:
    with hold_queue() as held:
        assert held and queue_is_running()
        (run,) = queued(spec, 1)
        assert call_queue().wait(PATIENCE) == 0
        assert run.state(None) == "queued"
    assert not queue_is_running()


def test_a_trainer_that_says_nothing_does_not_hold_up_the_others(spec: TrainingSpec) -> None:
    mute, run = queued(spec, 2)
    (mute.path / "mute").touch()
    long_ago = time.time() - 10 * STARTING_GRACE
    os.utime(mute.path / "spec.json", (long_ago, long_ago))
    assert call_queue().wait(PATIENCE) == 0
    assert done(run)
    assert mute.state(None) == "died" and "no word" in mute.log.read_text()


def test_a_killed_queue_leaves_its_run_alone_and_goes_on_when_started_again(
    spec: TrainingSpec,
) -> None:
    first, second = queued(spec, 2)
    (first.path / "hold").touch()
    process = call_queue()
    until_queue(lambda: first.events.exists())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert first.alive() and second.state(None) == "queued"
    starter = QueueStarter()
    starter.ensure()
    until_queue(queue_is_running)
    (first.path / "hold").unlink()
    until_queue(lambda: done(first, second))
    assert moment(first, Finished) <= moment(second, RunStarted)
    until_queue(lambda: not queue_is_running())


def test_ensuring_twice_starts_one_process(spec: TrainingSpec) -> None:
    run, after = queued(spec, 2)
    (run.path / "hold").touch()
    starter, other = QueueStarter(), QueueStarter()
    starter.ensure()
    until_queue(lambda: run.alive())
    first = starter._process
    starter.ensure()
    other.ensure()
    assert starter._process is first and other._process is None
    (run.path / "hold").unlink()
    until_queue(lambda: done(run, after))
    until_queue(lambda: not queue_is_running())


def test_a_run_that_was_deleted_while_it_waited_harms_nobody(
    spec: TrainingSpec, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (gone,) = queued(spec, 1)
    mark = gone.queued()
    assert mark is not None
    gone.path.rename(tmp_path / "gone")
    start(Launcher(), Claim(gone, mark))
    assert f"Cannot start {gone.path}" in capsys.readouterr().err


def test_the_queue_imports_neither_keras_nor_numpy(python: Callable[[str], str]) -> None:
    code = (
        "import sys, tui.trainer.queue; "
        "print({'keras', 'tensorflow', 'numpy', 'textual'} & set(sys.modules))"
    )
    assert python(code).strip() == "set()"
