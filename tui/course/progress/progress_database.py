"""The database file under the learner's progress: opening, waiting, replacing a damaged one.

Two windows of the program may be open at once, so writers wait for each other; WAL lets
readers continue meanwhile.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from tui.common.file_locks import locked
from tui.common.paths import StateError, not_saved, state_dir
from tui.common.text import clean

T = TypeVar("T")

FILE = "progress.sqlite3"
FORMAT = 4
"""The version of the tables, stored in the file as `user_version`.

2 added the drills, 3 the programs that learners write, 4 the notes on questions.
"""
_WAIT = 3.0
"""Seconds to wait for another writer before an answer is given up."""
_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS place (
    one INTEGER PRIMARY KEY CHECK (one = 1), lesson TEXT NOT NULL, page INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY, lesson TEXT NOT NULL, block TEXT NOT NULL,
    correct INTEGER NOT NULL, slip TEXT, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS drills (
    id INTEGER PRIMARY KEY, skill TEXT NOT NULL, level INTEGER NOT NULL, seed INTEGER NOT NULL,
    correct INTEGER NOT NULL, slip TEXT, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS programs (
    exercise TEXT PRIMARY KEY, draft TEXT NOT NULL, answer TEXT, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY, lesson TEXT NOT NULL, block TEXT NOT NULL,
    kind TEXT NOT NULL, value TEXT NOT NULL, at REAL NOT NULL);
PRAGMA user_version = 4;
COMMIT;
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""SQLite's codes for a damaged file. No other error sets the learner's progress aside."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}


class _TooNewError(Exception):
    """The file was written by a later version."""


def read(work: Callable[[sqlite3.Connection], T], *, repair: bool = True) -> tuple[T | None, str]:
    """Read from the database, also when its disk is full or read-only.

    Args:
        work: receives an open connection and only reads. An error of its own is raised, and the
            file stays as it is.
        repair: whether a damaged file is set aside and a new one begun.

    Returns:
        The result of the work, None when it could not be done; and a message for the learner,
        usually empty.
    """
    found, message = change(work, repair=repair)
    if found is None and message:
        try:
            path = state_dir(to_read=True) / FILE
            found = read_unchanged(path, work, _open) if path.is_file() else None
        except (sqlite3.Error, OSError, StateError, _TooNewError):
            pass  # the first message says more
    return found, message


def change(work: Callable[[sqlite3.Connection], T], *, repair: bool = True) -> tuple[T | None, str]:
    """Do work that may change the database.

    Arguments and result are those of :func:`read`, except that the work may write.
    """
    try:
        path = state_dir() / FILE
    except StateError as error:
        return None, not_saved() or f"Progress is not saved. {error}"
    try:
        return _retrying(path, work), ""
    except _TooNewError:
        return None, (
            f"Progress is not saved: {FILE} was written by a newer cnn-tui. Update this one, or "
            "move that file away."
        )
    except (sqlite3.Error, OSError) as error:
        if not (repair and _is_damage(error)):
            return None, _sentence(error)
    try:
        return _repaired(path, work)
    except (sqlite3.Error, OSError, _TooNewError) as error:
        return None, _sentence(error)


def write(statement: str, values: tuple[object, ...] = ()) -> str:
    """Run a statement that changes the database.

    Args:
        statement: SQL with a question mark for each value.
        values: of the question marks.

    Returns:
        A message for the learner, usually empty.
    """
    return write_all([(statement, values)])


def write_all(statements: Sequence[tuple[str, tuple[object, ...]]]) -> str:
    """Run statements that change the database, all of them or none.

    Args:
        statements: each with its values.

    Returns:
        As :func:`write`.
    """

    def work(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            for statement, values in statements:
                connection.execute(statement, values)

    _, message = change(work)
    return message


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep all that is done inside, or, when it fails, nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _sentence(error: BaseException) -> str:
    if _code(error) in _BUSY:
        return (
            f"Progress is not saved: another cnn-tui has locked {FILE} for {_WAIT:g} s. Close it, "
            "or wait for it."
        )
    if _code(error) == sqlite3.SQLITE_ERROR:
        # Such as a missing table or column: another program's file of this name.
        return (
            f"Progress is not saved: {FILE} has an unknown format ({clean(error, 120)}). It was "
            "left as it is; move it away, and a new file is begun."
        )
    return not_saved() or (
        f"Progress is not saved: {clean(error, 120)} ({FILE}). Check that its folder is writable "
        "and the disk is not full."
    )


def _code(error: BaseException) -> int:
    # The low byte of an extended code is the plain one.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_damage(error: BaseException) -> bool:
    return _code(error) in _DAMAGED


def _retrying(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    """Open, work and close; try again while another process holds the file.

    SQLite's own timeout does not cover the moment in which two processes both switch a new file
    to WAL.
    """
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            with closing(_open(path)) as connection:
                return work(connection)
        except sqlite3.OperationalError as error:
            if _code(error) not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT / 3, isolation_level=None)
    try:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise _TooNewError
        if version < FORMAT:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)
        # Losing an answer in a power cut does less harm than a delay for every answer.
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _replacing_lock(folder: Path) -> Iterator[None]:
    """Hold the lock for replacing a damaged file."""
    with locked(folder / "progress.lock"):
        yield


def _repaired(path: Path, work: Callable[[sqlite3.Connection], T]) -> tuple[T, str]:
    """Set a damaged file aside and do the work on a new one."""
    with _replacing_lock(path.parent):
        try:
            # Another process may have replaced it while this one waited for the lock.
            return _retrying(path, work), ""
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise
        aside = _free_name(path)
        for suffix in ("-wal", "-shm"):
            # They belong to the old file, and SQLite would apply them to the new one. They are
            # moved first: once the name is free, another window may begin a new file.
            companion = path.with_name(path.name + suffix)
            if companion.exists():
                companion.rename(aside.with_name(aside.name + suffix))
        path.rename(aside)
        result = _retrying(path, work)
    return result, (
        f"{FILE} was damaged. It was set aside as {aside.name}, and a new one was begun: all "
        "lessons count as unread."
    )


def _free_name(path: Path) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%S")
    aside = path.with_name(f"progress.damaged-{stamp}.sqlite3")
    number = 2
    while aside.exists():
        aside = path.with_name(f"progress.damaged-{stamp}-{number}.sqlite3")
        number += 1
    return aside


def read_unchanged(
    path: Path,
    work: Callable[[sqlite3.Connection], T],
    open_copy: Callable[[Path], sqlite3.Connection],
) -> T:
    """Read a database whose disk is full or read-only.

    In WAL mode even a reader writes files beside the database. So a copy in the folder for
    temporary files is read, with the `-wal` of a program that was killed. Where there is no room
    for a copy, the database is read as it is, without the `-wal`.

    Args:
        path: of the database.
        work: only reads.
        open_copy: opens the copy, and may update an earlier format.

    Raises:
        sqlite3.Error, OSError: when it cannot be read.
    """
    wal = path.with_name(f"{path.name}-wal")
    with suppress(OSError), tempfile.TemporaryDirectory(prefix="cnn-tui-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        if wal.is_file():
            shutil.copyfile(wal, copy.with_name(wal.name))
        with suppress(sqlite3.OperationalError), closing(open_copy(copy)) as connection:
            return work(connection)
    # Immutable: SQLite neither locks the file nor looks at files beside it.
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return work(connection)
