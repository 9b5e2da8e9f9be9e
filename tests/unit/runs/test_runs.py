"""Run folders: making, naming, listing them, and telling what became of each."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.recording import append
from tui.inspection.choices import newest_with_weights
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import EpochEnded, Event, Failed, Finished, RunStarted
from tui.runs.queue.waiting_runs import runs_at_work
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.delete_run import delete_run
from tui.runs.store.find_runs import find_run, iter_runs
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import write_label
from tui.runs.store.run_list import RunList
from tui.runs.store.run_lock import STARTING_GRACE, Holder, lock_holder
from tui.runs.store.run_summary import RunSummary, summarise

STARTED = RunStarted(at=1.0, pid=1, version="0")
COMPLETED = Finished(at=9.0, reason="completed", sentence="Done.", epochs=4)
STOPPED = Finished(at=9.0, reason="stopped", sentence="Stopped.", epochs=1)
FAILED = Failed(at=9.0, what="It broke.", where="training", cure="Mend it.")


def epoch(number: int, best: float = 0.75, best_epoch: int = 1) -> EpochEnded:
    return EpochEnded(
        at=2.0 + number,
        epoch=number,
        epochs=4,
        seconds=1.0,
        images_per_second=10.0,
        metrics={"accuracy": best},
        best_epoch=best_epoch,
        best=best,
        best_metric="accuracy",
    )


def make_old(run: RunFolder) -> None:
    past = time.time() - STARTING_GRACE - 5
    os.utime(run.path / "spec.json", (past, past))


# The lock


def test_a_file_time_of_the_future_makes_no_run_start_for_ever(run: RunFolder) -> None:
    """As after a clock was set back; a queue that believed it waited for 42 minutes."""
    future = time.time() + 3600
    os.utime(run.path / "spec.json", (future, future))
    assert summarise(run).state == "died" and not runs_at_work()
    append(run, [STARTED, STOPPED])
    run.starting.touch()  # as version 0.1.0 wrote it
    assert summarise(run).state == "starting"
    os.utime(run.starting, (future, future))
    assert summarise(run).state == "stopped"
    delete_run(run)


def test_a_trainer_that_was_sent_for_counts_as_starting_whatever_the_clock_says(
    run: RunFolder,
) -> None:
    append(run, [STARTED, STOPPED])
    run.mark_starting()
    for moment in (time.time() + 3600, 0.0):
        os.utime(run.starting, (moment, moment))
        assert summarise(run).state == "starting" and runs_at_work()


# The state


@pytest.mark.parametrize(
    ("events", "held", "old", "state"),
    [
        ([], False, False, "starting"),
        ([], True, False, "starting"),
        ([], True, True, "starting"),
        ([], False, True, "died"),
        ([STARTED], True, False, "running"),
        ([STARTED, epoch(1)], True, True, "running"),
        ([STARTED], False, False, "died"),
        ([STARTED, epoch(1)], False, True, "died"),
        ([STARTED, epoch(1), COMPLETED], True, False, "finished"),
        ([STARTED, epoch(1), COMPLETED], False, True, "finished"),
        ([STARTED, Finished(at=1, reason="rule", sentence="", epochs=1)], False, True, "finished"),
        ([STARTED, STOPPED], False, True, "stopped"),
        ([STARTED, FAILED], False, True, "failed"),
        # Taken up again after an ending: what counts is what came last.
        ([STARTED, FAILED, STARTED], True, True, "running"),
        ([STARTED, STOPPED, STARTED, epoch(2)], True, True, "running"),
        ([STARTED, FAILED, STARTED, epoch(2)], False, True, "died"),
        ([STARTED, FAILED, STARTED, COMPLETED], False, True, "finished"),
        ([STARTED, COMPLETED, STARTED, FAILED], False, True, "failed"),
    ],
)
def test_the_list_tells_what_became_of_a_run(
    run: RunFolder, events: list[Event], held: bool, old: bool, state: str
) -> None:
    if events:
        append(run, events)
    if old:
        make_old(run)
    lock = run.acquire_lock() if held else None
    summary = summarise(run)
    assert summary.state == state
    assert summary.live == (state in ("starting", "running"))
    if lock is not None:
        os.close(lock)


def test_a_last_word_spoken_while_we_look_is_heard(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is read, then the trainer ends in good order, then the lock is looked at."""
    append(run, [STARTED, epoch(1)])

    def late(path: Path) -> Holder | None:
        monkeypatch.undo()
        append(run, [COMPLETED])
        return lock_holder(path)

    monkeypatch.setattr("tui.runs.store.run_folder.lock_holder", late)
    assert summarise(run).state == "finished"


