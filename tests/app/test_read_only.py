"""A state folder on a disk that takes nothing: all is shown, what is not saved is said once."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.disks import full, read_only
from tests.support.recording import Recorder
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.course import load_course, record_answer, save_bookmark
from tui.runs.store.run_label import read_label


@pytest.fixture
def state(tmp_path: Path, recorder: Recorder, digits: Path) -> Path:
    """Return a home in which there are a run, an answer and a place in the course."""
    recorder.finished(epochs=2)
    lesson = load_course().lessons[1]
    save_bookmark(lesson.id, 2)
    record_answer(lesson.id, lesson.questions[0].id, True)
    return tmp_path / "kept" / "state"


async def test_on_a_read_only_disk_all_is_shown_and_the_trouble_said_once(state: Path) -> None:
    disk = ExitStack()
    disk.enter_context(read_only(state))
    with disk:
        async with opened() as (app, pilot):
            await until_toast(pilot, "Nothing is saved: the folder ")
            assert str(state)[-12:] in toasts(app).replace(" ", "")
            await until_seen(pilot, "page 3 of", "#home-list")
            await until_seen(pilot, "digits", "#home-list")
            await until(pilot, lambda: toasts(app).count("Nothing is saved") == 1)
            assert len(app.screen.query("Toast")) == 1

            await pilot.press("1")
            await until_seen(pilot, "◐")
            await until_seen(pilot, "! nothing is saved", "StatusLine")
            await pilot.press("enter")
            await until_seen(pilot, "page 3 of 8")
            for _ in range(3):
                await pilot.press("pagedown")
            assert "aved" not in toasts(app) and "not kept" not in toasts(app), "once is enough"
            await pilot.press("escape", "escape")  # on a page with a question, digits answer it
            await until_seen(pilot, "◐")
            await pilot.press("5")
            await until_seen(pilot, "✓ finished")
            await pilot.press("enter")
            await until_seen(pilot, "All 2 epochs are done")
            assert "Nothing is saved" not in toasts(app), "once is enough"

            disk.close()
            await app.look_at_runs()
            await until_toast(pilot, "The disk accepts files again")
            await until(pilot, lambda: "nothing is saved" not in region_text(app, "StatusLine"))


async def test_what_would_change_something_says_why_it_cannot(state: Path) -> None:
    with read_only(state):
        async with opened() as (app, pilot):
            await pilot.press("5")
            await until_seen(pilot, "✓ finished")
            (one,) = app.runs
            await pilot.press("n", *"first", "enter", *"try", "enter")
            await until(pilot, lambda: "Cannot write" in screen_text(app) + toasts(app))
            assert read_label(one.run).name == ""
            await pilot.press("d")
            await until_seen(pilot, "Delete")
            await pilot.press("y")
            await until_toast(pilot, "annot")
            assert one.run.path.is_dir()
            await pilot.press("escape", "escape")
            await until_seen(pilot, "Start")
            await pilot.press("t")
            await until_toast(pilot, "Cannot write into the folder")
            assert len(app.runs) == 1


async def test_on_a_full_disk_what_was_there_before_is_shown(state: Path) -> None:
    with full():
        async with opened() as (app, pilot):
            await until_toast(pilot, "Progress is not saved")
            await until_seen(pilot, "page 3 of", "#home-list")
            await until_seen(pilot, "digits", "#home-list")
            await pilot.press("5")
            await until_seen(pilot, "✓ finished")
            await pilot.press("escape")
            await until_seen(pilot, "page 3 of", "#home-list")
            assert "Progress is not saved" not in toasts(app), "once is enough"


async def test_a_disk_without_room_is_marked(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.common.paths.LEAST_FREE", 1 << 80)
    async with opened() as (_, pilot):
        await until_toast(pilot, "is full. Free some space.")
        await pilot.press("5")  # the message covers the end of the status line
        await until_seen(pilot, "! nothing is saved", "StatusLine")
