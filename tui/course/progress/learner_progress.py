"""A learner's progress, kept in a small database.

Nothing here raises: a lesson goes on when an answer cannot be saved. The functions return a
message instead, and a damaged file is set aside, never deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from sqlite3 import Connection
from typing import Literal, TypeAlias

from tui.course.lesson.lesson import Lesson
from tui.course.progress.progress_database import FILE, read
from tui.course.progress.progress_records import (
    AnswerRecord,
    BookmarkRecord,
    DrillRecord,
    NoteRecord,
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


Way: TypeAlias = Literal["at once", "with help", "shown", ""]
"""How a question came to its first right answer: at the first try without a hint, after a hint or
a wrong answer, after the answer was shown. Without a right answer "shown" or empty."""


@dataclass(frozen=True, slots=True)
class QuestionProgress:
    """A learner's progress with one question.

    Args:
        correct: whether it was ever answered correctly.
        tries: the number of answers.
        slip: in the last wrong answer; None when none was recognised.
        at: the time of the last answer, in seconds since 1970.
        way: how it came to its first right answer.
    """

    correct: bool
    tries: int
    slip: str | None
    at: float
    way: Way = ""


@dataclass(frozen=True, slots=True)
class LearnerProgress:
    """A learner's progress in all lessons and drills.

    Args:
        bookmark: the page read last; None on the first visit.
        answered: by lesson id and question id.
        slips: how often each slip was made, in lessons and drills, the most frequent first.
        drills: the number of drills that were answered.
        skills: the state of every skill that a drill or a question of a lesson has tested.
        drafts: the learner's lines by the names of the exercises.
        programs: the lines that were right last, by the names of the exercises.
        expected: the option that the learner expected, by lesson id and question id.
        relearned: questions answered wrongly or shown, whose skill a later drill showed.
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
    expected: Mapping[tuple[str, str], str] = field(default_factory=dict)
    relearned: frozenset[tuple[str, str]] = frozenset()

    def solved(self, lesson_id: str) -> frozenset[str]:
        """Return the ids of the questions of a lesson that the learner has shown to know."""
        return frozenset(
            block
            for (lesson, block), answer in self.answered.items()
            if lesson == lesson_id and answer.correct
        ) | {block for lesson, block in self.relearned if lesson == lesson_id}

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


def load_bookmark() -> Bookmark | None:
    """Return the page that the learner read last.

    Returns:
        None on the first visit, and when it cannot be read: :func:`read_progress` says why.
    """
    rows, _ = read(_bookmark_rows, repair=False)
    found, _ = records(BookmarkRecord, rows or [])
    return _bookmark(found)


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
    notes, odd_notes = records(NoteRecord, rows[4])
    view = _view(places, answers, drills, notes)
    skipped = odd_places + odd_answers + odd_drills + odd_programs + odd_notes
    odd = skipped_rows_text(skipped, FILE)
    return replace(
        view,
        message=message or odd,
        drafts={one.exercise: one.draft for one in programs},
        programs={one.exercise: one.answer for one in programs if one.answer is not None},
    )


Row = tuple[object, ...]


def _bookmark_rows(connection: Connection) -> list[Row]:
    return connection.execute("SELECT lesson, page FROM place").fetchall()


def _rows(connection: Connection) -> tuple[list[Row], ...]:
    """Return the rows of the bookmark, the answers, the drills, the programs and the notes."""
    # By time, not by row: imported answers are stored after later ones.
    answers = connection.execute(
        "SELECT lesson, block, correct, slip, at FROM answers ORDER BY at, id"
    ).fetchall()
    drills = connection.execute(
        "SELECT skill, level, seed, correct, slip, at FROM drills ORDER BY at, id"
    ).fetchall()
    programs, notes = program_rows(connection), note_rows(connection)
    return _bookmark_rows(connection), answers, drills, programs, notes


