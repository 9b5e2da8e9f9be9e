"""The order of the queue: moved, left and entered, whoever else is at it."""

from __future__ import annotations

import os
import time

import pytest

from tests.support.recording import append
from tests.unit.runs.conftest import sent_for_long_ago
from tests.unit.runs.queued_runs import queued, together
from tui.cli.training.start_training import make_run
from tui.common.paths import runs_dir
from tui.runs.events.event_types import Finished
from tui.runs.queue import order as queue_order
from tui.runs.queue.claims import claim_next, forget_claim
from tui.runs.queue.mark import QueueMark
from tui.runs.queue.order import leave_queue, move_run, shift_run
from tui.runs.queue.resume import queue_run, resume_run
from tui.runs.queue.waiting_runs import queue_places, waiting_runs
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_lock import STARTING_GRACE
from tui.runs.store.run_summary import summarise


@pytest.fixture
def five(spec: TrainingSpec) -> list[RunFolder]:
    """Return five runs that wait, in their order."""
    return queued(spec, 5)


def order(runs: list[RunFolder]) -> str:
    """Return the queue as letters: a is the run that was put there first."""
    return "".join("abcde"[runs.index(run)] for run in waiting_runs())


@pytest.mark.parametrize(
    ("moved", "place", "after", "now"),
    [
        ("e", 1, "eabcd", 1),
        ("a", 5, "bcdea", 5),
        ("d", 2, "adbce", 2),
        ("b", 4, "acdbe", 4),
        ("c", 3, "abcde", 3),
        ("c", 0, "cabde", 1),
        ("c", 99, "abdec", 5),
    ],
)
def test_a_run_gets_another_place(
    five: list[RunFolder], moved: str, place: int, after: str, now: int
) -> None:
    run = five["abcde".index(moved)]
    assert move_run(run, place) == (now, 5)
    assert order(five) == after
    assert queue_places(RunList().read())[run] == now


def test_a_run_goes_forwards_and_backwards_and_stops_at_the_ends(five: list[RunFolder]) -> None:
    c = five[2]
    assert [shift_run(c, by)[0] for by in (-1, -1, -1, +1, +2, +9)] == [2, 1, 1, 2, 4, 5]
    assert order(five) == "abdec"
    assert shift_run(c, -2) == (3, 5) and order(five) == "abcde"


def test_whoever_comes_after_a_move_stands_last(five: list[RunFolder], spec: TrainingSpec) -> None:
    move_run(five[0], 5)
    new = create_run(spec, queued=True)
    assert waiting_runs()[-1] == new
    assert move_run(five[4], 1) == (1, 6) and waiting_runs()[0] == five[4]


