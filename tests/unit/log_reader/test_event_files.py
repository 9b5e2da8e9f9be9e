"""TensorBoard's event files: what is read of them, and what damage does."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from tests.support.log_files import (
    BEGAN,
    append_scalars,
    event_folder,
    keras_logs,
    large_record,
)
from tests.unit.log_reader.reading import Reading
from tui.log_reader.event_records import find_records
from tui.log_reader.growing_file import Restarted
from tui.runs.export.tensorboard_logs import first_record, record, scalars_record

LOSS = [(step, 1 / (step + 1)) for step in range(5)]


@pytest.mark.parametrize("simple", [False, True], ids=["tensors", "simple values"])
def test_both_forms_of_a_scalar_are_read(tmp_path: Path, simple: bool) -> None:
    event_folder(tmp_path, {"loss": LOSS, "nan": [(0, math.nan), (1, math.inf)]}, simple=simple)
    read = Reading(tmp_path, "tensorboard")
    assert [step for step, _ in read.points("loss")] == [step for step, _ in LOSS]
    assert [value for _, value in read.points("loss")] == pytest.approx([v for _, v in LOSS])
    assert [math.isnan(value) for _, value in read.points("nan")] == [True, True]
    assert read.store.series["loss"].stretches().at.tolist() == [BEGAN + n for n in range(5)]


def test_other_types_of_tensors_are_numbers_too_and_texts_are_none(tmp_path: Path) -> None:
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.util import tensor_util

    def event(tag: str, value: object, dtype: str) -> bytes:
        import numpy as np

        tensor = tensor_util.make_tensor_proto(np.array(value, dtype))
        summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, tensor=tensor)])
        return record(event_pb2.Event(wall_time=1, step=3, summary=summary).SerializeToString())

    parts = [
        event("half", 0.5, "float16"),
        event("double", 0.25, "float64"),
        event("whole", 7, "int64"),
        event("vector", [1.0, 2.0], "float32"),
        event("text", "hello", "object"),
    ]
    (tmp_path / "events.out.tfevents.1").write_bytes(first_record(1.0) + b"".join(parts))
    read = Reading(tmp_path, "tensorboard")
    assert {name: read.points(name) for name in read.store.series} == {
        "half": [(3, 0.5)],
        "double": [(3, 0.25)],
        "whole": [(3, 7.0)],
    }


def test_keras_callback_is_one_run_with_its_batches(tmp_path: Path) -> None:
    read = Reading(keras_logs(tmp_path / "logs", 3, batches=5), "tensorboard")
    assert read.numbers() == [1, 2, 3]
    history = read.history()
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history["val_loss"] == [1.2, 0.6, 0.4]
    rows = read.curves
    assert [row.learning_rate for row in rows.epochs] == [0.001] * 3
    assert {number: row.numbers for number, row in rows.batches.items()} == {
        number: {"loss": [1, 2, 3, 4, 5]} for number in (1, 2, 3)
    }
    assert rows.batches[2].values["loss"][0] == pytest.approx(2 / 6, abs=1e-6)
    assert [round(row.seconds) for row in rows.epochs] == [10, 10, 10]
    assert read.axis.kind == "epochs"


def test_scalars_that_a_keras_user_adds_by_epoch_are_metrics_of_epochs(tmp_path: Path) -> None:
    keras_logs(tmp_path, 3, batches=5)
    event_folder(tmp_path / "metrics", {"temperature": [(0, 3.0), (1, 2.0), (2, 1.0)]})
    assert Reading(tmp_path, "tensorboard").history()["metrics/temperature"] == [3, 2, 1]


def test_add_scalars_folders_belong_to_the_run(tmp_path: Path) -> None:
    event_folder(tmp_path, {"lr": [(0, 0.1)]}, simple=True)
    for key, factor in (("train", 1.0), ("val", 1.5)):
        points = [(step, factor * value) for step, value in LOSS]
        event_folder(tmp_path / f"my_Loss_{key}", {"my/Loss": points}, simple=True)
    read = Reading(tmp_path, "tensorboard")
    assert set(read.store.series) == {"lr", "my/Loss/train", "my/Loss/val"}
    assert read.named.roles.val_loss == "my/Loss/val"


def test_values_without_a_step_are_counted(tmp_path: Path) -> None:
    parts = [scalars_record(1.0, 0, {"loss": value}) for value in (0.5, 0.4, 0.3)]
    (tmp_path / "events.out.tfevents.1").write_bytes(first_record(1.0) + b"".join(parts))
    assert [step for step, _ in Reading(tmp_path, "tensorboard").points("loss")] == [0, 1, 2]


def test_a_growing_file_is_read_on_and_a_torn_record_waits(tmp_path: Path) -> None:
    path = event_folder(tmp_path, {"loss": LOSS})
    read = Reading(tmp_path, "tensorboard")
    whole = scalars_record(BEGAN, 5, {"loss": 0.1})
    for part in (whole[:7], whole[7:20], whole[20:]):
        assert len(read.points("loss")) == 5
        with path.open("ab") as file:
            file.write(part)
        read.more()
    step, value = read.points("loss")[-1]
    assert step == 5 and value == pytest.approx(0.1)
    append_scalars(path, BEGAN, 6, {"loss": 0.05})
    read.more()
    assert len(read.points("loss")) == 7


def test_a_restart_goes_on_in_a_new_file_and_replaces_the_steps_after_it(tmp_path: Path) -> None:
    event_folder(tmp_path, {"loss": LOSS})
    event_folder(tmp_path, {"loss": [(3, 9.0), (4, 8.0), (5, 7.0)]}, number=1)
    read = Reading(tmp_path, "tensorboard")
    assert [step for step, _ in read.points("loss")] == [0, 1, 2, 3, 4, 5]
    assert [value for _, value in read.points("loss")][3:] == [9.0, 8.0, 7.0]


def test_a_replaced_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = event_folder(tmp_path, {"loss": LOSS})
    read = Reading(tmp_path, "tensorboard")
    path.unlink()
    event_folder(tmp_path, {"loss": LOSS[:2]})
    with pytest.raises(Restarted):
        read.more()
    with path.open("rb+") as file:
        file.truncate(30)
    again = Reading(tmp_path, "tensorboard")
    with path.open("rb+") as file:
        file.truncate(10)
    with pytest.raises(Restarted):
        again.more()


def test_damage_is_said_with_its_place_and_what_came_before_stays(tmp_path: Path) -> None:
    path = event_folder(tmp_path, {"loss": LOSS})
    data = bytearray(path.read_bytes())
    place = data.rfind(scalars_record(BEGAN + 3, 3, {"loss": 0.25}))
    data[place + 20] ^= 0xFF
    path.write_bytes(data)
    read = Reading(tmp_path, "tensorboard")
    assert [step for step, _ in read.points("loss")] == [0, 1, 2]
    assert f"{path.name} is damaged at byte {place:,}" in read.source.problem
    assert not read.source.grown()  # nothing is tried again and again
    event_folder(tmp_path, {"loss": [(3, 1.0)]}, number=1)
    read.source.grown()
    read = Reading(tmp_path, "tensorboard")
    assert [step for step, _ in read.points("loss")] == [0, 1, 2, 3]


JUNK = {"nothing": b"", "a byte": b"x", "zeros": b"\0" * 500, "ones": b"\xff" * 500}
JUNK["noise"] = random.Random(7).randbytes(500)


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_is_no_log_and_no_crash(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "events.out.tfevents.1").write_bytes(junk)
    read = Reading(tmp_path, "tensorboard")
    assert not read.store.series
    assert bool(read.source.problem) == (len(junk) > 100)


def test_large_records_are_passed_over(tmp_path: Path) -> None:
    path = event_folder(tmp_path, {"loss": LOSS[:2]})
    image = large_record(9 * 1024 * 1024)
    after = scalars_record(BEGAN, 2, {"loss": 0.3})
    with path.open("ab") as file:
        file.write(image[: len(image) // 2])
    read = Reading(tmp_path, "tensorboard")
    assert len(read.points("loss")) == 2
    with path.open("ab") as file:
        file.write(image[len(image) // 2 :] + after)
    read.more()
    assert len(read.points("loss")) == 3 and not read.source.problem


def test_names_may_be_anything(tmp_path: Path) -> None:
    hostile = "\x1b[2Jloss\n[/]\u202e"
    event_folder(tmp_path, {hostile: LOSS, "": [(0, 1.0)]})
    assert set(Reading(tmp_path, "tensorboard").store.series) == {hostile, ""}


def test_records_of_any_lengths_are_found_and_the_rest_is_left() -> None:
    records = [record(bytes([length % 256]) * length) for length in (0, 1, 7, 8, 70, 70, 5000)]
    block = b"".join(records)
    found = find_records(block + records[4][:30])
    assert [len(one) for one in found.data] == [0, 1, 7, 8, 70, 70, 5000]
    assert (found.used, found.wanted, found.damaged) == (len(block), len(records[4]), False)
    assert find_records(b"").used == 0
