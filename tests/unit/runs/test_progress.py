"""What a run's events add up to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.strategies import any_event
from tui.runs.events.event_types import (
    BatchesEnded,
    CheckingImages,
    DataReady,
    EpochEnded,
    EpochStarted,
    Event,
    Failed,
    FileSaved,
    Finished,
    LibrariesLoaded,
    ModelReady,
    Notice,
    RunStarted,
    StopRequested,
    Validating,
)
from tui.runs.events.run_progress import RunProgress


def begun(epoch: int, at: float = 0.0, epochs: int = 4, steps: int = 10) -> EpochStarted:
    return EpochStarted(at=at, epoch=epoch, epochs=epochs, steps=steps)


def batches(
    epoch: int, first: int, losses: tuple[float | None, ...], at: float = 0.0
) -> BatchesEnded:
    return BatchesEnded(
        at=at, epoch=epoch, first=first, steps=10, values={"loss": losses}, images_per_second=100.0
    )


def ended(
    epoch: int,
    metrics: dict[str, float | None],
    *,
    at: float = 0.0,
    seconds: float = 2.0,
    best: float | None = None,
    best_epoch: int = 0,
) -> EpochEnded:
    return EpochEnded(
        at=at,
        epoch=epoch,
        epochs=4,
        seconds=seconds,
        images_per_second=50.0 * epoch,
        metrics=metrics,
        best_epoch=best_epoch,
        best=best,
        best_metric="val_accuracy",
    )


def after(*events: Event) -> RunProgress:
    progress = RunProgress()
    for event in events:
        progress.apply(event)
    return progress


def test_each_event_shows_in_the_phase() -> None:
    story: list[tuple[Event, str]] = [
        (RunStarted(at=5.0, pid=1, version="0"), "loading Keras"),
        (LibrariesLoaded(at=6, keras="3", backend="tensorflow", device="CPU"), "reading"),
        (CheckingImages(at=7, done=3, total=9), "checking images 3/9"),
        (DataReady(at=8, classes=("a", "b"), training_images=8, validation_images=1), "building"),
        (ModelReady(at=9, parameters=7, layers=2), "starting the first epoch"),
        (begun(1, at=10), "training"),
        (Validating(at=11, epoch=1, step=2, steps=5), "validating 2/5"),
        (ended(1, {"loss": 1.0}, at=12), "between epochs"),
        (StopRequested(at=13), "stopping"),
        (Finished(at=14, reason="stopped", sentence="Stopped.", epochs=1), "stopped"),
    ]
    progress = RunProgress()
    assert progress.phase == "waiting for the trainer"
    for event, phase in story:
        progress.apply(event)
        assert progress.phase.startswith(phase)
        assert progress.last_at == event.at
    assert progress.started_at == 5.0
    assert progress.stop_requested
    assert progress.data is not None and progress.data.classes == ("a", "b")
    assert progress.model is not None and progress.libraries is not None
    assert progress.ending is story[-1][0]


def test_a_failure_is_the_ending() -> None:
    failure = Failed(at=1, what="No.", where="here", cure="Yes.")
    progress = after(begun(1), failure)
    assert progress.phase == "failed" and progress.ending is failure


def test_batches_become_curves_over_epochs() -> None:
    progress = after(
        begun(1),
        batches(1, 1, (4.0, 3.0)),
        batches(1, 3, (2.0, None, 1.0)),
        begun(2),
        batches(2, 1, (0.5,)),
    )
    curve = progress.batch_curves["loss"]
    assert list(curve.x) == pytest.approx([0.1, 0.2, 0.3, 0.5, 1.1])
    assert list(curve.y) == [4.0, 3.0, 2.0, 1.0, 0.5]
    assert (progress.epoch, progress.batch, progress.steps) == (2, 1, 10)
    assert progress.images_per_second == 100.0


def test_the_history_has_a_row_an_epoch_for_every_metric() -> None:
    progress = after(
        ended(1, {"loss": 4.0, "accuracy": 0.25}),
        ended(2, {"loss": None, "accuracy": 0.5, "val_loss": 3.0}),
        ended(3, {"loss": 2.0}),
        ended(4, {"loss": 1.0, "late": 9.0}, best=0.75, best_epoch=2),
    )
    assert progress.epoch_numbers == [1, 2, 3, 4]
    assert progress.history == {
        "loss": [4.0, None, 2.0, 1.0],
        "accuracy": [0.25, 0.5, None, None],
        "val_loss": [None, 3.0, None, None],
        "late": [None, None, None, 9.0],
    }
    assert (progress.best_epoch, progress.best, progress.best_metric) == (2, 0.75, "val_accuracy")
    assert progress.epochs_done == 4
    assert progress.epoch_speeds == [50.0, 100.0, 150.0, 200.0]


@given(st.lists(any_event, max_size=25))
def test_no_sequence_of_events_tears_the_history(events: list[Event]) -> None:
    progress = after(*events)
    assert all(len(row) == len(progress.epoch_numbers) for row in progress.history.values())
    assert 0 <= progress.fraction <= 1
    left = progress.eta(progress.last_at)
    assert left is None or left == left


def test_files_and_notices_are_kept_once_and_in_order() -> None:
    progress = after(
        FileSaved(at=1, file="best.keras"),
        Notice(at=1, text="a"),
        FileSaved(at=2, file="best.keras"),
        FileSaved(at=3, file="final.keras"),
        Notice(at=3, text="b"),
    )
    assert progress.saved == ["best.keras", "final.keras"]
    assert progress.notices == progress.latest_notices == ["a", "b"]
    progress.apply(RunStarted(at=20, pid=2, version="0"))
    assert (progress.notices, progress.latest_notices) == (["a", "b"], []), "of the trainer before"


def test_the_share_done_counts_batches_and_never_goes_back() -> None:
    story: list[tuple[Event, float]] = [
        (RunStarted(at=0, pid=1, version="0"), 0.0),
        (begun(1), 0.0),
        (batches(1, 1, (1.0,) * 5), 0.125),
        (batches(1, 6, (1.0,) * 5), 0.25),
        (ended(1, {}), 0.25),
        (begun(2), 0.25),
        (batches(2, 1, (1.0,) * 4), 0.35),
        (ended(2, {}), 0.5),
        (ended(4, {}), 1.0),
    ]
    progress = RunProgress()
    for event, share in story:
        progress.apply(event)
        assert progress.fraction == pytest.approx(share)


def test_there_is_no_eta_before_the_first_batch() -> None:
    assert after().eta(0.0) is None
    assert after(begun(1)).eta(5.0) is None


def test_in_the_first_epoch_the_eta_follows_the_batches() -> None:
    # 5 of 40 batches took 10 s: the other 35 take 70 s.
    progress = after(begun(1, at=100.0), batches(1, 1, (1.0,) * 5, at=110.0))
    assert progress.eta(110.0) == pytest.approx(70.0)


def test_the_slow_first_epoch_does_not_spoil_the_eta() -> None:
    progress = after(
        begun(1, at=0.0),
        ended(1, {}, at=60.0, seconds=60.0),
        begun(2, at=60.0),
    )
    assert progress.eta(60.0) == pytest.approx(180.0), "there is nothing else to reckon from"
    progress.apply(ended(2, {}, at=70.0, seconds=10.0))
    assert progress.eta(70.0) == pytest.approx(20.0)
    progress.apply(begun(3, at=70.0))
    assert progress.eta(74.0) == pytest.approx(16.0)
    assert progress.eta(99.0) == pytest.approx(10.0), "an epoch that drags on is not over"
    progress.apply(ended(3, {}, at=80.0, seconds=10.0))
    progress.apply(ended(4, {}, at=90.0, seconds=10.0))
    assert progress.eta(90.0) == 0.0


@pytest.mark.parametrize("jump", [-10_800.0, 0.0, 10_800.0])
def test_a_clock_that_is_set_in_mid_epoch_does_not_spoil_the_eta(jump: float) -> None:
    data = DataReady(
        at=0, classes=("a", "b"), training_images=80, validation_images=0, loader="keras"
    )
    first = after(data, begun(1, at=100.0), batches(1, 1, (1.0,) * 5, at=110.0 + jump))
    # 5 of 10 batches: 40 of 80 images; three more epochs follow.
    speed = first.images_per_second
    assert first.eta(110.0 + jump) == pytest.approx((40 + 3 * 80) / speed)

    later = after(
        data,
        begun(1, at=0.0),
        ended(1, {}, at=60.0, seconds=60.0),
        begun(2, at=60.0),
        ended(2, {}, at=70.0, seconds=10.0),
        begun(3, at=70.0),
        batches(3, 1, (1.0,) * 5, at=75.0 + jump),
    )
    assert later.eta(75.0 + jump) == pytest.approx(15.0)


def test_a_run_that_begins_anew_is_not_ended_any_more() -> None:
    progress = after(
        RunStarted(at=1, pid=1, version="0"),
        batches(1, 1, (0.5, 0.4)),
        StopRequested(at=2),
        Finished(at=3, reason="stopped", sentence="", epochs=1),
    )
    assert progress.images_per_second
    progress.apply(RunStarted(at=4, pid=2, version="0"))
    assert not progress.images_per_second, "nothing is computed while Keras is loaded"
    assert progress.ending is None and not progress.stop_requested
    assert progress.phase == "loading Keras"
