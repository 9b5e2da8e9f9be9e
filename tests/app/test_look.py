"""Look inside: the maps of a run's layers, what a value sees, and what can go wrong."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.app.curved import ended_run, overfitting
from tests.app.on_run import shown
from tests.app.recording import Recorder
from tests.app.seeing import (
    opened,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)
from tui.app import CnnTuiApp
from tui.looking import client
from tui.screens.look import LookScreen
from tui.screens.look_channel import ChannelScreen
from tui.training.runs import RunFolder
from tui.widgets.map_grid import TileGrid
from tui.widgets.raster import RasterView


async def look(pilot: Pilot[None]) -> LookScreen:
    """Open area 6 and wait for the maps of the first layer."""
    await pilot.press("6")
    await until_seen(pilot, "12 channels", "#look-maps")
    app = pilot.app
    assert isinstance(app.screen, LookScreen)
    return app.screen


def title(app: CnnTuiApp) -> str:
    """Return the line above the maps."""
    return region_text(app, "#look-head")


async def test_without_a_run_it_says_what_to_do() -> None:
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("6")
        await until_seen(pilot, "No training has weights to look into yet", "#look-empty")
        await until_seen(pilot, "4 trains a network", "#look-empty")


@pytest.mark.usefixtures("looked_into")
async def test_while_the_child_loads_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = [sys.executable, "-c", "import sys; sys.stdin.buffer.read()"]
    monkeypatch.setattr(client, "COMMAND", slow)
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("6")
        await until_seen(pilot, "Keras is being loaded", "#look-empty")
        assert "No training has weights" not in screen_text(app)


async def test_a_run_without_weights_is_told_of(recorder: Recorder) -> None:
    recorder.live()
    async with opened() as (_, pilot):
        await pilot.press("5")
        await until_seen(pilot, "live digits", "#runs")
        await pilot.press("i")
        await until_toast(pilot, "has no weights yet")
        await until_seen(pilot, "No training has weights to look into yet", "#look-empty")


async def test_a_run_without_weights_does_not_deny_the_others(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    bare = ended_run(recorder, overfitting, 3)
    async with shown(bare) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("i")
        await until_toast(pilot, "has no weights yet")
        await until_seen(pilot, "Nothing is open. c takes a run", "#look-empty")
        assert "No training has weights" not in screen_text(app)


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
        await until(pilot, lambda: not screen.session._settling)
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
        await until_seen(pilot, "strongest first", "#look-maps")
        maps = screen.session.shown.maps
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
        channel = screen.chosen_channel()
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
        await until_toast(pilot, "without height and width")


async def test_the_input_is_the_picture(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("up")
        await until_seen(pilot, "as the network gets it", "#look-maps")
        assert "input 8×8×1" in title(app)
        assert "▀" in region_text(app, "#look-input")


async def test_a_channel_in_full_tells_the_value_and_what_it_sees(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        assert isinstance(app.screen, ChannelScreen)
        await pilot.press("L", "K", "K", "H", "H", "J", "J")  # to the corner at the bottom left
        await until_seen(pilot, "column 0, row 7:", "#channel-value")
        # A 3×3 filter with padding 1 sees 2×2 pixels in a corner.
        await until_seen(
            pilot, "columns 0 to 1, rows 6 to 7: 2×2 pixels; with the padding 3×3", "#channel-field"
        )
        values = app.screen._values
        assert values is not None
        shown = region_text(app, "#channel-value")
        assert f"{values.at(0, 7):.3f}" in shown or f"{values.at(0, 7):.1e}" in shown
        rulers = region_text(app, "#channel-map", words=False).splitlines()
        assert rulers[0].index("▾") < len(rulers[0]) // 2 + 2
        await pilot.press("right")
        await until_seen(pilot, "columns 0 to 2, rows 6 to 7: 3×2 pixels", "#channel-field")


async def test_the_field_is_bright_on_the_picture_and_the_rest_is_dim(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        plain = screen.session.shown.raster
        assert plain is not None
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("H", "K", "right", "right", "right", "down")
        await until_seen(pilot, "columns 2 to 4, rows 0 to 2", "#channel-field")
        lit = app.screen.query_one("#channel-picture", RasterView)._raster
        assert lit is not None
        inside = {(x, y) for x in range(2, 5) for y in range(3)}
        for y in range(8):
            for x in range(8):
                if plain.pixel(x, y)[0] > 20:
                    assert (lit.pixel(x, y) == plain.pixel(x, y)) == ((x, y) in inside), (x, y)


async def test_the_next_channel_and_its_greatest_value(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("n", "n")
        await until_seen(pilot, "channel 2 (0 to 11)", "#channel-head")
        await pilot.press("m", "z")
        screen = app.screen
        assert isinstance(screen, ChannelScreen)
        await until(
            pilot,
            lambda: (
                screen._values is not None
                and screen.cursor == screen._values.strongest
                and screen.zoomed
            ),
        )
        await pilot.press("escape")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_scrubbing_through_the_kept_epochs(looked_into: RunFolder) -> None:
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        before = region_text(app, "#look-said")
        assert "epochs: 0 1 2 ‹3›" in region_text(app, "#look-top")
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "‹2›", "#look-top")
        await pilot.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await until_seen(pilot, "before the first epoch", "#look-top")
        assert region_text(app, "#look-said") != before
        await pilot.press("right_square_bracket")
        await until_seen(pilot, "after epoch 1", "#look-top")
        assert app.current_mode == "look"


async def test_an_epoch_that_is_kept_while_one_looks_is_offered(looked_into: RunFolder) -> None:
    kept = looked_into.path / "kept" / "epoch-0003.npz"
    kept.unlink()
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        assert "0 1 2" in region_text(app, "#look-top")
        kept.write_bytes(b"recorded")
        await until_seen(pilot, "‹3›", "#look-top")
        assert "epochs: 0 1 2" in region_text(app, "#look-top")


async def test_damaged_weights_are_told_of_and_the_ones_before_stay(
    looked_into: RunFolder,
) -> None:
    (looked_into.path / "kept" / "epoch-0002.npz").write_bytes(b"torn")
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "are damaged", "#look-said")
        assert "best (epoch 3)" in region_text(app, "#look-top")
        assert "▀" in region_text(app, "#look-grid")
        await pilot.press("down")
        await until_seen(pilot, "max_pooling2d 8×8×12 → 4×4×12", "#look-head")
        assert "damaged" not in screen_text(app)


async def test_a_run_with_damaged_weights_leaves_the_one_before_under_its_own_name(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    other = recorder.finished(hour=0)
    (other.path / "best.keras").write_bytes(b"torn")
    async with opened((120, 40)) as (app, pilot):
        await look(pilot)
        before = region_text(app, "#look-top")
        assert before.startswith("digits · best (epoch 3)")
        await pilot.press("c")
        await until_seen(pilot, "A run to look into")
        await pilot.press("down", "enter")
        await until_toast(pilot, f"The weights best of {other.name} are damaged. Choose others.")
        await until_seen(pilot, "are damaged", "#look-said")
        assert region_text(app, "#look-top") == before
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "digits · after epoch 2", "#look-top")


async def test_other_weights_of_a_run_whose_best_are_damaged_can_be_taken(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    other = recorder.finished(hour=0)
    (other.path / "best.keras").write_bytes(b"torn")
    (other.path / "kept").mkdir(exist_ok=True)
    (other.path / "kept" / "epoch-0002.npz").write_bytes(b"recorded")
    async with opened((120, 40)) as (_, pilot):
        screen = await look(pilot)
        await pilot.press("c")
        await until_seen(pilot, "A run to look into")
        await pilot.press("down", "enter")
        await until_seen(pilot, "are damaged", "#look-said")
        await pilot.press("w")
        await until_seen(pilot, "Weights of ")
        await pilot.press(*"epoch 2", "enter")
        await until_seen(pilot, "after epoch 2", "#look-top")
        assert screen.session.shown.wish.run == str(other.path)
        # Now it is this run's weights that w offers.
        await pilot.press("w")
        await until_seen(pilot, "Weights of ")


async def test_escape_leads_back_to_the_list_that_asked(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#runs")
        await pilot.press("i")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "runs")
        # Asked for by its own key, the area leads Home as every other.
        await pilot.press("6", "escape")
        await until(pilot, lambda: app.current_mode == "home")


async def test_other_weights_from_the_list(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        await look(pilot)
        await pilot.press("w", "e", "p", "o", "c", "h", "-", "0", "enter")
        await until_seen(pilot, "before the first epoch", "#look-top")


async def test_another_run(looked_into: RunFolder, recorder: Recorder) -> None:
    recorder.finished(hour=20)
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("c")
        await until_seen(pilot, "A run to look into")
        # The run without weights is none of them.
        assert screen_text(app).count("✓ finished") == 1
        await pilot.press("escape")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_from_a_runs_own_screen(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "digits", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("g")
        await until_seen(pilot, "12 channels", "#look-maps")
        assert app.current_mode == "look"


async def test_from_the_list_the_chosen_run_is_opened_and_not_the_newest(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    newest = recorder.finished(hour=20)
    (newest.path / "best.keras").write_bytes(b"recorded")
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "digits · digits", "#runs")
        for _ in range(2):  # asked for once more it is opened once more
            await pilot.press("end", "i")
            await until_seen(pilot, "12 channels", "#look-maps")
            assert isinstance(app.screen, LookScreen)
            assert app.screen.session.wish.run == str(looked_into.path)
            app.screen.open_run(newest)
            await until(pilot, lambda: "digits · digits" in region_text(app, "#look-top"))
            await pilot.press("5")
            await until_seen(pilot, "digits · digits", "#runs")


async def test_the_next_picture_of_the_folder(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        screen = await look(pilot)
        folder = Path(screen.session.wish.picture).parent
        zeros = sorted(path.name for path in folder.iterdir())
        await pilot.press("full_stop")
        await until_seen(pilot, zeros[1], "#look-top")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("comma")
        await until_seen(pilot, zeros[0], "#look-top")
        await pilot.press("comma")  # round the end
        await until_seen(pilot, zeros[-1], "#look-top")


async def test_a_picture_from_the_thumbnails(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        await look(pilot)
        await pilot.press("i")
        await until_seen(pilot, "class 1 of 10")
        await until_seen(pilot, "0020.png")
        await pilot.press("right", "right", "enter")
        await until_seen(pilot, "0020.png (0)", "#look-top")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_a_file_that_is_no_picture(looked_into: RunFolder, here: Path) -> None:
    (here / "cat.jpg").write_text("no picture")
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("i")
        await until_seen(pilot, "class 1 of 10")
        await pilot.press("slash", *"ca")
        await until_seen(pilot, "cat.jpg")  # completed
        await pilot.press("right", "enter")
        await until_seen(pilot, "cat.jpg cannot be read as an image.", "#look-said")
        assert "0000.png" in region_text(app, "#look-top")
        assert "▀" in region_text(app, "#look-grid")


async def test_a_child_that_dies_is_told_of_and_started_anew(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        process = screen.session.client._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await pilot.press("down")
        await until_seen(pilot, "r starts it anew", "#look-empty")
        assert "killed by signal 9" in region_text(app, "#look-empty")
        await pilot.press("r")
        await until_seen(pilot, "max_pooling2d", "#look-head")
        assert "▀" in region_text(app, "#look-grid")


async def test_the_child_ends_with_the_app(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        screen = await look(pilot)
        process = screen.session.client._process
        assert process is not None
    assert process.returncode is not None


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


async def test_a_grid_shows_what_the_child_sent(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        maps = screen.session.shown.maps
        assert maps is not None
        grid = app.screen.query_one(TileGrid)
        first = grid._tiles[0].raster
        assert first is not None
        pixels = maps.channels[0].pixels
        assert (first.width, first.height) == (8, 8)
        assert first.pixel(3, 2)[0] == min(round(255 * pixels[2 * 8 + 3] / max(pixels)), 255)
