"""A training on a page of a lesson: what goes wrong is told there, and how to go on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.areas.lessons.lesson_page import (
    ONE,
    THREE,
    page_of,
    runs,
    until_told,
    without_pause,
    words,
)
from tests.support.recording import script, write_script
from tui.runs.process import launch

pytestmark = pytest.mark.usefixtures("digits", "nothing_trains_on")


async def test_a_network_that_does_not_fit_is_reported_in_one_sentence() -> None:
    block = dataclasses.replace(ONE, network="conv:k=5,f=9 flatten dense:k=10")
    async with page_of(block) as (app, pilot, _page):
        await until_told(pilot, "✗ conv2d: ")
        assert "enter try again" in words(app)
        await pilot.press("enter")
        await until_told(pilot, "✗ conv2d: ")
        assert runs() == []


async def test_a_trainer_that_dies_is_reported_and_enter_trains_again(
    replayed_trainer: Path,
) -> None:
    lines = list(script())
    write_script(replayed_trainer, [*lines[:6], b"{"])  # the replay breaks on a broken line
    async with page_of(THREE) as (_, pilot, page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "✗ 1/10: The trainer died at epoch 1 without an error message")
        await until_told(pilot, "enter train it again")
        assert len(runs()) == 1 and page.done == []
        without_pause(replayed_trainer)
        await pilot.press("enter")
        await until_told(pilot, "✓ All three trainings are over.")
        assert len(runs()) == 4


async def test_a_trainer_that_cannot_be_started_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch, "_COMMAND", ["/nowhere/python"])
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✗ Cannot start a trainer for")
        await until_told(pilot, "enter try again")


async def test_a_state_folder_that_takes_no_run_is_reported(tmp_path: Path) -> None:
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await pilot.press("enter")
        await until_told(pilot, "✗ Cannot make the folder")
        await until_told(pilot, "enter try again")
        state.unlink()
        (tmp_path / "away").rename(state)
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
