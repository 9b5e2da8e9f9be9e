"""The course on the command line: lessons as text, drills, progress, a teacher's own folder."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.made_course import run
from tui.course import (
    SKILLS,
    ExpectBlock,
    WriteBlock,
    load_course,
    make_drill,
    read_progress,
    record_answer,
    record_drill,
    skill_title,
    solution_text,
)

pytestmark = pytest.mark.usefixtures("folder")


def test_a_lesson_is_gone_through_as_text(folder: Path) -> None:
    answers = "h\nh\nh\n3\nx7\n5\na\nb\n3\nx\n7 4\n8 4\n"
    result = run("--lessons", str(folder), "lesson", "44", "--plain", answers=answers)
    said = result.output
    assert result.exit_code == 0
    for words in (
        "Lesson 44: Made",
        "Page 1 of 7: First",
        "Some bold words and code, with a link (https://keras.io).",
        "    drawn  by\n    hand\n",
        "Question: How wide?",
        "> h\nHint 1 of 2: One.",
        "Hint 2 of 2: Two.\n> h\nHint 2 of 2: Two.",
        "> 3\nYou left out 2P.",
        "“x7” is not a whole number",
        "> 5\nRight: 5 − 3 + 2·1 + 1 = 5.",
        "  b) that",
        "No: not this.",
        "Right: just that.",
        "  Input 9×9×1, F = 3, P = 0; wanted 4×4",
        "> 3\nF = 3, S = 3, P = 0 gives W2 = (9 − 3)/3 + 1 = 3, one too few.",
        "> x\n",
        "Answer: S=2",
        "  layer 2  MaxPooling2D(2): W2 ?",
        "(layer 1 wrong, layer 2 right)",
        "> 8 4\nRight: 8 4.",
        "cnn-tui calc 9x9x1 conv:k=1,f=3",
        '    print("hello")',
        "    cnn-tui train --sample digits --epochs 5 --stop-when 'never' --seed 42 --share 0.1\n",
        "    cnn-tui train --sample digits --epochs 5 --stop-when 'never' --seed 42\n",
        "through blur, then maxpool:f=2",
        "0 of 4 right at the first try",
    ):
        assert words in said, words
    view = read_progress()
    assert view.answered["made", "p"].tries == 2 and view.answered["made", "p"].correct
    assert not view.answered["made", "s"].correct
    assert view.slips["forgot-2p"] == 1
    assert view.answered["made", "p"].way == "with help"
    assert view.answered["made", "s"].way == "shown"


def test_a_hint_counts_as_help_and_a_shown_answer_as_shown(folder: Path) -> None:
    run("--lessons", str(folder), "lesson", "44", "--plain", answers="h\n5\nx\n")
    answered = read_progress().answered
    assert answered["made", "p"].way == "with help" and answered["made", "p"].tries == 1
    assert answered["made", "c"].way == "shown" and not answered["made", "c"].correct
    run("--lessons", str(folder), "lesson", "44", "--plain", answers="\nb\n")
    assert read_progress().answered["made", "c"].way == "shown"


@pytest.mark.parametrize("name", ["44", "made", "44-made", "44-made.md"])
def test_a_lesson_has_many_names_and_ends_with_its_input(folder: Path, name: str) -> None:
    result = run("--lessons", str(folder), "lesson", name, "--plain", answers="5\n")
    assert result.exit_code == 0
    assert result.output.endswith("The input has ended here.\n\n1 of 1 right at the first try\n")


def test_empty_lines_skip_everything(folder: Path) -> None:
    result = run("--lessons", str(folder), "lesson", "made", "--plain", answers="\n" * 9)
    assert result.output.endswith("0 of 0 right at the first try, 4 skipped\n")
    assert not read_progress().answered


def test_bytes_that_are_no_text_do_no_harm(folder: Path) -> None:
    answers = b"\xff\xfe\n\x1b[2J\n" + b"9" * 10_000 + b"\n5\n"
    result = run("--lessons", str(folder), "lesson", "made", "--plain", answers=answers)
    assert result.exit_code == 0 and "not a whole number" in result.output


def test_every_lesson_of_ours_can_be_gone_through_with_right_answers() -> None:
    for lesson in load_course().lessons:
        # Programs are skipped: running them would load Keras.
        answers = "".join(
            "\n" if isinstance(task, WriteBlock) else f"{solution_text(task)}\n"
            for task in lesson.tasks
        )
        result = run("lesson", str(lesson.number), "--plain", answers=answers)
        # A prediction is neither right nor wrong.
        count = sum(not isinstance(one, ExpectBlock) for one in lesson.questions)
        assert f"{count} of {count} right at the first try" in result.output, lesson.id


def test_a_lesson_that_there_is_not() -> None:
    for name in ("99", "nothing", "\x1b[2J"):
        result = run("lesson", name, "--plain")
        assert result.exit_code == 2 and "There is no lesson" in result.output
    assert "lesson 1 --plain" in run("lesson", "1").output, "without a terminal it names the way"


def test_a_real_pipe_and_no_input_at_all() -> None:
    command = [sys.executable, "-m", "tui", "lesson", "1", "--plain"]
    piped = subprocess.run(command, input=b"x\n", capture_output=True, timeout=120, check=True)
    assert b"\x1b" not in piped.stdout and piped.stderr == b""
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, timeout=120, check=False
    )
    assert closed.returncode == 0 and b"Traceback" not in closed.stderr


def test_drills_are_judged_and_kept() -> None:
    drill = make_drill("parameters", 1, 3 * 1009)
    answers = f"0\n{solution_text(drill.question)}\nx\n"
    result = run("drills", "--skill", "parameters", "--seed", "3", answers=answers)
    assert result.exit_code == 0
    assert "Drill 1 of 10: parameters, level 1" in result.output
    assert "Right: " in result.output and "The input has ended here." in result.output
    view = read_progress()
    assert (view.drills, view.skills["parameters"].box) == (1, 1)  # the first try counts


def test_a_day_of_drills_with_right_answers() -> None:
    again = run("drills", "--seed", "5", answers="\n" * 10)
    assert run("drills", "--seed", "5", answers="\n" * 10).output == again.output
    assert "10 skipped" in again.output and read_progress().drills == 0
    headings = re.findall(r"Drill \d+ of 10: (.+), level 1", again.output)
    assert list(dict.fromkeys(headings)) == [skill_title(skill) for skill in SKILLS[:5]]


@pytest.mark.parametrize(
    "options", [("--skill", "strides"), ("--count", "0"), ("--seed", "-1"), ("--skill", "\x1b")]
)
def test_drills_that_there_are_not(options: tuple[str, str]) -> None:
    assert run("drills", *options).exit_code == 2


def test_progress_is_a_map() -> None:
    lesson = load_course().lessons[0]
    empty = run("progress").output
    assert f"·  1  {lesson.title}" in empty and "none answered yet" in empty
    for question in lesson.questions:
        record_answer(lesson.id, question.id, True)
    record_answer("other", "x", False, "forgot-2p")
    record_answer("other", "x", False, "\x1b[2J")
    record_drill("stride", 1, 1, False, "forgot-stride")
    record_drill("depth", 1, 1, True)
    said = run("progress").output
    count = len(lesson.questions)
    assert f"✓  1  {lesson.title}   {count} of {count} right" in said
    assert "2 answered, 1 of 2 skills due" in said
    assert re.search(r"stride +box 1 of 5, level 1, 0 of 1 right, due now", said)
    assert re.search(r"depth +box 2 of 5, level 1, 1 of 1 right, due in 1 day", said)
    assert "1 × forgot 2P" in said and "1 × forgot stride" in said


def test_progress_goes_out_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_answer("a", "x", True)
    target = tmp_path / "out.json"
    for _ in range(2):  # its own export may be replaced
        assert run("progress", "--export", str(target)).exit_code == 0
    assert json.loads(target.read_text())["answers"][0]["lesson"] == "a"
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []
    assert run("progress", "--export", "-").output == target.read_text()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "other"))
    assert "1 answer was new" in run("progress", "--import", str(target)).output
    assert "0 answers were new" in run("progress", "--import", str(target)).output
    assert "0 answers" in run("progress", "--import", "-", answers=target.read_text()).output


def test_an_export_takes_no_other_file_away(tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.json"
    thesis.write_text("{}")
    for target in (thesis, tmp_path, tmp_path / "nowhere" / "out.json", Path("\x00")):
        result = run("progress", "--export", str(target))
        assert result.exit_code == 2 and "Traceback" not in result.output
    assert thesis.read_text() == "{}"


def test_a_bad_import_is_one_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\xff\x00\x1b[2J")
    for source in (bad, tmp_path, tmp_path / "nowhere"):
        result = run("progress", "--import", str(source))
        assert result.exit_code == 2
        assert "that cnn-tui progress --export wrote" in result.output
    assert run("progress", "--import", "a", "--export", "b").exit_code == 2
