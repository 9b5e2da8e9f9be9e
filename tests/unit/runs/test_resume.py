"""A run that is taken up again, as the app, the list and the follower see it."""

from __future__ import annotations

import os

import pytest

from tests.support.recording import append
from tests.unit.runs.conftest import sent_for_long_ago
from tests.unit.runs.written_events import RULED, STARTED, STOPPED, epoch, three_epochs
from tui.runs.control.control_file import ControlReader
from tui.runs.curves.growing_curve import Curve
from tui.runs.events.event_types import Event, Failed, Resumed
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.queue.resume import resume_run
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import checkpoint_path, epochs_to_keep, snapshot_path, snapshots
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import summarise


@pytest.fixture
def run(spec: TrainingSpec) -> RunFolder:
    return create_run(spec)


# Void epochs


def applied(*events: Event) -> RunProgress:
    progress = RunProgress()
    for event in events:
        progress.apply(event)
    return progress


def test_what_came_after_the_epoch_that_a_run_goes_on_from_is_forgotten() -> None:
    torn = epoch(4)[:2]
    resumed = applied(
        STARTED, *epoch(1), *epoch(2, 0.1), *epoch(3, 0.1), *torn, STARTED, Resumed(at=5.0, epoch=1)
    )
    assert resumed.epoch_numbers == [1] and resumed.history == {"accuracy": [0.51]}
    assert (resumed.best_epoch, resumed.best) == (1, 0.51)
    assert [event.epoch for event in resumed.epoch_details] == [1]
    assert list(resumed.batch_curves["loss"].x) == [0.5, 1.0]
    assert resumed.checkpoint == 1 and resumed.snapshots == [1] and resumed.resumed == [1]

    again = [*epoch(2), *epoch(3)]
    for event in again:
        resumed.apply(event)
    whole = applied(STARTED, *epoch(1), *again)
    assert resumed.history == whole.history and resumed.epoch_numbers == [1, 2, 3]
    assert list(resumed.batch_curves["loss"].y) == list(whole.batch_curves["loss"].y)


def test_a_run_that_begins_once_more_has_nothing() -> None:
    progress = applied(STARTED, *epoch(1), STARTED, Resumed(at=5.0, epoch=0))
    assert progress.epochs_done == 0 and progress.history == {"accuracy": []}
    assert progress.best is None and progress.best_epoch == 0
    assert len(progress.batch_curves["loss"]) == 0 and progress.snapshots == []


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 500, 1000])
def test_a_curve_that_was_cut_draws_as_one_that_was_never_longer(kept: int) -> None:
    cut, short = Curve(), Curve()
    for number in range(1000):
        cut.append(number, number * 7 % 31)
    for number in range(kept):
        short.append(number, number * 7 % 31)
    cut.cut(kept - 0.5)
    for number in range(kept, kept + 300):
        cut.append(number, number % 5)
        short.append(number, number % 5)
    for intervals in (5, 40, 10_000):
        assert cut.sample(intervals) == short.sample(intervals)


def test_the_list_counts_the_epochs_that_stay(run: RunFolder) -> None:
    three_epochs(run)
    assert run.epochs_done() == 3
    append(run, [STARTED, Resumed(at=5.0, epoch=2)])
    assert run.epochs_done() == 2 and summarise(run).epochs_done == 2
    append(run, [*epoch(3), STARTED, Resumed(at=6.0, epoch=1)])
    assert summarise(run).best_epoch == 1
    append(run, [STARTED, Resumed(at=6.0, epoch=0)])
    assert run.epochs_done() == 0


# Taking up


def test_an_ended_run_is_starting_until_its_trainer_speaks(run: RunFolder) -> None:
    three_epochs(run, STOPPED)
    run.request_stop()
    listing = RunList()
    assert listing.read()[0].state == "stopped"
    follower = RunFollower(run)
    follower.poll()
    assert follower.over

    assert resume_run(run, epochs=12, learning_rate=0.01) == 3
    control = ControlReader(run.control).read()
    assert (control.want, control.epochs, control.learning_rate) == ("run", 12, 0.01)
    assert summarise(run).state == "starting" and listing.read()[0].epochs == 12
    follower.poll()
    assert not follower.over, "a screen that is opened now waits for it"

    sent_for_long_ago(run)
    assert summarise(run).state == "stopped", "its trainer never came"


@pytest.mark.parametrize("ending", [STOPPED, Failed(at=3.0, what="x", where="y", cure="z"), None])
def test_what_did_not_end_by_itself_goes_on_as_it_is(run: RunFolder, ending: Event | None) -> None:
    three_epochs(run, *([ending] if ending is not None else []))
    assert resume_run(run) == 3
    assert ControlReader(run.control).read().epochs is None


def test_a_run_that_its_rule_ended_goes_on_without_one(run: RunFolder) -> None:
    three_epochs(run, RULED)
    with pytest.raises(RunError, match=r"is over: Stopped by the rule\. .* for example 8"):
        resume_run(run)
    resume_run(run, epochs=8)
    control = ControlReader(run.control).read()
    assert control.no_stop_rule and control.stop_rule is None and control.patience == 0


def test_what_cannot_be_resumed_says_why(run: RunFolder) -> None:
    three_epochs(run, STOPPED)
    for values, words in (
        ({"epochs": 3}, "3 epochs already, so 3 in all cannot be"),
        ({"epochs": 200_000}, "200000 epochs cannot be trained"),
        ({"learning_rate": -1.0}, "A learning rate of -1 does not train"),
    ):
        with pytest.raises(RunError, match=words):
            resume_run(run, **values)
    checkpoint_path(run, 3).unlink()
    with pytest.raises(RunError, match="no checkpoint to continue from"):
        resume_run(run)
    lock = run.acquire_lock()
    with pytest.raises(RunError, match="is being trained now"):
        resume_run(run)
    os.close(lock)
    assert not run.starting.exists() and not run.control.exists()


def test_a_run_that_died_before_its_first_epoch_begins_once_more(run: RunFolder) -> None:
    append(run, [STARTED, *epoch(1)[:2]])
    assert resume_run(run) == 0
    assert run.starting.exists()
    append(run, [epoch(1)[2]])
    assert resume_run(run) == 1, "its checkpoint was not whole yet"


# Snapshots


def test_snapshots_are_thinned_evenly_and_none_is_wanted_that_was_dropped() -> None:
    kept = {0}
    for newest in range(1, 300):
        wanted = set(epochs_to_keep(newest))
        assert wanted <= kept | {newest}
        assert {0, newest} <= wanted and len(wanted) <= 10
        kept = wanted
    assert epochs_to_keep(7, 2) == [0, 7]


def test_snapshots_are_listed_by_epoch(run: RunFolder) -> None:
    assert snapshots(run) == []
    snapshot_path(run, 0).parent.mkdir()
    for number in (0, 3, 12_345):
        snapshot_path(run, number).touch()
    (run.path / "kept" / "new-epoch-0004.npz").touch()
    assert snapshots(run) == [0, 3, 12_345]
