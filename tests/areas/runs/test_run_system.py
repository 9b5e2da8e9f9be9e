"""Where a run's time goes, and the use of the machine while it trains."""

from __future__ import annotations

import pytest

from tests.areas.runs.on_run import shown
from tests.support.curved import (
    curve_events,
    done,
    ended_run,
    live_run,
    overfitting,
)
from tests.support.recording import CLOCK, Recorder, spec
from tests.support.seeing import LARGE, SMALL, region_text, screen_text, until, until_seen
from tui.runs.events.event_types import (
    DeviceStats,
    GpuStats,
    SystemStats,
)


async def test_where_the_time_goes_stands_in_a_line_and_at_length(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 15), SMALL) as (app, pilot):
        await until_seen(pilot, "bound by loading: waiting 60 %", "#time")
        assert "computing 30 %" in region_text(app, "#time")
        await pilot.press("d")
        await until_seen(pilot, "What the curves show")
        assert "Where the time goes" in screen_text(app)
        assert "Choose the loader cached" in region_text(app, "#insight")
        assert "Stop earlier" in region_text(app, "#insight")
        for piece in app.screen.query(".piece"):
            rows = region_text(app, piece, words=False).split("\n")
            assert all(row[:1] in ("", " ") for row in rows), "wrapped below its beginning"
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query("#insight"))


async def test_a_run_that_was_not_measured_says_nothing_of_its_time(recorder: Recorder) -> None:
    async with shown(recorder.finished(), SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        assert region_text(app, "#time") == ""


async def test_gpu_use_as_earlier_versions_wrote_it_is_shown(recorder: Recorder) -> None:
    reported = DeviceStats(
        at=CLOCK, gpu_percent=71.4, memory_used=31 * 10**8, memory_total=24 * 10**9
    )
    run = live_run(recorder, overfitting, 5, after={5: [reported]})
    async with shown(run, LARGE) as (_, pilot):
        await until_seen(pilot, "GPU 71 %, 3.1 of 24 GB", "#system")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_the_use_of_the_machine_is_shown_while_it_trains(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    gpus = tuple(
        GpuStats(index=number, percent=71.4, memory_used=31 * 10**8, memory_total=24 * 10**9)
        for number in range(2)
    )
    reported = SystemStats(at=CLOCK, seconds=1.0, gpus=gpus, cpu_percent=43.0)
    async with shown(live_run(recorder, overfitting, 5, after={5: [reported]}), size) as (_, pilot):
        await until_seen(pilot, "GPU 0 71 %, 3.1 of 24 GB", "#system")
        await until_seen(pilot, "GPU 1 71 %", "#system")
        await pilot.press("d")
        await until_seen(pilot, "GPU 0 71 %", "#insight")
        await pilot.press("end")
        await until_seen(pilot, "CPU 43 %", "#insight")


async def test_of_a_run_that_has_ended_no_present_load_is_shown(recorder: Recorder) -> None:
    reported = SystemStats(at=CLOCK, seconds=1.0, cpu_percent=43.0)
    events = [*curve_events(overfitting, 5, after={5: [reported]}), done(5)]
    run = recorder.make(events, spec("over", epochs=5))
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        assert region_text(app, "#system") == ""
