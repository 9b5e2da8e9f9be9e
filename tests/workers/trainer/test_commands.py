"""The command line: what it refuses, what it lists, what it calculates. No training in here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from tests.workers.shell import PATIENCE, Shell, draw, draw_classes
from tui.cli.command import cli
from tui.runs.events.event_types import EpochEnded, RunStarted
from tui.runs.store.create_run import create_run
from tui.runs.store.run_list import RunList


def cnn_tui(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def home(own_home: Path) -> Path:
    return own_home


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Return a folder of folders: good and bad ones."""
    draw_classes(tmp_path / "two", images=3)
    draw_classes(tmp_path / "three", ("cats", "dogs", "horses"), images=3)
    draw_classes(tmp_path / "one", ("cats",), images=3)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty classes" / "cats").mkdir(parents=True)
    (tmp_path / "empty classes" / "dogs").mkdir()
    (tmp_path / "flat").mkdir()
    for number in range(3):
        (tmp_path / "flat" / f"{number}.txt").write_text("no picture")
    (tmp_path / "pets.zip").write_bytes(b"PK")
    (tmp_path / "esc\x1b[2J").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "value", "cure"),
    [
        ([], "Name a folder", "--sample digits"),
        (["{}/two", "--sample", "digits"], "one of the two", "--sample digits"),
        (["--sample", "mnist"], "'mnist'", "Known are: digits"),
        (["{}/missing"], "{}/missing", "check the rest"),
        (["{}/two/missing/deeper"], "{}/two/missing/deeper", "{}/two exists"),
        (["{}/pets.zip"], "{}/pets.zip", "unpack it"),
        (["{}/two/cats/000.png"], "{}/two/cats/000.png", "choose the folder"),
        (["{}/empty"], "empty", ""),
        (["{}/empty classes"], "cats and dogs", "put some there"),
        (["{}/flat"], "flat", ""),
        (["{}/one"], "cats", "Add a second sub-folder"),
        (["{}/esc\x1b[2J"], "esc␛[2J", ""),
        (["{}/two", "--stop-when", "soon"], "'soon'", "accuracy>0.997"),
        (["{}/two", "--stop-when", "accuracy>99.7"], "99.7", "0.997"),
        (["{}/two", "--stop-when", "precision>0.9"], "'precision'", "accuracy, loss"),
        (
            ["{}/two", "--stop-when", "val_loss<1", "--validation-split", "0"],
            "val_loss < 1",
            "validation split above 0",
        ),
        (["{}/two", "--target-size", "big"], "'big'", "150x100"),
        (["{}/two", "--target-size", "1x2x3"], "'1x2x3'", "150x100"),
        (["{}/two", "--target-size", "-5"], "'-5'", "150x100"),
        (["{}/two", "--target-size", ""], "''", "150x100"),
        (["{}/two", "--target-size", "0"], "0×0", "1 to 2048"),
        (["{}/two", "--target-size", "5000"], "5000×5000", "1 to 2048"),
        (["{}/two", "--batch-size", "0"], "batch size is 0", "Choose 1 to"),
        (["{}/two", "--batch-size", "many"], "'many'", "integer"),
        (["{}/two", "--epochs", "0"], "0 epochs", "1 to 100,000"),
        (["{}/two", "--epochs", "1e3"], "'1e3'", "integer"),
        (["{}/two", "--learning-rate", "0"], "rate of 0", "0.001"),
        (["{}/two", "--learning-rate", "nan"], "rate of nan", "0.001"),
        (["{}/two", "--validation-split", "2"], "2.0", "less than 1"),
        (["{}/two", "--validation-split", "-0.1"], "-0.1", "less than 1"),
        (["{}/two", "--validation-split", "nan"], "nan", "less than 1"),
        (["{}/two", "--seed", "-1"], "-1", "Choose 0 to"),
        (["{}/three", "--class-mode", "binary"], "there are 3", "categorical or sparse"),
        (["{}/two", "--class-mode", "multi"], "'multi'", "'categorical', 'sparse'"),
        (["{}/two", "--color-mode", "cmyk"], "'cmyk'", "'grayscale', 'rgba'"),
        (["{}/two", "--model", "resnet"], "'resnet'", "course, small, batchnorm"),
        (["{}/two", "--model", "28x28x1 flatten dense:k=1"], "28×28×1", "target size"),
        (["{}/two", "--model", "16x16x3 flatten dense:k=7"], "2 classes", "dense:k=1"),
        (["{}/two", "--speed", "11"], "--speed", "--help"),
        (["{}/two", "{}/three"], "three", "--help"),
    ],
)
def test_wrong_usage_names_the_value_and_the_cure_and_starts_nothing(
    folders: Path, arguments: list[str], value: str, cure: str
) -> None:
    done = cnn_tui("train", *(argument.replace("{}", str(folders)) for argument in arguments))
    assert done.exit_code == 2, done.output
    told = " ".join(done.stderr.split())
    assert value.replace("{}", str(folders)) in told
    assert cure.replace("{}", str(folders)) in told
    assert "Traceback" not in done.output and "\x1b" not in done.output
    assert RunList().read() == []


