"""Lessons and programs as files: a teacher's own lessons, exercises written out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.cli.made_course import run
from tui.cli.command import cli
from tui.course import (
    check_lessons,
    load_course,
    read_progress,
    record_program,
)
from tui.course.exercises import EXERCISES

pytestmark = pytest.mark.usefixtures("folder")


def test_a_new_lesson_passes_the_check_and_can_be_taken(tmp_path: Path) -> None:
    place = tmp_path / "new"
    place.mkdir()
    first = run("lessons", "new", "zero-pads", "--in", str(place))
    assert first.exit_code == 0
    number = load_course().lessons[-1].number + 1
    path = place / f"{number:02}-zero-pads.md"
    assert path.exists() and str(path) in first.output
    assert check_lessons(place)[1] == ()
    course, _ = check_lessons(path)
    kinds = {type(part).__name__ for page in course.lessons[0].pages for part in page.parts}
    assert kinds == {
        "CalculatorBlock",
        "ChainBlock",
        "ChoiceBlock",
        "CodeBlock",
        "ExpectBlock",
        "LookBlock",
        "PredictBlock",
        "Prose",
        "SolveBlock",
        "TrainBlock",
        "WriteBlock",
    }
    taken = run("--lessons", str(place), "lesson", "zero-pads", "--plain", answers="\n" * 9)
    assert "7 skipped" in taken.output
    assert run("--lessons", str(place), "lessons", "new", "second").exit_code == 0
    assert (place / f"{number + 1:02}-second.md").exists()


def test_a_new_lesson_overwrites_nothing(tmp_path: Path) -> None:
    run("lessons", "new", "one", "--in", str(tmp_path))
    (written,) = tmp_path.glob("*-one.md")
    written.write_text("mine")
    again = run("lessons", "new", "one", "--in", str(tmp_path))
    assert again.exit_code == 2 and "is there already" in again.output
    assert written.read_text() == "mine"
    for slug in ("Big", "a b", "../x", "-a", "", "a" * 99):
        assert run("lessons", "new", "--in", str(tmp_path), "--", slug).exit_code == 2
    assert run("lessons", "new", "x", "--in", str(tmp_path / "no")).exit_code == 2


def test_a_folder_of_lessons_that_is_not_there(tmp_path: Path, folder: Path) -> None:
    for place, words in ((tmp_path / "no", "is not there"), (folder / "44-made.md", "no folder")):
        result = run("--lessons", str(place), "lessons")
        assert result.exit_code == 2 and words in result.output
    result = CliRunner().invoke(cli, ["lessons"], env={"CNN_TUI_LESSONS": str(tmp_path / "no")})
    assert result.exit_code == 0 and "the folder cannot be read" in result.stderr
    assert "44  Made" in run("--lessons", str(folder), "lessons").output


def test_programs_are_listed_and_written(tmp_path: Path) -> None:
    listed = run("lessons", "write").output
    assert "callback" in listed and "A callback that stops the training" in listed
    assert all(name in listed for name in EXERCISES)
    record_program("callback", "def on_epoch_end(self, epoch, logs=None):\n    mine()")
    assert "        mine()\n" in run("lessons", "write", "callback").output
    assert "mine()" not in run("lessons", "write", "callback", "--solution").output
    target = tmp_path / "notebook.py"
    record_program("notebook-maps", "maps_of = mine(model)", correct=True)
    done = run("lessons", "write", "notebook", "-o", str(target))
    assert done.exit_code == 0 and f"Run it with: python {target.name} FOLDER" in done.output
    text = target.read_text()
    compile(text, "notebook.py", "exec")
    assert "maps_of = mine(model)" in text
    again = run("lessons", "write", "fit", "-o", str(target))
    assert again.exit_code == 1 and "is there already" in again.output
    assert target.read_text() == text
    assert run("lessons", "write", "fit", "-o", str(target), "--force").exit_code == 0
    wrong = run("lessons", "write", "\x1b[2J")
    assert wrong.exit_code == 2 and "\x1b" not in wrong.output


def test_a_written_program_says_whose_lines_it_has_and_whether_they_are_right(
    tmp_path: Path,
) -> None:
    def said(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["lessons", "write", *arguments])
        assert result.exit_code == 0
        return " ".join(result.stderr.split())

    assert "The solution stands in it: you have not written" in said("flow")
    record_program("flow", "train = generator.flow_from_directory(")
    assert "have not been found right yet" in said("flow")
    assert "Python cannot read line" in said("flow")
    assert said("flow", "--solution") == ""
    record_program("flow", "train = right()", correct=True)
    assert said("flow") == ""
    record_program("notebook-training", "draft()")
    record_program("notebook-maps", "maps_of = mine(model)", correct=True)
    assert "Solutions shown for steps 1, 2, 3, 4 and 5" in said("notebook")
    assert "SIDE, BATCH, EPOCHS are 64, 20, 15; the lesson takes 32, 10, 2" in said("notebook")
    assert "Solutions shown for steps 1, 2, 3, 4 and 5" in said("notebook-maps")


def test_a_program_is_asked_for_as_text(folder: Path) -> None:
    """Hints, a solution and skipping need no process."""
    (folder / "02-programs.md").write_text(
        '+++\nid = "programs"\ntitle = "Programs"\nsummary = "S."\nminutes = 3\n+++\n'
        "# One\n```write formula\n```\n---\n# Two\n```write callback\n```\n"
    )
    result = run("--lessons", str(folder), "lesson", "programs", "--plain", answers="h\nx\n\n")
    assert "Hint 1 of 3: It is the formula" in result.output
    assert "    return (size - f + 2 * p) // s + 1" in result.output
    assert "Type the lines that stand where ___ is" in result.output
    assert result.output.endswith("0 of 0 right at the first try, 2 skipped\n")
    (shown,) = read_progress().answered.values()
    assert (shown.correct, shown.tries, shown.way) == (False, 0, "shown")
