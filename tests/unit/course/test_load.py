"""Finding lessons, our own course, and the command that checks them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.course.conftest import FRONT
from tui.cli.lessons.lessons import lessons
from tui.course import (
    ChoiceBlock,
    CodeBlock,
    PredictBlock,
    Prose,
    check_lessons,
    expected_number,
    extra_folder,
    judge,
    load_course,
    solution_steps,
    solution_text,
)
from tui.course.judging.question_numbers import numbers_in
from tui.course.judging.typed_number import NotANumber, read_number
from tui.course.lesson.page_height import ROWS, page_rows
from tui.course.reading.load_lessons import builtin_folder


def test_our_own_course_has_nothing_to_correct() -> None:
    course, problems = check_lessons()
    assert problems == ()
    assert [lesson.number for lesson in course.lessons] == list(range(1, len(course.lessons) + 1))


def test_every_lesson_asks_early_fits_everywhere_and_can_be_answered() -> None:
    for lesson in load_course().lessons:
        programs = sum(len(page.tasks) - len(page.questions) for page in lesson.pages)
        assert 5 <= len(lesson.pages) <= 11 + programs, lesson.id
        assert any(page.tasks for page in lesson.pages[:2]), lesson.id
        for page in lesson.pages:
            assert page_rows(page) <= ROWS
            assert len(page.tasks) <= 1
        for question in lesson.questions:
            assert judge(question, solution_text(question)).correct, (lesson.id, question.id)
            assert solution_steps(question)


def test_the_numbers_of_the_course_are_calculated() -> None:
    answers = {
        question.id: expected_number(question)
        for lesson in load_course().lessons
        for question in lesson.questions
        if isinstance(question, PredictBlock)
    }
    wanted = {
        "places": 3,
        "rows": 4,
        "stride": 4,
        "padding": 5,
        "depth": 10,
        "parameters": 760,
        "first-layer": 448,
    }
    assert {name: answers.get(name) for name in wanted} == wanted


def test_no_hint_but_the_last_gives_the_number_away() -> None:
    for lesson in load_course().lessons:
        for question in lesson.questions:
            if isinstance(question, PredictBlock):
                assert 2 <= len(question.hints) <= 4, question.id
                for hint in question.hints:
                    words = hint.replace("=", " = ").rstrip(".").split()
                    stated = [after for sign, after in pairwise(words) if sign == "="]
                    assert expected_number(question) not in map(_number, stated), hint


def test_the_reason_for_a_wrong_choice_does_not_give_the_right_one_away() -> None:
    for lesson in load_course().lessons:
        for question in lesson.questions:
            if not isinstance(question, ChoiceBlock):
                continue
            right = question.options[question.answer - 1]
            seen = " ".join(
                [question.prompt, *(option for option in question.options if option != right)]
            )
            numbers = numbers_in(right) - numbers_in(seen) - {1}
            begins = re.split("[:;,]", right.casefold())[0].removeprefix("no").strip()
            for number, why in enumerate(question.why, start=1):
                if number != question.answer:
                    assert numbers.isdisjoint(numbers_in(why)), (lesson.id, question.id, why)
                    told = len(begins) > 8 and begins in why.casefold()
                    assert not told, (lesson.id, question.id, why)


def test_code_that_is_not_the_course_s_says_so() -> None:
    padding = load_course().lesson("padding")
    assert padding is not None
    page = next(page for page in padding.pages if any(isinstance(p, CodeBlock) for p in page.parts))
    prose = " ".join(part.markdown for part in page.parts if isinstance(part, Prose))
    assert "second line is not from the course" in " ".join(prose.split())


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
    own = {lesson.id for lesson in load_course().lessons}
    assert {lesson.id for lesson in course.lessons} == own | {"made"}
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
    assert "already used by" in said["03-twin.md"][1] and said["03-twin.md"][0] == 2
    assert said["04-latin.md"][0] == 9 and "UTF-8" in said["04-latin.md"][1]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    course = load_course(tmp_path / "nowhere")
    assert course.lessons
    (problem,) = course.problems
    assert "No such file" in problem.sentence and "--lessons DIR" in problem.sentence


def test_the_environment_names_a_folder_of_more_lessons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert extra_folder() is None
    (tmp_path / "44-more.md").write_text(FRONT + "# A\nx\n")
    monkeypatch.setenv("CNN_TUI_LESSONS", str(tmp_path))
    assert extra_folder() == tmp_path
    assert load_course().lessons[-1].id == "made"
    assert check_lessons()[0].lessons[-1].id == "made"
    monkeypatch.setenv("CNN_TUI_LESSONS", "~nobody-of-that-name/lessons")
    assert "cannot be read" in load_course().problems[0].sentence
    monkeypatch.setenv("CNN_TUI_LESSONS", "  ")
    assert extra_folder() is None


def test_a_check_finds_what_no_file_shows_alone(tmp_path: Path) -> None:
    own = load_course().lessons[0]
    text = FRONT + "# A\nSee [it](02-two.md#gone) and [that](lesson:nowhere).\n"
    (tmp_path / "01-one.md").write_text(text)
    (tmp_path / "02-two.md").write_text(FRONT.replace('"made"', f'"{own.id}"') + "# Two\nx\n")
    (tmp_path / "02-too.md").write_text(FRONT.replace('"made"', '"too"') + "# Three\nx\n")
    said = [
        (problem.file.rpartition("/")[2], problem.line, problem.sentence)
        for problem in check_lessons(tmp_path)[1]
    ]
    assert [(file, line) for file, line, _ in said] == [
        ("01-one.md", 9),
        ("01-one.md", 9),
        ("02-two.md", 1),
        ("02-two.md", 2),
    ]
    assert "has no page with that heading. The first one is #two." in said[0][2]
    assert "no lesson has the id 'nowhere'" in said[1][2]
    assert "the number 2 is already used by" in said[2][2]
    assert f"the id {own.id!r} is already used by lessons/" in said[3][2]
    # A single file is checked with its neighbours in view.
    alone = check_lessons(tmp_path / "01-one.md")[1]
    assert [problem.sentence for problem in alone] == [sentence for _, _, sentence in said[:2]]


def test_our_lessons_may_be_checked_by_their_path() -> None:
    folder = builtin_folder()
    assert isinstance(folder, Path) and folder.parent == Path(__file__).parents[3]
    assert check_lessons(folder)[1] == ()
    assert check_lessons(next(folder.glob("*.md")))[1] == ()


def test_a_crowded_page_is_named_by_check_alone(tmp_path: Path) -> None:
    crowded = "# Long\n\n" + "A paragraph.\n\n" * 9
    (tmp_path / "01-long.md").write_text(FRONT + "# A\nx\n---\n" + crowded)
    assert load_course(tmp_path).problems == ()
    _, (problem,) = check_lessons(tmp_path)
    assert problem.line == 11 and "17 rows" in problem.sentence


def test_a_summary_that_the_list_would_cut_is_named_by_check(tmp_path: Path) -> None:
    (tmp_path / "01-long.md").write_text(
        '+++\nid = "long"\ntitle = "Long"\nsummary = "' + "s" * 79 + '"\nminutes = 3\n+++\n# A\nx\n'
    )
    assert load_course(tmp_path).problems == ()
    _, (problem,) = check_lessons(tmp_path)
    assert "79 characters" in problem.sentence and "78 of them" in problem.sentence


def test_the_command_lists_and_checks(tmp_path: Path) -> None:
    run = CliRunner().invoke
    listed = run(lessons, [])
    assert listed.exit_code == 0 and f" 1  {load_course().lessons[0].title}" in listed.output
    checked = run(lessons, ["check"])
    assert (checked.exit_code, checked.output.split(":")[1]) == (0, " nothing is wrong.\n")
    bad = tmp_path / "01-bad.md"
    bad.write_text(FRONT + "# A\n```predcit\n```\n")
    for place in (tmp_path, bad):
        found = run(lessons, ["check", str(place)])
        assert found.exit_code == 1
        assert found.output.startswith(f"{bad}:9: there is no block 'predcit'")
    bad.unlink()
    assert run(lessons, ["check", str(tmp_path)]).exit_code == 1
    assert run(lessons, ["check", str(tmp_path / "nowhere")]).exit_code == 1


def test_reading_the_course_loads_neither_textual_nor_tensorflow() -> None:
    source = (
        "import sys, tui.course; tui.course.load_course(); tui.course.read_progress(); "
        "heavy = {'textual', 'rich', 'tensorflow', 'keras', 'numpy'}; "
        "sys.exit(' '.join(heavy & set(sys.modules)) or None)"
    )
    subprocess.run([sys.executable, "-c", source], check=True, timeout=120)


def test_where_the_programs_own_lessons_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, beside = tmp_path / "tui", tmp_path / "lessons"
    package.mkdir()
    beside.mkdir()
    monkeypatch.setattr(
        "tui.course.reading.load_lessons.importlib.resources.files", lambda _: package
    )
    # Beside an installed package they are somebody else's.
    assert builtin_folder() is None
    assert [problem.sentence for problem in load_course().problems] == [
        "the lessons are missing: install cnn-tui again."
    ]
    (tmp_path / "pyproject.toml").touch()
    assert builtin_folder() == beside
    (package / "lessons").mkdir()
    assert builtin_folder() == package / "lessons"
