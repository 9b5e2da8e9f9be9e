"""Following a run, live or ended."""

from __future__ import annotations

import os
import sys
from threading import Thread

import pytest

from tui.runs.events.event_log import EventReader, EventWriter
from tui.runs.events.event_types import Event, Failed, Finished, Notice, RunStarted
from tui.runs.events.run_follower import RunFollower, death_cause, resume_advice
from tui.runs.store.delete_run import delete_run
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_folder import RunFolder

STARTED = RunStarted(at=1.0, pid=1, version="0")
FINISHED = Finished(at=2.0, reason="completed", sentence="Done.", epochs=1)


def state_of(follower: RunFollower) -> str:
    return follower.state


def test_a_run_is_followed_from_its_first_event_to_its_last(run: RunFolder) -> None:
    follower = RunFollower(run)
    assert follower.poll() == [] and state_of(follower) == "starting" and not follower.over

    lock = run.acquire_lock()
    writer = EventWriter(run.events)
    writer.write(STARTED)
    assert follower.poll() == [STARTED]
    assert state_of(follower) == "running" and not follower.over
    assert follower.poll() == []

    writer.write(FINISHED)
    assert follower.poll() == [FINISHED]
    assert state_of(follower) == "finished" and follower.over
    assert follower.progress.ending == FINISHED
    writer.close()
    os.close(lock)


def test_an_ended_run_opens_as_a_live_one(run: RunFolder) -> None:
    writer = EventWriter(run.events)
    for event in (STARTED, Failed(at=2.0, what="No.", where="", cure="")):
        writer.write(event)
    writer.close()
    follower = RunFollower(run)
    assert len(follower.poll()) == 2
    assert state_of(follower) == "failed" and follower.over


def test_a_run_without_a_last_word_died(run: RunFolder) -> None:
    EventWriter(run.events).write(STARTED)
    follower = RunFollower(run)
    while not follower.over:
        follower.poll()
    assert state_of(follower) == "died"


