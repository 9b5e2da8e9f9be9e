"""What one answer looks like, in the database and in an exported file; odd rows are passed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

import msgspec

NAME = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Slip = Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None
_Time = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
_Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class BookmarkRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a learner was last; pages count from 0."""

    lesson: NAME
    page: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class AnswerRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One answer to a question of a lesson, given `at` so many seconds after 1970."""

    lesson: NAME
    block: NAME
    correct: bool
    slip: _Slip
    at: _Time


class DrillRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One answer to a drill, given `at` so many seconds after 1970."""

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


Record = TypeVar("Record", BookmarkRecord, AnswerRecord, DrillRecord, ProgramRecord)


def records(kind: type[Record], rows: Iterable[Sequence[object]]) -> tuple[list[Record], int]:
    """Return the records in some rows of the database, and how many rows were none.

    SQLite keeps whatever it is given in any column, so that a row may hold anything.

    Args:
        kind: of record.
        rows: each with the values in the order of the record's fields.

    >>> records(BookmarkRecord, [("padding", 2), ("padding", "two"), (b"padding", 2)])
    ([BookmarkRecord(lesson='padding', page=2)], 2)
    """
    found: list[Record] = []
    odd = 0
    names = kind.__struct_fields__
    for row in rows:
        values = dict(zip(names, row, strict=True))
        # SQLite has no truth values: 0 and 1 stand for them.
        if type(correct := values.get("correct")) is int and correct in (0, 1):
            values["correct"] = bool(correct)
        try:
            found.append(msgspec.convert(values, kind, strict=True))
        except msgspec.ValidationError:
            odd += 1
    return found, odd


def skipped_rows_text(odd: int, file: str) -> str:
    """Return that some rows were passed over; empty where none was.

    >>> skipped_rows_text(1, "progress.sqlite3")
    '1 row of progress.sqlite3 holds no answer that can be read. It is left out; the rest counts.'
    """
    if not odd:
        return ""
    one = odd == 1
    return (
        f"{odd:,} row{'' if one else 's'} of {file} hold{'s' if one else ''} no answer that can be "
        f"read. {'It is' if one else 'They are'} left out; the rest counts."
    )
