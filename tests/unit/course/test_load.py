"""Finding lessons, our own course, and the command that checks them."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from click.testing import CliRunner

from tests.unit.course.conftest import FRONT
from tui.commands.lesson import lessons
from tui.course import PredictBlock, check_lessons, expected, load_course
from tui.course.numbers import NotANumber, read_number
from tui.course.room import ROWS, page_rows


def test_our_own_course_has_nothing_to_mend() -> None:
    course, problems = check_lessons()
    assert problems == ()
    assert course.lessons[0].id == "layer-formula"
    assert [lesson.number for lesson in course.lessons] == list(range(1, len(course.lessons) + 1))


def test_the_first_lesson_asks_early_and_fits_everywhere() -> None:
    lesson = load_course().lessons[0]
    assert 7 <= len(lesson.pages) <= 9
    assert lesson.pages[0].questions
    for page in lesson.pages:
        assert page_rows(page) <= ROWS
        assert len(page.questions) <= 1
    answers = {q.id: expected(q) for q in lesson.questions if isinstance(q, PredictBlock)}
    assert answers == {
        "places": 3,
        "rows": 4,
        "stride": 4,
        "padding": 5,
        "depth": 10,
        "parameters": 760,
        "first-layer": 448,
    }


def test_no_hint_but_the_last_gives_the_number_away() -> None:
    for lesson in load_course().lessons:
        for question in lesson.questions:
            if isinstance(question, PredictBlock):
                assert 2 <= len(question.hints) <= 4, question.id
                for hint in question.hints:
                    words = hint.replace("=", " = ").rstrip(".").split()
                    stated = [after for sign, after in pairwise(words) if sign == "="]
                    assert expected(question) not in map(_number, stated), hint


def _number(text: str) -> int | None:
    try:
        return read_number(text)
    except NotANumber:
        return None


def test_a_damaged_file_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    good = FRONT + "# A\nx\n"
    (folder / "02-good.md").write_text(good)
    (folder / "03-twin.md").write_text(good)
    (folder / "04-latin.md").write_bytes(FRONT.encode() + b"# A\n\xe9\n")
    (folder / "05-broken.md").write_text("nothing")
    (folder / "06-large.md").write_bytes(b"x" * 1_000_001)
    (folder / "07-folder.md").mkdir()
    (folder / "08-\x1b[2J.md").write_text(good)
    (folder / "09-gone.md").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "10-pipe.md")
    (folder / "README.md").write_text("no lesson")
    (folder / ".hidden.md").write_text("no lesson")
    (folder / "notes.txt").write_text("no lesson")
    course = load_course(folder)
    assert [lesson.id for lesson in course.lessons] == ["layer-formula", "made"]
    said = {
        problem.file.rpartition("/")[2]: (problem.line, problem.sentence)
        for problem in course.problems
    }
    assert set(said) == {
        "03-twin.md",
        "04-latin.md",
        "05-broken.md",
        "06-large.md",
        "08-␛[2J.md",
    }
    assert "taken by" in said["03-twin.md"][1]
    assert said["04-latin.md"][0] == 9 and "UTF-8" in said["04-latin.md"][1]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    course = load_course(tmp_path / "nowhere")
    assert course.lessons
    (problem,) = course.problems
    assert "No such file" in problem.sentence


def test_a_crowded_page_is_named_by_check_alone(tmp_path: Path) -> None:
    crowded = "# Long\n\n" + "A paragraph.\n\n" * 9
    (tmp_path / "01-long.md").write_text(FRONT + "# A\nx\n---\n" + crowded)
    assert load_course(tmp_path).problems == ()
    _, (problem,) = check_lessons(tmp_path)
    assert problem.line == 11 and "17 rows" in problem.sentence


def test_the_command_lists_and_checks(tmp_path: Path) -> None:
    run = CliRunner().invoke
    listed = run(lessons, [])
    assert listed.exit_code == 0 and " 1  The layer formula" in listed.output
    checked = run(lessons, ["check"])
    assert (checked.exit_code, checked.output.split(":")[1]) == (0, " nothing is wrong.\n")
    bad = tmp_path / "01-bad.md"
    bad.write_text(FRONT + "# A\n```predcit\n```\n")
    for place in (tmp_path, bad):
        found = run(lessons, ["check", str(place)])
        assert found.exit_code == 1
        assert found.output.startswith(f"{bad}:9: no block is called 'predcit'")
    bad.unlink()
    assert run(lessons, ["check", str(tmp_path)]).exit_code == 1
    assert run(lessons, ["check", str(tmp_path / "nowhere")]).exit_code == 1


def test_reading_the_course_loads_neither_textual_nor_tensorflow() -> None:
    source = (
        "import sys, tui.course; tui.course.load_course(); tui.course.read_progress(); "
        "heavy = {'textual', 'rich', 'tensorflow', 'keras', 'numpy'}; "
        "sys.exit(' '.join(heavy & set(sys.modules)) or None)"
    )
    subprocess.run([sys.executable, "-c", source], check=True, timeout=20)
