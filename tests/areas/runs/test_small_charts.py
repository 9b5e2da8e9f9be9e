"""The page of small charts, by keys: of one run and of marked runs, live and long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.areas.runs.on_run import shown
from tests.support.curved import curve_events, done, ended_run, exploding, live_run, overfitting
from tests.support.recording import CLOCK, HOSTILE, Recorder, append, spec
from tests.support.seeing import LARGE, SMALL, opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.runs.chart_page.chart_grid import ChartGrid
from tui.areas.runs.chart_page.small_charts_screen import SmallChartsScreen
from tui.areas.runs.one_run.run_screen import RunScreen
from tui.areas.runs.run_list.runs_screen import RunsScreen
from tui.runs.events.event_types import EpochEnded, GpuStats, Metrics, SystemStats
from tui.ui.charts.overlays import CURSOR
from tui.ui.dialogs.input_windows import PickWindow

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


def many(count: int) -> object:
    """Return curves with so many metrics besides the usual ones."""

    def curves(epoch: int) -> Metrics:
        more = {f"layer_{number}/norm": number + 1 / epoch for number in range(count)}
        return {**overfitting(epoch), **more}

    return curves


def reports() -> list[SystemStats]:
    """Return reports of a machine with a GPU."""
    gpu = GpuStats(index=0, percent=71.0, memory_used=3 * 10**9, memory_total=9 * 10**9)
    return [
        SystemStats(at=CLOCK, seconds=20.0 * number, gpus=(gpu,), cpu_percent=40.0 + number)
        for number in range(6)
    ]


def grid(app: CnnTuiApp) -> ChartGrid:
    """Return the grid of charts."""
    return app.screen.query_one(ChartGrid)


@asynccontextmanager
async def charts(
    recorder: Recorder, count: int = 0, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the small charts of a run that has ended, from its screen."""
    events = [*curve_events(many(count), 8, after={8: list(reports())}), done(8)]  # type: ignore[arg-type]
    run = recorder.make(events, spec("measured", epochs=8))
    async with shown(run, size) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, SmallChartsScreen))
        await until_seen(pilot, "▲", "#chart-grid")
        yield app, pilot


@SIZES
async def test_all_that_a_run_measured_is_on_the_page(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with charts(recorder, size=size) as (app, pilot):
        shown = region_text(app, "#chart-grid")
        for words in ("accuracy", "loss", "learning rate", "● 0.7160", "▲0.7160"):
            assert words in shown
        await until_seen(pilot, "measured · small · 8 charts", "#chart-head")
        if size == SMALL:
            await until_seen(pilot, "page 1 of 2", "#chart-head")
        await until_seen(pilot, "GPU 0 use", "#chart-grid")
        await until_seen(pilot, "71 %", "#chart-grid")
        if size == SMALL:
            await pilot.press("pagedown")
        await until_seen(pilot, "CPU, % by seconds", "#chart-grid")


async def test_arrows_choose_across_pages_and_enter_enlarges(recorder: Recorder) -> None:
    async with charts(recorder) as (app, pilot):
        await pilot.press("right", "down", "right", "right")
        await until_seen(pilot, "page 2 of", "#chart-head")
        await pilot.press("home", "right", "enter")
        await until(pilot, lambda: grid(app).large)
        await until_seen(pilot, "loss", "#chart-grid")
        assert "accuracy" not in region_text(app, "#chart-grid")
        await pilot.press("left", "left")
        await until_seen(
            pilot, f"{CURSOR} epoch 7: training 0.2336 validation 0.6700", "#chart-values"
        )
        assert CURSOR in region_text(app, "#chart-grid")
        await until_seen(pilot, "esc Remove cursor")
        await pilot.press("escape")
        await until_seen(pilot, "esc Small charts")
        await pilot.press("escape")
        await until(pilot, lambda: not grid(app).large)
        await until_seen(pilot, "accuracy", "#chart-grid")
        assert CURSOR not in region_text(app, "#chart-grid")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))


async def test_the_chart_of_the_machine_has_a_cursor_of_its_own(recorder: Recorder) -> None:
    async with charts(recorder, size=LARGE) as (app, pilot):
        await pilot.press("slash", *"cpu", "enter", "enter", "left")
        await until_seen(pilot, f"{CURSOR} 100 seconds: 45 %", "#chart-values")
        await pilot.press("home")
        await until_seen(pilot, f"{CURSOR} 0 seconds: 40 %", "#chart-values")
        await pilot.press("plus")
        await until(pilot, lambda: app.screen.charts.view.window is not None)  # type: ignore[attr-defined]
        assert app.screen._epochs.view.whole  # type: ignore[attr-defined]


async def test_zoom_smoothing_and_scale_hold_for_all(recorder: Recorder) -> None:
    async with charts(recorder) as (_, pilot):
        await pilot.press("plus", "o", "y")
        await until_seen(pilot, "epochs 4–8 · log · smooth", "#chart-head")
        await pilot.press("f")
        await until_seen(pilot, "log · smooth", "#chart-head")


