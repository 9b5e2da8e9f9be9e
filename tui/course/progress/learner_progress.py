"""A learner's progress, kept in a small database.

Nothing here raises: a lesson goes on when an answer cannot be saved. The functions return a
message instead, and a damaged file is set aside, never deleted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from sqlite3 import Connection

from tui.common.text import clean
from tui.course.lesson.lesson import Lesson
from tui.course.progress.progress_database import FILE, read, write, write_all
from tui.course.progress.progress_records import (
    AnswerRecord,
    BookmarkRecord,
    DrillRecord,
    ProgramRecord,
    records,
    skipped_rows_text,
)
from tui.course.progress.spaced_repetition import DrillAnswer, SkillState, due, skill_states


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The page that a learner read last.

    Args:
        lesson: the id of the lesson.
        page: from 0; the lesson may have become shorter since.
    """

    lesson: str
    page: int


@dataclass(frozen=True, slots=True)
class QuestionProgress:
    """A learner's progress with one question.

    Args:
        correct: whether it was ever answered correctly.
        tries: the number of answers.
        slip: in the last wrong answer; None when none was recognised.
        at: the time of the last answer, in seconds since 1970.
    """

    correct: bool
    tries: int
    slip: str | None
    at: float


@dataclass(frozen=True, slots=True)
class LearnerProgress:
    """A learner's progress in all lessons and drills.

    Args:
        bookmark: the page read last; None on the first visit.
        answered: by lesson id and question id.
        slips: how often each slip was made, in lessons and drills, the most frequent first.
        drills: the number of drills that were answered.
        skills: the state of every skill that was ever drilled.
        drafts: the learner's lines by the names of the exercises.
        programs: the lines that were right last, by the names of the exercises.
        message: for the learner, about the file itself; usually empty.
    """

    bookmark: Bookmark | None = None
    answered: Mapping[tuple[str, str], QuestionProgress] = field(default_factory=dict)
    slips: Mapping[str, int] = field(default_factory=dict)
    message: str = ""
    drills: int = 0
    skills: Mapping[str, SkillState] = field(default_factory=dict)
    drafts: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)

    def solved(self, lesson_id: str) -> frozenset[str]:
        """Return the ids of the questions of a lesson that were answered correctly."""
        return frozenset(
            block
            for (lesson, block), answer in self.answered.items()
            if lesson == lesson_id and answer.correct
        )

    def due(self, now: float) -> tuple[str, ...]:
        """Return the skills that are due for a drill, the weak ones first."""
        return due(self.skills, now)


def lesson_mark(lesson: Lesson, view: LearnerProgress) -> str:
    """Return the mark of a lesson in the list.

    Returns:
        "✓" when every question was answered correctly, "◐" when it was begun, else "·".
    """
    solved = view.solved(lesson.id)
    if lesson.tasks and all(task.id in solved for task in lesson.tasks):
        return "✓"
    begun = any(name == lesson.id for name, _ in view.answered)
    here = view.bookmark is not None and view.bookmark.lesson == lesson.id
    return "◐" if begun or here else "·"


