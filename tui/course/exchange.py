"""Progress as JSON, to carry from one machine to another."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection
from typing import Annotated, Any

import msgspec

from tui.course.store import read, whole
from tui.text import clean

KIND = "cnn-tui progress"
VERSION = 1
LARGEST = 50_000_000
"""Bytes of a file that is read; a year of daily drills has about 500,000."""

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Slip = Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None
_Time = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
_Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    lesson: _Name
    page: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    lesson: _Name
    block: _Name
    correct: bool
    slip: _Slip
    at: _Time


class _Drill(msgspec.Struct, forbid_unknown_fields=True):
    skill: _Name
    level: Annotated[int, msgspec.Meta(ge=1, le=5)]
    seed: _Whole
    correct: bool
    slip: _Slip
    at: _Time


class _File(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    version: int
    place: _Place | None = None
    answers: list[_Answer] = []
    drills: list[_Drill] = []


class ExchangeError(ValueError):
    """A file that is no exported progress; the message says what is wrong with it."""


def is_export(data: bytes) -> bool:
    """Return whether a file was written by :func:`export_progress`."""
    return data.lstrip().startswith(b'{\n  "kind": "' + KIND.encode() + b'"')


def export_progress() -> tuple[bytes, str]:
    """Return all that is known about the learner, as JSON.

    Returns:
        The text of the file, and what the learner should be told when nothing can be read.
    """
    found, message = read(_collect)
    if found is None:
        return b"", message
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n", message


def import_progress(data: bytes) -> tuple[int, str]:
    """Add what was exported elsewhere; what is here already is not doubled.

    Args:
        data: the text of the file.

    Returns:
        How many answers were new, and what the learner should be told when they could not be
        saved.

    Raises:
        ExchangeError: the text is no exported progress. Nothing of it was taken.
    """
    if len(data) > LARGEST:
        raise ExchangeError(f"it has more than {LARGEST:,} bytes; an export never has so many")
    try:
        head = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ExchangeError(f"it is no JSON: {clean(error, 100)}") from error
    if not isinstance(head, dict) or head.get("kind") != KIND:
        raise ExchangeError(f'it is not marked "kind": "{KIND}"')
    if head.get("version") != VERSION:
        raise ExchangeError(
            f"its version is {clean(head.get('version'), 20)}, and this cnn-tui reads {VERSION}"
        )
    try:
        found = msgspec.convert(head, _File, strict=True)
    except msgspec.ValidationError as error:
        raise ExchangeError(clean(error, 160)) from error
    count, message = read(lambda connection: _merge(connection, found))
    return count or 0, message


_ANSWERS = ("lesson", "block", "correct", "slip", "at")
_DRILLS = ("skill", "level", "seed", "correct", "slip", "at")


def _rows(connection: Connection, table: str, names: tuple[str, ...]) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id").fetchall()


def _collect(connection: Connection) -> _File:
    place = connection.execute("SELECT lesson, page FROM place").fetchone()
    return _File(
        KIND,
        VERSION,
        _Place(*place) if place else None,
        [_Answer(**record) for record in _records(connection, "answers", _ANSWERS)],
        [_Drill(**record) for record in _records(connection, "drills", _DRILLS)],
    )


def _records(connection: Connection, table: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    records = [dict(zip(names, row, strict=True)) for row in _rows(connection, table, names)]
    return [{**record, "correct": bool(record["correct"])} for record in records]


def _merge(connection: Connection, found: _File) -> int:
    with whole(connection):
        added = _add(connection, "answers", _ANSWERS, found.answers)
        added += _add(connection, "drills", _DRILLS, found.drills)
        if found.place is not None:
            # Where one is stays as it is here; only an empty machine takes it over.
            connection.execute(
                "INSERT OR IGNORE INTO place (one, lesson, page) VALUES (1, ?, ?)",
                (found.place.lesson, found.place.page),
            )
    return added


def _add(
    connection: Connection, table: str, names: tuple[str, ...], found: Sequence[_Answer | _Drill]
) -> int:
    """Add the rows that are not there; return how many that were."""
    known = set(_rows(connection, table, names))
    rows = dict.fromkeys(tuple(getattr(row, name) for name in names) for row in found)
    fresh = [row for row in rows if row not in known]  # True and 1 are equal here, as in SQLite
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", fresh
    )
    return len(fresh)
