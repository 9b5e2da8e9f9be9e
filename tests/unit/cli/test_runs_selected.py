"""`cnn-tui runs` filtered, sorted, grouped, in columns; `cnn-tui open`."""

from __future__ import annotations

import json
import os
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.unit.runs.recorded import run_of
from tui.app import start
from tui.cli.command import cli
from tui.datasets import LoaderSettings
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import write_label


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.fixture
def three() -> list[RunFolder]:
    """Return three runs with other settings and results."""
    spec = make_spec("pets", LoaderSettings(directory="/data/pets", classes=("cats", "dogs")))
    made = []
    for name, optimizer, rate, seed, losses in (
        ("first", "adam", 0.001, 1, [0.5, 0.3, 0.4]),
        ("second", "adam", 0.01, 2, [0.9, 0.8, 0.7]),
        ("third", "sgd", 0.01, 1, [0.6, None, 0.6]),
    ):
        one = msgspec.structs.replace(
            spec, name=name, optimizer=optimizer, learning_rate=rate, seed=seed
        )
        made.append(run_of(one, {"val_loss": losses, "val_accuracy": [0.5, 0.9 - rate, 0.6]}))
    return made


def listed(*arguments: object) -> list[str]:
    done = call("runs", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return [one["name"] for one in json.loads(done.output)]


def test_the_list_is_filtered_by_what_was_set_and_reached(three: list[RunFolder]) -> None:
    assert set(listed("--filter", "lr>=.01")) == {"second", "third"}
    assert listed("--filter", "val_loss<.4") == ["first"]  # in its best epoch
    assert set(listed("--filter", "last.val_loss<.65")) == {"first", "third"}
    assert set(listed("--filter", "state=finished model~course age<1d -third")) == {
        "first",
        "second",
    }


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (("--sort", "val_loss"), ["first", "second", "third"]),
        (("--sort", "-val_loss"), ["second", "first", "third"]),
        (("--sort", "last.val_loss"), ["first", "third", "second"]),
        (("--sort", "name"), ["first", "second", "third"]),
        (("--sort=-name",), ["third", "second", "first"]),
    ],
)
def test_the_list_is_sorted(
    three: list[RunFolder], order: tuple[str, ...], names: list[str]
) -> None:
    assert listed(*order) == names


def test_columns_are_printed_below_their_names(three: list[RunFolder]) -> None:
    done = call("runs", "--columns", "lr,opt,val_loss,last.val_loss,share", "--sort", "name")
    rows = [line.split() for line in done.output.splitlines()]
    assert rows[0] == [
        *("learning_rate", "optimizer", "val_loss", "last.val_loss", "share", "name")
    ]
    assert rows[1][:6] == ["0.001", "adam", "0.3000", "0.4000", "all", "first"]
    assert rows[3][:6] == ["0.01", "sgd", "nan", "0.6000", "all", "third"]
    assert (
        len(
            {
                line.index(name)
                for line, name in zip(
                    done.output.splitlines()[1:], ("first", "second", "third"), strict=True
                )
            }
        )
        == 1
    )


def test_groups_have_a_line_with_their_mean(three: list[RunFolder]) -> None:
    lines = call("runs", "--group", "optimizer", "--columns", "seed").output.splitlines()
    assert lines[0].split() == ["seed", "name"]
    assert lines[1] == ("optimizer adam  2 runs  val_accuracy best 0.8990  mean 0.8945 ± 0.0064")
    assert lines[4] == "optimizer sgd  1 run  val_accuracy best 0.8900"
    found: list[dict[str, Any]] = json.loads(
        call("runs", "--group", "optimizer,seed", "--columns", "val_loss", "--json").output
    )
    assert [one["group"] for one in found] == [
        {"optimizer": "adam", "seed": 1},
        {"optimizer": "adam", "seed": 2},
        {"optimizer": "sgd", "seed": 1},
    ]
    assert found[2]["runs"][0]["columns"] == {"val_loss": None}, "JSON has no NaN"
    assert found[0]["count"] == 1 and found[0]["spread"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--filter", "lr>="), "lr>= needs a value"),
        (("--filter", "val_los<1"), "Did you mean val_loss"),
        (("--sort", "val_los"), "Did you mean val_loss"),
        (("--group", "optimiser,sed"), "Did you mean seed"),
        (("--columns", "lr,\x1b[2J"), "No run has a setting or metric"),
    ],
)
def test_a_wrong_name_is_a_sentence_with_the_cure(
    three: list[RunFolder], arguments: tuple[str, ...], said: str
) -> None:
    done = call("runs", *arguments)
    assert done.exit_code == 2 and said in done.output and "\x1b" not in done.output