LONGEST_DRAFT = 20_000
"""Characters of a learner's lines that are kept."""
_EVERYTHING = ("answers", "drills", "place", "programs")
_SIGNS = re.compile(r"\b(2p|[fpskwh]|[wdh][12])\b")
_SLIP_LABELS = {
    "added-instead": "added instead of multiplying",
    "carried-on": "went on from a wrong number",
    "counted-bias": "counted biases that are not there",
    "counted-like-conv": "counted it like Conv2D",
    "counted-twice": "counted a MAC as two steps",
    "divided-last": "added 1 before dividing",
    "does-not-divide": "S does not divide",
    "forgot-f-squared": "counted F weights, not F·F",
    "forgot-k": "counted only one filter",
    "forgot-mixing": "forgot the 1×1 filters",
    "forgot-places": "counted only one position",
    "forgot-plus-1": "forgot + 1",
    "gave-given-number": "gave a number from the question",
    "gave-input": "gave the size of the input",
    "gave-output-values": "counted output values, not parameters",
    "gave-parameters": "gave the parameters as MACs",
    "halved-depth": "pooled the depth too",
    "jump-too-early": "used this layer's stride too early",
    "multiplied": "multiplied instead of adding",
    "multiplied-d1": "multiplied by D1",
    "one-bias": "counted one bias for the whole layer",
    "one-bias-each-input": "counted a bias for each input",
    "one-layer-only": "gave a single layer's number",
    "one-value-more": "added 1 without a window",
    "other-row": "gave another layer's number",
    "pooling-has-none": "gave pooling weights",
    "ran-it-forwards": "calculated an ordinary convolution",
    "stayed": "left the receptive field as it was",
    "swapped-w-h": "swapped width and height",
    "used-input-size": "used W1·H1, not W2·H2",
    "used-p": "added P once, not twice",
    "used-valid": "calculated without padding",
    "wrong-padding": "swapped same and valid",
}
"""Slips whose names do not say enough by themselves."""


def slip_label(name: str) -> str:
    """Return a slip in words.

    Args:
        name: as it is stored; one from a file of another version may be anything.

    >>> slip_label("forgot-2p"), slip_label("swapped-w-h"), slip_label("gave-d1")
    ('forgot 2P', 'swapped width and height', 'gave D1 as the answer')
    """
    if name in _SLIP_LABELS:
        return _SLIP_LABELS[name]
    words = clean(name, 60).replace("-", " ")
    if words.startswith("gave "):
        words += " as the answer"
    return _SIGNS.sub(lambda match: match[0].upper(), words)


def load_bookmark() -> Bookmark | None:
    """Return the page that the learner read last.

    Returns:
        None on the first visit, and when it cannot be read: :func:`read_progress` says why.
    """
    rows, _ = read(_bookmark_rows, repair=False)
    found, _ = records(BookmarkRecord, rows or [])
    return _bookmark(found)


def save_bookmark(lesson_id: str, page: int) -> str:
    """Save the page that the learner reads.

    Args:
        lesson_id: the lesson.
        page: from 0.

    Returns:
        A message for the learner when it could not be saved or the file was damaged; else empty.
    """
    return write(
        "INSERT INTO place (one, lesson, page) VALUES (1, ?, ?) "
        "ON CONFLICT (one) DO UPDATE SET lesson = excluded.lesson, page = excluded.page",
        (lesson_id, page),
    )


def record_answer(lesson_id: str, block_id: str, correct: bool, slip: str | None = None) -> str:
    """Save an answer to a question of a lesson.

    Args:
        lesson_id: the lesson.
        block_id: the question.
        correct: whether the answer was right.
        slip: that was recognised.

    Returns:
        As :func:`save_bookmark`.
    """
    return write(
        "INSERT INTO answers (lesson, block, correct, slip, at) VALUES (?, ?, ?, ?, ?)",
        (lesson_id, block_id, int(correct), slip, time.time()),
    )


def record_drill(skill: str, level: int, seed: int, correct: bool, slip: str | None = None) -> str:
    """Save the answer to a drill; boxes and levels are calculated from all of them.

    Args:
        skill, level, seed: those of the drill.
        correct: whether the answer was right.
        slip: the slip that was recognised.

    Returns:
        As :func:`save_bookmark`.
    """
    return write(
        "INSERT INTO drills (skill, level, seed, correct, slip, at) VALUES (?, ?, ?, ?, ?, ?)",
        (skill, level, seed, int(correct), slip, time.time()),
    )


def record_program(exercise: str, draft: str, *, correct: bool = False) -> str:
    """Remember the learner's lines of an exercise.

    Args:
        exercise: its name.
        draft: the lines, as they stand in the field.
        correct: whether they were judged right: later exercises may build on them.

    Returns:
        As :func:`save_bookmark`.
    """
    return write(
        "INSERT INTO programs (exercise, draft, answer, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (exercise) DO UPDATE SET draft = excluded.draft, "
        "answer = coalesce(excluded.answer, answer), at = excluded.at",
        (exercise, draft[:LONGEST_DRAFT], draft if correct else None, time.time()),
    )


