"""What is a log and what is not, and which of them are one run."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.support.hidden import hide
from tests.support.log_files import event_folder, history, keras_logs, table, text_file
from tui.runs.watched import find_logs as finding
from tui.runs.watched.find_logs import MOST_LOGS, find_logs
from tui.runs.watched.tensorboard_folders import parts_of

LOSS = {"loss": [(0, 0.5), (1, 0.4)]}
ROWS = [{"epoch": 0, "loss": 0.5}]


def found(*paths: Path) -> dict[str, str]:
    """Return the format of each log by its name."""
    logs = find_logs(list(paths))
    assert not logs.problems
    return {log.name: log.format for log in logs.logs}


def problem(path: Path) -> str:
    logs = find_logs([path])
    assert not logs.logs
    return " ".join(logs.problems)


def test_folders_and_files_under_a_folder(tmp_path: Path) -> None:
    keras_logs(tmp_path / "top" / "wide")
    keras_logs(tmp_path / "top" / "deep" / "seed1")
    event_folder(tmp_path / "top" / "torch", LOSS, simple=True)
    for version in (0, 1):
        event_folder(tmp_path / "top" / "lightning_logs" / f"version_{version}", LOSS)
    table(tmp_path / "top" / "lightning_logs" / "version_1" / "metrics.csv", ROWS)
    table(tmp_path / "top" / "training.csv", ROWS)
    history(tmp_path / "top" / "plain" / "history.json", {"loss": [0.5]})
    text_file(tmp_path / "top" / "prices.csv", "name,price\na,1\n")
    text_file(tmp_path / "top" / "package.json", '{"version": 3, "size": 10}')
    (tmp_path / "top" / ".hidden").mkdir()
    table(tmp_path / "top" / ".hidden" / "a.csv", ROWS)
    assert found(tmp_path / "top") == {
        "wide": "tensorboard",
        "deep/seed1": "tensorboard",
        "torch": "tensorboard",
        "lightning_logs/version_0": "tensorboard",
        "lightning_logs/version_1": "tensorboard",
        "top/training.csv": "csv",
        "plain/history.json": "history",
    }


def test_the_parts_of_one_run(tmp_path: Path) -> None:
    run = tmp_path / "exp"
    event_folder(run, {"lr": [(0, 0.1)]}, simple=True)
    event_folder(run / "Loss_train", {"Loss": [(0, 0.5)]}, simple=True)
    event_folder(run / "Loss_val", {"Loss": [(0, 0.6)]}, simple=True)
    event_folder(run / "1700000000.1234567", {"hp/loss": [(0, 0.5)]}, simple=True)
    event_folder(run / "eval", {"loss": [(0, 0.5)]})
    event_folder(run / "holdout", {"loss": [(0, 0.5)]})
    event_folder(run / "another_run", {"other": [(0, 0.5)]}, simple=True)
    assert set(found(run)) == {"exp", "another_run"}


def test_add_scalars_of_tensorboardx(tmp_path: Path) -> None:
    run = tmp_path / "exp"
    event_folder(run, {"lr": [(0, 0.1)]}, simple=True)
    for key in ("train", "val"):
        event_folder(run / "my" / "acc" / key, {"my/acc": [(0, 0.5)]}, simple=True)
    event_folder(run / "more" / "exp2", {"loss": [(0, 0.5)]}, simple=True)
    assert set(found(run)) == {"exp", "more/exp2"}
    assert {part.after for part in parts_of(str(run))} == {"", "train", "val"}


def test_a_test_folder_alone_is_a_run_of_its_own(tmp_path: Path) -> None:
    event_folder(tmp_path / "all" / "test", LOSS)
    event_folder(tmp_path / "all" / "other", LOSS)
    assert set(found(tmp_path / "all")) == {"test", "other"}


def test_an_event_file_stands_for_its_folder(tmp_path: Path) -> None:
    path = event_folder(tmp_path / "exp", LOSS)
    assert found(path, tmp_path / "exp") == {"exp": "tensorboard"}


def test_a_general_name_is_told_apart_by_the_folder_above(tmp_path: Path) -> None:
    table(tmp_path / "cats" / "training.csv", ROWS)
    table(tmp_path / "dogs" / "training.csv", ROWS)
    assert set(found(tmp_path / "cats" / "training.csv", tmp_path / "dogs" / "training.csv")) == {
        "cats/training.csv",
        "dogs/training.csv",
    }


def test_links_are_followed_and_each_log_is_found_once(tmp_path: Path) -> None:
    keras_logs(tmp_path / "all" / "run1")
    (tmp_path / "all" / "latest").symlink_to(tmp_path / "all" / "run1")
    (tmp_path / "all" / "loop").symlink_to(tmp_path / "all")
    assert len(found(tmp_path / "all")) == 1


def test_what_is_no_log_is_said_to_be_what_it_is(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "runs.db").execute("create table a (b)").connection.commit()
    with zipfile.ZipFile(tmp_path / "best.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    (tmp_path / "history.pkl").write_bytes(pickle.dumps({"loss": [1.0]}))
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "empty.csv").touch()
    text_file(tmp_path / "notes.txt", "hello\n")
    text_file(tmp_path / "config.json", json.dumps({"name": "ada"}))
    assert "an SQLite database" in problem(tmp_path / "runs.db")
    assert "6 Look inside opens it" in problem(tmp_path / "best.keras")
    assert "json.dump(history.history, file)" in problem(tmp_path / "history.pkl")
    assert "binary file" in problem(tmp_path / "noise")
    assert problem(tmp_path / "empty.csv").endswith("it is empty.")
    assert "columns of a training" in problem(tmp_path / "notes.txt")
    assert "no history" in problem(tmp_path / "config.json")
    assert "There is no file or folder" in problem(tmp_path / "missing")


def test_a_pipe_and_a_device_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    assert problem(tmp_path / "a.csv").endswith("is no log: it is a named pipe.")
    assert problem(Path("/dev/zero")) == "/dev/zero is no log: it is a device."


def test_folders_of_others_are_said_to_be_unsupported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "offline-run-1").mkdir()
    (tmp_path / "offline-run-1" / "run-1.wandb").write_bytes(b":W&B")
    text_file(tmp_path / "mlruns" / "0" / "meta.yaml", "a: 1")
    text_file(tmp_path / "mlruns" / "meta.yaml", "a: 1")
    text_file(tmp_path / "text" / "a.txt", "hello")
    assert "is empty" in problem(tmp_path / "empty")
    assert "Weights & Biases" in problem(tmp_path / "offline-run-1")
    assert "MLflow" in problem(tmp_path / "mlruns")
    assert problem(tmp_path / "text").endswith("no history in JSON.")


def test_our_own_runs_are_not_logs(tmp_path: Path) -> None:
    for name in ("spec.json", "events.jsonl"):
        text_file(tmp_path / "runs" / "one" / name, '{"type": "epoch_ended", "loss": 0.5}\n')
    table(tmp_path / "runs" / "a.csv", ROWS)
    assert set(found(tmp_path / "runs")) == {"a.csv"}
    assert "`cnn-tui runs` has it already" in problem(tmp_path / "runs" / "one")


def test_without_tensorboard_the_cure_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "tensorboard")
    keras_logs(tmp_path / "all" / "run")
    table(tmp_path / "all" / "a.csv", ROWS)
    logs = find_logs([tmp_path / "all"])
    assert [log.name for log in logs.logs] == ["a.csv"]
    [problem] = logs.problems
    assert problem.startswith("Reading these logs needs TensorBoard, which is not installed. ")
    assert problem.endswith("'cnn-tui[tensorboard]'")


def test_names_with_control_characters_are_clean_in_sentences(tmp_path: Path) -> None:
    name = "a\x1b[2J\n"
    assert "\x1b" not in problem(tmp_path / name)
    text_file(tmp_path / name, "hello\n")
    assert "\x1b" not in problem(tmp_path / name)


def test_very_many_logs_end_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_LOGS >= 500
    monkeypatch.setattr(finding, "MOST_LOGS", 5)
    for number in range(8):
        table(tmp_path / "all" / f"run{number}" / "a.csv", ROWS)
    logs = find_logs([tmp_path / "all"])
    assert len(logs.logs) == 5 and "Only the first 5 logs" in logs.problems[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    assert "Check its permissions" in problem(tmp_path / "shut")
