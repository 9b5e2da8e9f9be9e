"""Runs beside each other: their signs, what differs in them, and the keys of their chart."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input

from tests.areas.runs.on_run import rows_of
from tests.support.curved import curve_events, done, ended_run, exploding, live_run, overfitting
from tests.support.external_runs import LOOP, falling, loop_epochs
from tests.support.recording import CLOCK, HOSTILE, Recorder, append, spec
from tests.support.seeing import (
    LARGE,
    SMALL,
    opened,
    region_text,
    screen_text,
    strips,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.areas.runs.comparison.compare_screen import CompareScreen
from tui.areas.runs.comparison.compare_table import CompareTable
from tui.runs.events.event_types import Metrics, Resumed, RunStarted
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder

CHART = "#compare-chart"
MARKERS = "●▲■◆✚★"


def changed(training: TrainingSpec, **changes: object) -> TrainingSpec:
    """Return a spec with some settings changed."""
    return msgspec.structs.replace(training, **changes)


def shifted(by: float) -> object:
    """Return curves like the overfitting ones, the validation accuracy higher by so much."""

    def curves(epoch: int) -> Metrics:
        now = overfitting(epoch)
        return {**now, "val_accuracy": (now["val_accuracy"] or 0.0) + by}

    return curves


def several(recorder: Recorder, count: int) -> list[RunFolder]:
    """Return runs of one name that differ in learning rate and length."""
    runs = []
    for number in range(count):
        training = changed(spec("pets", epochs=8 + number), learning_rate=0.001 * (number + 1))
        curves = shifted(0.04 * number)
        runs.append(ended_run(recorder, curves, 8 + number, training=training))  # type: ignore[arg-type]
    return runs


@asynccontextmanager
async def compared(
    runs: Sequence[RunFolder], size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on a comparison."""
    async with opened(size) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: bool(app.screen.query("#runs")))
        await app.push_screen(CompareScreen(runs))
        await until(pilot, lambda: "reading" not in region_text(app, "#compare-legend"))
        yield app, pilot


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_six_runs_have_a_sign_each_in_the_chart_the_legend_and_the_table(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with compared(several(recorder, 6), size) as (app, pilot):
        await until_seen(pilot, "0.006", "#compare-table")
        for marker in MARKERS:
            assert marker in region_text(app, CHART), marker
            assert marker in region_text(app, "#compare-legend"), marker
            assert marker in region_text(app, "#compare-table"), marker
        # The row of a sign holds that run's setting, and so does the legend behind it.
        rows = region_text(app, "#compare-table", words=False).split("\n")
        fourth = next(row for row in rows if "◆" in row)
        assert "0.004" in fourth and "11" in fourth
        legend = region_text(app, "#compare-legend")
        assert legend.split("◆")[1].strip().startswith("0.004") or "learning rate" in legend


async def test_the_table_holds_what_differs_and_nothing_else(recorder: Recorder) -> None:
    async with compared(several(recorder, 3), LARGE) as (app, pilot):
        await until_seen(pilot, "learning rate", "#compare-table")
        table = app.screen.query_one("#compare-table", DataTable)
        columns = [str(column.label) for column in table.columns.values()]
        assert columns[:4] == ["run", "best", "learning rate", "epochs planned"]
        assert len(set(columns)) == len(columns)
        assert "seed" not in columns and "optimizer" not in columns
        assert {"last val_loss", "time", "curves", "state"} <= set(columns)
        cells = " ".join(str(cell) for cell in table.get_row_at(1))
        assert "▲ pets" in cells and "0.002" in cells and "✓ finished" in cells
        assert "overfitting since epoch 5" in cells


async def test_m_draws_another_metric_and_the_cursor_reads_all_runs(recorder: Recorder) -> None:
    async with compared(several(recorder, 2)) as (app, pilot):
        await until_seen(pilot, "val_accuracy", "#compare-box")
        before = rows_of(app, CHART)
        await pilot.press("left")
        await until_seen(pilot, "epoch 9: ● – ▲ ", "#compare-legend")  # the first one ended at 8
        await pilot.press("left")
        value = overfitting(8)["val_accuracy"] or 0.0
        await until_seen(pilot, f"epoch 8: ● {value:.4f} ▲ {value + 0.04:.4f}", "#compare-legend")
        await pilot.press("escape")
        await until(pilot, lambda: "epoch 8:" not in region_text(app, "#compare-legend"))
        seen = []
        for _ in range(3):
            await pilot.press("m")
            await pilot.pause()
            seen.append(region_text(app, "#compare-box").split("─")[1].split()[0])
        assert seen == ["accuracy", "val_loss", "loss"]
        assert rows_of(app, CHART) != before


async def test_zoom_log_and_smoothing_work_here_too(recorder: Recorder) -> None:
    async with compared(several(recorder, 2)) as (app, pilot):
        await until_seen(pilot, "val_accuracy", "#compare-box")
        await pilot.press("m", "m", "y", "o", "plus")
        await until_seen(pilot, "epochs 4.5–9 · log · smooth 0.3", "#compare-box")
        await pilot.press("f", "minus", "z", "b")
        await until(pilot, lambda: "epochs" not in region_text(app, "#compare-box"))


async def test_a_live_run_grows_and_keeps_its_sign(recorder: Recorder) -> None:
    ended = ended_run(recorder, overfitting, 8)
    live = live_run(recorder, overfitting, 5, total=12)
    async with compared([ended, live]) as (app, pilot):
        table = app.screen.query_one("#compare-table", DataTable)

        def row(number: int) -> str:
            return " ".join(str(cell) for cell in table.get_row_at(number))

        await until(pilot, lambda: "● running" in row(1))
        append(live, [*curve_events(overfitting, 12)[6 + 5 * 3 :], done(12)])
        recorder.let_go()
        await until(pilot, lambda: "✓ finished" in row(1) and "(epoch 12)" in row(1))
        assert "▲" in region_text(app, CHART)


async def test_an_ended_run_that_is_taken_up_again_is_live_here(recorder: Recorder) -> None:
    runs = [ended_run(recorder, overfitting, 8), ended_run(recorder, overfitting, 5)]
    async with compared(runs) as (app, pilot):
        table = app.screen.query_one("#compare-table", DataTable)

        def row(number: int) -> str:
            return " ".join(str(cell) for cell in table.get_row_at(number))

        await until(pilot, lambda: "✓ finished" in row(0) and "✓ finished" in row(1))
        lock = runs[1].acquire_lock()
        append(runs[1], [RunStarted(at=CLOCK, pid=1, version="0"), Resumed(at=CLOCK, epoch=5)])
        await until(pilot, lambda: "● running" in row(1))
        os.close(lock)


async def test_odd_runs_do_no_harm(recorder: Recorder) -> None:
    runs = [
        recorder.failed(),  # no epoch
        ended_run(recorder, exploding, 6),
        recorder.hostile(),
        ended_run(recorder, overfitting, 1),
    ]
    (runs[3].path / "spec.json").write_text("{")
    async with compared(runs) as (app, pilot):
        for key in ["left", "home", "plus", "y", "m", "m", "o", "end", "m", "f", "m", "minus"]:
            await pilot.press(key)
        table = app.screen.query_one("#compare-table", DataTable)
        states = [[str(cell) for cell in table.get_row_at(row)] for row in range(4)]
        assert "✗ failed" in states[0] and "diverged in epoch 4" in states[1]
        assert HOSTILE not in screen_text(app)
        for strip in strips(app):
            for segment in strip:
                assert all(ord(sign) >= 32 and sign != "\x7f" for sign in segment.text)
                assert "app.quit" not in str(segment.style and segment.style.meta)


async def test_what_most_of_the_runs_have_is_drawn_at_first(recorder: Recorder) -> None:
    runs = [
        recorder.make(loop_epochs([{name: falling(epoch)} for epoch in range(4)]), LOOP)
        for name in ("perplexity", "mae", "mae")
    ]
    async with compared(runs) as (_, pilot):
        await until_seen(pilot, "mae by epoch")


async def test_runs_without_any_epoch_say_so(recorder: Recorder) -> None:
    async with compared([recorder.failed(), recorder.failed()]) as (app, pilot):
        await until_seen(pilot, "✗ failed", "#compare-table")
        await pilot.press("left", "m", "plus")
        await until_toast(pilot, "No epoch has ended yet")
        assert "└" in region_text(app, CHART)


async def test_x_exports_the_comparison(recorder: Recorder, here: Path) -> None:
    async with compared(several(recorder, 2)) as (app, pilot):
        await until_seen(pilot, "val_accuracy", "#compare-box")
        await pilot.press("x")
        await until_seen(pilot, "Export 2 runs", "#export-runs")
        assert "Keras script" not in region_text(app, "#export-forms")
        await pilot.press("down")
        await until_seen(pilot, "› JSON", "#export-forms")
        place = app.screen.query_one("#export-place", Input)
        await until(pilot, lambda: place.value == str(here / "comparison.json"))
        await pilot.press("enter")
        await until_toast(pilot, "Written:")
        assert len(json.loads((here / "comparison.json").read_text())) == 2


async def test_marked_runs_are_compared_from_the_list(recorder: Recorder) -> None:
    several(recorder, 3)
    async with opened(SMALL) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: bool(app.screen.query("#runs")))
        table = app.screen.query_one("#runs", DataTable)
        await until(pilot, lambda: table.row_count == 3)
        await pilot.press("space", "space", "c")
        await until_seen(pilot, "Runs · 2 compared")
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.screen.query("#runs")))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_the_table_cuts_no_word_on_any_of_its_pages(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with compared(several(recorder, 3), size) as (app, pilot):
        await until_seen(pilot, "val_accuracy", "#compare-table")
        table = app.screen.query_one("#compare-table", CompareTable)
        assert table.pages > 1
        assert "show more columns" in screen_text(app)
        await pilot.press("tab")
        labels = {str(column.label) for column in table.columns.values()}
        values = {
            str(cell) for row in range(table.row_count) for cell in table.get_row_at(row)
        } | labels
        seen = set()
        for page in range(table.pages):
            await until(pilot, lambda page=page: table.page == page)  # type: ignore[misc]
            rows = region_text(app, "#compare-table", words=False).split("\n")[:4]
            for row in rows:
                for part in filter(None, re.split(r"  +", row.strip())):
                    assert part in values, (part, rows)
                    seen.add(part)
            await pilot.press("right")
        assert labels <= seen
