"""A home of its own for every test, and lessons made of a body."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tui.course import Lesson, LessonProblem, parse_lesson
from tui.course.reading.problems import LessonError

FRONT = """+++
id = "made"
title = "Made"
summary = "Made for a test."
minutes = 3
skills = ["testing"]
+++
"""
"""Seven lines: the body begins in line 8."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep everything the program writes below the test's own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CNN_TUI_HOME", str(folder))
    monkeypatch.delenv("CNN_TUI_LESSONS", raising=False)
    return folder


Make = Callable[[str], Lesson]
Find = Callable[[str], tuple[LessonProblem, ...]]


@pytest.fixture
def lesson_of() -> Make:
    """Read a lesson from its body."""
    return lambda body: parse_lesson(FRONT + body, "01-made.md")


@pytest.fixture
def problems_of() -> Find:
    """Return what is wrong with a lesson of this body."""

    def find(body: str) -> tuple[LessonProblem, ...]:
        try:
            parse_lesson(FRONT + body, "01-made.md")
        except LessonError as error:
            return error.problems
        return ()

    return find
