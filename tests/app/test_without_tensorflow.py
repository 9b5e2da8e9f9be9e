"""The app where TensorFlow is not installed: what needs it says so and starts nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.areas.lessons.lesson_page import ONE, page_of, until_told, words
from tests.support.hidden import TRAINING, Hidden, hide
from tests.support.recording import Recorder
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.common.installed import install_command
from tui.course import parse_lesson
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList

MISSING = "needs TensorFlow, which is not installed. Install it with:"
WITH_A_PROGRAM = """+++
id = "made"
title = "Made"
summary = "Made for a test."
minutes = 3
+++

# The formula

Some words.

```write formula
```
"""


@pytest.fixture(autouse=True)
def without(monkeypatch: pytest.MonkeyPatch) -> Hidden:
    return hide(monkeypatch, *TRAINING, "jax", "torch")


def said(app: CnnTuiApp, selector: str = "") -> str:
    """Return what is on screen as running words."""
    text = region_text(app, selector) if selector else screen_text(app)
    return " ".join(text.split())


async def test_t_on_home_starts_nothing() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("t")
        await until_toast(pilot, f"Training {MISSING}")
        assert app.current_mode == "home"
    assert RunList().read() == []


@pytest.mark.usefixtures("digits")
async def test_the_form_of_a_training_says_it_and_starts_nothing() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("4")
        await until_seen(pilot, "[tensorflow]", "#train-message")
        assert MISSING in said(app, "#train-message")
        await pilot.press("d")  # written once, the digits need no library
        await until_seen(pilot, "1,442 training, 355 validation")
        for key in ("ctrl+s", "ctrl+n"):
            await pilot.press(key)
            await until_toast(pilot, f"Training {MISSING}")
        assert app.current_mode == "train"
    assert RunList().read() == []


async def test_the_digits_say_what_they_come_with() -> None:
    async with opened() as (_, pilot):
        await pilot.press("4", "d")
        await until_toast(pilot, "The sample of handwritten digits needs scikit-learn")


@pytest.mark.usefixtures("digits")
async def test_a_training_of_a_lesson_says_it_before_it_is_started() -> None:
    async with page_of(ONE) as (app, pilot, _page):
        await until_told(pilot, f"✗ Training {MISSING}")
        assert install_command("tensorflow") in words(app)
        await pilot.press("enter")
        await until_told(pilot, f"✗ Training {MISSING}")
    assert RunList().read() == []


async def test_a_program_of_a_lesson_says_it_before_it_is_run() -> None:
    async with opened() as (app, pilot):
        await app.push_screen(LessonScreen(parse_lesson(WITH_A_PROGRAM, "01-made.md"), 0))
        await until(pilot, lambda: f"This program {MISSING}" in said(app, "#said"))
        await pilot.press("1", "ctrl+r")
        await until(pilot, lambda: f"This program {MISSING}" in said(app, "#said"))


async def test_look_inside_says_it_and_tries_again(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("6")
        await until_seen(pilot, "Looking inside needs TensorFlow, JAX or PyTorch", "#look-empty")
        assert "[tensorflow]" in said(app, "#look-empty")
        assert "r tries again" in said(app, "#look-empty")
        await pilot.press("r")
        await until_seen(pilot, "Looking inside needs TensorFlow, JAX or PyTorch", "#look-empty")


async def test_look_inside_opens_once_a_backend_is_installed(
    looked_into: RunFolder, without: Hidden
) -> None:
    async with opened() as (_, pilot):
        await pilot.press("6")
        await until_seen(pilot, "Looking inside needs", "#look-empty")
        without.names.discard("jax")
        await pilot.press("r")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_a_run_is_shown_and_not_resumed(recorder: Recorder) -> None:
    run = recorder.finished()
    async with opened(watch_runs=True) as (_, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")
        before = sorted(Path(run.path).iterdir())
        await pilot.press("r")
        await until_toast(pilot, f"Training {MISSING}")
        assert sorted(Path(run.path).iterdir()) == before


async def test_filters_are_shown_on_a_picture_that_needs_no_library() -> None:
    async with opened() as (_, pilot):
        await pilot.press("2", "p")
        await until_seen(pilot, "input: shape")
        await until_seen(pilot, "values", "#plane-text")