def test_last_words_are_never_missed(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trainer speaks and goes while the app looks."""
    lock = run.acquire_lock()
    writer = EventWriter(run.events)
    writer.write(STARTED)
    follower = RunFollower(run)
    follower.poll()
    read = EventReader.read

    def late(self: EventReader) -> list[Event]:
        events = read(self)
        monkeypatch.undo()
        writer.write(FINISHED)
        os.close(lock)
        return events

    monkeypatch.setattr(EventReader, "read", late)
    seen: list[Event] = []
    while not follower.over:
        seen += follower.poll()
    assert seen == [FINISHED] and state_of(follower) == "finished"


def test_a_long_history_is_caught_up_with_before_anything_is_said_of_its_end(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventReader, "BLOCK", 200)
    writer = EventWriter(run.events)
    events: list[Event] = [STARTED, *(Notice(at=1.0, text=str(n)) for n in range(50)), FINISHED]
    for event in events:
        writer.write(event)
    follower = RunFollower(run)
    seen: list[Event] = []
    states = set()
    while not follower.over:
        seen += follower.poll()
        states.add(follower.state)
    assert seen == events and states == {"starting", "finished"}


def test_lines_that_cannot_be_read_are_counted(run: RunFolder) -> None:
    run.events.write_bytes(b"rubbish\n")
    follower = RunFollower(run)
    follower.poll()
    assert follower.skipped == 1


def test_what_cannot_be_read_says_so_and_stays_as_it_was(run: RunFolder) -> None:
    lock = run.acquire_lock()
    EventWriter(run.events).write(STARTED)
    follower = RunFollower(run)
    follower.poll()
    aside = run.events.with_suffix(".aside")
    run.events.rename(aside)
    run.events.mkdir()
    assert follower.poll() == [] and state_of(follower) == "running"
    assert follower.problem == (
        f"Cannot read {run.events}: Is a directory. Check the permissions of its folder, and "
        "its disk."
    )
    run.events.rmdir()
    aside.rename(run.events)
    follower.poll()
    assert (follower.problem, state_of(follower)) == ("", "running")
    os.close(lock)


def test_a_run_of_which_nothing_can_be_read_is_not_starting_for_ever(run: RunFolder) -> None:
    run.events.mkdir()
    lock = run.acquire_lock()
    follower = RunFollower(run)
    follower.poll()
    assert state_of(follower) == "running" and "Is a directory" in follower.problem
    os.close(lock)
    follower.poll()
    assert state_of(follower) == "died" and follower.over


def test_two_looks_at_once_count_each_event_once(run: RunFolder) -> None:
    """A screen looks anew while a look of before still goes on in its thread."""
    writer = EventWriter(run.events)
    writer.write(STARTED)
    for number in range(20_000):
        writer.write(Notice(at=float(number), text=str(number)))
    follower = RunFollower(run)
    found: list[Event] = []

    def look() -> None:
        for _ in range(20):
            found.extend(follower.poll())

    looks = [Thread(target=look) for _ in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for one in looks:
            one.start()
        for one in looks:
            one.join()
    finally:
        sys.setswitchinterval(before)
    assert sorted(one.at for one in found if isinstance(one, Notice)) == list(range(20_000))


def test_a_run_that_is_deleted_is_over_and_keeps_what_was_read(run: RunFolder) -> None:
    writer = EventWriter(run.events)
    writer.write(STARTED)
    writer.write(FINISHED)
    follower = RunFollower(run)
    follower.poll()
    assert not follower.deleted
    delete_run(run)
    assert follower.poll() == [] and follower.deleted and follower.over
    assert follower.progress.ending == FINISHED


def test_a_run_that_is_taken_up_again_is_live_again(run: RunFolder) -> None:
    writer = EventWriter(run.events)
    writer.write(STARTED)
    writer.write(Failed(at=2.0, what="No.", where="", cure=""))
    follower = RunFollower(run)
    follower.poll()
    assert state_of(follower) == "failed"
    lock = run.acquire_lock()
    writer.write(RunStarted(at=3.0, pid=2, version="0"))
    follower.poll()
    assert state_of(follower) == "running" and not follower.over
    os.close(lock)


@pytest.mark.parametrize(
    "line",
    [
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "MemoryError: Unable to allocate 1.2 GiB for an array",
        "RESOURCE_EXHAUSTED: failed to allocate memory [Op:AddV2]",
    ],
)
def test_a_log_that_ends_with_want_of_memory_names_a_batch_that_would_fit(
    run: RunFolder, line: str
) -> None:
    run.log.write_text("x" * 100_000 + f"\n{line}\n")
    run.events.write_text('{"type":"libraries_loaded","at":1.0}\n')
    half = run.spec().data.batch_size // 2
    assert death_cause(run).startswith("There was not enough memory. Choose a smaller batch size")
    assert f"for example {half} instead of" in death_cause(run)


@pytest.mark.parametrize("log", [None, "", "epoch 1\n", "std::bad_alloc\n" + "x" * 100_000])
def test_a_log_that_says_nothing_leaves_it_open(run: RunFolder, log: str | None) -> None:
    if log is not None:
        run.log.write_text(log)
    run.events.write_text('{"type":"libraries_loaded","at":1.0}\n')
    batch_size = run.spec().data.batch_size
    assert death_cause(run) == (
        "It was killed, ran out of memory, or the machine went down. "
        f"A batch size of {batch_size // 2} instead of {batch_size} needs less memory."
    )


@pytest.mark.parametrize("log", ["", "ImportError: libtensorflow_cc.so.2: failed to map segment\n"])
def test_one_that_died_while_keras_was_loaded_is_not_helped_by_a_smaller_batch(
    run: RunFolder, log: str
) -> None:
    """The kernel kills it there when a machine of half a gigabyte is full."""
    run.log.write_text(log)
    cause = death_cause(run)
    assert "memory" in cause and "Keras and TensorFlow" in cause
    assert "batch" not in cause and "nstall" not in cause


def test_only_a_run_that_died_has_a_cause(run: RunFolder) -> None:
    run.log.write_text("std::bad_alloc")
    follower = RunFollower(run)
    follower.poll()
    assert (follower.state, follower.cause) == ("starting", "")


def test_what_can_be_done_is_what_there_is(run: RunFolder) -> None:
    assert resume_advice(run) == "There is no checkpoint: start a new run."
    path = checkpoint_path(run, 3)
    path.parent.mkdir()
    path.touch()
    assert resume_advice(run) == f"`cnn-tui runs resume {run.name}` continues after epoch 3."
