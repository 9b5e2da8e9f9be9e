"""A run with a learning-rate schedule on its screen: what a change by hand does to it."""

from __future__ import annotations

from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from tests.areas.runs.on_run import shown
from tests.support.curved import curve_events, ended_run, overfitting
from tests.support.recording import CLOCK, Recorder, append, control, spec
from tests.support.seeing import SMALL, region_text, until, until_seen
from tui.runs.events.event_types import ControlApplied
from tui.runs.settings.spec import TrainingSpec


def scheduled(schedule: str, epochs: int = 20) -> TrainingSpec:
    return replace(spec("by plan", epochs=epochs), schedule=schedule)


async def fill(pilot: Pilot[None], field: str, text: str) -> None:
    pilot.app.screen.query_one(field, Input).value = text
    await pilot.pause()


async def test_a_rate_by_hand_says_what_becomes_of_the_rest(recorder: Recorder) -> None:
    events = curve_events(overfitting, 5, total=20)
    run = recorder.make(events, scheduled("warmup=2 cosine"))
    recorder.hold(run)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await until_seen(pilot, "learning rate: warmup=2 cosine", "#messages")
        await pilot.press("l")
        await until_seen(pilot, "0.0001", "#ask-0")  # what the schedule has come to
        await fill(pilot, "#ask-0", "0.0002")
        await until_seen(pilot, "The rest of cosine goes on from it.", "#asking-verdict")
        assert "2 times the present 0.0001" in region_text(app, "#asking-verdict")
        await pilot.press("enter")
        await until_seen(pilot, "… learning rate 0.0002: requested", "#messages")
        assert (control(run).learning_rate, control(run).rates) == (0.0002, 1)
        append(
            run,
            [ControlApplied(at=CLOCK, request="learning rate", value="0.0002", epoch=6, batch=12)],
        )
        await until_seen(pilot, "learning rate: cosine, on from 0.0002", "#messages")
        await pilot.press("e")
        await fill(pilot, "#ask-0", "30")
        await until_seen(pilot, "The cosine then falls over 30 epochs.", "#asking-verdict")


async def test_a_waiting_run_names_its_schedule(recorder: Recorder) -> None:
    recorder.live(hour=1)
    run = recorder.queued(scheduled("step:every=5,factor=0.5"))
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "learning rate 0.001 (step:every=5,factor=0.5)", "#messages")
        await pilot.press("l")
        await until_seen(pilot, "0.001", "#ask-0")
        await fill(pilot, "#ask-0", "0.002")
        await until_seen(pilot, "step:every=5,factor=0.5 starts from it.", "#asking-verdict")


async def test_resuming_goes_on_by_the_schedule_unless_a_rate_is_typed(recorder: Recorder) -> None:
    run = ended_run(recorder, overfitting, 5, training=scheduled("cosine", 5))
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("r")
        await until_seen(pilot, "Resume after epoch 5")
        await until(pilot, lambda: app.screen.query_one("#ask-1", Input).value == "")
        await until_seen(pilot, "5 more epochs. Learning rate: cosine goes on.", "#asking-verdict")
        await fill(pilot, "#ask-1", "0.0004")
        await until_seen(pilot, "0.0004 at first. The rest of cosine goes on", "#asking-verdict")
