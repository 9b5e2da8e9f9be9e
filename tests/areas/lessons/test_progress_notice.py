"""A damaged file of progress is said by whichever screen finds it, and once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.support.seeing import opened, toasts, until_seen, until_toast
from tui.course import record_answer
from tui.course.progress import progress_database as store


async def test_home_says_that_the_progress_was_damaged_and_where_it_is(tmp_path: Path) -> None:
    record_answer("a", "x", True)
    folder = tmp_path / "kept" / "state"
    (folder / store.FILE).write_bytes(b"x" * 9000)
    async with opened() as (_, pilot):
        await until_toast(pilot, "progress.sqlite3 was damaged. It was set aside as")
        (aside,) = folder.glob("progress.damaged-*.sqlite3")
        await until_toast(pilot, aside.name)


async def test_rows_that_are_odd_are_said_once(tmp_path: Path) -> None:
    record_answer("a", "x", True)
    with sqlite3.connect(tmp_path / "kept" / "state" / store.FILE) as connection:
        connection.execute("UPDATE answers SET at = 'yesterday'")
    connection.close()
    async with opened() as (app, pilot):
        await until_toast(pilot, "1 row of progress.sqlite3 cannot be read")
        await pilot.press("1", "d")
        await until_seen(pilot, "Drill 1 of 10")
        await pilot.pause()
        assert "cannot be read" not in toasts(app), "it was said on Home"