def test_a_word_that_is_a_metric_is_explained(three: list[RunFolder]) -> None:
    done = call("runs", "--filter", "val_accuracy")
    assert done.exit_code == 0
    assert "None of 3 runs matches 'val_accuracy'" in done.output
    assert "write val_accuracy>0.9." in done.output


def test_a_run_of_somebodys_own_program_has_fewer_settings(three: list[RunFolder]) -> None:
    run = create_run(
        ExternalSpec(name="mine", source="script", path="/x/train.py", arguments=("--width", "32"))
    )
    assert listed("--filter", "width=32") == ["mine"]
    assert listed("--filter", "source=script seed=none lr=none") == ["mine"]
    row = call("runs", "--columns", "lr,width,script", "--filter", "mine").output.splitlines()[1]
    assert row.split() == ["32", "train.py", "mine", run.name]


def test_without_runs_no_name_is_wrong() -> None:
    for arguments in (("--columns", "auc"), ("--filter", "auc>.5"), ("--sort", "auc")):
        done = call("runs", *arguments)
        assert done.exit_code == 0 and done.output.startswith("No training yet.")
    assert call("runs", "--json", "--filter", "auc>.5").output == "[]\n"


# cnn-tui open


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[RunFolder | None]:
    """Return the runs that the app is opened on."""
    found: list[RunFolder | None] = []

    def open_app(run: RunFolder | None = None, without: str = "") -> int:
        found.append(run)
        return 0

    monkeypatch.setattr(start, "open_app", open_app)
    return found


def test_open_takes_the_newest_run_and_before_that_one_at_work(
    three: list[RunFolder], opened: list[RunFolder | None]
) -> None:
    newest = max(three, key=lambda run: run.name)
    assert call("open").exit_code == 0
    lock = three[0].acquire_lock()
    assert call("open").exit_code == 0
    os.close(lock)
    assert opened == [newest, three[0]]


def test_open_takes_any_part_of_one_title(
    three: list[RunFolder], opened: list[RunFolder | None]
) -> None:
    write_label(three[1], name="Bigger Kernels")
    for name in ("kernels", "Bigger Kernels", three[1].name, three[1].name[-4:], three[1].path):
        assert call("open", name).exit_code == 0, name
    assert opened == [three[1]] * 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("secnod", "There is no run 'secnod'. Did you mean 'second'? `cnn-tui runs` lists them."),
        ("zzzzzz\x1b", "There is no run 'zzzzzz␛'. `cnn-tui runs` lists them."),
        ("20", "fits 3 runs"),
        ("ir", "fits 2 runs"),  # first, third
        ("", "fits 3 runs"),
    ],
)
def test_a_name_that_fits_none_or_several_is_said(
    three: list[RunFolder], opened: list[RunFolder | None], name: str, said: str
) -> None:
    done = call("open", name)
    assert done.exit_code == 1 and said in done.output and "\x1b" not in done.output
    assert not opened


def test_without_a_run_open_says_how_to_get_one(opened: list[RunFolder | None]) -> None:
    done = call("open")
    assert done.exit_code == 1 and "There is no run yet. Start one with" in done.output


def test_without_a_terminal_open_names_the_command_that_needs_none(three: list[RunFolder]) -> None:
    done = call("open", three[0].name)
    assert done.exit_code == 2