def reset(lesson_id: str | None = None) -> str:
    """Delete answers.

    Args:
        lesson_id: the lesson whose answers are deleted, and which begins at its first page
            again; None for all lessons, all drills and the bookmark.

    Returns:
        As :func:`save_bookmark`.
    """
    if lesson_id is None:
        return write_all([(f"DELETE FROM {table}", ()) for table in _EVERYTHING])
    return write_all(
        [
            (
                "DELETE FROM programs WHERE exercise IN "
                "(SELECT block FROM answers WHERE lesson = ?)",
                (lesson_id,),
            ),
            ("DELETE FROM answers WHERE lesson = ?", (lesson_id,)),
            ("UPDATE place SET page = 0 WHERE lesson = ?", (lesson_id,)),
        ]
    )


def read_progress() -> LearnerProgress:
    """Return the learner's progress.

    Returns:
        The progress; an empty one with a message when nothing can be read. Rows that cannot be
        read are left out, and the message says how many.
    """
    rows, message = read(_rows)
    if rows is None:
        return LearnerProgress(message=message)
    places, odd_places = records(BookmarkRecord, rows[0])
    answers, odd_answers = records(AnswerRecord, rows[1])
    drills, odd_drills = records(DrillRecord, rows[2])
    programs, odd_programs = records(ProgramRecord, rows[3])
    view = _view(places, answers, drills)
    odd = skipped_rows_text(odd_places + odd_answers + odd_drills + odd_programs, FILE)
    return replace(
        view,
        message=message or odd,
        drafts={one.exercise: one.draft for one in programs},
        programs={one.exercise: one.answer for one in programs if one.answer is not None},
    )


Row = tuple[object, ...]


def _bookmark_rows(connection: Connection) -> list[Row]:
    return connection.execute("SELECT lesson, page FROM place").fetchall()


def _rows(connection: Connection) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Return the rows of the bookmark, the answers, the drills and the programs."""
    # By time, not by row: imported answers are stored after later ones.
    answers = connection.execute(
        "SELECT lesson, block, correct, slip, at FROM answers ORDER BY at, id"
    ).fetchall()
    drills = connection.execute(
        "SELECT skill, level, seed, correct, slip, at FROM drills ORDER BY at, id"
    ).fetchall()
    return _bookmark_rows(connection), answers, drills, program_rows(connection)


def program_rows(connection: Connection) -> list[Row]:
    """Return the rows of the programs; none where a file of an earlier format is only read."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'programs'").fetchall():
        return []
    return connection.execute("SELECT exercise, draft, answer, at FROM programs").fetchall()


def _bookmark(found: list[BookmarkRecord]) -> Bookmark | None:
    return Bookmark(found[0].lesson, found[0].page) if found else None


def _view(
    places: list[BookmarkRecord], answers: list[AnswerRecord], drills: list[DrillRecord]
) -> LearnerProgress:
    answered: dict[tuple[str, str], QuestionProgress] = {}
    slips: dict[str, int] = {}
    for one in answers:
        before = answered.get((one.lesson, one.block), QuestionProgress(False, 0, None, 0.0))
        answered[one.lesson, one.block] = QuestionProgress(
            before.correct or one.correct,
            before.tries + 1,
            before.slip if one.correct else one.slip,
            one.at,
        )
    for slip in [one.slip for one in answers] + [one.slip for one in drills]:
        if slip is not None:
            slips[slip] = slips.get(slip, 0) + 1
    drilled = [DrillAnswer(d.skill, d.level, d.seed, d.correct, d.slip, d.at) for d in drills]
    return LearnerProgress(
        _bookmark(places),
        answered,
        dict(sorted(slips.items(), key=lambda item: -item[1])),
        drills=len(drilled),
        skills=skill_states(drilled),
    )
