"""A lesson of five pages made for the tests, so that the course may change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.support.seeing import (
    SIZE,
    opened,
    until,
    until_seen,
)
from tui.app.app import CnnTuiApp
from tui.course import Course, parse_lesson

MADE = """+++
id = "made"
title = "Made"
summary = "Made for a test, with [/] and [@click=app.quit] in it."
minutes = 3
skills = ["testing"]
+++

# First

Some **words**.

```predict
id = "padding"
input = "5x5x1"
layer = "conv:k=1,f=3,s=1,p=1"
asks = "W2"
prompt = "How wide is the output?"
hints = ["The first hint.", "The second hint."]
explain = "It keeps its size."
```

---

# Second

```choice
id = "pick"
prompt = "Which one?"
options = ["the wrong one", "the right one"]
answer = 2
why = ["It was the wrong one.", "It was the right one."]
```

---

# Third

```calculator
input = "7x7x1"
layer = "conv:k=1,f=3,s=1,p=0"
fixed = ["D1", "K"]
```

---

# Fourth

```code
print('[/] [red]')
```

---

# Fifth

Only words, and [a link](lesson:made).
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach from the one lesson."""
    course = Course((parse_lesson(MADE, "01-made.md"),), ())
    for module in (
        "tui.areas.lessons.lesson_list_screen",
        "tui.areas.lessons.lesson_screen",
        "tui.course",
    ):  # the first imports from the second
        monkeypatch.setattr(f"{module}.load_course", lambda: course)


@asynccontextmanager
async def lesson(
    size: tuple[int, int] = SIZE,
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on the lesson."""
    async with opened(size) as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "Made")
        await pilot.press("enter")
        await until_seen(pilot, "How wide is the output?")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "answer")
        yield app, pilot


async def turned(pilot: Pilot[None], key: str, heading: str) -> None:
    """Turn a page and wait for it."""
    await pilot.press(key)
    await until_seen(pilot, heading, "#words")
