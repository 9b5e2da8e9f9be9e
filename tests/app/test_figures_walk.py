"""Every screen with numbers, at both sizes, with huge, tiny, negative and missing values."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.app.test_figures_whole import SIZES, odd_run
from tests.areas.look_inside.on_look import look
from tests.areas.look_inside.test_look_confusion import hundred
from tests.support.inspector_replay import ODD
from tests.support.recording import Recorder
from tests.support.seeing import opened, region_text, until, until_seen
from tests.support.whole_figures import assert_whole, numbers
from tests.unit.keras_io.keras_texts import archive, conv, functional, layer
from tui.areas.runs.chart_page.chart_sources import FollowedRuns
from tui.areas.runs.chart_page.small_charts_screen import SmallChartsScreen
from tui.areas.runs.comparison.compare_screen import CompareScreen
from tui.geometry import parse_network
from tui.keras_io.saved_networks import save_network
from tui.runs.store.run_folder import RunFolder

HUGE = (
    "1000000x1000000x1000000 conv:k=1000000,f=999 conv:k=1000000,f=3x1,p=same conv:k=3,f=7 "
    "globalavg dense:k=1000000 dense:k=1000000"
)
sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])


@sizes
async def test_a_run_on_each_of_its_screens(recorder: Recorder, size: tuple[int, int]) -> None:
    odd_run(recorder)
    odd_run(recorder)
    async with opened(size) as (app, pilot):
        await until_seen(pilot, "val 0.9970")
        await assert_whole(app, pilot)  # Home
        await pilot.press("5")
        await until_seen(pilot, "val 0.9970")
        assert await assert_whole(app, pilot)
        await pilot.press("enter")
        await until_seen(pilot, "epoch 3:")
        await assert_whole(app, pilot)
        for key in ("h", "d"):
            await pilot.press(key)
            await pilot.pause()
            assert await assert_whole(app, pilot)
            await pilot.press("escape" if key == "d" else key)
        await app.push_screen(CompareScreen([one.run for one in app.runs]))
        await until(pilot, lambda: "reading" not in region_text(app, "#compare-legend"))
        assert await assert_whole(app, pilot)
        for runs in ([app.runs[0].run], [one.run for one in app.runs]):
            await app.push_screen(SmallChartsScreen(FollowedRuns(runs)))
            await until_seen(pilot, "▲", "#chart-grid")
            assert await assert_whole(app, pilot)
            await pilot.press("enter", "right")
            await until_seen(pilot, "epoch 3:", "#chart-values")
            await assert_whole(app, pilot)


@sizes
async def test_a_huge_network_in_the_calculator(size: tuple[int, int]) -> None:
    save_network("huge", parse_network(HUGE))
    async with opened(size) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        await pilot.press("o")
        await until_seen(pilot, "huge")
        assert await assert_whole(app, pilot)
        await pilot.press("down", "enter")
        await until_seen(pilot, "9.96e29", "#output-panel")
        for name in ("conv2d", "conv2d_1", "conv2d_2", "global_average", "dense", "dense_1"):
            await until_seen(pilot, name, "#bench-head")
            assert await assert_whole(app, pilot)
            await pilot.press("n")
            await until_seen(pilot, "parameters", "#network-totals")
            assert await assert_whole(app, pilot)
            await pilot.press(*["right"] * 9, "down")
            await assert_whole(app, pilot)
            await pilot.press("l")
        await pilot.press("b")
        await pilot.pause()
        await assert_whole(app, pilot)


@sizes
async def test_a_huge_network_with_branches_in_look_inside(
    here: Path, size: tuple[int, int]
) -> None:
    many = {"filters": 999_999, "kernel_size": [501, 3]}
    layers = [conv("left", **many), conv("right", **many), layer("Add", "both")]
    links = {"left": ["input"], "right": ["input"], "both": ["left", "right"]}
    text = functional(links, *layers).replace("8, 8, 3", "900001, 900003, 999983")
    (here / "huge.keras").write_bytes(archive(text))
    async with opened(size) as (app, pilot):
        await pilot.press("6", "a", *"huge.keras", "enter")
        await until_seen(pilot, "both", "#architecture-table")
        assert await assert_whole(app, pilot)
        shown = region_text(app, "#architecture-table")
        narrow = size[0] < 100
        assert ("900k×900k×1000k" if narrow else "900001×899501×999999") in shown
        assert "3×501" in shown


@sizes
async def test_odd_values_in_look_inside(looked_into: RunFolder, size: tuple[int, int]) -> None:
    (looked_into.path / "odd").touch()
    async with opened(size) as (app, pilot):
        await look(pilot)
        assert await assert_whole(app, pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        for _ in range(6):
            line = region_text(app, "#channel-value")
            column, row, shown, *_ = numbers(line)
            assert math.isclose(shown, ODD[int(8 * (row - 1) + column - 1) % 6], rel_tol=0.05), line
            assert await assert_whole(app, pilot)
            await pilot.press("right")
        await pilot.press("enter")
        await until_seen(pilot, "sum of 9 products", "#value-sum")
        await until_seen(pilot, "products", "#value-inputs")
        assert await assert_whole(app, pilot)
        await pilot.press("escape")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("escape", "f")
        await until_seen(pilot, "weights from −3.4e38 (dark) to 1.2e−38", "#filters-said")
        assert await assert_whole(app, pilot)
        await pilot.press("escape", *["down"] * 4)
        await until_seen(pilot, "nan", "#look-bars")
        assert await assert_whole(app, pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sum of 128 products", "#value-sum")
        await until_seen(pilot, "the largest products first", "#value-inputs")
        assert await assert_whole(app, pilot)
        await pilot.press("escape")
        await until_seen(pilot, "nan", "#look-bars")
        await pilot.press("e")
        await until_seen(pilot, "predicted: 0, >99.9%", ".explained-head")
        bars = region_text(app, "BarList", words=False).splitlines()
        assert [bar.split()[-3 if "◂" in bar else -1] for bar in bars[:4]] == [
            "0.99996", "3.21e−5", "1.2e−38", "0",
        ]  # fmt: skip
        assert await assert_whole(app, pilot)


@sizes
async def test_huge_counts_of_a_hundred_classes(
    looked_into: RunFolder, size: tuple[int, int]
) -> None:
    async with opened(size) as (app, pilot):
        screen = await look(pilot)
        found = hundred(looked_into.spec().data.directory)
        rows = [list(row) for row in found.confusion]
        rows[71][3], rows[3][3], rows[4][4] = 123_456_789, 999_999_999, 10**9
        rows[4][5] = 1
        found = replace(found, confusion=tuple(map(tuple, rows)))
        screen.session.evaluated[screen.session.view.selection.source, ""] = found
        await pilot.press("e", "a")
        await until_seen(pilot, "accuracy", "#predictions-said")
        assert await assert_whole(app, pilot)
        for keys in (("n",), ("p", "o"), ("right",) * 9, ("down",) * 9, ("end",)):
            await pilot.press(*keys)
            assert await assert_whole(app, pilot)
