"""The window's numbers are edited, a place is gone to, filters run on a real picture."""

from __future__ import annotations

import pytest

from tests.areas.calculator.bench import bench
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tui.datasets.images.planes import DIGIT_SIDE
from tui.geometry import parse_network
from tui.keras_io.saved_networks import save_network


async def test_a_number_of_the_input_is_typed_and_the_sum_follows() -> None:
    async with bench() as (app, pilot):
        await pilot.press("w", "e")
        await until_seen(pilot, "editing the input", "#sum")
        await pilot.press("9")
        await until_seen(pilot, "‹9›", "#stage-input")
        assert "9·" in region_text(app, "#sum")
        await pilot.press("8")
        await until_seen(pilot, "‹98›", "#stage-input")
        await pilot.press("minus", "right", "3")
        await until_seen(pilot, "‹ 3›", "#stage-input")
        assert "−98" in region_text(app, "#stage-input")
        assert "[" in region_text(app, "#stage-input"), "the arrows moved the cursor alone"
        await until_seen(pilot, "row 1, column 1", "#sum")


async def test_a_weight_of_the_filter_is_typed() -> None:
    async with bench() as (app, pilot):
        await pilot.press("w", "e", "e")
        await until_seen(pilot, "editing the filter", "#sum")
        await pilot.press("7", "minus")
        await until_seen(pilot, "‹−7›", "#stage-filter")
        assert "·(−7)" in region_text(app, "#sum")
        await pilot.press("escape", "right")
        await until_seen(pilot, "column 2", "#sum")


async def test_an_output_value_is_gone_to_by_row_and_column() -> None:
    async with bench() as (_, pilot):
        await pilot.press("w", "g", *"9 9", "enter")
        await until_toast(pilot, "9 9 is not in the output")
        await pilot.press(*["backspace"] * 3, *"3 2", "enter")
        await until_seen(pilot, "row 3, column 2", "#sum")
        await pilot.press("right")
        await until_seen(pilot, "row 3, column 3", "#sum")


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("transposed", "stamps the filter"),
        ("separable", "This is the depthwise part"),
        ("depthwise", "slice 1/3"),
        ("globalavg", "mean of"),
    ],
)
async def test_other_kinds_of_windows_are_drawn_too(kind: str, seen: str) -> None:
    async with bench() as (_, pilot):
        await pilot.press("k")
        await until_seen(pilot, "Change the layer to")
        await pilot.press(*kind, "enter", "w")
        await until_seen(pilot, seen, "SlidingWindow")


async def test_filters_run_on_a_picture_and_its_maps_go_on_through_relu_and_pooling() -> None:
    async with bench() as (app, pilot):
        await pilot.press("escape", "p")
        await until_seen(pilot, "output: vertical edges")
        await until_seen(pilot, "W2 = (W1 − F + 2P)/S + 1", "#plane-text")
        await pilot.press("right")
        await until_seen(pilot, "output: horizontal edges")
        low = region_text(app, "#plane-text")
        assert "values −" in low, "an edge filter goes below 0"
        await pilot.press("down")
        await until_seen(pilot, "→ relu")
        await until_seen(pilot, "values 0 to", "#plane-text")
        await pilot.press("down")
        await until_seen(pilot, "→ maxpool")
        await pilot.press("s")
        await until_seen(pilot, "/2", "#plane-text")
        assert "▀" in screen_text(app)


async def test_weights_of_ones_own_and_another_picture() -> None:
    async with bench() as (_, pilot):
        await pilot.press("escape", "p")
        await until_seen(pilot, "output: vertical edges")
        await pilot.press("e", "0", "down", "0", "down", "0", "right", "right")
        await pilot.press("0", "up", "0", "up", "0")
        await until_seen(pilot, "output: your own")
        await until_seen(pilot, "it is dead", "#plane-text")
        await pilot.press("escape", "o")
        await until_seen(pilot, "a handwritten digit")
        await pilot.press(*"digit", "enter")
        await until_seen(pilot, f"{DIGIT_SIDE}×{DIGIT_SIDE}×1", "FilteredPicture")


async def test_a_picture_that_cannot_be_read_is_one_sentence() -> None:
    async with opened((80, 24)) as (app, pilot):
        from tui.ui.filters.filtered_picture import FilteredPicture

        await pilot.press("2", "escape", "p")
        await until_seen(pilot, "output: vertical edges")
        app.screen.query_one(FilteredPicture).picture = "no/such\x1b[31m.jpg"
        await until(pilot, lambda: "cannot be shown" in region_text(app, "#plane-text"))
        assert "\x1b" not in screen_text(app)
        await pilot.press("escape")
        await until_seen(pilot, "zero padding")


async def test_alexnet_tells_its_puzzle() -> None:
    async with bench((80, 30)) as (_, pilot):
        await pilot.press("m")
        await until_seen(pilot, "Ready-made")
        await pilot.press(*"alex", "enter", "n")
        await until_seen(pilot, "the paper says 224×224", "#network-note")


@pytest.mark.parametrize(
    ("layer", "width"),
    [("conv:k=6,f=5", "28"), ("conv:k=6,f=7,p=3", "32"), ("transposed:k=4,f=5,s=2", "67")],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_output_of_a_large_window_is_whole(
    layer: str, width: str, size: tuple[int, int]
) -> None:
    save_network("large", parse_network(f"32x32x1 {layer}"))
    async with opened(size) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        await pilot.press("o")
        await until_seen(pilot, "large")
        await pilot.press("down", "enter")
        await until_seen(pilot, f"W2 {width}", "#output-panel")
        await pilot.press("w")
        await until_seen(pilot, "slice 1/4", "#stage-output")
        stage = app.screen.query_one("SlidingWindow").content_region
        assert app.screen.query_one("#stage-output").region.right <= stage.right


async def test_the_window_moves_and_adds_up() -> None:
    async with bench() as (app, pilot):
        await pilot.press("w")
        await until_seen(pilot, "row 1, column 1", "#sum")
        assert "[" in region_text(app, "#stage-input"), "the window is marked without colour"
        await pilot.press("right", "down")
        await until_seen(pilot, "row 2, column 2", "#sum")
        assert "slice 1/3" in region_text(app, "#stage-input")
        await pilot.press("full_stop")
        await until_seen(pilot, "slice 2/3", "#stage-input")
        await pilot.press("home", "space")
        await until(pilot, lambda: "row 1, column 1:" not in region_text(app, "#sum"))
        await pilot.press("space")


async def test_unread_columns_are_crossed_out_in_the_window() -> None:
    async with bench() as (app, pilot):
        app.screen.query_one("#S").focus()
        await pilot.press("up", "w")
        await until_seen(pilot, "× is never read", "#stage-input")
