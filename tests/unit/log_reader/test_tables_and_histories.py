"""Tables and histories: what their columns and entries become, and how they grow."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path

import pytest

from tests.support.log_files import age, history, table, text_file
from tests.unit.log_reader.reading import Reading
from tui.log_reader.growing_file import Restarted
from tui.runs.watched.find_logs import find_logs

KERAS = [
    {"epoch": 0, "accuracy": 0.5, "loss": 0.7, "val_accuracy": 0.55, "val_loss": 0.65},
    {"epoch": 1, "accuracy": 0.6, "loss": 0.6, "val_accuracy": 0.58, "val_loss": 0.62},
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csvlogger_with_any_separator(tmp_path: Path, separator: str) -> None:
    path = table(tmp_path / "training.csv", KERAS, separator)
    read = Reading(path, "csv")
    assert read.numbers() == [1, 2]
    assert read.history() == {
        name: [row[name] for row in KERAS] for name in KERAS[0] if name != "epoch"
    }


def test_learning_rate_is_told_apart_and_missing_values_are_none(tmp_path: Path) -> None:
    rows = [{"epoch": 0, "loss": math.nan, "learning_rate": 0.1, "val_loss": "NA"}]
    rows += [{"epoch": 1, "loss": 0.5, "learning_rate": 0.05, "val_loss": 0.6}]
    read = Reading(table(tmp_path / "a.csv", rows), "csv")
    assert [row.learning_rate for row in read.curves.epochs] == [0.1, 0.05]
    assert [row.metrics for row in read.curves.epochs] == [
        {"loss": None},
        {"loss": 0.5, "val_loss": 0.6},
    ]


def test_an_appended_training_that_counts_from_the_beginning_goes_on(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", KERAS)
    header = path.read_text().splitlines()[0]
    with path.open("a") as file:
        file.write(f"{header}\n0,0.7,0.5,0.6,0.6\n1,0.8,0.4,0.7,0.5\n")
    read = Reading(path, "csv")
    assert read.numbers() == [1, 2, 3, 4] and read.history()["loss"] == [0.7, 0.6, 0.5, 0.4]


def test_an_appended_training_that_was_resumed_replaces_what_it_repeats(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": n, "loss": 1 - n / 10} for n in range(5)])
    with path.open("a") as file:
        file.write("epoch,loss,mae\n3,0.33,1\n4,0.22,2\n")  # with another column
    read = Reading(path, "csv")
    assert read.numbers() == [1, 2, 3, 4, 5]
    assert read.history() == {
        "loss": [1.0, 0.9, 0.8, 0.33, 0.22],
        "mae": [None, None, None, 1, 2],
    }


LIGHTNING = """epoch,step,train_loss_step,train_loss_epoch,val_acc,val_loss,lr-Adam
,49,,,,,0.001
0,49,0.9,,,,
0,99,0.7,,,,
0,99,,,0.5,0.8,
0,99,,0.8,,,
1,149,0.5,,,,
1,199,0.3,,,,
1,199,,,0.6,0.6,
1,199,,0.4,,,
"""


def test_lightning_metrics_with_blank_cells(tmp_path: Path) -> None:
    read = Reading(text_file(tmp_path / "metrics.csv", LIGHTNING), "csv")
    assert read.axis.kind == "epoch series"
    assert read.history() == {
        "loss": [0.8, 0.4],
        "val_accuracy": [0.5, 0.6],
        "val_loss": [0.8, 0.6],
    }
    assert read.curves.epochs[0].learning_rate == 0.001
    assert read.curves.batches[2].values == {"loss": [0.5, 0.3]}
    assert read.curves.batches[2].numbers == {"loss": [50, 100]}
    assert read.curves.batches[2].steps == 100


def test_a_torn_line_waits_for_its_end(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    read = Reading(path, "csv")
    with path.open("a") as file:
        file.write("1,0.12")
    read.more()
    assert read.history()["loss"] == [0.5]
    with path.open("a") as file:
        file.write("34\n")
    read.more()
    assert read.history()["loss"] == [0.5, 0.1234]


def test_a_last_line_without_an_end_counts_once_the_file_is_quiet(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "epoch,loss\n0,0.5\n1,0.25")
    assert Reading(path, "csv").history()["loss"] == [0.5]
    age(path)
    assert Reading(path, "csv").history()["loss"] == [0.5, 0.25]


def test_a_rewritten_table_is_read_anew(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", KERAS)
    read = Reading(path, "csv")
    table(path, [{**row, "lr": 0.1} for row in KERAS])  # Lightning does so for a new column
    with pytest.raises(Restarted):
        read.more()


def test_odd_tables(tmp_path: Path) -> None:
    text = "\ufeffepoch,loss,loss,,note\r\n0,0.5,0.6,0.7,adam\r\n\r\n1,0.4\r\n2,0.3,0.2,0.1,x,y\r\n"
    read = Reading(text_file(tmp_path / "a.csv", text), "csv")
    assert read.history() == {
        "loss": [0.5, 0.4, 0.3],
        "loss 2": [0.6, None, 0.2],
        "column 4": [0.7, None, 0.1],
    }


def test_a_table_without_a_counter_counts_its_rows(tmp_path: Path) -> None:
    read = Reading(text_file(tmp_path / "a.csv", "loss,acc\n0.5,0.1\n0.4,0.2\n"), "csv")
    assert read.numbers() == [1, 2] and read.history()["accuracy"] == [0.1, 0.2]


def test_history_of_keras(tmp_path: Path) -> None:
    path = history(tmp_path / "history.json", {"loss": [0.5, math.nan], "val_loss": [0.6]})
    read = Reading(path, "history")
    assert [row.metrics for row in read.curves.epochs] == [
        {"loss": 0.5, "val_loss": 0.6},
        {"loss": None},
    ]


def test_null_is_a_value_that_is_not_finite(tmp_path: Path) -> None:
    path = text_file(tmp_path / "h.json", '{"loss": [null, null], "accuracy": [0.1, 0.2]}')
    assert Reading(path, "history").history() == {"loss": [None, None], "accuracy": [0.1, 0.2]}


@pytest.mark.parametrize(
    "data",
    [
        {"history": {"loss": [0.5, 0.4]}, "params": {"epochs": 2}},
        [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.4}],
        {"loss": ["0.5", "0.4"]},
    ],
    ids=["under history", "a list of entries", "numbers as texts"],
)
def test_other_histories(tmp_path: Path, data: object) -> None:
    read = Reading(text_file(tmp_path / "h.json", json.dumps(data)), "history")
    assert read.numbers() == [1, 2] and read.history() == {"loss": [0.5, 0.4]}


def test_jsonl_grows(tmp_path: Path) -> None:
    path = text_file(tmp_path / "h.jsonl", '{"epoch": 1, "loss": 0.5, "val": {"loss": 0.6}}\n')
    read = Reading(path, "history")
    with path.open("a") as file:
        file.write('not json\n{"epoch": 2, "loss": 0.4}\n{"epoch": 3')
    read.more()
    assert read.history() == {"loss": [0.5, 0.4], "val_loss": [0.6, None]}


def test_jsonl_may_begin_with_a_mark_and_empty_lines(tmp_path: Path) -> None:
    path = text_file(
        tmp_path / "h.jsonl", '\ufeff\n{"epoch": 1, "loss": 0.5}\n{"epoch": 2, "loss": 0.4}\n'
    )
    (log,) = find_logs([path]).logs
    assert Reading(path, log.format).history() == {"loss": [0.5, 0.4]}


def test_trainer_state_of_hugging_face(tmp_path: Path) -> None:
    entries = [
        {"epoch": 0.5, "step": 10, "loss": 2.0, "learning_rate": 0.1},
        {"epoch": 1.0, "step": 20, "loss": 1.5, "learning_rate": 0.1},
        {"epoch": 1.0, "step": 20, "eval_loss": 1.2, "eval_accuracy": 0.5},
        {"epoch": 1.5, "step": 30, "loss": 1.0, "learning_rate": 0.05},
        {"epoch": 2.0, "step": 40, "loss": 0.5, "learning_rate": 0.05},
        {"epoch": 2.0, "step": 40, "eval_loss": 1.0, "eval_accuracy": 0.6},
        {"epoch": 2.0, "step": 40, "train_loss": 1.25, "train_runtime": 9.0},
    ]
    text = json.dumps({"best_metric": 1, "log_history": entries})
    read = Reading(text_file(tmp_path / "trainer_state.json", text), "history")
    history = read.history()
    assert history["loss"] == [1.75, 0.75]  # the mean of what was logged in each epoch
    assert history["val_loss"] == [1.2, 1.0] and history["val_accuracy"] == [0.5, 0.6]
    assert history["train_loss"] == [None, 1.25]


def test_a_history_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = text_file(tmp_path / "h.json", '{"loss": [0.5, 0.')
    read = Reading(path, "history")
    assert not read.store.series and "not whole JSON" in read.source.problem
    os.utime(path, (time.time() + 1, time.time() + 1))
    path.write_text('{"loss": [0.5, 0.4]}')
    with pytest.raises(Restarted):
        read.more()


def test_a_line_of_any_length_is_no_harm(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "epoch,loss\n0,0.5\n" + "x" * 9_000_000 + "\n1,0.4\n")
    assert Reading(path, "csv").history()["loss"] == [0.5, 0.4]
