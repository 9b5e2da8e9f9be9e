"""The shell refuses a folder whose classes are open, with the option that settles it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.datasets.written_folders import classes, write
from tui.cli.command import cli


@pytest.fixture
def dvc(tmp_path: Path) -> Path:
    """Return Kaggle's cats and dogs, small."""
    write(tmp_path / "dvc" / "train", *(f"{p}.{n}.jpg" for p in ("cat", "dog") for n in range(6)))
    write(tmp_path / "dvc" / "test1", "1.jpg", "2.jpg")
    return tmp_path / "dvc"


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """Return training_set and test_set with two classes."""
    for part in ("training_set", "test_set"):
        classes(tmp_path / "set" / part, "cats", "dogs")
    return tmp_path / "set"


def test_data_check_exits_1_until_it_is_reported(dvc: Path, halves: Path) -> None:
    for folder, reading in ((dvc, "names"), (halves, "halves")):
        result = CliRunner().invoke(cli, ["data", "check", str(folder)])
        assert result.exit_code == 1
        assert f"--layout {reading}" in " ".join(result.output.split())
        assert "Nothing is wrong" not in result.output
        result = CliRunner().invoke(cli, ["data", "check", str(folder), "--layout", reading])
        assert result.exit_code == 0, result.output
        assert "of 2 classes checked" in result.output


def test_the_json_names_the_layouts(dvc: Path) -> None:
    result = CliRunner().invoke(cli, ["data", "check", str(dvc), "--json"])
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert told["layouts"] == ["names", "folders"]
    assert told["would_train"] is False


def test_training_refuses_with_the_cure(dvc: Path, halves: Path) -> None:
    for folder, reading in ((dvc, "names"), (halves, "halves")):
        result = CliRunner().invoke(cli, ["train", str(folder)])
        assert result.exit_code == 2
        assert f"--layout {reading}" in result.output


def test_a_layout_that_is_not_there_is_refused(halves: Path) -> None:
    result = CliRunner().invoke(cli, ["train", str(halves), "--layout", "names"])
    assert result.exit_code == 2
    assert "do not begin with labels" in result.output
