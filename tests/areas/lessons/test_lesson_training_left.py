"""A training on a page of a lesson: the page is left, or the app, and found again."""

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
    turn_to,
    until_told,
    without_pause,
    words,
)
from tests.support.seeing import until

pytestmark = pytest.mark.usefixtures("digits", "nothing_trains_on")


async def test_a_page_that_is_left_finds_its_training_again(replayed_trainer: Path) -> None:
    async with page_of(THREE) as (app, pilot, _page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        await app.pop_screen()
        (run,) = runs()
        assert run.alive()
        page = await turn_to(app, THREE)
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        assert len(runs()) == 1
        without_pause(replayed_trainer)
        go(run)
        await until_told(pilot, "✓ All three trainings are over.")
        assert len(runs()) == 3 and page.done == [THREE]


async def test_a_finished_training_is_shown_after_quitting(replayed_trainer: Path) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
    async with page_of(ONE) as (app, pilot, page):
        await until_told(pilot, "✓ All 10 epochs are done")
        await until(pilot, lambda: dots(app) > 5)
        assert "They part after epoch 4." in words(app)
        await until(pilot, lambda: page.done == [ONE])
        assert len(runs()) == 1
        assert app.launcher._ready is None, "nothing is to be trained: no trainer waits"


async def test_a_training_that_went_on_while_the_app_was_closed_ends_there() -> None:
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        (run,) = runs()
    assert run.alive()
    async with page_of(ONE) as (_, pilot, page):
        await until_told(pilot, "epoch 4 of 10")
        go(run)
        await until_told(pilot, "✓ All 10 epochs are done")
        assert page.done == [ONE]


@pytest.mark.parametrize(
    ("change", "lesson"),
    [({"seed": 8}, "small-data"), ({"id": "second"}, "small-data"), ({}, "curves")],
)
async def test_the_training_of_another_page_or_seed_is_not_taken_for_this_one(
    replayed_trainer: Path, change: dict[str, int], lesson: str
) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
        await app.pop_screen()
        await turn_to(app, dataclasses.replace(ONE, **change), lesson)  # type: ignore[arg-type]
        await until_told(pilot, "enter start the training")
