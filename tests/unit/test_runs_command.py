"""`cnn-tui runs`: the list, one run, and what can be done with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.unit.training.recorded import recorded, run_of
from tui.commands import cli
from tui.datasets import LoaderSettings
from tui.training.recipe import make_spec
from tui.training.runs import RunFolder
from tui.training.spec import TrainingSpec


def call(*arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["runs", *map(str, arguments)], input=typed)


@pytest.fixture
def spec() -> TrainingSpec:
    """Return a training on two classes."""
    return make_spec("pets", LoaderSettings(directory="/data/pets", classes=("cats", "dogs")))


@pytest.fixture
def two(spec: TrainingSpec) -> tuple[RunFolder, RunFolder]:
    """Return a run that ended and one that died."""
    other = msgspec.structs.replace(spec, name="digits · own", seed=7)
    return (
        run_of(spec, recorded("overfitting").history),
        run_of(other, {"loss": [0.5]}, ended=False),
    )


def test_the_list_is_filtered_by_words_in_any_order(two: tuple[RunFolder, RunFolder]) -> None:
    assert call("note", two[1].name, "the NEW try").exit_code == 0
    for wanted, found in (
        ("course", {0}),
        ("OWN digits", {1}),
        ("died", {1}),
        ("new try", {1}),
        ("finished pets", {0}),
        ("", {0, 1}),
    ):
        done = call("--filter", wanted)
        assert {n for n in (0, 1) if two[n].name in done.output} == found, wanted
    none = call("--filter", "nothing\x1b like this")
    assert none.exit_code == 0 and "None of 2 runs fits 'nothing␛ like this'." in none.output
    assert len(json.loads(call("--json", "--filter", "own").output)) == 1


def test_one_run_as_text_and_as_json(two: tuple[RunFolder, RunFolder]) -> None:
    shown = call("show", two[0].name)
    assert shown.exit_code == 0
    assert "! overfitting since epoch 4" in shown.output
    assert "history.history['accuracy'][-1]      1.0" in shown.output
    record = json.loads(call("show", two[0].name[-4:], "--json").output)
    assert record["run"] == str(two[0].path) and len(record["history"]["loss"]) == 25


def test_a_name_that_fits_none_or_two_is_said_with_the_cure(
    two: tuple[RunFolder, RunFolder],
) -> None:
    missing = call("show", "yesterday\x1b")
    assert missing.exit_code == 1 and "`cnn-tui runs` lists them" in missing.output
    assert "\x1b" not in missing.output
    several = call("show", "2")
    assert several.exit_code == 1 and "fits 2 runs" in several.output


def test_a_run_is_renamed_and_gets_its_name_back(two: tuple[RunFolder, RunFolder]) -> None:
    done = call("rename", two[0].name, "first\ttry")
    assert done.output == f"{two[0].name} is called first try now.\n"
    assert "first try" in call().output and call("show", two[0].name).output.startswith("first try")
    assert "pets · course now" in call("rename", two[0].name, "").output
    refused = call("rename", two[0].name, "x" * 81)
    assert refused.exit_code == 1 and "may have 80 characters" in refused.output


def test_deleting_asks_and_no_is_the_answer_to_anything_but_yes(
    two: tuple[RunFolder, RunFolder],
) -> None:
    for answer in ("\n", "n\n"):
        kept = call("delete", two[0].name, typed=answer)
        assert f"Delete pets · course ({two[0].name}, " in kept.output
        assert "It stays." in kept.output and two[0].path.exists()
    assert call("delete", two[0].name, typed="y\n").exit_code == 0
    assert not two[0].path.exists() and two[1].path.exists()
    assert call("delete", two[1].name, "--yes").exit_code == 0
    assert not two[1].path.exists()


def test_a_run_at_work_is_not_deleted(two: tuple[RunFolder, RunFolder]) -> None:
    lock = two[1].take_lock()
    done = call("delete", two[1].name, "--yes")
    os.close(lock)
    assert done.exit_code == 1 and "is being trained. Stop it first" in done.output
    assert two[1].path.exists()


def test_an_export_says_where_it_is_and_never_overwrites(
    two: tuple[RunFolder, RunFolder], tmp_path: Path
) -> None:
    done = call("export", two[0].name)
    assert done.output == "wrote pets-course.csv\n"
    assert Path("pets-course.csv").read_text().startswith("epoch,")
    again = call("export", two[0].name)
    assert again.exit_code == 1 and "Name another place, or use --force" in again.output
    assert call("export", two[0].name, "--force").exit_code == 0
    both = call("export", two[0].name, two[1].name, "--format", "svg", "--out", tmp_path)
    assert both.output == f"wrote {tmp_path / 'comparison.svg'}\n"


@pytest.mark.parametrize("form", ["csv", "json", "svg", "tensorboard", "script"])
def test_every_format_leaves(form: str, two: tuple[RunFolder, RunFolder], tmp_path: Path) -> None:
    done = call("export", two[0].name, "--format", form, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    for line in done.output.splitlines():
        assert Path(line.removeprefix("wrote ")).stat().st_size > 100


def test_a_script_of_a_damaged_spec_is_refused(two: tuple[RunFolder, RunFolder]) -> None:
    (two[0].path / "spec.json").write_text("{")
    done = call("export", two[0].name, "--format", "script")
    assert done.exit_code == 1 and "is damaged" in done.output


def test_options_of_the_list_do_not_get_lost_before_a_command(
    two: tuple[RunFolder, RunFolder],
) -> None:
    done = call("--json", "show", two[0].name)
    assert done.exit_code == 2 and "Write them behind show" in done.output
