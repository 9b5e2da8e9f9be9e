"""Events as lines of JSON."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.strategies import EVENT_TYPES, any_event, events_of
from tui.runs.events.event_log import decode, encode
from tui.runs.events.event_types import (
    BatchesEnded,
    DataReady,
    EpochEnded,
    Event,
    Failed,
    Finished,
)
from tui.runs.export.run_formatting import failure_sentence


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_type_comes_back_as_it_was(kind: type) -> None:
    @given(events_of(kind))
    def comes_back(event: Event) -> None:
        line = encode(event)
        assert b"\n" not in line and b"\r" not in line
        assert decode(line) == event

    comes_back()


def test_every_type_has_a_name_of_its_own_on_disk() -> None:
    names = {kind.__struct_config__.tag for kind in EVENT_TYPES}  # type: ignore[attr-defined]
    assert len(names) == len(EVENT_TYPES)
    assert {"run_started", "epoch_ended", "batches_ended", "failed", "finished"} <= names


@given(any_event)
def test_a_line_names_its_type_and_its_time(event: Event) -> None:
    record = json.loads(encode(event))
    assert record["type"] and record["at"] == event.at


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_read_back_as_none(value: float) -> None:
    event = EpochEnded(
        at=1.0,
        epoch=1,
        epochs=1,
        seconds=1.0,
        images_per_second=1.0,
        metrics={"loss": value},
        best_epoch=0,
        best=None,
        best_metric="accuracy",
    )
    back = decode(encode(event))
    assert isinstance(back, EpochEnded)
    assert back.metrics == {"loss": None}


@given(st.binary(max_size=200))
def test_no_line_breaks_the_reader(line: bytes) -> None:
    decode(line)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"type":"finished"}',
        b'{"type":"finished","at":1,"reason":"bored","sentence":"","epochs":1}',
        b'{"type":"telepathy","at":1}',
        b'{"type":"notice","at":1,"text":"\xff\xfe"}',
        b'{"type":"notice","at":1,"text":"torn',
    ],
)
def test_a_damaged_or_unknown_line_is_none(line: bytes) -> None:
    assert decode(line) is None


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    line = b'{"type":"finished","at":1,"reason":"rule","sentence":"s","epochs":2,"mood":"good"}'
    assert decode(line) == Finished(at=1, reason="rule", sentence="s", epochs=2)


def test_a_failure_of_yesterday_is_read_and_said_as_it_was() -> None:
    line = (
        b'{"type":"failed","at":1,"what":"No number.","where":"training","cure":"The state after '
        b'epoch 2 is kept: `cnn-tui runs resume x --learning-rate 0.1` goes on from there."}'
    )
    failed = decode(line)
    assert isinstance(failed, Failed)
    assert (failed.kept, failed.learning_rate, failed.not_finite) == (0, 0.0, False)
    assert failure_sentence(failed, key="r") == (
        "Training failed: No number. The state after epoch 2 is kept: `cnn-tui runs "
        "resume x --learning-rate 0.1` goes on from there."
    )


def test_the_share_of_the_largest_class_is_known_from_its_images() -> None:
    data = DataReady(
        at=0,
        classes=("a", "b"),
        training_images=4,
        validation_images=3,
        class_images=(3, 1),
        class_validation_images=(1, 2),
    )
    assert (data.guessed, data.guessed_validated) == (0.75, 2 / 3)
    older = DataReady(at=0, classes=("a", "b"), training_images=4, validation_images=3)
    assert (older.guessed, older.guessed_validated) == (0.0, 0.0)
    weighted = msgspec.structs.replace(data, class_weights=(1.0, 3.0))
    assert (weighted.guessed, weighted.guessed_validated) == (0.0, 0.0), "not its aim"


def test_the_last_batch_is_reckoned_from_the_first() -> None:
    def batches(values: dict[str, tuple[float | None, ...]]) -> BatchesEnded:
        return BatchesEnded(at=0, epoch=1, first=5, steps=9, values=values, images_per_second=1.0)

    assert batches({"loss": (1.0, None, 2.0), "accuracy": (0.1, 0.2, 0.3)}).last == 7
    assert batches({}).last == 4
