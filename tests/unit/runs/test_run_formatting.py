"""A run in words and rows."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.runs.strategies import any_event, maybe
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
    LeftOutImage,
    LibrariesLoaded,
    ModelReady,
    Notice,
    RunStarted,
    StopRequested,
    Validating,
)
from tui.runs.export.run_formatting import (
    duration,
    failure_sentence,
    history_csv,
    log_lines,
    metrics_line,
)

ESCAPE = "\x1b[2J"


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (RunStarted(at=0, pid=1, version="0"), ["loading Keras …"]),
        (
            LibrariesLoaded(at=0, keras="3.1", backend="tensorflow", device="CPU, 2 cores"),
            ["Keras 3.1 on tensorflow, CPU, 2 cores"],
        ),
        (CheckingImages(at=0, done=0, total=9), ["checking images 0/9"]),
        (CheckingImages(at=0, done=5, total=9), []),
        (
            DataReady(
                at=0,
                classes=("cats", f"dogs{ESCAPE}"),
                training_images=40,
                validation_images=10,
                left_out=(LeftOutImage(f"cats/{ESCAPE}.jpg", "empty file"),),
            ),
            [
                "40 training and 10 validation images in 2 classes: cats, dogs␛[2J",
                "left out: cats/␛[2J.jpg: empty file",
            ],
        ),
        (
            DataReady(
                at=0,
                classes=("cats", "dogs"),
                training_images=144,
                validation_images=1355,
                share=0.1,
                readable_images=1442,
            ),
            [
                "144 of 1,442 training images (a share of 0.1 of each class) and 1,355 validation "
                "images in 2 classes: cats, dogs",
            ],
        ),
        (
            ModelReady(at=0, parameters=9494561, layers=9),
            ["network with 9,494,561 parameters in 9"],
        ),
        (EpochStarted(at=0, epoch=1, epochs=2, steps=3), []),
        (
            BatchesEnded(at=0, epoch=1, first=1, steps=3, values={}, images_per_second=1),
            [],
        ),
        (Validating(at=0, epoch=1, step=1, steps=3), []),
        (
            EpochEnded(
                at=0,
                epoch=2,
                epochs=15,
                seconds=75.2,
                images_per_second=1234.5,
                metrics={"val_loss": None, "loss": 0.25, "accuracy": 0.5},
                best_epoch=1,
                best=0.5,
                best_metric="accuracy",
            ),
            ["epoch 2/15  accuracy 0.5000  loss 0.2500  val_loss not finite  1:15  1,234 images/s"],
        ),
        (Notice(at=0, text=f"Mind {ESCAPE} this."), ["Mind ␛[2J this."]),
        (StopRequested(at=0), ["stopping after the current batch …"]),
        (FileSaved(at=0, file="best.keras"), ["saved best.keras"]),
        (
            Failed(at=0, what="The disk is full.", where="writing", cure="Free some space."),
            ["Training failed (writing): The disk is full. Free some space."],
        ),
        (Finished(at=0, reason="completed", sentence="All done.", epochs=2), ["All done."]),
    ],
)
def test_the_log_tells_an_event_in_plain_words(event: Event, lines: list[str]) -> None:
    told = log_lines(event)
    assert len(told) == len(lines)
    assert all(line.startswith(wanted) for line, wanted in zip(told, lines, strict=True))


@given(any_event)
def test_a_log_line_is_one_line_that_no_terminal_obeys(event: Event) -> None:
    for line in log_lines(event):
        assert "\n" not in line and "\x1b" not in line and "\x9b" not in line


def test_a_hundred_classes_do_not_flood_the_log() -> None:
    event = DataReady(
        at=0,
        classes=tuple(f"class {n}" for n in range(1000)),
        training_images=1,
        validation_images=0,
    )
    (line,) = log_lines(event)
    assert "1000 classes" in line and len(line) < 400


def test_a_failure_without_a_place_is_one_sentence() -> None:
    failure = Failed(at=0, what="No.", where="", cure="")
    assert failure_sentence(failure) == "Training failed: No."
    own = replace(failure, what="fit.py ended with ValueError: no", where="training", cure="Look.")
    assert failure_sentence(own) == "Training failed: fit.py ended with ValueError: no. Look."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (12.2, "12 s"),
        (59.4, "59 s"),
        (59.6, "1:00"),
        (60, "1:00"),
        (3599, "59:59"),
        (3599.7, "1:00:00"),
        (360_000, "100:00:00"),
    ],
)
def test_a_time_reads_as_a_person_writes_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_metrics_stand_in_a_fixed_order_with_strangers_last() -> None:
    line = metrics_line({"zeta": 1.0, "val_loss": 4.0, "auc": 2.0, "loss": 3.0})
    assert [part.split()[0] for part in line.split("  ")] == ["loss", "val_loss", "auc", "zeta"]


def test_the_history_as_csv() -> None:
    history: dict[str, list[float | None]] = {"loss": [0.5, None], "accuracy": [0.25, 1e-7]}
    text = history_csv([1, 2], history)
    assert text == "epoch,loss,accuracy\n1,0.5,0.25\n2,,1e-07\n"
    assert history_csv([], {}) == "epoch\n"


@given(
    st.integers(0, 5).flatmap(
        lambda rows: st.dictionaries(
            # The column of the epochs is no metric's.
            st.text(st.characters(categories=["L", "P"]), min_size=1, max_size=8).filter(
                lambda name: name != "epoch" and name.isidentifier()
            ),
            st.lists(maybe, min_size=rows, max_size=rows),
            min_size=1,
            max_size=4,
        )
    )
)
def test_csv_reads_back_to_the_same_numbers(history: dict[str, list[float | None]]) -> None:
    rows = len(next(iter(history.values())))
    read = list(csv.DictReader(io.StringIO(history_csv(list(range(1, rows + 1)), history))))
    assert [int(row["epoch"]) for row in read] == list(range(1, rows + 1))
    for name, values in history.items():
        assert [float(row[name]) if row[name] else None for row in read] == values
