"""A page with a program to complete; recorded results stand in for the process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.support.recorded_programs import RecordedRuns
from tests.support.seeing import (
    SIZE,
    opened,
    until,
)
from tui.app.app import CnnTuiApp
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.lessons.program_field import ProgramField
from tui.course import parse_lesson

LESSON = """+++
id = "made"
title = "Made"
summary = "Made for a test."
minutes = 3
+++

# The formula

Some words.

```write formula
```

What follows, once it is right.

---

# The callback

```write callback
title = "Once more"
```

---

# The last step

```write notebook-maps
```
"""


@asynccontextmanager
async def page(
    runner: RecordedRuns, number: int = 0, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on a page with a program."""
    async with opened(size) as (app, pilot):
        app.code_runner = runner
        await app.push_screen(LessonScreen(parse_lesson(LESSON, "01-made.md"), number))
        await until(pilot, lambda: isinstance(app.focused, ProgramField))
        yield app, pilot


async def write(pilot: Pilot[None], text: str) -> None:
    """Write lines into the field, as a paste does."""
    field = pilot.app.screen.query_one(ProgramField)
    field.load_text(text)
    await pilot.pause()
