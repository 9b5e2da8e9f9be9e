"""A training on a page of a lesson: its place on screens of every size, and in the help."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.areas.lessons.lesson_page import (
    ONE,
    THREE,
    dots,
    go,
    page_of,
    runs,
    until_told,
    without_pause,
    words,
)
from tests.support.seeing import region_text, until, until_seen

pytestmark = pytest.mark.usefixtures("digits", "nothing_trains_on")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (90, 40), (120, 24)])
async def test_everything_is_in_sight(size: tuple[int, int], replayed_trainer: Path) -> None:
    block = dataclasses.replace(
        THREE,
        prompt="A tenth, a third, all. Which curve rises first, and which ends highest of them?",
        explain="More images: val_accuracy ends higher, and the gap to accuracy is smaller. "
        "The curve of the tenth rises later, since its epochs are short, it ends here.",
    )
    async with page_of(block, size) as (app, pilot, page):
        await until_told(pilot, "start the trainings")
        assert page.training.region.bottom <= page.query_one("#page").region.bottom
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        await until(pilot, lambda: dots(app) > 3)
        assert region_text(app, ".legend").startswith("● 1/10: ")
        assert "images/s" in words(app) and "left" in words(app)
        assert region_text(app, "LessonTraining", words=False).rstrip().endswith("╯")
        without_pause(replayed_trainer)
        go(runs()[0])
        await until_told(pilot, "✓ All three trainings are over.")
        await until_told(pilot, "it ends here.")
        await until(pilot, lambda: "■" in region_text(app, "#loss-chart"))
        assert "■ all" in region_text(app, ".table")
        assert region_text(app, "LessonTraining", words=False).rstrip().endswith("╯")


async def test_it_is_drawn_anew_when_the_terminal_changes() -> None:
    async with page_of(ONE, (120, 40)) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: region_text(app, "#accuracy-chart").endswith("4"))
        assert region_text(app, "LessonTraining", words=False).rstrip().endswith("╯")


async def test_help_and_the_palette_know_its_keys() -> None:
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("question_mark")
        await until_seen(pilot, "A training in a lesson")
