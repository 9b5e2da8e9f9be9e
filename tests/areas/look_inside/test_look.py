"""Look inside: the maps of a run's layers, and the code that makes them."""

from __future__ import annotations

import pytest

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.runs.store.run_folder import RunFolder
from tui.ui.pictures.tile_grid import TileGrid


def title(app: CnnTuiApp) -> str:
    """Return the line above the maps."""
    return region_text(app, "#look-head")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_twelve_channels_are_seen_at_once(
    looked_into: RunFolder, size: tuple[int, int]
) -> None:
    async with opened(size) as (app, pilot):
        await look(pilot)
        grid = region_text(app, "#look-grid")
        assert grid.count("▀") > 12 * 4 * 4
        assert all(f" {number} " in f"{grid} " for number in range(1, 12)), grid
        assert "▸0" in grid
        assert "digits · best (epoch 3) · 0000.png (0)" in region_text(app, "#look-top")


async def test_a_grid_shows_what_the_child_sent(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        maps = screen.session.view.maps
        assert maps is not None
        grid = app.screen.query_one(TileGrid)
        first = grid._tiles[0].raster
        assert first is not None
        pixels = maps.channels[0].pixels
        assert (first.width, first.height) == (8, 8)
        assert first.pixel(3, 2)[0] == min(round(255 * pixels[2 * 8 + 3] / max(pixels)), 255)


async def test_walking_through_the_layers_the_title_is_the_right_one(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        assert "conv2d 8×8×1 → 8×8×12" in title(app)
        for key, seen in (
            ("down", "max_pooling2d 8×8×12 → 4×4×12"),
            ("n", "conv2d_1 4×4×12 → 4×4×8"),
            ("down", "flatten 4×4×8 → 128"),
            ("down", "dense 128 → 10"),
            ("p", "flatten 4×4×8 → 128"),
            ("up", "conv2d_1 4×4×12 → 4×4×8"),
        ):
            await pilot.press(key)
            await until_seen(pilot, seen, "#look-head")
        assert "▸conv2d_1" in region_text(app, "#look-chain")


async def test_keys_that_come_fast_end_at_the_last_layer_asked_for(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        await pilot.press("down", "down", "down", "down", "up", "up")
        await until_seen(pilot, "conv2d_1 4×4×12 → 4×4×8", "#look-head")
        await until(pilot, lambda: not screen.session._updating)
        assert "conv2d_1" in title(app)
        assert "8 channels" in region_text(app, "#look-maps")


async def test_dead_channels_are_named(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("down", "down")
        await until_seen(pilot, "1 dead", "#look-maps")
        assert "5 dead" in region_text(app, "#look-grid")
        await pilot.press(*["right"] * 5)
        await until_seen(pilot, "dead: 0 everywhere", "#look-said")


async def test_sorting_by_activation(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        await pilot.press("o")
        await until_seen(pilot, "highest mean first", "#look-maps")
        maps = screen.session.view.maps
        assert maps is not None
        means = [channel.mean for channel in maps.channels]
        assert means == sorted(means, reverse=True)
        assert f"▸{maps.order[0]}" in region_text(app, "#look-grid")
        await pilot.press("o")
        await until_seen(pilot, "by index", "#look-maps")


async def test_pages_where_not_all_channels_fit(looked_into: RunFolder) -> None:
    async with opened((80, 24)) as (app, pilot):
        screen = await look(pilot)
        await pilot.press("plus")  # larger maps: fewer at once
        await until_seen(pilot, "page 1 of", "#look-maps")
        await pilot.press("pagedown")
        await until_seen(pilot, "page 2 of", "#look-maps")
        channel = screen.panel.chosen_channel()
        assert channel is not None and channel.index > 0
        assert f"channel {channel.index}" in region_text(app, "#look-said")
        await pilot.press("left")
        await until_seen(pilot, "page 1 of", "#look-maps")


async def test_a_dense_layer_shows_bars_with_the_classes(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press(*["down"] * 4)
        await until_seen(pilot, "dense 128 → 10", "#look-head")
        bars = region_text(app, "#look-bars", words=False).splitlines()
        assert bars[0].strip("▸ ").startswith("0 █")  # the picture is a zero
        assert len([line for line in bars if line.strip()]) == 10
        await pilot.press("enter")
        await until_seen(pilot, "sum of 128 products", "#value-sum")


async def test_the_input_is_the_picture(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("up")
        await until_seen(pilot, "as the network receives it", "#look-maps")
        assert "input 8×8×1" in title(app)
        assert "▀" in region_text(app, "#look-input")


async def test_the_code_of_the_view(looked_into: RunFolder) -> None:
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        await pilot.press("down", "down")
        await until_seen(pilot, "conv2d_1 4×4×12", "#look-head")
        await pilot.press("k")
        await until_seen(pilot, "conv2d_1 in Keras")
        code = app.screen._code  # type: ignore[attr-defined]
        compile(code, "view", "exec")
        assert "keras.Model(model.inputs, [layer.output for layer in model.layers])" in code
        assert 'values = maps["conv2d_1"][0]' in code
        assert 'color_mode="grayscale"' in code and "x = x / 255" in code
        await pilot.press("y")
        assert app.clipboard == code
