"""The records in the database and in an exported file; unreadable rows are skipped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeVar

import msgspec

NAME = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Slip = Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None
_Time = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
_Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class BookmarkRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The page read last; pages count from 0."""

    lesson: NAME
    page: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class AnswerRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An answer to a question of a lesson; `at` is in seconds since 1970."""

    lesson: NAME
    block: NAME
    correct: bool
    slip: _Slip
    at: _Time


class DrillRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An answer to a drill; `at` is in seconds since 1970."""

    skill: NAME
    level: Annotated[int, msgspec.Meta(ge=1, le=5)]
    seed: _Whole
    correct: bool
    slip: _Slip
    at: _Time


_Lines = Annotated[str, msgspec.Meta(max_length=20_000)]


class ProgramRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The learner's lines of an exercise, and those of them that were right last."""

    exercise: NAME
    draft: _Lines
    answer: _Lines | None
    at: _Time


NoteKind = Literal["hint", "shown", "expected", "skill-right", "skill-wrong"]


class NoteRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What else happened at a question of a lesson; `at` is in seconds since 1970.

    A hint was read, the answer was shown, an option was expected (`value` is its text), or the
    first answer was right or wrong for a skill with drills (`value` is its name).
    """

    lesson: NAME
    block: NAME
    kind: NoteKind
    value: Annotated[str, msgspec.Meta(max_length=1000)]
    at: _Time


Record = TypeVar("Record", BookmarkRecord, AnswerRecord, DrillRecord, ProgramRecord, NoteRecord)


def records(kind: type[Record], rows: Iterable[Sequence[object]]) -> tuple[list[Record], int]:
    """Return the records in rows of the database, and the number of unreadable rows.

    SQLite stores values of any type in any column, so a row may hold anything.

    Args:
        kind: the type of the records.
        rows: with values in the order of the record's fields.

    >>> records(BookmarkRecord, [("padding", 2), ("padding", "two"), (b"padding", 2)])
    ([BookmarkRecord(lesson='padding', page=2)], 2)
    """
    found: list[Record] = []
    skipped = 0
    names = kind.__struct_fields__
    for row in rows:
        values = dict(zip(names, row, strict=True))
        # SQLite has no booleans: 0 and 1 stand for them.
        if type(correct := values.get("correct")) is int and correct in (0, 1):
            values["correct"] = bool(correct)
        try:
            found.append(msgspec.convert(values, kind, strict=True))
        except msgspec.ValidationError:
            skipped += 1
    return found, skipped


def skipped_rows_text(skipped: int, file: str) -> str:
    """Return a sentence on skipped rows; empty when there are none.

    >>> skipped_rows_text(1, "progress.sqlite3")
    '1 row of progress.sqlite3 cannot be read. It is left out; the rest counts.'
    """
    if not skipped:
        return ""
    one = skipped == 1
    return (
        f"{skipped:,} row{'' if one else 's'} of {file} cannot be read. "
        f"{'It is' if one else 'They are'} left out; the rest counts."
    )
