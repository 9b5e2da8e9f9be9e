"""The progress of a training that says neither its epochs nor its batches nor its images."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.external_runs import batches, beginning, epoch_begun, epochs_of, falling, usual
from tui.runs.events.compaction import compact
from tui.runs.events.event_log import EventReader, EventWriter
from tui.runs.events.event_types import EpochEnded, Event
from tui.runs.events.log_end import epoch_of_death
from tui.runs.events.run_progress import RunProgress


def progress_of(*events: Event) -> RunProgress:
    progress = RunProgress()
    for event in events:
        progress.apply(event)
    return progress


def ended(epoch: int, *, epochs: int = 0, seconds: float = 10.0) -> EpochEnded:
    return EpochEnded(
        at=20.0,
        epoch=epoch,
        epochs=epochs,
        seconds=seconds,
        images_per_second=0.0,
        metrics={"loss": 0.5},
        best_epoch=epoch,
        best=0.5,
        best_metric="loss",
    )


def unknown(last: int, epoch: int = 1) -> list[Event]:
    """Return the batches of an epoch whose number of batches is not known, up to one."""
    return [
        epoch_begun(epoch, epochs=0, steps=0),
        *(
            batches(epoch, first, min(first + 9, last), steps=0, speed=0.0, loss=1.0)
            for first in range(1, last + 1, 10)
        ),
    ]


@pytest.mark.parametrize("last", [1, 10, 63, 64, 65, 500, 5_000])
def test_the_batches_of_an_epoch_of_unknown_length_stay_within_it_and_in_order(last: int) -> None:
    curve = progress_of(*unknown(last)).batch_curves["loss"]
    xs = list(curve.x)
    assert len(xs) == last
    assert xs == sorted(xs) and xs[0] > 0 and xs[-1] <= 1
    assert list(curve.y) == [1.0 / number for number in range(1, last + 1)]


def test_once_the_epoch_has_ended_its_batches_fill_it() -> None:
    progress = progress_of(*unknown(100), ended(1))
    xs = list(progress.batch_curves["loss"].x)
    assert xs[-1] == pytest.approx(1.0)
    assert xs[49] == pytest.approx(0.5)
    for event in unknown(100, epoch=2):
        progress.apply(event)
    xs = list(progress.batch_curves["loss"].x)
    assert xs[149] == pytest.approx(1.5) and xs[-1] == pytest.approx(2.0)


def test_nothing_is_estimated_without_the_number_of_epochs() -> None:
    progress = progress_of(*unknown(50))
    assert progress.eta(1e10) is None and progress.fraction == 0.0
    progress.apply(ended(1))
    assert progress.eta(1e10) is None and progress.fraction == 0.0
    assert progress.epoch_of_death == 2 and epoch_of_death(0, 0) == 1


def test_batches_per_second_stand_for_unknown_images() -> None:
    progress = progress_of(*unknown(50))
    assert progress.images_per_second == 0
    assert progress.batches_per_second == pytest.approx(5.0)
    progress.apply(ended(1, seconds=20.0))
    assert progress.batches_per_second == pytest.approx(2.5)


def test_fewer_epochs_than_have_ended_leave_no_time() -> None:
    progress = progress_of(*epochs_of([usual(n) for n in range(1, 4)], epochs=2))
    assert progress.eta(1e10) == 0.0 and progress.fraction == 1.0


def test_compacting_keeps_the_curve_of_an_epoch_of_unknown_length(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    for event in [*beginning(), *unknown(3_000), ended(1), *unknown(700, epoch=2)]:
        writer.write(event)
    before = progress_of(*EventReader(path).read())
    compact(writer)
    after = progress_of(*EventReader(path).read())
    writer.close()
    first, second = before.batch_curves["loss"], after.batch_curves["loss"]
    assert list(second.x) == pytest.approx(list(first.x))
    assert list(second.y) == pytest.approx(list(first.y))


def test_an_epoch_that_is_only_said_to_have_ended_is_the_present_one() -> None:
    progress = progress_of(ended(1), ended(2))
    assert (progress.epoch, progress.epochs_done) == (2, 2)


def test_a_metric_that_appears_late_has_no_values_before() -> None:
    rows = [{"loss": falling(1)}, {"loss": falling(2), "val_loss": 0.9}]
    progress = progress_of(*epochs_of(rows))
    assert progress.history["val_loss"] == [None, 0.9]
    assert progress.best_metric == "val_loss" and progress.best_epoch == 2