def test_wrong_usage_is_reported_without_loading_tensorflow(folders: Path) -> None:
    code = f"""
    import sys
    from tui.cli.main import main
    sys.argv = ["cnn-tui", "train", {str(folders / "two")!r}, "--epochs", "0"]
    try:
        main()
    except SystemExit as ended:
        heavy = {{"tensorflow", "keras", "scipy", "sklearn", "textual"}} & set(sys.modules)
        print(ended.code, sorted(heavy))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.stdout == "2 []\n", done.stderr


@pytest.mark.parametrize("command", ["train", "runs"])
def test_a_home_that_cannot_be_used_is_named(
    folders: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    home = folders / "pets.zip"
    monkeypatch.setenv("CNN_TUI_HOME", str(home))
    done = cnn_tui(command, *([folders / "two"] if command == "train" else []))
    assert done.exit_code == 1
    assert str(home) in done.stderr and "CNN_TUI_HOME" in done.stderr
    assert "Traceback" not in done.output


# The list of runs


def test_without_runs_the_list_says_how_to_begin() -> None:
    done = cnn_tui("runs")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "cnn-tui train --sample digits" in done.stdout
    assert json.loads(cnn_tui("runs", "--json").stdout) == []


def test_a_damaged_run_and_a_name_with_controls_are_listed_on_clean_lines(folders: Path) -> None:
    import msgspec

    from tui.datasets import LoaderSettings
    from tui.runs.events.event_log import EventWriter
    from tui.runs.settings.make_spec import make_spec

    spec = make_spec("pets", LoaderSettings(directory="/data", classes=("cats", "dogs")))
    named = create_run(msgspec.structs.replace(spec, name="a\x1b[2J\nb"))
    damaged = create_run(spec)
    writer = EventWriter(named.events)
    writer.write(RunStarted(at=1.0, pid=1, version="0"))
    writer.write(
        EpochEnded(
            at=2.0,
            epoch=1,
            epochs=15,
            seconds=1.0,
            images_per_second=1.0,
            metrics={"loss": None},
            best_epoch=0,
            best=None,
            best_metric="accuracy",
        )
    )
    writer.close()
    (damaged.path / "spec.json").write_text('{"name":')

    done = cnn_tui("runs")
    assert done.exit_code == 0 and "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    (line,) = [line for line in lines if named.name in line]
    assert line.startswith("died at epoch 2 ") and "a␛[2J␊b" in line and " 1/15 " in line
    (problem,) = [line for line in lines if "damaged" in line]
    assert str(damaged.path) in problem
    records = json.loads(cnn_tui("runs", "--json").stdout)
    assert sorted(record["name"] for record in records) == sorted(["a\x1b[2J\nb", damaged.name])


# The calculator


def test_the_calculator_shows_each_layer() -> None:
    done = cnn_tui("calc", "150x150x3", "conv:k=16,f=3", "maxpool:f=2", "flatten", "dense:k=1")
    assert (done.exit_code, done.stderr) == (0, "")
    for text in ("148×148×16", "74×74×16", "448", "87,616"):
        assert text in done.stdout


def test_the_calculator_gives_json() -> None:
    done = cnn_tui("calc", "150x100x3", "conv:k=16,f=3x5,s=1", "flatten", "--json")
    assert done.exit_code == 0
    first, second = json.loads(done.stdout)
    assert first["output"] == {"width": 148, "height": 96, "depth": 16}
    assert first["parameters"] == (3 * 5 * 3 + 1) * 16
    assert second["output"] == {"size": 148 * 96 * 16}


def test_layers_that_do_not_fit_are_reported_with_status_1() -> None:
    done = cnn_tui("calc", "5x5x1", "conv:k=2,f=7", "flatten")
    assert done.exit_code == 1
    assert "does not fit" in done.stdout and "7" in done.stdout and "5" in done.stdout
    done = cnn_tui("calc", "5x5x1", "conv:k=2,f=7", "flatten", "--json")
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert "7" in first["error"] and second["waiting"] is True


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ([], "volume"),
        (["150"], "150"),
        (["150x150"], "150x150"),
        (["0x5x1"], "0"),
        (["150x150x3", "cnov:k=16"], "cnov"),
        (["150x150x3", "conv:k=16,q=3"], "q"),
        (["150x150x3", "conv:k=many,f=3"], "many"),
        (["150x150x3", "conv:k=16,f=-3"], "-3"),
        (["150x150x3", "--deep"], "--deep"),
    ],
)
def test_what_is_no_network_is_named_with_status_2(arguments: list[str], value: str) -> None:
    done = cnn_tui("calc", *arguments)
    assert done.exit_code == 2
    assert value in done.stderr.lower()
    assert "Traceback" not in done.output


# Without a terminal


def test_without_a_terminal_the_app_names_what_works_there(shell: Shell) -> None:
    done = shell.call()
    assert done.status == 2 and done.out == ""
    (line,) = done.err.splitlines()
    assert "cnn-tui train" in line and "cnn-tui calc" in line


def test_the_version_and_the_help_are_reported() -> None:
    assert cnn_tui("--version").stdout.startswith("cnn-tui, version ")
    for command in ([], ["train"], ["runs"], ["calc"], ["lessons"]):
        done = cnn_tui(*command, "--help")
        assert done.exit_code == 0 and "Usage: " in done.stdout
    assert "130" in cnn_tui("train", "--help").stdout, "the exit statuses are told"


def test_a_small_folder_is_warned_of_but_not_refused(tmp_path: Path) -> None:
    """Only the questions before the training are asked here."""
    import random

    for name in ("cats", "dogs"):
        draw(tmp_path / "few" / name / "1.png", 0, random.Random(1))
    (tmp_path / "few" / ".ipynb_checkpoints").mkdir()
    done = cnn_tui("train", tmp_path / "few", "--epochs", 0)
    assert done.exit_code == 2
    assert "warning: " in done.stderr or "note: " in done.stderr
