"""Reading a database whose disk is full or read-only, without changing anything beside it.

In SQLite's WAL mode even a reader writes: it makes the file `-shm`, and at the end it carries the
`-wal` over into the database. Where that cannot be done, SQLite refuses to read at all.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

T = TypeVar("T")


def read_unchanged(
    path: Path,
    work: Callable[[sqlite3.Connection], T],
    open_copy: Callable[[Path], sqlite3.Connection],
) -> T:
    """Fetch rows from a database beside which nothing can be written.

    A copy in the folder for temporary files holds what stands in the `-wal` alone, because the
    program was killed before it was carried over. Where there is no room for one, the database is
    read as it is, without the `-wal`.

    Args:
        path: of the database.
        work: only fetches rows.
        open_copy: opens the copy, and may bring an earlier format up to date.

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
    # Immutable: SQLite neither locks it nor looks at what lies beside it.
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return work(connection)
