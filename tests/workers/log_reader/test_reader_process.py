"""The reader of logs as a process: its end, its death, what it loads. No Keras is needed here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.log_files import (
    BEGAN,
    age,
    append_scalars,
    event_folder,
    history,
    keras_logs,
    table,
)
from tests.support.waiting import until
from tui.runs.store.delete_run import delete_run
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.watched import reader_client
from tui.runs.watched.find_logs import find_logs
from tui.runs.watched.reader_client import LogReaderClient
from tui.runs.watched.watched_runs import runs_of

ROOT = Path(__file__).parents[3]
SECONDS = 30.0


@pytest.fixture
def reader() -> Iterator[LogReaderClient]:
    client = LogReaderClient()
    yield client
    client.close()


def watched(reader: LogReaderClient, *paths: Path) -> list[RunFolder]:
    runs = runs_of(find_logs(list(paths)).logs)
    reader.follow(runs)
    reader.finish(runs)
    return runs


def losses(run: RunFolder) -> list[float | None]:
    return load_run(run).progress.history.get("loss", [])


def test_logs_of_every_format_are_followed(reader: LogReaderClient, tmp_path: Path) -> None:
    keras_logs(tmp_path / "logs" / "keras")
    event = event_folder(tmp_path / "logs" / "torch", {"loss": [(0, 0.5)]}, simple=True)
    csv = table(tmp_path / "logs" / "a.csv", [{"epoch": 0, "loss": 0.5}])
    history(tmp_path / "logs" / "history.json", {"loss": [0.5, 0.25]})
    age(tmp_path / "logs")
    runs = watched(reader, tmp_path / "logs")
    found = {load_run(run).title.rpartition("/")[2]: run for run in runs}
    assert {name: len(losses(run)) for name, run in found.items()} == {
        "keras": 4,
        "torch": 1,
        "a.csv": 1,
        "history.json": 2,
    }
    assert {run.state(None) for run in runs} == {"followed"}
    with csv.open("a") as file:
        file.write("1,0.25\n")
    append_scalars(event, BEGAN, 1, {"loss": 0.125})
    until(lambda: losses(found["a.csv"]) == [0.5, 0.25])
    until(lambda: losses(found["torch"])[:1] == [0.5] and len(losses(found["torch"])) == 2)
    reader.close()
    assert {run.state(None) for run in runs} == {"read"}


def test_it_loads_neither_tensorflow_nor_keras(reader: LogReaderClient, tmp_path: Path) -> None:
    watched(reader, age(keras_logs(tmp_path / "logs")))
    assert reader._process is not None
    maps = Path(f"/proc/{reader._process.pid}/maps").read_text()
    assert "protobuf" in maps or "upb" in maps
    assert not [name for name in ("tensorflow/", "keras/", "jaxlib") if name in maps]


def test_it_ends_with_the_app_even_if_that_is_killed(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    program = (
        "import sys, time; from pathlib import Path\n"
        "from tui.runs.watched.find_logs import find_logs\n"
        "from tui.runs.watched.reader_client import LogReaderClient\n"
        "from tui.runs.watched.watched_runs import runs_of\n"
        f"runs = runs_of(find_logs([Path({str(path)!r})]).logs)\n"
        "reader = LogReaderClient(); reader.follow(runs); reader.finish(runs)\n"
        "print(runs[0].path, flush=True); time.sleep(60)\n"
    )
    app = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert app.stdout is not None
    run = RunFolder(Path(app.stdout.readline().strip()))
    assert run.state(None) == "followed"
    app.send_signal(signal.SIGKILL)
    app.wait()
    until(lambda: run.state(None) == "read")


def test_a_reader_that_is_killed_is_started_again(
    reader: LogReaderClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_client, "_RESTART_SECONDS", 0.0)
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    (run,) = watched(reader, path)
    assert reader._process is not None
    os.kill(reader._process.pid, signal.SIGKILL)
    until(lambda: run.state(None) == "read")
    assert losses(run) == [0.5]
    with path.open("a") as file:
        file.write("1,0.25\n")
    reader.keep_alive()
    until(lambda: losses(run) == [0.5, 0.25])


def test_a_reader_that_is_started_again_for_a_look_follows_its_runs(
    reader: LogReaderClient, tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    (run,) = watched(reader, path)
    assert reader._process is not None
    os.kill(reader._process.pid, signal.SIGKILL)
    reader._process.wait()
    with path.open("a") as file:
        file.write("1,0.25\n")
    assert reader.look(find_logs([path]).logs)
    until(lambda: losses(run) == [0.5, 0.25])


def test_another_app_takes_over_when_the_first_ends(
    reader: LogReaderClient, tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    (run,) = watched(reader, path)
    other = LogReaderClient()
    try:
        assert watched(other, path) == [run]  # waits for nothing: the first one reads it
        reader.close()
        with path.open("a") as file:
            file.write("1,0.25\n")
        until(lambda: losses(run) == [0.5, 0.25])
        assert run.state(None) == "followed"
    finally:
        other.close()


def test_a_followed_run_can_be_deleted_and_its_log_stays(
    reader: LogReaderClient, tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    (run,) = watched(reader, path)
    delete_run(run)
    assert not run.path.exists() and path.read_text() == "epoch,loss\n0,0.5\n"
    assert os.listdir(tmp_path / "kept" / "state" / "runs") == []
    (again,) = watched(reader, path)
    assert losses(again) == [0.5] and again != run


def test_looking_says_what_is_in_a_log(reader: LogReaderClient, tmp_path: Path) -> None:
    event_folder(
        tmp_path / "a", {"Loss/train": [(n, 1.0) for n in range(4)], "Loss/val": [(3, 0.5)]}
    )
    (looked,) = reader.look(find_logs([tmp_path / "a"]).logs)
    assert looked.series_count == 2 and looked.epochs == 1 and not looked.problem
    assert (looked.roles.loss, looked.roles.val_loss) == ("Loss/train", "Loss/val")
    assert not (tmp_path / "kept" / "state" / "runs").exists()  # nothing is made


def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_watch_in_the_shell(tmp_path: Path) -> None:
    age(keras_logs(tmp_path / "logs" / "keras", 5))
    table(tmp_path / "logs" / "a.csv", [{"epoch": n, "nll": 1 / (n + 1)} for n in range(3)])
    done = shell("watch", str(tmp_path / "logs"), "--json")
    assert done.returncode == 0, done.stderr
    records = {one["name"]: one for one in json.loads(done.stdout)}
    assert records["keras"]["best_metric"] == "val_accuracy"
    assert records["keras"]["roles"]["val_loss"] == "validation/epoch_loss"
    assert records["a.csv"]["epochs_done"] == 3 and "loss" in records["a.csv"]["guessed"]
    again = shell("watch", str(tmp_path / "logs" / "a.csv"), "--curve", "loss=", "--json")
    (record,) = json.loads(again.stdout)
    assert record["roles"]["loss"] == "" and set(record["last"]) == {"nll"}
    assert record["run"] == records["a.csv"]["run"]
    listed = shell("runs")
    assert listed.stdout.count("read ") == 2 and "died" not in listed.stdout


def test_watch_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = shell("watch", str(tmp_path / "empty"))
    assert done.returncode == 1 and "is empty" in done.stderr and not done.stdout
    done = shell("watch", str(tmp_path / "empty"), "--curve", "loss")
    assert done.returncode == 2 and "--curve loss=train/nll" in done.stderr
    table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    done = shell("watch", str(tmp_path / "a.csv"), str(tmp_path / "empty"))
    assert done.returncode == 1 and "is empty" in done.stderr and "1 epoch" in done.stdout
