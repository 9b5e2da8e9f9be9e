"""Trainings that wait in the queue."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.areas.train.on_train import SIZE, put_go, runs, train
from tests.support.recording import Recorder
from tests.support.seeing import (
    PATIENCE,
    opened,
    until,
    until_seen,
    until_toast,
)


@pytest.mark.usefixtures("digits")
async def test_queued_runs_follow_each_other_and_the_form_stays() -> None:
    async with train(watch_runs=True) as (app, pilot):
        await pilot.press("ctrl+n")
        await until_toast(pilot, "digits · small waits in the queue")
        assert app.current_mode == "train"
        await until_seen(pilot, "digits · small 2", "#title")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 2)
        second, first = runs()
        if second.title == "digits · small":  # made within one second
            first, second = second, first
        await until(pilot, lambda: first.run.alive())
        await until_seen(pilot, "ctrl+n after 2 others", "#train-message")
        app.clear_notifications()  # they cover the status line's end
        await until_seen(pilot, "● digits · small ep 3/15", "StatusLine")
        assert second.run.state(None) == "queued"
        await put_go(runs())
        await until(pilot, lambda: {one.state for one in runs()} == {"finished"})
        await until_seen(pilot, "ctrl+n into the queue", "#train-message")


@pytest.mark.usefixtures("digits")
async def test_the_queue_goes_on_without_the_app() -> None:
    async with train() as (_, pilot):
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 1 and runs()[0].run.alive())
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 2)
    await put_go(runs())
    end = time.monotonic() + PATIENCE
    while {one.state for one in runs()} != {"finished"}:
        assert time.monotonic() < end, runs()
        await asyncio.sleep(0.1)


async def test_runs_that_wait_since_before_a_reboot_start_when_the_app_is_opened(
    recorder: Recorder,
) -> None:
    run = recorder.queued()
    (run.path / "go").touch()
    async with opened(SIZE, watch_runs=True) as (_, pilot):
        await until_seen(pilot, "✓ queued digits", "#home-list")