def test_a_dead_run_names_the_epoch_it_died_in(run: RunFolder) -> None:
    append(run, [STARTED])
    assert summarise(run).status == "died at epoch 1"
    append(run, [epoch(1), epoch(2)])
    assert summarise(run).status == "died at epoch 3"
    append(run, [epoch(3), epoch(4)])
    assert summarise(run).status == "died at epoch 4"


def test_the_line_of_a_run_has_its_best_epoch_and_its_problem(run: RunFolder) -> None:
    append(run, [STARTED, epoch(1, 0.5), epoch(2, 0.75, 2), epoch(3, 0.75, 2), FAILED])
    summary = summarise(run)
    assert summary.title == "pets · course"
    assert (summary.epochs_done, summary.epochs) == (3, 4)
    assert (summary.best, summary.best_epoch, summary.best_metric) == (0.75, 2, "accuracy")
    assert summary.status == "failed" and summary.problem == "It broke."


# Making


# Listing and finding


def test_the_newest_run_stands_first(spec: TrainingSpec) -> None:
    days = [create_run(spec, now=datetime(2026, 11, day)) for day in (20, 22, 21)]
    assert [summary.run for summary in RunList().read()] == [days[1], days[2], days[0]]


def test_what_is_no_run_is_not_listed(home: Path, run: RunFolder) -> None:
    runs = home / "state" / "runs"
    (runs / "2026-empty").mkdir()
    (runs / ".hidden").mkdir()
    (runs / ".hidden" / "spec.json").write_text("{}")
    (runs / "a file").write_text("")
    assert list(iter_runs(runs)) == [run]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b'{"name":"x"}',
        b'{"name":"\xff\xfe"}',
        b"\0" * 100,
        b'{"name":"x","network":"n","data":{"directory":"d","classes":["a","b"]},"epochs":0}',
    ],
)
def test_a_damaged_run_is_listed_and_says_so(
    spec: TrainingSpec, run: RunFolder, damage: bytes
) -> None:
    whole = create_run(spec)
    (run.path / "spec.json").write_bytes(damage)
    append(run, [STARTED, epoch(2)])
    with pytest.raises(RunError, match="damaged"):
        run.spec()
    by_path = {summary.run.path: summary for summary in RunList().read()}
    assert by_path[whole.path].problem == ""
    summary = by_path[run.path]
    assert summary.title == run.name
    assert str(run.path) in summary.problem and "damaged" in summary.problem
    assert summary.status.startswith("died at epoch"), "its events are still told"
    assert summary.epochs_done == 2


def test_a_run_that_may_not_be_looked_into_hides_no_other(
    bound_by_permissions: Path, spec: TrainingSpec
) -> None:
    shut, whole = create_run(spec), create_run(spec)
    append(shut, [STARTED, epoch(2)])
    shut.path.chmod(0)
    try:
        by_path = {summary.run.path: summary for summary in RunList().read()}
        assert by_path[whole.path].problem == ""
        summary = by_path[shut.path]
        assert (summary.title, summary.status) == (shut.name, "unreadable")
        assert "Permission denied" in summary.problem
        assert not shut.deleted()
        assert newest_with_weights([summary]) is None
    finally:
        shut.path.chmod(0o700)
    assert summarise(shut).epochs_done == 2


