"""Runs that ended and wait in the queue to go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.support.queue_process import COMMAND
from tests.support.recording import append, control
from tests.support.waiting import PATIENCE, until
from tests.unit.runs.conftest import sent_for_long_ago
from tests.unit.runs.queued_runs import short_trainer as short_trainer
from tests.unit.runs.written_events import (
    FAILED,
    RULED,
    STARTED,
    STOPPED,
    epoch,
    three_epochs,
)
from tui.runs.control.control_file import change_control
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import Event, Finished, RunStarted
from tui.runs.events.run_follower import RunFollower
from tui.runs.queue.order import leave_queue, move_run
from tui.runs.queue.resume import change_waiting, queue_run, resume_run
from tui.runs.queue.waiting_runs import waiting_runs
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import summarise

COMPLETED = Finished(at=3.0, reason="completed", sentence="All 3 epochs are done.", epochs=3)
ENDINGS: dict[str, tuple[Event | None, int | None]] = {
    "stopped": (STOPPED, None),
    "failed": (FAILED, None),
    "died": (None, None),
    "finished": (COMPLETED, 9),
    "ruled": (RULED, 9),
}


def folder(run: RunFolder) -> dict[str, bytes]:
    """Return every file of a run and what is in it; the locks are nobody's request."""
    return {
        str(path.relative_to(run.path)): path.read_bytes()
        for path in run.path.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize("name", ENDINGS)
def test_a_run_waits_to_go_on_and_may_leave_as_what_it_was(run: RunFolder, name: str) -> None:
    ending, epochs = ENDINGS[name]
    three_epochs(run, *([ending] if ending is not None else []))
    change_control(run.control, want="stop")
    before, listing = folder(run), RunList()
    [line] = listing.read()

    assert queue_run(run, epochs=epochs, learning_rate=0.01) == 3
    [waits] = listing.read()
    assert (waits.state, waits.resumes, waits.live) == ("queued", True, False)
    assert waits.status == "queued to resume after epoch 3"
    assert (waits.epochs_done, waits.best, waits.epochs) == (3, line.best, epochs or 4)
    assert waiting_runs() == [run]
    follower = RunFollower(run)
    while follower.poll():
        pass
    assert follower.state == "queued" and not follower.over
    assert follower.progress.epoch_numbers == [1, 2, 3] and follower.progress.ending == ending
    assert control(run).want == "stop", "nothing is requested before it starts"

    leave_queue(run)
    assert folder(run) == before
    assert listing.read() == [line]


def test_the_trainers_first_word_ends_the_mark_whoever_takes_it_away(run: RunFolder) -> None:
    three_epochs(run, STOPPED)
    queue_run(run)
    lock = run.acquire_lock()
    assert summarise(run).state == "starting"
    append(run, [STARTED])
    assert summarise(run).state == "running" and not waiting_runs()
    os.close(lock)
    assert run.queue_mark.exists() and summarise(run).state == "died"
    assert queue_run(run) == 3 and waiting_runs() == [run], "it may wait once more"


def test_a_reboot_loses_neither_the_wait_nor_the_requests(
    run: RunFolder, spec: TrainingSpec
) -> None:
    first = create_run(spec, queued=True)
    three_epochs(run, COMPLETED)
    queue_run(run, epochs=9)
    move_run(run, 1)
    code = (
        "from tui.runs.queue.waiting_runs import waiting_runs;"
        "from tui.runs.store.run_summary import summarise;"
        "print([(run.name, summarise(run).epochs) for run in waiting_runs()])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert told.strip() == repr([(run.name, 9), (first.name, 4)])


def test_what_is_requested_of_a_waiting_run_changes_in_place(run: RunFolder) -> None:
    three_epochs(run, COMPLETED)
    with pytest.raises(RunError, match="does not wait in the queue"):
        change_waiting(run, epochs=9)
    queue_run(run, epochs=9)
    before = run.queued()
    assert before is not None
    assert change_waiting(run, learning_rate=0.01) == replace(before, learning_rate=0.01)
    assert change_waiting(run, epochs=12) == replace(before, learning_rate=0.01, epochs=12)
    for epochs, rate, why in ((3, None, "3 epochs already"), (None, -1.0, "choose above 0")):
        with pytest.raises(RunError, match=why):
            change_waiting(run, epochs=epochs, learning_rate=rate)
    assert summarise(run).epochs == 12
    run.mark_starting()
    with pytest.raises(RunError, match="is no longer waiting: it has been started"):
        change_waiting(run, epochs=20)
    assert run.queued() == replace(before, learning_rate=0.01, epochs=12)


def test_what_cannot_go_on_is_reported_before_it_waits(run: RunFolder) -> None:
    three_epochs(run, COMPLETED)
    with pytest.raises(RunError, match="is over: All 3 epochs are done"):
        queue_run(run)
    with pytest.raises(RunError, match="3 epochs already, so 2 in all cannot be"):
        queue_run(run, epochs=2)
    checkpoint_path(run, 3).unlink()
    with pytest.raises(RunError, match="no checkpoint to continue from"):
        queue_run(run, epochs=9)
    lock = run.acquire_lock()
    with pytest.raises(RunError, match="is being trained now"):
        queue_run(run, epochs=9)
    os.close(lock)
    run.mark_starting()
    with pytest.raises(RunError, match="is being trained now"):
        queue_run(run, epochs=9)
    assert not run.queue_mark.exists() and not run.control.exists()


def test_started_out_of_its_turn_it_goes_on_with_what_was_requested(run: RunFolder) -> None:
    three_epochs(run, RULED)
    queue_run(run, epochs=9, learning_rate=0.01)
    assert resume_run(run, learning_rate=0.02) == 3
    requested = control(run)
    assert (requested.want, requested.epochs, requested.learning_rate) == ("run", 9, 0.02)
    assert requested.no_stop_rule and requested.patience == 0
    assert run.state(RULED) == "starting" and not run.queue_mark.exists()
    sent_for_long_ago(run)
    assert summarise(run).state == "finished", "its trainer never came"


# With the queue's own process


@pytest.fixture
def call_queue(short_trainer: None) -> Callable[[], subprocess.Popen[bytes]]:
    """Return what starts a queue process that starts short stand-ins for the trainer."""
    return lambda: subprocess.Popen(COMMAND, env=dict(os.environ))


def events_of(run: RunFolder) -> list[Event]:
    return EventReader(run.events).read()


def begins(run: RunFolder) -> list[float]:
    """Return when trainers began on a run."""
    return [event.at for event in events_of(run) if isinstance(event, RunStarted)]


def test_it_goes_on_in_its_turn_and_its_requests_take_effect_then(
    run: RunFolder, spec: TrainingSpec, call_queue: Callable[[], subprocess.Popen[bytes]]
) -> None:
    three_epochs(run, RULED)
    change_control(run.control, want="stop")
    other = create_run(spec, queued=True)
    (other.path / "hold").touch()
    queue_run(run, epochs=9)
    process = call_queue()
    until(other.alive)
    assert summarise(run).state == "queued" and control(run).epochs is None
    (other.path / "hold").unlink()
    assert process.wait(PATIENCE) == 0
    assert (control(run).want, control(run).epochs, control(run).no_stop_rule) == ("run", 9, True)
    [_, again] = begins(run)
    assert again >= max(event.at for event in events_of(other))
    assert not run.queue_mark.exists() and not run.starting.exists()


def test_a_run_that_the_same_queue_process_ran_before_goes_on(
    spec: TrainingSpec, call_queue: Callable[[], subprocess.Popen[bytes]]
) -> None:
    first, second, third = (create_run(spec, queued=True) for _ in range(3))
    move_run(second, 1)
    move_run(first, 1)
    (second.path / "hold").touch()
    process = call_queue()
    until(second.alive)
    assert len(begins(first)) == 1
    queue_run(first, epochs=9)
    (second.path / "hold").unlink()
    assert process.wait(PATIENCE) == 0
    assert len(begins(first)) == 2 and begins(third) < begins(first)[1:]


def test_a_trainer_that_says_nothing_leaves_the_run_as_it_was(
    run: RunFolder, call_queue: Callable[[], subprocess.Popen[bytes]]
) -> None:
    three_epochs(run, STOPPED)
    before = folder(run)
    queue_run(run, learning_rate=0.01)
    (run.path / "mute").touch()
    assert call_queue().wait(PATIENCE) == 0
    assert summarise(run).state == "stopped" and "no word" in run.log.read_text()
    (run.path / "mute").unlink()
    run.log.unlink()
    assert folder(run) == before


def test_a_killed_queue_process_loses_no_run_that_waits_to_go_on(
    run: RunFolder, spec: TrainingSpec, call_queue: Callable[[], subprocess.Popen[bytes]]
) -> None:
    three_epochs(run, *epoch(4))  # it died
    other = create_run(spec, queued=True)
    (other.path / "hold").touch()
    queue_run(run)
    process = call_queue()
    until(other.alive)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert waiting_runs() == [run]
    (other.path / "hold").unlink()
    assert call_queue().wait(PATIENCE) == 0
    assert len(begins(run)) == 2 and not waiting_runs()
