"""Looking at a run's lock: a look takes nothing and needs no more than to read it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.runs.store.run_lock import acquire_lock, lock_holder

NOBODY = 65534


@pytest.fixture
def lock() -> Iterator[Path]:
    """Return where a lock is, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "lock"


def pid_of_holder(lock: Path) -> int | None:
    holder = lock_holder(lock)
    return None if holder is None else holder.pid


def seen_by_one_who_may_only_read(lock: Path) -> int | None:
    """Return what `lock_holder` says to a process that cannot write the lock."""
    os.chmod(lock, 0o444)
    if os.geteuid() != 0:
        return pid_of_holder(lock)
    # Root may write everything: look as somebody else.
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, repr(pid_of_holder(lock)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        text = told.read()
    return None if text == "None" else int(text)


def test_a_living_trainer_is_seen_where_its_folder_became_read_only(lock: Path) -> None:
    held = acquire_lock(lock)
    assert held is not None
    assert seen_by_one_who_may_only_read(lock) == os.getpid()
    os.close(held)
    assert seen_by_one_who_may_only_read(lock) is None