def test_a_spec_that_is_a_folder_is_a_damaged_run(run: RunFolder) -> None:
    (run.path / "spec.json").unlink()
    (run.path / "spec.json").mkdir()
    (summary,) = RunList().read()
    assert "no readable spec.json" in summary.problem


def test_an_ended_run_is_read_once_until_it_grows(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.runs.store import run_list

    reads = 0

    def counting(*arguments: Any) -> RunSummary:
        nonlocal reads
        reads += 1
        return summarise(*arguments)

    monkeypatch.setattr(run_list, "summarise", counting)
    monkeypatch.setattr(run_list, "_TICK_SECONDS", 0.0)
    append(run, [STARTED, epoch(1), STOPPED])
    listing = RunList()
    for _ in range(3):
        assert [summary.state for summary in listing.read()] == ["stopped"]
    assert reads == 1

    # Taken up again: the list follows it to its new end.
    lock = run.acquire_lock()
    append(run, [STARTED])
    assert [summary.state for summary in listing.read()] == ["running"]
    append(run, [epoch(2)])
    assert [summary.epochs_done for summary in listing.read()] == [2]
    append(run, [FAILED])
    os.close(lock)
    assert [summary.state for summary in listing.read()] == ["failed"]


def test_a_starting_run_that_never_comes_is_reported_in_the_end(run: RunFolder) -> None:
    listing = RunList()
    assert [summary.state for summary in listing.read()] == ["starting"]
    make_old(run)
    assert [summary.state for summary in listing.read()] == ["died"]


def test_a_run_whose_folder_is_gone_is_gone_from_the_list(
    spec: TrainingSpec, run: RunFolder
) -> None:
    listing = RunList()
    assert len(listing.read()) == 1
    run.path.rename(run.path.parent / ".gone")
    assert listing.read() == []


def test_a_run_is_found_by_its_name_or_by_what_is_enough_of_it(spec: TrainingSpec) -> None:
    first = create_run(spec, now=datetime(2026, 11, 20))
    second = create_run(spec, now=datetime(2026, 11, 21))
    assert find_run(first.name) == first
    assert find_run(str(second.path)) == second
    assert find_run("2026-11-21") == second
    assert find_run(first.name[-9:]) == first
    with pytest.raises(RunError, match=r"no run 'dogs'.*cnn-tui runs"):
        find_run("dogs")
    with pytest.raises(RunError, match=r"2 runs of the same title. Name .*\(2026-11-21 00:00\)"):
        find_run(first.spec().name)  # both are named so
    write_label(second, name="a tenth")
    assert find_run("a tenth") == second and find_run(first.spec().name) == first
    assert find_run("TENTH") == second
    with pytest.raises(RunError, match=r"fits 2 runs\. Write more of the name, or"):
        find_run("2026")


def test_of_runs_with_one_title_the_one_at_work_or_the_newest_is_found(
    spec: TrainingSpec,
) -> None:
    first, second, third = (create_run(spec, now=datetime(2026, 11, day)) for day in (1, 2, 3))
    assert find_run(spec.name, "newest") == third
    assert [find_run(f"{spec.name} ·{number}") for number in (1, 2, 3)] == [first, second, third]
    for run in (first, second, third):
        os.utime(run.path / "spec.json", (0, 0))  # a new run counts as starting for a while
    lock = second.acquire_lock()
    second.events.touch()
    assert find_run(spec.name) == find_run(spec.name, "newest") == second
    with pytest.raises(RunError, match="Name one by its folder"):
        find_run(spec.name, "none")
    os.close(lock)


def test_a_run_that_is_paused_says_so_while_its_trainer_lives(run: RunFolder) -> None:
    lock = run.acquire_lock()
    run.events.touch()
    change_control(run.control, want="pause")
    assert summarise(run).paused and summarise(run).status == "paused"
    change_control(run.control, want="run")
    assert not summarise(run).paused and summarise(run).status == "running"
    change_control(run.control, want="pause")
    os.close(lock)
    assert not summarise(run).paused, "whoever is gone waits for nothing"
