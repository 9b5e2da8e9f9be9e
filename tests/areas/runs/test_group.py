"""A group of runs compared: each setting with mean and spread over its seeds."""

from __future__ import annotations

import msgspec
import pytest

from tests.areas.runs.on_runs import SIZE, list_of_runs
from tests.support.recording import Recorder, began, finished, spec, whole_epochs
from tests.support.seeing import opened, region_text, until_seen, until_toast


def grid(recorder: Recorder, rates: tuple[float, ...], seeds: int) -> None:
    """Make the ended runs of a grid, beside one that does not belong to it."""
    hour = 1
    for rate in rates:
        for seed in range(seeds):
            chosen = msgspec.structs.replace(
                spec(f"pets lr {rate} seed {seed}", epochs=3),
                learning_rate=rate,
                seed=seed,
                group="pets by lr, seed",
            )
            epochs = 3 - seed % 2
            events = [*began(), *whole_epochs(1, epochs, 3), *finished(epochs)]
            recorder.make(events, chosen, hour=hour)
            hour += 1
    recorder.finished(epochs=2, hour=hour)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_c_on_a_run_of_a_group_compares_the_group(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    grid(recorder, (0.1, 0.01), 4)
    async with opened(size) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "c")
        await until_seen(pilot, "pets by lr, seed: 8 runs", "#group-head")
        rows = region_text(app, "#group-table", words=False).split("\n")
        assert rows[0].split()[2:] == ["runs", "val_accuracy", "best", "val_accuracy", "val_loss"]
        assert {row.split()[0] for row in rows[1:3]} == {"0.1", "0.01"}
        assert all("±" in row and row.split()[1] == "4" for row in rows[1:3])
        await until_seen(pilot, "They differ in their seed alone", "#group-notes")
        await pilot.press("enter")
        await until_seen(pilot, "Runs · 4 compared")
        await until_seen(pilot, "● ▲ ■ ◆ mean", "#compare-table")
        await until_seen(pilot, "±", "#compare-table")
        await pilot.press("escape")
        await until_seen(pilot, "8 runs", "#group-head")
        await pilot.press("c")
        await until_seen(pilot, "Runs · 2 compared")


async def test_c_on_a_run_without_a_group_asks_for_marks(recorder: Recorder) -> None:
    grid(recorder, (0.1,), 2)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("c")
        await until_toast(pilot, "Mark two to 6 runs with space first")


async def test_more_than_six_of_a_row_say_that_six_are_compared(recorder: Recorder) -> None:
    grid(recorder, (0.1,), 8)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "c")
        await until_seen(pilot, "8 runs", "#group-head")
        await pilot.press("enter")
        await until_toast(pilot, "The first 6 of 8 runs")
        await until_seen(pilot, "Runs · 6 compared")
