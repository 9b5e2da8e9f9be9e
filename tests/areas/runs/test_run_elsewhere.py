"""A run on screen with which something is done elsewhere: in another app, or from a shell."""

from __future__ import annotations

import os

from tests.areas.runs.on_run import shown
from tests.support.curved import ended_run, live_run, overfitting
from tests.support.recording import CLOCK, Recorder, append
from tests.support.seeing import SMALL, screen_text, until_seen
from tui.runs.events.event_types import EpochStarted, Finished, Resumed, RunStarted
from tui.runs.store.delete_run import delete_run
from tui.runs.store.run_label import write_label


async def test_a_run_that_is_taken_up_again_elsewhere_is_live_here(recorder: Recorder) -> None:
    run = ended_run(recorder, overfitting, 15)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await until_seen(pilot, "Resume")
        lock = run.acquire_lock()
        append(run, [RunStarted(at=CLOCK, pid=1, version="0"), Resumed(at=CLOCK, epoch=15)])
        append(run, [EpochStarted(at=CLOCK, epoch=16, epochs=20, steps=48)])
        await until_seen(pilot, "● running", "#head")
        await until_seen(pilot, "epoch 16/20", "#progress")
        await until_seen(pilot, "Pause")
        append(run, [Finished(at=CLOCK, reason="stopped", sentence="Stopped.", epochs=15)])
        os.close(lock)
        await until_seen(pilot, "■ stopped", "#head")
        await until_seen(pilot, "Resume")


async def test_a_new_name_is_shown_whoever_gave_it(recorder: Recorder) -> None:
    run = ended_run(recorder, overfitting, 15)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        write_label(run, name="a tenth of it")
        await until_seen(pilot, "a tenth of it", "#head")
        await until_seen(pilot, "Runs · a tenth of it")


async def test_a_run_that_is_deleted_elsewhere_says_so_and_offers_nothing(
    recorder: Recorder,
) -> None:
    run = ended_run(recorder, overfitting, 15)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await until_seen(pilot, "Look inside")
        delete_run(run)
        await until_seen(pilot, "This run was deleted: what is shown was read", "#messages")
        assert "All 15 epochs are done." in screen_text(app)
        footer = screen_text(app).split("\n")[-1]
        assert "Resume" not in footer and "Look inside" not in footer


async def test_a_run_that_cannot_be_read_for_a_while_stays_on_screen(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "● running", "#head")
        aside = run.events.with_suffix(".aside")
        run.events.rename(aside)
        run.events.mkdir()
        await until_seen(pilot, "events.jsonl: Is a directory. Check", "#messages")
        await until_seen(pilot, "● running", "#head")
        run.events.rmdir()
        aside.rename(run.events)
        append(run, [EpochStarted(at=CLOCK, epoch=7, epochs=15, steps=48)])
        await until_seen(pilot, "stops when", "#messages")
        await until_seen(pilot, "epoch 7/15", "#progress")
