"""Look inside: one channel in full, its values and what each of them sees."""

from __future__ import annotations

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, until, until_seen
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.runs.store.run_folder import RunFolder
from tui.ui.bar_list import value_text
from tui.ui.pictures.half_blocks import RasterView


async def test_a_channel_in_full_tells_the_value_and_what_it_sees(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        assert isinstance(app.screen, ChannelScreen)
        await pilot.press("L", "K", "K", "H", "H", "J", "J")  # to the corner at the bottom left
        await until_seen(pilot, "column 1, row 8:", "#channel-value")
        # A 3×3 filter with padding 1 sees 2×2 pixels in a corner.
        await until_seen(
            pilot, "columns 1 to 2, rows 7 to 8: 2×2 pixels; with the padding 3×3", "#channel-field"
        )
        values = app.screen._values
        assert values is not None
        shown = region_text(app, "#channel-value")
        assert value_text(values.at(0, 7)) in shown
        rulers = region_text(app, "#channel-map", words=False).splitlines()
        assert rulers[0].index("▾") < len(rulers[0]) // 2 + 2
        await pilot.press("right")
        await until_seen(pilot, "columns 1 to 3, rows 7 to 8: 3×2 pixels", "#channel-field")


async def test_the_field_is_bright_on_the_picture_and_the_rest_is_dim(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        plain = screen.session.view.raster
        assert plain is not None
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("H", "K", "right", "right", "right", "down")
        await until_seen(pilot, "columns 3 to 5, rows 1 to 3", "#channel-field")
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
