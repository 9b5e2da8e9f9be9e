"""Progress as JSON, to move it from one machine to another."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

import msgspec

from tui.common.text import clean
from tui.course.progress.learner_progress import note_rows, program_rows
from tui.course.progress.progress_database import FILE, change, read, transaction
from tui.course.progress.progress_records import (
    AnswerRecord,
    BookmarkRecord,
    DrillRecord,
    NoteRecord,
    ProgramRecord,
    records,
    skipped_rows_text,
)

KIND = "cnn-tui progress"
VERSION = 1
WITH_PROGRAMS = 2
"""The version of a file with programs or notes, which earlier versions of cnn-tui cannot read."""
LARGEST = 50_000_000
"""Bytes of a file that is read; a year of daily drills has about 500,000."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    version: int
    place: BookmarkRecord | None = None
    answers: list[AnswerRecord] = []
    drills: list[DrillRecord] = []


class _FileWithPrograms(_File, forbid_unknown_fields=True):
    programs: list[ProgramRecord] = []
    notes: list[NoteRecord] = []


class ExchangeError(ValueError):
    """A file that is not exported progress; the message says what is wrong with it."""


def is_export(data: bytes) -> bool:
    """Return whether a file was written by :func:`export_progress`."""
    return data.lstrip().startswith(b'{\n  "kind": "' + KIND.encode() + b'"')


def export_progress() -> tuple[bytes, str]:
    """Return the learner's progress as JSON.

    Returns:
        The content of the file, empty when nothing can be read; and a message for the learner:
        why, or how much was left out.
    """
    rows, message = read(_collect)
    if rows is None:
        return b"", message
    places, _ = records(BookmarkRecord, rows[0])
    answers, odd_answers = records(AnswerRecord, rows[1])
    drills, odd_drills = records(DrillRecord, rows[2])
    programs, odd_programs = records(ProgramRecord, rows[3])
    notes, odd_notes = records(NoteRecord, rows[4])
    place = places[0] if places else None
    found = (
        _FileWithPrograms(KIND, WITH_PROGRAMS, place, answers, drills, programs, notes)
        if programs or notes
        else _File(KIND, VERSION, place, answers, drills)
    )
    message = message or skipped_rows_text(
        odd_answers + odd_drills + odd_programs + odd_notes, FILE
    )
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n", message


def import_progress(data: bytes) -> tuple[int, str]:
    """Add exported progress to that on this machine, without duplicates.

    Args:
        data: the content of the file.

    Returns:
        The number of new answers, and a message for the learner when they could not be saved.

    Raises:
        ExchangeError: it is not exported progress. Nothing was imported.
    """
    if len(data) > LARGEST:
        raise ExchangeError(f"it has more than {LARGEST:,} bytes; an export is never that large")
    try:
        head = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ExchangeError(f"it is not JSON: {clean(error, 100)}") from error
    if not isinstance(head, dict) or head.get("kind") != KIND:
        raise ExchangeError(f'it is not marked "kind": "{KIND}"')
    if head.get("version") not in (VERSION, WITH_PROGRAMS):
        raise ExchangeError(
            f"its version is {clean(head.get('version'), 20)}, and this cnn-tui reads {VERSION} "
            f"and {WITH_PROGRAMS}"
        )
    try:
        kind = _FileWithPrograms if head["version"] == WITH_PROGRAMS else _File
        found = msgspec.convert(head, kind, strict=True)
    except msgspec.ValidationError as error:
        raise ExchangeError(clean(error, 160)) from error
    count, message = change(lambda connection: _merge(connection, found))
    return count or 0, message


Row = tuple[object, ...]
_ANSWERS = AnswerRecord.__struct_fields__
_DRILLS = DrillRecord.__struct_fields__
_NOTES = NoteRecord.__struct_fields__


def _rows(connection: Connection, table: str, names: tuple[str, ...]) -> list[Row]:
    return connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id").fetchall()


def _collect(connection: Connection) -> tuple[list[Row], ...]:
    """Return the rows of the bookmark, answers, drills, programs and notes, unchecked."""
    place = connection.execute("SELECT lesson, page FROM place").fetchall()
    answers = _rows(connection, "answers", _ANSWERS)
    drills = _rows(connection, "drills", _DRILLS)
    return place, answers, drills, program_rows(connection), note_rows(connection)


def _merge(connection: Connection, found: _File) -> int:
    with transaction(connection):
        added = _add(connection, "answers", _ANSWERS, found.answers)
        added += _add(connection, "drills", _DRILLS, found.drills)
        if isinstance(found, _FileWithPrograms):
            _add(connection, "notes", _NOTES, found.notes)
            # What was written here stays; answers that are missing here are taken over.
            connection.executemany(
                "INSERT INTO programs (exercise, draft, answer, at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (exercise) DO UPDATE SET answer = coalesce(answer, excluded.answer)",
                [(one.exercise, one.draft, one.answer, one.at) for one in found.programs],
            )
        if found.place is not None:
            # A bookmark on this machine is kept.
            connection.execute(
                "INSERT OR IGNORE INTO place (one, lesson, page) VALUES (1, ?, ?)",
                (found.place.lesson, found.place.page),
            )
    return added


def _add(
    connection: Connection,
    table: str,
    names: tuple[str, ...],
    found: Sequence[AnswerRecord | DrillRecord | NoteRecord],
) -> int:
    """Add the rows that are missing; return their number."""
    known = set(_rows(connection, table, names))
    rows = dict.fromkeys(tuple(getattr(row, name) for name in names) for row in found)
    fresh = [row for row in rows if row not in known]  # True and 1 are equal here, as in SQLite
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", fresh
    )
    return len(fresh)
