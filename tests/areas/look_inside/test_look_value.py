"""Look inside: one value with its products, and the way back through the network."""

from __future__ import annotations

import pytest

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.areas.look_inside.look_screen import LookScreen
from tui.areas.look_inside.value_screen import ValueScreen

pytestmark = pytest.mark.usefixtures("looked_into")
SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_products_of_a_value_and_their_sum(size: tuple[int, int]) -> None:
    async with opened(size) as (app, pilot):
        await look(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("enter")
        await until_seen(pilot, "sum of 9 products", "#value-sum")
        screen = app.screen
        assert isinstance(screen, ValueScreen)
        await until_seen(pilot, "→ relu →", "#value-sum")
        await until_seen(pilot, "Keras computed", "#value-sum")
        window = screen._steps.window
        assert window is not None
        for title in ("values", "weights", "products"):
            await until_seen(pilot, title, "#value-inputs")
        shown = region_text(app, "#value-inputs")
        assert shown.count("[") == 3  # the same place in all three
        # The corner reads padding: five of its nine values.
        await pilot.press("H", "K")
        await until_seen(pilot, "column 1, row 1, channel 0:", "#value-head")
        await until_seen(pilot, "padding", "#value-inputs")


async def test_back_through_the_network_to_the_picture_and_forward_again() -> None:
    async with opened((80, 24)) as (app, pilot):
        await look(pilot)
        await pilot.press("down", "down", "down", "down", "right", "right")
        await until_seen(pilot, "10 units", "#look-maps")
        await pilot.press("enter")
        await until_seen(pilot, "sum of 128 products", "#value-sum")
        await until_seen(pilot, "softmax over the 10 units", "#value-sum")
        await until(  # all ten units, also where their room is known only later
            pilot,
            lambda: (
                len(region_text(app, "#value-units", words=False).split("\n")) >= 10
                and "9" in region_text(app, "#value-units", words=False).split("\n")[9]
            ),
        )
        await until_seen(pilot, "the largest products first", "#value-inputs")
        await pilot.press("tab", "down")
        screen = app.screen
        assert isinstance(screen, ValueScreen)
        await until(pilot, lambda: screen.index == 1)
        traced = screen._steps.traced
        assert traced is not None
        unit = traced.terms[1].channel
        await pilot.press("enter")
        await until_seen(pilot, f"unit {unit}:", "#value-head")
        await until_seen(pilot, f"index {unit} = ((row ", "#value-sum")
        await pilot.press("enter")
        await until_seen(pilot, "conv2d_1 column", "#value-head")
        await until_seen(pilot, "sum of 108 products", "#value-sum")
        await until_seen(pilot, "sums by channel", "#value-channels")
        await pilot.press("full_stop")
        await until_seen(pilot, "from max_pooling2d, channel", "#value-right-title")
        await pilot.press("enter")
        await until_seen(pilot, "max_pooling2d column", "#value-head")
        await until_seen(pilot, "largest of 4 values", "#value-sum")
        await until_seen(pilot, ", the largest", "#value-input")
        await pilot.press("enter")
        await until_seen(pilot, "conv2d column", "#value-head")
        await until_seen(pilot, "← max_pooling2d", "#value-trace")
        # The picture comes before it, and no layer.
        await until(pilot, lambda: "Trace back" not in screen_text(app))
        await pilot.press("enter")
        for name in ("max_pooling2d", "conv2d_1", "flatten", "dense"):
            await pilot.press("escape")
            await until_seen(pilot, f"{name} ", "#value-head")
        await until(pilot, lambda: screen.index == 1)  # what was marked is marked again
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LookScreen))


async def test_neighbours_are_compared_at_the_same_place_of_the_window() -> None:
    async with opened((80, 24)) as (app, pilot):
        await look(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("enter")
        await until_seen(pilot, "sum of 9 products", "#value-sum")
        screen = app.screen
        assert isinstance(screen, ValueScreen)
        await pilot.press("tab", "right", "right", "down", "down", "down")
        await until(pilot, lambda: screen.index == 8)
        column = screen.step[1]
        await pilot.press("tab", "left")
        await until_seen(pilot, f"column {column}, row", "#value-head")
        assert screen.index == 8
        await pilot.press("n")
        await until_seen(pilot, "map 1 (0 to 11)", "#value-left-title")
        await pilot.press("m")
        await until(
            pilot,
            lambda: (
                screen._steps.map is not None
                and screen._steps.traced is not None
                and screen._steps.traced.output == screen._steps.map[0].greatest
            ),
        )
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChannelScreen))
