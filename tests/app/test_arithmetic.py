"""Arithmetic in every kind of field for a number; what has no value is kept and explained."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.areas.runs.on_run import shown
from tests.areas.train.on_train import train
from tests.support.curved import live_run, overfitting
from tests.support.recording import Recorder
from tests.support.seeing import (
    opened,
    region_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.course import parse_lesson

pytestmark = pytest.mark.many_cases

TYPED = "18497*512"
VALUE = 18497 * 512
NO_VALUE = {
    "3*": "“3*” is not complete: a number is missing at the end.",
    "3/0": "“3/0” divides by 0.",
    "(2+1": "“(2+1” is not complete: one ) is missing.",
    "2**99": "“2**99” has the power 99",
}

LESSON = """+++
id = "made"
title = "Made"
summary = "Made for a test."
minutes = 3
+++

# A number

```predict
id = "parameters"
input = "5x5x1"
layer = "conv:k=1,f=3"
asks = "parameters"
prompt = "How many parameters?"
```

---

# Settings

```solve
id = "settings"
prompt = "Which S and P?"
input = "9x9x1"
layer = "conv:k=1,f=3"
goal = "5x5"
free = ["S", "P"]
```

---

# A chain

```chain
id = "chain"
prompt = "How wide?"
network = "9x9x1 conv:k=1,f=2 maxpool:f=2"
asks = "W2"
```

---

# A calculator

```calculator
input = "9x9x1"
layer = "conv:k=1,f=3"
```
"""

Opening = AbstractAsyncContextManager[tuple[CnnTuiApp, Pilot[None]]]


@asynccontextmanager
async def lesson(page: int) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open a page of a lesson."""
    async with opened((110, 36)) as (app, pilot):
        await app.push_screen(LessonScreen(parse_lesson(LESSON, "01-made.md"), page))
        await until(pilot, lambda: isinstance(app.focused, Input))
        yield app, pilot


@asynccontextmanager
async def area(*keys: str, seen: str) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app and press some keys."""
    async with opened((110, 36)) as (app, pilot):
        await pilot.press(*keys)
        await until_seen(pilot, seen)
        yield app, pilot


async def enter(app: CnnTuiApp, pilot: Pilot[None], selector: str, text: str) -> Input:
    """Type into a field, in the place of what is there."""
    await until(pilot, lambda: bool(app.screen.query(selector)))
    field = app.screen.query_one(selector, Input)
    field.focus()
    field.value = ""
    await pilot.pause()
    await pilot.press(*text)
    assert field.value == text, "nothing of what is typed is dropped"
    return field


async def until_words(pilot: Pilot[None], words: str) -> None:
    """Wait until a part of the screen has words, however it breaks the line."""
    app = pilot.app
    await until(
        pilot, lambda: any(words in region_text(app, one) for one in app.screen.query(Static))
    )


LEFT: dict[str, tuple[Callable[[], Opening], str]] = {
    "the calculator's layers": (lambda: area("2", seen="fits exactly"), "#K"),
    "the calculator's input": (lambda: area("2", seen="fits exactly"), "#W1"),
    "backwards": (lambda: area("2", "b", seen="solutions"), "#to"),
    "a calculator in a lesson": (lambda: lesson(3), "#K"),
    "train: epochs": (train, "#epochs"),
    "train: patience": (train, "#patience"),
    "train: seed": (train, "#seed"),
    "train: learning rate": (train, "#rate"),
    "train: share": (train, "#share"),
}
"""Fields that are left by tab: how to open their screen, and where they are on it."""


@pytest.mark.parametrize("kind", LEFT)
async def test_arithmetic_becomes_its_result_and_what_has_none_stays(
    kind: str, digits: Path
) -> None:
    opening, selector = LEFT[kind]
    async with opening() as (app, pilot):
        field = await enter(app, pilot, selector, TYPED)
        app.screen.focus_next()
        await until(pilot, lambda: field.value == str(VALUE))
        for text, sentence in NO_VALUE.items():
            field = await enter(app, pilot, selector, text)
            await until_words(pilot, sentence)
            app.screen.focus_next()
            await pilot.pause()
            assert field.value == text


@pytest.mark.parametrize("page", [0, 1, 2])
async def test_arithmetic_is_an_answer_and_what_has_no_value_stays(page: int) -> None:
    async with lesson(page) as (app, pilot):
        field = await enter(app, pilot, "#answer", TYPED)
        for other in app.screen.query(Input):
            if other is not field:
                other.value = "1"
        await pilot.press("enter")
        await until(pilot, lambda: field.value == str(VALUE))
        verdict = "S = 9,470,464 cannot be: take 1 to" if page == 1 else "✗"
        await until_seen(pilot, verdict, "Exercise")
        for text, sentence in NO_VALUE.items():
            field = await enter(app, pilot, "#answer", text)
            await pilot.press("enter")
            await until_toast(pilot, sentence)
            assert field.value == text


async def test_arithmetic_is_a_prediction_in_the_calculator() -> None:
    async with area("2", seen="fits exactly") as (app, pilot):
        app.screen.query_one("#K", Input).focus()
        await pilot.press("enter")
        await until_seen(pilot, "W2, the output's width?")
        await enter(app, pilot, "PredictionInput", TYPED)
        await pilot.press("enter")
        await until_seen(pilot, f"✗ {VALUE:,}:", "Predictor")
        for text, sentence in NO_VALUE.items():
            field = await enter(app, pilot, "PredictionInput", text)
            await pilot.press("enter")
            await until_seen(pilot, sentence, "Predictor")
            assert field.value == text


@pytest.mark.parametrize(
    ("key", "field", "typed", "meaning"),
    [
        ("l", "#ask-0", "3/1000", "30 times the present 0.0001"),
        ("e", "#ask-0", "5*8", "40 in all"),
        ("e", "#ask-0", TYPED, f"A number of epochs of {VALUE:,} cannot be"),
        ("t", "#ask-1", "2*3", "Patience 6:"),
        ("t", "#ask-0", "accuracy > 1-1/8", "accuracy > 0.875:"),
    ],
)
async def test_arithmetic_changes_a_training(
    recorder: Recorder, key: str, field: str, typed: str, meaning: str
) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press(key)
        await enter(app, pilot, field, typed)
        await until_seen(pilot, meaning, "#asking-verdict")
        start = typed.rpartition(" ")[0]
        for text, sentence in NO_VALUE.items():
            wrong = f"{start} {text}".strip()
            line = await enter(app, pilot, field, wrong)
            await until_seen(pilot, sentence, "#asking-verdict")
            await pilot.press("enter")
            assert app.screen.query("#asking-verdict") and line.value == wrong


async def test_no_message_about_what_was_typed_is_left_over() -> None:
    """Or else the tests above see the sentence of an earlier text."""
    async with lesson(0) as (app, pilot):
        await enter(app, pilot, "#answer", "3*")
        assert toasts(app) == "" and "3*" in region_text(app, "Exercise")
