"""What is kept of a lesson besides its answers: help, predictions, and what counts for drills."""

from __future__ import annotations

import dataclasses
import itertools
import sqlite3
import time
from pathlib import Path

import pytest

from tui.course import (
    CountBlock,
    ExpectBlock,
    LearnerProgress,
    Lesson,
    export_progress,
    import_progress,
    lesson_mark,
    load_course,
    page_results,
    question_skill,
    read_progress,
    record_answer,
    record_drill,
    record_note,
    reset,
)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass from one record to the next."""
    seconds = itertools.count(1_000_000.0)
    monkeypatch.setattr(time, "time", lambda: next(seconds))


def course_lesson(lesson_id: str) -> Lesson:
    lesson = load_course().lesson(lesson_id)
    assert lesson is not None
    return lesson


def outcomes(lesson: Lesson) -> dict[str, str]:
    tasks = [task.id for task in lesson.tasks]
    results = page_results(lesson, read_progress())
    return {
        name: one.outcome for name, one in zip(tasks, results, strict=True) if one.outcome != "open"
    }


def test_each_way_to_a_right_answer_is_told_apart() -> None:
    lesson = course_lesson("convolution")
    at_once, hinted, second, shown, only_shown, wrong, *_ = (q.id for q in lesson.questions)
    record_answer(lesson.id, at_once, True)
    record_note(lesson.id, at_once, "hint")  # read afterwards: it was right without it
    record_note(lesson.id, hinted, "hint")
    record_answer(lesson.id, hinted, True)
    record_answer(lesson.id, second, False)
    record_answer(lesson.id, second, True)
    record_note(lesson.id, shown, "shown")
    record_answer(lesson.id, shown, True)
    record_note(lesson.id, only_shown, "shown")
    record_answer(lesson.id, wrong, False)
    assert outcomes(lesson) == {
        at_once: "at once",
        hinted: "with help",
        second: "with help",
        shown: "shown",
        only_shown: "only shown",
        wrong: "wrong",
    }
    open_pages = [one.page for one in page_results(lesson, read_progress()) if one.open]
    asked = [number for number, page in enumerate(lesson.pages) if page.tasks]
    assert open_pages == asked[4:]
    assert reset(lesson.id) == "" and outcomes(lesson) == {}


def test_a_prediction_is_kept_as_it_was_chosen_last() -> None:
    lesson = course_lesson("curves")
    question = next(one for one in lesson.questions if isinstance(one, ExpectBlock))
    for option in question.options[:2]:
        record_note(lesson.id, question.id, "expected", option)
    record_answer(lesson.id, question.id, True)
    assert read_progress().expected == {(lesson.id, question.id): question.options[1]}
    assert outcomes(lesson) == {question.id: "kept"}


def test_answers_in_lessons_count_for_the_skill_and_drills_for_the_lesson() -> None:
    lesson = course_lesson("curves")
    shape = next(one for one in lesson.questions if one.id == "shape")
    assert question_skill(shape) == "overfitting"
    record_answer(lesson.id, shape.id, False, skill="overfitting")
    state = read_progress().skills["overfitting"]
    assert (state.box, state.tries, state.right) == (1, 1, 0)
    assert outcomes(lesson) == {shape.id: "wrong"}
    record_drill("labels", 1, 1, True)
    assert outcomes(lesson) == {shape.id: "wrong"}, "another skill shows nothing of this one"
    record_drill("overfitting", 1, 1, True)
    view = read_progress()
    assert outcomes(lesson) == {shape.id: "drilled"}
    assert view.solved(lesson.id) == {shape.id} and view.skills["overfitting"].box == 2
    assert view.drills == 2, "an answer in a lesson is not counted as a drill"
    record_drill("overfitting", 1, 2, False)
    assert outcomes(lesson) == {shape.id: "wrong"}


def test_a_right_answer_in_a_lesson_is_due_again_after_a_day() -> None:
    record_answer("padding", "x", True, skill="same-padding")
    view = read_progress()
    state = view.skills["same-padding"]
    assert (state.box, state.right) == (2, 1)
    assert view.due(state.last + 3600) == () and view.due(state.last + 90_000) == ("same-padding",)


def test_notes_move_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_note("curves", "expectation", "expected", "both near 1.00")
    record_answer("curves", "shape", False, skill="overfitting")
    here = read_progress()
    data, message = export_progress()
    assert message == ""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "other"))
    for _ in range(2):
        import_progress(data)
        assert read_progress() == here


def test_a_file_of_the_format_before_gains_the_notes(home: Path) -> None:
    record_answer("a", "x", True)
    (path,) = home.rglob("progress.sqlite3")
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE notes; PRAGMA user_version = 3;")
    connection.close()
    view = read_progress()
    assert view.message == "" and view.solved("a") == {"x"}
    assert view.answered["a", "x"].way == "at once"
    assert record_note("a", "y", "hint") == ""


def test_a_lesson_with_a_page_left_open_is_only_begun() -> None:
    lesson = course_lesson("stride-lesson")
    for question in lesson.questions[1:]:
        record_answer(lesson.id, question.id, True)
    assert lesson_mark(lesson, read_progress()) == "◐"
    record_answer(lesson.id, lesson.questions[0].id, True)
    assert lesson_mark(lesson, read_progress()) == "✓"


def test_every_lesson_says_what_to_remember_and_names_drills_that_there_are() -> None:
    for lesson in load_course().lessons:
        assert lesson.remember.endswith(".") and lesson.remember != lesson.summary, lesson.id
        assert not any(isinstance(one, CountBlock) for one in lesson.questions)
    empty = dataclasses.replace(course_lesson("stride-lesson"), pages=())
    assert page_results(empty, LearnerProgress()) == ()