async def test_a_filter_by_name(recorder: Recorder) -> None:
    async with charts(recorder, count=50) as (_, pilot):
        await pilot.press("slash", *"norm 1_")
        await until_seen(pilot, "0 of 58 charts", "#chart-head")
        await pilot.press(*["backspace"] * 2, *"_1")
        await until_seen(pilot, "11 of 58 charts", "#chart-head")  # 1 and 10 to 19
        await pilot.press("enter", "escape")
        await until_seen(pilot, "58 charts", "#chart-head")


async def test_ten_thousand_metrics(recorder: Recorder) -> None:
    async with charts(recorder, count=10_000) as (app, pilot):
        await until_seen(pilot, "10008 charts · page 1 of 1668", "#chart-head")
        await pilot.press("end")
        await until_seen(pilot, "page 1668 of 1668", "#chart-head")
        await pilot.press("home", "pagedown", "right")
        await until_seen(pilot, "page 2 of", "#chart-head")
        await pilot.press("slash", *"_9999")
        await until_seen(pilot, "layer_9999/norm", "#chart-grid")
        assert len(app.screen.query("SmallChart")) <= 6


async def test_a_training_at_work_goes_on_growing_and_new_metrics_appear(
    recorder: Recorder,
) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "epoch 5", "#values")
        await pilot.press("p")
        await until_seen(pilot, "● 0.7019", "#chart-grid")
        *_, ended = curve_events(many(1), 6, total=20)  # type: ignore[arg-type]
        assert isinstance(ended, EpochEnded)
        append(run, [ended])
        await until_seen(pilot, "layer_0/norm", "#chart-grid")
        await until_seen(pilot, "● 0.7090", "#chart-grid")
        assert grid(app).chosen == "accuracy"


async def test_one_metric_of_the_marked_runs(recorder: Recorder) -> None:
    for number in range(3):
        ended_run(recorder, overfitting, 5 + number, name=f"run {number}")
    ended_run(recorder, exploding, 6, name="exploding")
    async with opened(SMALL) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await until_seen(pilot, "exploding")
        await pilot.press("space", "space", "space", "space", "p")
        await until_seen(pilot, "accuracy · 4 runs", "#chart-head")
        for name in ("run 0", "run 2", "exploding"):
            await until_seen(pilot, name, "#chart-grid")
        await pilot.press("m")
        await until_seen(pilot, "loss · 4 runs", "#chart-head")
        await until_seen(pilot, "nan", "#chart-grid")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_of_many_metrics_of_the_marked_runs_one_is_chosen_from_a_list(
    recorder: Recorder,
) -> None:
    for number in range(2):
        ended_run(recorder, many(20), 5, name=f"run {number}")  # type: ignore[arg-type]
    async with opened(SMALL) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await until_seen(pilot, "run 1")
        await pilot.press("space", "space", "p")
        await until_seen(pilot, "accuracy · 2 runs", "#chart-head")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickWindow))
        await pilot.press(*"images", "enter")
        await until(pilot, lambda: isinstance(app.screen, SmallChartsScreen))
        await until_seen(pilot, "images/s · 2 runs", "#chart-head")


async def test_without_marks_it_is_the_run_under_the_cursor(recorder: Recorder) -> None:
    ended_run(recorder, overfitting, 5, name="alone")
    async with opened(SMALL) as (_, pilot):
        await pilot.press("5")
        await until_seen(pilot, "alone")
        await pilot.press("p")
        await until_seen(pilot, "alone · small · ", "#chart-head")
        await until_seen(pilot, "learning rate", "#chart-grid")


async def test_without_a_run_there_is_no_such_key() -> None:
    async with opened(SMALL) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "No training yet")
        assert "Small charts" not in screen_text(app)
        await pilot.press("p")
        assert isinstance(app.screen, RunsScreen)


async def test_a_run_that_has_measured_nothing_says_so(recorder: Recorder) -> None:
    from tests.support.recording import began

    run = recorder.make(began(), spec("new"))
    recorder.hold(run)
    async with shown(run, SMALL) as (_, pilot):
        await pilot.press("p")
        await until_seen(pilot, "0 charts", "#chart-head")
        await until_seen(pilot, "The charts appear with the first values.")


async def test_names_from_outside_are_harmless(recorder: Recorder) -> None:
    def curves(epoch: int) -> Metrics:
        return {**overfitting(epoch), HOSTILE: 1.0 * epoch}

    run = recorder.make([*curve_events(curves, 3), done(3)], spec(HOSTILE, epochs=3))
    async with shown(run, LARGE) as (app, pilot):
        await pilot.press("p")
        await until_seen(pilot, "learning rate", "#chart-grid")
        assert "\x1b" not in screen_text(app)


async def test_the_page_follows_the_size_of_the_terminal(recorder: Recorder) -> None:
    async with charts(recorder, count=50) as (app, pilot):
        assert len(grid(app).names_in_sight()) == 6
        await pilot.resize_terminal(*LARGE)
        await until(pilot, lambda: len(grid(app).names_in_sight()) == 16)
        await until_seen(pilot, "layer_9/norm", "#chart-grid")
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: len(grid(app).names_in_sight()) == 6)
