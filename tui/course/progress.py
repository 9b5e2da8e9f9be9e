"""What a learner has done, kept in one small database.

A learner's answers are worth less than their evening: nothing here raises. What cannot be
saved is said in a sentence, and a damaged file is set aside, never deleted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection

from tui.course.store import read, write


@dataclass(frozen=True, slots=True)
class Place:
    """Where a learner was last.

    Args:
        lesson: the id of the lesson.
        page: its page, from 0. A lesson may have become shorter since.
    """

    lesson: str
    page: int


@dataclass(frozen=True, slots=True)
class Answered:
    """How a learner did at one question.

    Args:
        correct: whether it was ever answered rightly.
        tries: how often it was answered.
        slip: the slip in the last wrong answer; None when none was recognised.
        at: when it was last answered, in seconds since 1970.
    """

    correct: bool
    tries: int
    slip: str | None
    at: float


@dataclass(frozen=True, slots=True)
class ProgressView:
    """All that is known about a learner.

    Args:
        place: where they were last; None on the first visit.
        answered: by lesson id and block id.
        slips: how often each slip was made, the most frequent first.
        message: what the learner should be told about the file itself; mostly empty.
    """

    place: Place | None = None
    answered: Mapping[tuple[str, str], Answered] = field(default_factory=dict)
    slips: Mapping[str, int] = field(default_factory=dict)
    message: str = ""

    def solved(self, lesson_id: str) -> frozenset[str]:
        """Return the ids of a lesson's questions that were answered rightly."""
        return frozenset(
            block
            for (lesson, block), answer in self.answered.items()
            if lesson == lesson_id and answer.correct
        )


def load_place() -> Place | None:
    """Return where the learner was last.

    Returns:
        The place; None on the first visit, and when it cannot be read: what is wrong then is
        said by :func:`read_progress`.
    """
    place, _ = read(_place, mend=False)
    return place


def save_place(lesson_id: str, page: int) -> str:
    """Remember where the learner is.

    Args:
        lesson_id: the lesson.
        page: its page, from 0.

    Returns:
        What the learner should be told when it could not be saved, or was not as it should
        be; else empty.
    """
    return write(
        "INSERT INTO place (one, lesson, page) VALUES (1, ?, ?) "
        "ON CONFLICT (one) DO UPDATE SET lesson = excluded.lesson, page = excluded.page",
        (lesson_id, page),
    )


def mark_answered(lesson_id: str, block_id: str, correct: bool, slip: str | None = None) -> str:
    """Remember an answer; every one is kept, for drills to build on.

    Args:
        lesson_id: the lesson.
        block_id: the question.
        correct: whether the answer was right.
        slip: the slip that was recognised.

    Returns:
        As :func:`save_place`.
    """
    return write(
        "INSERT INTO answers (lesson, block, correct, slip, at) VALUES (?, ?, ?, ?, ?)",
        (lesson_id, block_id, int(correct), slip, time.time()),
    )


def read_progress() -> ProgressView:
    """Return all that is known about the learner, and what is wrong with the file.

    Returns:
        The view; an empty one with a message when nothing can be read.
    """
    view, message = read(_view)
    if view is None:
        return ProgressView(message=message)
    return ProgressView(view.place, view.answered, view.slips, message)


def _place(connection: Connection) -> Place | None:
    row = connection.execute("SELECT lesson, page FROM place").fetchone()
    if row is None or not isinstance(row[0], str) or not isinstance(row[1], int) or row[1] < 0:
        return None
    return Place(*row)


def _view(connection: Connection) -> ProgressView:
    answered: dict[tuple[str, str], Answered] = {}
    slips: dict[str, int] = {}
    rows = connection.execute("SELECT lesson, block, correct, slip, at FROM answers ORDER BY id")
    for lesson, block, correct, slip, at in rows:
        before = answered.get((lesson, block), Answered(False, 0, None, 0.0))
        answered[lesson, block] = Answered(
            before.correct or bool(correct),
            before.tries + 1,
            before.slip if correct else slip,
            float(at),
        )
        if slip is not None:
            slips[slip] = slips.get(slip, 0) + 1
    ranked = dict(sorted(slips.items(), key=lambda item: -item[1]))
    return ProgressView(_place(connection), answered, ranked)
