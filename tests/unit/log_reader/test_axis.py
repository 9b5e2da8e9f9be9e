"""What an epoch is in a log of steps, and the values within and at the end of epochs."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest

from tests.support.log_files import event_folder, text_file
from tests.unit.log_reader.reading import Reading
from tui.log_reader.axis import MOST_BLOCKS
from tui.runs.settings.external_spec import CurveRoles


def test_a_series_says_the_epoch_of_each_step(tmp_path: Path) -> None:
    steps = [50 * number + 49 for number in range(8)]
    event_folder(
        tmp_path,
        {
            "train_loss": [(step, 1 / step) for step in steps],
            "val_loss": [(199, 0.5), (399, 0.25)],
            "epoch": [(step, step // 200) for step in steps],
            "lr-Adam": [(step, 0.01 if step < 200 else 0.001) for step in steps],
            "hp_metric": [(0, -1.0)],
        },
        simple=True,
    )
    read = Reading(tmp_path, "tensorboard")
    assert read.numbers() == [1, 2]
    history = read.history()
    mean = sum(1 / step for step in steps[:4]) / 4
    assert history["loss"][0] == pytest.approx(mean, rel=1e-5)
    assert history["val_loss"] == [0.5, 0.25] and history["hp_metric"] == [-1.0, None]
    assert "epoch" not in history and "lr-Adam" not in history
    assert [row.learning_rate for row in read.curves.epochs] == [0.01, 0.001]
    assert read.curves.batches[1].numbers["loss"] == [50, 100, 150, 200]
    assert "epoch" in read.axis.sentence


def test_validations_end_epochs(tmp_path: Path) -> None:
    event_folder(
        tmp_path,
        {
            "Loss/train": [(step, 10 - step / 10) for step in range(0, 60, 5)],
            "Loss/val": [(20, 5.0), (40, 4.0)],
        },
        simple=True,
    )
    read = Reading(tmp_path, "tensorboard")
    assert (read.axis.kind, read.numbers()) == ("validation", [1, 2])
    assert read.history() == {"loss": [9.0, 6.75], "val_loss": [5.0, 4.0]}
    assert read.curves.batches[3].numbers == {"loss": [5, 10, 15]}  # the epoch at work
    assert read.curves.batches[3].steps == 20


def test_a_step_for_each_epoch_of_training_and_validation(tmp_path: Path) -> None:
    event_folder(
        tmp_path,
        {
            "Accuracy/train": [(epoch, epoch / 10) for epoch in range(5)],
            "Accuracy/test": [(epoch, epoch / 20) for epoch in range(5)],
        },
        simple=True,
    )
    read = Reading(tmp_path, "tensorboard")
    assert read.numbers() == [1, 2, 3, 4, 5]
    assert read.history()["val_accuracy"] == [0, 0.05, 0.1, 0.15, 0.2]
    assert not read.curves.batches


def test_steps_alone_are_epochs_while_there_are_few(tmp_path: Path) -> None:
    event_folder(tmp_path, {"loss": [(step, 1.0) for step in range(1, 8)]}, simple=True)
    read = Reading(tmp_path, "tensorboard")
    assert read.numbers() == list(range(1, 8))
    assert "each epoch here is one step" in read.axis.sentence


@pytest.mark.parametrize(("every", "block"), [(1, 50), (50, 50), (64, 100)])
def test_many_steps_alone_are_blocks(tmp_path: Path, every: int, block: int) -> None:
    last = 20_000 if every == 1 else 100 * every
    lines = [f"{step},{math.exp(-step / 5000)}" for step in range(0, last + 1, every)]
    read = Reading(text_file(tmp_path / "a.csv", "step,loss\n" + "\n".join(lines) + "\n"), "csv")
    assert read.axis.block == block and f"{block:,} steps" in read.axis.sentence
    assert len(read.numbers()) <= 2 * MOST_BLOCKS
    values = [value for value in read.history()["loss"] if value is not None]
    assert all(later < earlier for earlier, later in itertools.pairwise(values))


def test_blocks_grow_with_the_log_and_not_with_every_step(tmp_path: Path) -> None:
    from tui.log_reader.axis import axis_of
    from tui.log_reader.series import SeriesStore
    from tui.runs.watched.series_names import name_series

    store, block, seen = SeriesStore(), 0, []
    for step in range(1, 20_001):
        store.add("loss", step, 1.0, 0.0)
        if step % 100 == 0:
            axis = axis_of(store, name_series(store.series), rows_are_epochs=False, block=block)
            block = axis.block
            seen.append(block)
    assert seen == sorted(seen) and len(set(seen)) < 8


def test_chosen_roles_change_what_is_drawn(tmp_path: Path) -> None:
    event_folder(
        tmp_path,
        {"a": [(n, n / 10) for n in range(4)], "loss": [(n, 1.0) for n in range(4)]},
        simple=True,
    )
    roles = CurveRoles(loss="", accuracy="a", val_loss="gone")
    history = Reading(tmp_path, "tensorboard", roles=roles).history()
    assert history == {"accuracy": [0.0, 0.1, 0.2, 0.3], "loss (series)": [1.0] * 4}


def test_a_loss_that_is_not_finite_once_is_not_finite_for_its_epoch(tmp_path: Path) -> None:
    event_folder(
        tmp_path,
        {
            "train/loss": [(1, 1.0), (2, math.nan), (3, 1.0), (4, 2.0)],
            "val/loss": [(2, 0.5), (4, math.inf)],
        },
        simple=True,
    )
    read = Reading(tmp_path, "tensorboard")
    assert read.history() == {"loss": [None, 1.5], "val_loss": [0.5, None]}
    assert read.curves.batches[1].values == {"loss": [1.0]}


def test_a_long_log_keeps_its_means_its_ends_and_its_shape(tmp_path: Path) -> None:
    """A hundredth of the room that the points would take."""
    count, per_epoch = 60_000, 6000
    values = [2 * math.exp(-step / 20_000) + math.sin(step) / 10 for step in range(count)]
    ends = range(per_epoch - 1, count, per_epoch)
    event_folder(
        tmp_path,
        {"train/loss": list(enumerate(values)), "val/loss": [(end, end / count) for end in ends]},
    )
    exact = Reading(tmp_path, "tensorboard")
    small = Reading(tmp_path, "tensorboard", budget=2000)
    assert small.numbers() == exact.numbers() == list(range(1, 11))
    assert small.history()["val_loss"] == exact.history()["val_loss"]
    pairs = zip(small.history()["loss"], exact.history()["loss"], strict=True)
    assert all(a == pytest.approx(b, rel=0.02) for a, b in pairs)
    drawn = small.curves.batches[5].values["loss"]
    whole = exact.curves.batches[5].values["loss"]
    assert len(drawn) < len(whole) / 50
    assert max(drawn) == pytest.approx(max(whole), rel=0.02)
    assert min(drawn) == pytest.approx(min(whole), rel=0.02)