@pytest.mark.parametrize("written", range(5))
def test_a_move_that_is_cut_off_loses_no_run(
    five: list[RunFolder], written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app is killed, or the disk is full, after so many marks of the new order."""
    left, put = written, queue_order.put_mark

    def cut_off(run: RunFolder, mark: QueueMark) -> None:
        nonlocal left
        if not left:
            raise RunError("No space left on device")
        left -= 1
        put(run, mark)

    monkeypatch.setattr(queue_order, "put_mark", cut_off)
    with pytest.raises(RunError, match="No space"):
        move_run(five[0], 5)
    assert sorted(order(five)) == list("abcde")
    assert order(five)[:written] == "bcdea"[:written], "what was written stands in its new order"
    assert not [name for run in five for name in os.listdir(run.path) if ".new" in name]


def test_two_apps_that_move_at_once_undo_nothing_of_each_other(five: list[RunFolder]) -> None:
    def forwards() -> None:
        for _ in range(2):
            shift_run(five[4], -1)

    together(forwards, forwards)
    assert order(five) == "eabcd", "four steps in all"


# Started meanwhile


def test_what_the_queue_takes_counts_as_at_work_and_cannot_be_moved_or_taken_out(
    five: list[RunFolder],
) -> None:
    claimed = claim_next(())
    assert claimed is not None and claimed.run == five[0]
    assert summarise(five[0]).state == "starting" and order(five) == "bcde"
    assert claim_next(()) is None, "one run at a time"
    for change in (lambda: move_run(five[0], 3), lambda: leave_queue(five[0])):
        with pytest.raises(RunError, match="is no longer waiting: it has been started"):
            change()
    with pytest.raises(RunError, match="is being trained now"):
        resume_run(five[0])
    forget_claim(claimed.run, claimed.mark)
    assert not five[0].starting.exists() and not five[0].queue_mark.exists()


def test_a_run_that_is_taken_out_as_it_is_started_is_one_or_the_other(
    spec: TrainingSpec,
) -> None:
    for _ in range(30):
        run = create_run(spec, queued=True)
        claimed: list[object] = []
        refused: list[object] = []

        def take_out(run: RunFolder = run, refused: list[object] = refused) -> None:
            try:
                leave_queue(run)
            except RunError as error:
                refused.append(error)

        def claim(claimed: list[object] = claimed) -> None:
            claimed.append(claim_next(()))

        together(take_out, claim)
        assert bool(refused) == (claimed != [None])
        assert run.state(None) == ("starting" if refused else "aside")
        run.path.rename(run.path.with_name(f".gone-{run.name}"))


def test_a_run_whose_queue_was_killed_before_its_trainer_came_waits_again(
    five: list[RunFolder],
) -> None:
    assert claim_next(()) is not None  # and then nothing: the queue's process is gone
    sent_for_long_ago(five[0])
    assert order(five) == "abcde"
    claimed = claim_next(())
    assert claimed is not None and claimed.run == five[0]


def test_what_was_tried_is_not_started_twice_but_may_be_queued_anew(five: list[RunFolder]) -> None:
    claimed = claim_next(())
    assert claimed is not None
    five[0].starting.unlink()
    second = claim_next({claimed.entry})
    assert second is not None and second.run == five[1]
    five[1].starting.unlink()
    leave_queue(five[0])
    queue_run(five[0])
    third = claim_next({claimed.entry, second.entry})
    assert third is not None and third.run == five[2]
    five[2].starting.unlink()
    move_run(five[0], 1)
    again = claim_next({claimed.entry, second.entry, third.entry})
    assert again is not None and again.run == five[0]


# Out of the queue, and in again


def test_a_run_that_never_began_is_set_aside_and_comes_back_as_the_last(
    five: list[RunFolder],
) -> None:
    b = five[1]
    spec_before = b.spec()
    leave_queue(b)
    long_ago = time.time() - 10 * STARTING_GRACE
    os.utime(b.path / "spec.json", (long_ago, long_ago))
    summary = summarise(b)
    assert (summary.state, summary.status, summary.live) == ("aside", "set aside", False)
    assert order(five) == "acde" and b.spec() == spec_before
    for refused in (lambda: leave_queue(b), lambda: move_run(b, 1)):
        with pytest.raises(RunError, match="is out of the queue"):
            refused()
    assert queue_run(b) == 0
    assert order(five) == "acdeb" and summarise(b).state == "queued"


def test_a_run_set_aside_may_start_at_once(five: list[RunFolder]) -> None:
    leave_queue(five[3])
    assert resume_run(five[3]) == 0
    assert five[3].state(None) == "starting"


def test_a_run_that_does_not_wait_cannot_be_moved(run: RunFolder, spec: TrainingSpec) -> None:
    (run.path / "events.jsonl").write_text("")
    for refused in (lambda: move_run(run, 1), lambda: leave_queue(run)):
        with pytest.raises(RunError, match=r"does not wait in the queue\. `cnn-tui runs` says"):
            refused()
    waits = create_run(spec, queued=True)
    with pytest.raises(RunError, match="waits in the queue already"):
        queue_run(waits)


def test_a_mark_of_an_earlier_version_is_moved_as_any(five: list[RunFolder]) -> None:
    five[0].queue_mark.write_text(f"{time.time():.6f}")
    assert order(five) == "bcdea"
    assert move_run(five[0], 2) == (2, 5) and order(five) == "bacde"
    assert len(os.listdir(runs_dir())) == 5


# A clock that is set


def test_a_run_that_is_queued_after_the_clock_was_set_back_stands_last(
    spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_run(spec, queued=True)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 10_800.0)
    second = make_run(spec, queued=True)
    ended = make_run(spec)
    write_ending(ended)
    queue_run(ended, epochs=99)
    third = make_run(spec, queued=True)
    assert waiting_runs() == [first, second, ended, third]


def write_ending(run: RunFolder) -> None:
    """Have a run say that it was stopped."""
    append(run, [Finished(at=1.0, reason="stopped", sentence="Stopped.", epochs=0)])
