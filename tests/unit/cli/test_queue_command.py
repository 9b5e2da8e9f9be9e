"""`cnn-tui queue` and `cnn-tui runs compare`."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.support.fake_gpus import FakeGpus
from tests.support.recording import Recorder, began, finished, spec, whole_epochs
from tui.cli.command import cli
from tui.runs.queue.queue_settings import read_settings
from tui.runs.store.create_run import create_run


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep state and locks in folders of the test's own."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    (tmp_path / "locks").mkdir()
    monkeypatch.setenv("CNN_TUI_GPU_LOCKS", str(tmp_path / "locks"))


@pytest.fixture
def recorder() -> Recorder:
    """Return what writes recorded runs into the test's own state folder."""
    return Recorder()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_without_gpus_it_says_how_many_run_at_once_and_keeps_a_change() -> None:
    assert run("queue").stdout.startswith("The queue trains one run at a time.\nNothing waits.")
    done = run("queue", "--slots", "3")
    assert done.exit_code == 0 and "up to 3 runs at once" in done.stdout
    assert "That there is enough is not checked" in done.stderr
    assert read_settings({}).slots == 3
    assert "up to 3 runs at once" in run("queue").stdout
    assert run("queue", "--slots", "auto").exit_code == 0 and read_settings({}).slots == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--slots", "many"], "'many' is no number of runs"),
        (["--slots", "-2"], "'-2' is no number of runs"),
        (["--slots", "5000"], "5000 runs at once cannot be"),
        (["--gpu-use", "101"], "101 percent of a GPU cannot be"),
        (["--gpu-memory", "-1"], "-1 GB of a GPU's memory cannot be"),
        (["--gpu-memory-percent", "nan"], "nan percent"),
    ],
)
def test_what_cannot_be_set_is_refused(arguments: list[str], words: str) -> None:
    done = run("queue", *arguments)
    assert done.exit_code == 2 and words in done.stderr
    assert read_settings({}) == read_settings({"HOME": "/"})


def test_each_gpu_is_shown_with_what_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpus = FakeGpus(tmp_path / "gpus", monkeypatch, 2)
    gpus.change(1, used=70_000, use=98, pids=(1,))
    create_run(spec("first"), queued=True)
    done = run("queue")
    assert done.stdout.splitlines()[:4] == [
        "The queue trains one run on each of 2 GPUs.",
        "A GPU is free with less than 1 GB or 10 % of its memory in use, and less than 10 % of "
        "use.",
        "  GPU 0  NVIDIA Fake  free",
        "  GPU 1  NVIDIA Fake  73.4 of 84 GB used, 98 % in use, by process 1 of root",
    ]
    assert "Waiting, 1st to start: first" in done.stdout
    assert "The queue's own process is not running" in done.stdout
    printed = json.loads(run("queue", "--slots", "1", "--json").stdout)
    assert printed["at_once"] == 1 and [gpu["free"] for gpu in printed["gpus"]] == [True, False]
    assert len(printed["waiting"]) == 1


def test_a_group_is_compared_by_its_name_or_a_part_of_it(recorder: Recorder) -> None:
    for seed in (1, 2):
        chosen = msgspec.structs.replace(
            spec(f"pets seed {seed}", epochs=2), seed=seed, group="pets by seed"
        )
        recorder.make([*began(), *whole_epochs(1, 2, 2), *finished(2)], chosen, hour=seed)
    recorder.finished(epochs=2, hour=5)
    done = run("runs", "compare", "--group", "PETS")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "pets by seed: 2 runs"
    assert "±" in done.stdout and "They differ in their seed alone." in done.stdout
    printed = json.loads(run("runs", "compare", "--group", "pets by seed", "--json").stdout)
    [row] = printed["rows"]
    assert row["metrics"]["val_accuracy"]["count"] == 2 and row["settings"] == {}
    grouped = run("runs", "--group", "group", "--filter", "group~pets")
    assert "pets by seed" in grouped.stdout and "2 runs" in grouped.stdout


def test_a_group_that_is_not_there_names_those_that_are(recorder: Recorder) -> None:
    assert "There is no group yet" in run("runs", "compare").stderr
    folders = [
        recorder.make([*began(), *finished(2)], msgspec.structs.replace(spec(name), group=name))
        for name in ("pets a", "pets b")
    ]
    assert "There are: pets" in run("runs", "compare", "--group", "x").stderr
    done = run("runs", "compare", "--group", "pets")
    assert done.exit_code == 1 and "'pets' fits 2 groups: pets" in done.stderr
    done = run("runs", "compare", *(folder.name for folder in folders))
    assert done.exit_code == 0, done.output
    assert run("runs", "compare", "pets a", "--group", "pets a").exit_code == 2