def program_rows(connection: Connection) -> list[Row]:
    """Return the rows of the programs; none where a file of an earlier format is only read."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'programs'").fetchall():
        return []
    return connection.execute("SELECT exercise, draft, answer, at FROM programs").fetchall()


def note_rows(connection: Connection) -> list[Row]:
    """Return the rows of the notes; none where a file of an earlier format is only read."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notes'").fetchall():
        return []
    return connection.execute(
        "SELECT lesson, block, kind, value, at FROM notes ORDER BY at, id"
    ).fetchall()


def _bookmark(found: list[BookmarkRecord]) -> Bookmark | None:
    return Bookmark(found[0].lesson, found[0].page) if found else None


def _view(
    places: list[BookmarkRecord],
    answers: list[AnswerRecord],
    drills: list[DrillRecord],
    notes: list[NoteRecord],
) -> LearnerProgress:
    slips: dict[str, int] = {}
    for slip in [one.slip for one in answers] + [one.slip for one in drills]:
        if slip is not None:
            slips[slip] = slips.get(slip, 0) + 1
    drilled = [DrillAnswer(d.skill, d.level, d.seed, d.correct, d.slip, d.at) for d in drills]
    answered = _answered(answers, notes)
    return LearnerProgress(
        _bookmark(places),
        answered,
        dict(sorted(slips.items(), key=lambda item: -item[1])),
        drills=len(drilled),
        skills=skill_states(sorted([*drilled, *_in_lessons(notes)], key=lambda one: one.at)),
        expected={(n.lesson, n.block): n.value for n in notes if n.kind == "expected"},
        relearned=_relearned(answered, notes, drilled),
    )


def _answered(
    answers: list[AnswerRecord], notes: list[NoteRecord]
) -> dict[tuple[str, str], QuestionProgress]:
    """Return the progress with each question, from answers, hints and shown answers in order."""
    found: dict[tuple[str, str], QuestionProgress] = {}
    helped: set[tuple[str, str]] = set()
    shown: set[tuple[str, str]] = set()
    # A note is written before the answer that it led to, so of equal times it comes first.
    events: list[NoteRecord | AnswerRecord] = [*notes, *answers]
    for one in sorted(events, key=lambda event: event.at):
        key = one.lesson, one.block
        before = found.get(key, QuestionProgress(False, 0, None, 0.0))
        if isinstance(one, NoteRecord):
            if one.kind == "hint":
                helped.add(key)
            elif one.kind == "shown":
                shown.add(key)
                if not before.correct:
                    found[key] = replace(before, way="shown", at=one.at)
            continue
        way = before.way
        if one.correct and not before.correct:
            way = "shown" if key in shown else "with help" if key in helped else "at once"
        elif not one.correct:
            helped.add(key)
        found[key] = QuestionProgress(
            before.correct or one.correct,
            before.tries + 1,
            before.slip if one.correct else one.slip,
            one.at,
            way,
        )
    return found


def _in_lessons(notes: list[NoteRecord]) -> list[DrillAnswer]:
    """Return the first answers to questions of lessons as answers to drills of their skills."""
    return [
        DrillAnswer(note.value, 1, 0, note.kind == "skill-right", None, note.at)
        for note in notes
        if note.kind in ("skill-right", "skill-wrong") and note.value
    ]


def _relearned(
    answered: Mapping[tuple[str, str], QuestionProgress],
    notes: list[NoteRecord],
    drilled: list[DrillAnswer],
) -> frozenset[tuple[str, str]]:
    """Return the questions that were missed, and whose skill was right in the last drill since."""
    last = {answer.skill: answer for answer in drilled}
    missed = {(n.lesson, n.block): n for n in notes if n.kind == "skill-wrong"}
    return frozenset(
        key
        for key, note in missed.items()
        if not (key in answered and answered[key].correct)
        and note.value in last
        and last[note.value].correct
        and last[note.value].at > note.at
    )
