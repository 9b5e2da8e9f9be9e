"""`cnn-tui data check`: the same findings in the shell, and a status for scripts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.unit.datasets.worst import build_worst, picture
from tui.cli.command import cli
from tui.datasets import doctor


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Return 6 cats and 6 dogs, all different."""
    for label, start in (("cats", 0), ("dogs", 50)):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for index in range(6):
            picture(start + index).save(tmp_path / "pets" / label / f"{index}.png")
    return tmp_path / "pets"


def check(*arguments: object) -> Result:
    """Run the command; a traceback is never an answer."""
    result = CliRunner().invoke(cli, ["data", "check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_good_folder(pets: Path) -> None:
    result = check(pets)
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == str(pets)
    assert "12 images of 2 classes checked" in result.output
    assert result.output.endswith("Nothing is wrong with this folder.\n")
    assert "12 of them from an earlier check" in check(pets).output


def test_findings_are_aligned_worst_first_with_names_and_remedies(pets: Path) -> None:
    for number in range(7):
        (pets / "cats" / f"x{number}\x1b[2J.jpg").touch()
    shutil.copy(pets / "dogs" / "5.png", pets / "cats" / "5b.png")
    result = check(pets)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "\x1b" not in result.output
    warnings = [line for line in lines if line.startswith("warning    ")]
    assert warnings == [
        "warning    1 image is in more than one class",
        "warning    7 empty files (0 bytes)",
    ]
    assert "remedy     leave out all 2 of them (one key in the app)" in lines
    assert "             cats/x4␛[2J.jpg" in lines
    assert "             cats/x5␛[2J.jpg" not in lines
    assert "             and 2 more (--all names them)" in lines
    assert lines[-1] == "2 warnings. A training would run."
    assert "             cats/x6␛[2J.jpg" in check(pets, "--all").output.splitlines()


def test_json_holds_everything(tmp_path: Path) -> None:
    expected = build_worst(tmp_path / "worst")
    result = check(tmp_path / "worst", "--json", "--class-mode", "binary")
    assert result.exit_code == 1
    record: dict[str, Any] = json.loads(result.output)
    assert record["would_train"] is False
    assert {one["kind"]: set(one["names"]) for one in record["findings"]} == expected
    first = record["findings"][0]
    assert first["remedy"] == "use class mode categorical"
    assert all(one["count"] == len(one["names"]) for one in record["findings"])


def test_a_training_that_would_fail_is_status_1(pets: Path) -> None:
    shutil.rmtree(pets / "dogs")
    result = check(pets)
    assert result.exit_code == 1
    assert "error      1 class only" in result.output
    assert "A training would fail." in result.output


def test_options_are_judged_too(pets: Path) -> None:
    assert check(pets, "--validation-split", "0").exit_code == 0
    for impossible in ("7.0", "-0.5", "nan"):
        result = check(pets, "--validation-split", impossible)
        assert result.exit_code == 1
        assert f"The validation split is {impossible}" in result.output


def test_a_folder_that_is_not_there_is_status_2(tmp_path: Path) -> None:
    result = check(tmp_path / "no\x1bwhere")
    assert result.exit_code == 2
    assert "There is no folder" in result.output and "\x1b" not in result.output


def test_ctrl_c_keeps_what_was_read(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.examine

    def interrupted(*arguments: Any, **options: Any) -> Any:
        def stop() -> bool:
            raise KeyboardInterrupt

        return real(*arguments, **{**options, "cancelled": stop, "workers": 1})

    monkeypatch.setattr(doctor, "examine", interrupted)
    result = check(pets)
    assert result.exit_code == 130
    assert "What was read is known next time" in result.output
    monkeypatch.setattr(doctor, "examine", real)
    assert "1 of them from an earlier check" in check(pets).output


def test_the_group_names_it() -> None:
    assert "check" in CliRunner().invoke(cli, ["data", "--help"]).output
