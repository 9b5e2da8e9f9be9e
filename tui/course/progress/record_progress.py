"""Save what a learner does: answers, drills, notes, programs, and the page read last.

Nothing here raises: a lesson goes on when an answer cannot be saved. The functions return a message
instead; it is empty when all was saved.
"""

from __future__ import annotations

import time

from tui.course.progress.progress_database import write, write_all
from tui.course.progress.progress_records import NoteKind

LONGEST_DRAFT = 20_000
"""Characters of a learner's lines that are kept."""
_EVERYTHING = ("answers", "drills", "place", "programs", "notes")


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


def record_answer(
    lesson_id: str, block_id: str, correct: bool, slip: str | None = None, *, skill: str = ""
) -> str:
    """Save an answer to a question of a lesson.

    Args:
        lesson_id: the lesson.
        block_id: the question.
        correct: whether the answer was right.
        slip: that was recognised.
        skill: for which the answer counts like that to a drill; empty for none.

    Returns:
        As :func:`save_bookmark`.
    """
    now = time.time()
    rows: list[tuple[str, tuple[object, ...]]] = [
        (
            "INSERT INTO answers (lesson, block, correct, slip, at) VALUES (?, ?, ?, ?, ?)",
            (lesson_id, block_id, int(correct), slip, now),
        )
    ]
    if skill:
        kind = "skill-right" if correct else "skill-wrong"
        rows.append((_INSERT_NOTE, (lesson_id, block_id, kind, skill, now)))
    return write_all(rows)


_INSERT_NOTE = "INSERT INTO notes (lesson, block, kind, value, at) VALUES (?, ?, ?, ?, ?)"


def record_note(lesson_id: str, block_id: str, kind: NoteKind, value: str = "") -> str:
    """Save what else happened at a question of a lesson.

    Args:
        lesson_id: the lesson.
        block_id: the question.
        kind: a hint, the answer shown, what was expected, a skill.
        value: the option that was expected, or the name of the skill.

    Returns:
        As :func:`save_bookmark`.
    """
    return write(_INSERT_NOTE, (lesson_id, block_id, kind, value[:1000], time.time()))


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
            ("DELETE FROM notes WHERE lesson = ?", (lesson_id,)),
            ("UPDATE place SET page = 0 WHERE lesson = ?", (lesson_id,)),
        ]
    )
