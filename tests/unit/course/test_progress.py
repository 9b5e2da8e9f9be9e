"""What is kept of a learner: it comes back, outlives damage and a second window."""

from __future__ import annotations

from pathlib import Path

from tui.course import (
    Bookmark,
    LearnerProgress,
    Lesson,
    export_progress,
    import_progress,
    lesson_mark,
    load_bookmark,
    load_course,
    read_progress,
    record_answer,
    record_drill,
    record_program,
    reset,
    save_bookmark,
    slip_label,
)
from tui.course.progress import progress_database as store


def test_the_first_visit_is_empty() -> None:
    assert load_bookmark() is None
    view = read_progress()
    assert (view.bookmark, dict(view.answered), dict(view.slips), view.message) == (
        None,
        {},
        {},
        "",
    )


def test_a_place_comes_back() -> None:
    assert save_bookmark("layer-formula", 3) == ""
    assert save_bookmark("layer-formula", 4) == ""
    assert load_bookmark() == Bookmark("layer-formula", 4)
    assert read_progress().bookmark == Bookmark("layer-formula", 4)


def test_answers_are_counted_and_slips_ranked() -> None:
    for correct, slip in ((False, "used-p"), (False, "forgot-2p"), (True, None), (False, None)):
        assert record_answer("a", "x", correct, slip) == ""
    record_answer("a", "y", False, "forgot-2p")
    view = read_progress()
    answer = view.answered["a", "x"]
    assert (answer.correct, answer.tries, answer.slip) == (True, 4, None)
    assert answer.at > 1_700_000_000
    assert list(view.slips.items()) == [("forgot-2p", 2), ("used-p", 1)]
    assert view.solved("a") == {"x"}
    assert view.solved("b") == frozenset()


def test_drills_are_counted_with_their_slips() -> None:
    for correct, slip in ((False, "forgot-stride"), (True, None), (True, None)):
        assert record_drill("stride", 2, 77, correct, slip) == ""
    record_answer("a", "x", False, "forgot-stride")
    view = read_progress()
    state = view.skills["stride"]
    assert (view.drills, state.tries, state.right, state.box, state.level) == (3, 3, 2, 2, 2)
    assert view.slips == {"forgot-stride": 2}
    assert view.due(state.last) == ()
    assert view.due(state.due_at) == ("stride",)


def test_one_lesson_is_reset_or_everything() -> None:
    record_answer("a", "x", True)
    record_answer("b", "x", True, "used-p")
    record_drill("stride", 1, 1, True)
    save_bookmark("a", 4)
    assert reset("a") == ""
    view = read_progress()
    assert set(view.answered) == {("b", "x")}
    assert (view.bookmark, view.drills) == (Bookmark("a", 0), 1)
    assert reset("b") == ""
    assert load_bookmark() == Bookmark("a", 0)
    assert reset() == ""
    view = read_progress()
    assert (dict(view.answered), view.bookmark, view.drills, dict(view.slips)) == ({}, None, 0, {})


def test_an_answer_from_another_clock_is_taken_in_its_order() -> None:
    record_drill("depth", 1, 1, False)
    _, message = store.read(
        lambda connection: connection.execute(
            "INSERT INTO drills (skill, level, seed, correct, slip, at) "
            "VALUES ('depth', 1, 2, 1, NULL, 5.0)"
        )
    )
    assert message == ""
    assert read_progress().skills["depth"].box == 1  # the wrong answer came later


def test_the_mark_of_a_lesson() -> None:
    lesson: Lesson = load_course().lessons[0]
    assert lesson_mark(lesson, LearnerProgress()) == "·"
    record_answer(lesson.id, lesson.questions[0].id, False)
    assert lesson_mark(lesson, read_progress()) == "◐"
    for question in lesson.questions:
        record_answer(lesson.id, question.id, True)
    assert lesson_mark(lesson, read_progress()) == "✓"
    reset(lesson.id)
    save_bookmark(lesson.id, 1)
    assert lesson_mark(lesson, read_progress()) == "◐"


def test_a_slip_in_words() -> None:
    assert slip_label("forgot-f-squared") == "counted F weights, not F·F"
    assert "\x1b" not in slip_label("\x1b[2J" * 50)


def test_what_is_written_is_kept_and_what_was_right_stays(home: Path) -> None:
    assert record_program("callback", "x = 1") == ""
    assert dict(read_progress().drafts) == {"callback": "x = 1"}
    assert dict(read_progress().programs) == {}
    record_program("callback", "def on_epoch_end(self):\n    pass\n", correct=True)
    record_program("callback", "something new")
    view = read_progress()
    assert view.drafts["callback"] == "something new"
    assert view.programs["callback"] == "def on_epoch_end(self):\n    pass\n"
    record_answer("stopping", "callback", True)
    assert reset("stopping") == ""
    assert dict(read_progress().drafts) == {}
    record_program("fit", "y = 2", correct=True)
    assert reset() == ""
    assert dict(read_progress().programs) == {}


def test_programs_travel_with_the_progress(home: Path) -> None:
    record_answer("fit", "fit", True)
    without, _ = export_progress()
    assert b'"version": 1' in without  # what earlier versions of the program read too
    record_program("fit", "y = 2", correct=True)
    data, message = export_progress()
    assert message == "" and b'"version": 2' in data
    reset()
    assert import_progress(data) == (1, "")
    assert dict(read_progress().programs) == {"fit": "y = 2"}
    record_program("fit", "z = 3")
    import_progress(data)
    assert read_progress().drafts["fit"] == "z = 3"  # what was written here stays
    assert import_progress(without) == (0, "")
