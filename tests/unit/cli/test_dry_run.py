"""`cnn-tui train --dry-run`: all settings, the curve of the learning rate, and no start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tui.cli.command import cli
from tui.runs.store.run_list import RunList


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))


def plan(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["train", "--sample", "digits", "--dry-run", *arguments])


def test_it_shows_what_would_be_trained_and_starts_nothing() -> None:
    shown = plan("--schedule", "warmup=2 cosine", "--epochs", "12", "--name", "mine")
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["name", "mine"]
    assert "schedule         warmup=2 cosine" in lines
    assert (
        "The learning rate rises from 0 to 0.001 in 2 epochs, then falls along a cosine to 0 at "
        "the end of epoch 12." in lines
    )
    assert "█" in shown.stdout and lines[-1].split() == ["1", "epoch", "12"]
    assert RunList().read() == []


def test_without_a_schedule_there_is_no_curve() -> None:
    shown = plan()
    assert shown.exit_code == 0 and "The learning rate" not in shown.stdout


def test_a_question_is_shown_and_not_asked() -> None:
    shown = plan("--schedule", "step:every=30")
    assert shown.exit_code == 0
    assert "question: With every=30 the learning rate never falls" in shown.stderr


def test_each_run_of_several_is_shown() -> None:
    shown = plan("--schedule", "cosine", "--schedule", "step", "--seed", "1,2", "--json")
    assert [
        (spec["seed"], spec["schedule"]) for spec in map(json.loads, shown.stdout.splitlines())
    ] == [
        (1, "cosine"),
        (1, "step:every=5,factor=0.5"),
        (2, "cosine"),
        (2, "step:every=5,factor=0.5"),
    ]
    assert plan("--seed", ",".join(map(str, range(25)))).stdout.endswith("… and 5 more\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--schedule", "cosin"], "Did you mean cosine?"),
        (["--schedule", "plateau", "--validation-split", "0"], "needs the validation loss"),
    ],
)
def test_a_schedule_that_cannot_be_is_wrong_usage(options: list[str], words: str) -> None:
    shown = plan(*options)
    assert shown.exit_code == 2 and words in shown.stderr
