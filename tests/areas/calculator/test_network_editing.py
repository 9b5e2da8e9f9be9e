"""A network is edited, predicted and watched, layer by layer."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot

from tests.areas.calculator.bench import bench, line
from tests.support.seeing import (
    region_text,
    until,
    until_seen,
)
from tui.app.app import CnnTuiApp
from tui.areas.train.network_choice import CALCULATOR
from tui.ui.forms.fields import ChoiceInput


async def test_the_course_network_with_its_99_percent_in_one_layer() -> None:
    async with bench((80, 36), course=True) as (app, pilot):
        await pilot.press("n")
        await until_seen(pilot, "9,494,561 parameters", "#network-totals")
        table = region_text(app, "NetworkTable", words=False)
        dense = next(row for row in table.split("\n") if row.strip().startswith("dense "))
        assert "9,470,464" in dense and "99.7%" in dense
        conv = next(row for row in table.split("\n") if "conv2d_2" in row)
        assert "34×34×64" in conv and "18" in conv.split()


async def test_layers_are_added_moved_copied_deleted_and_taken_back() -> None:
    async with bench() as (app, pilot):
        await pilot.press("a")
        await until_seen(pilot, "Add a layer")
        await pilot.press(*"maxp", "enter")
        await until(pilot, lambda: line(app) == "150x150x3 conv:k=16,f=3 maxpool:f=2")
        await pilot.press("n", "c")
        await until(pilot, lambda: line(app).endswith("maxpool:f=2 maxpool:f=2"))
        await pilot.press("x")
        await pilot.press("less_than_sign")
        await until(pilot, lambda: line(app) == "150x150x3 maxpool:f=2 conv:k=16,f=3")
        for _ in range(4):
            await pilot.press("u")
        await until(pilot, lambda: line(app) == "150x150x3 conv:k=16,f=3")
        await pilot.press("U")
        await until(pilot, lambda: line(app) == "150x150x3 conv:k=16,f=3 maxpool:f=2")


async def test_a_row_that_does_not_fit_says_so_and_those_below_wait() -> None:
    async with bench((80, 36), course=True) as (app, pilot):
        app.screen.query_one("#W1").focus()
        await pilot.press("end", *["backspace"] * 3, *"20")
        app.screen.query_one("#H1").focus()
        await pilot.press("end", *["backspace"] * 3, *"20", "n")
        await until_seen(pilot, "does not fit", "NetworkTable")
        table = region_text(app, "NetworkTable", words=False)
        assert table.index("does not fit") < table.index("waits")
        assert "flatten" in table, "the rows after it do not vanish"


async def test_predicting_names_the_slip_and_hides_the_result_until_then() -> None:
    async with bench() as (app, pilot):
        app.screen.query_one("#P").focus()
        await pilot.press("up", "enter")
        await until_seen(pilot, "W2, the output's width")
        assert "150" not in region_text(app, "#output-panel")
        await pilot.press(*"148", "enter")
        await until_seen(pilot, "148: ", "#said")
        assert "You left out 2P" in region_text(app, "#said")
        await pilot.press(*"150", "enter")  # over the wrong one
        await until_seen(pilot, "H2, the output's height")
        await pilot.press("x", "x", "x", "x")
        await until_seen(pilot, "150", "#output-panel")


async def test_the_doctor_offers_numbers_that_fit_and_applies_one() -> None:
    async with bench() as (app, pilot):
        app.screen.query_one("#S").focus()
        await pilot.press("up")
        await until_seen(pilot, "does not divide", "#arithmetic")
        await pilot.press("d")
        await until_seen(pilot, "The nearest numbers that fit")
        await pilot.press("enter")
        await until_seen(pilot, "fits exactly", "#arithmetic")


async def test_rectangular_numbers_and_same_are_typed_in_the_same_fields() -> None:
    async with bench() as (app, pilot):
        app.screen.query_one("#F").focus()
        await pilot.press("end", "backspace", *"3x5")
        await until(pilot, lambda: "f=3x5" in line(app))
        app.screen.query_one("#P").focus()
        await pilot.press("down")
        await until(pilot, lambda: "p=same" in line(app))
        assert "⌈W1/S⌉" in region_text(app, "#arithmetic")


async def test_everything_stands_side_by_side_where_there_is_room() -> None:
    async with bench((120, 40), course=True) as (app, _):
        for part in (
            "#layer-panel",
            "#output-panel",
            "#arithmetic",
            "SlidingWindow",
            "NetworkTable",
        ):
            assert region_text(app, part), part


@pytest.mark.usefixtures("digits")
async def choose_the_calculators(app: CnnTuiApp, pilot: Pilot[None]) -> None:
    """Choose the calculator's network in Train."""
    networks = app.screen.query_one("#model", ChoiceInput)
    networks.focus()
    while networks.value != CALCULATOR:
        await pilot.press("down")


async def test_the_network_edited_here_is_the_one_that_is_trained() -> None:
    async with bench() as (app, pilot):
        await pilot.press("escape", "4")
        await until_seen(pilot, "No images chosen yet")
        await pilot.press("d")
        await until_seen(pilot, "1,442 training")
        await choose_the_calculators(app, pilot)
        await until_seen(pilot, "✗ a: Change 150x150x3", "#train-message")
        app.screen.query_one("#epochs").focus()
        await pilot.press("a")
        await until(pilot, lambda: line(app).startswith("8x8x1"))
        assert line(app).endswith("dense:k=10,a=softmax")


async def test_a_network_that_no_small_change_makes_fit_names_the_images_that_it_needs() -> None:
    async with bench(course=True) as (app, pilot):
        await pilot.press("escape", "4")
        await until_seen(pilot, "No images chosen yet")
        await pilot.press("d")
        await until_seen(pilot, "1,442 training")
        await choose_the_calculators(app, pilot)
        await until_seen(pilot, "✗ Load the images so: target size", "#train-message")


async def test_a_burst_of_keys_opens_one_window_and_breaks_nothing() -> None:
    async with bench(course=True) as (app, pilot):
        # The first opens the window to add a layer, and the others land in its line.
        for key in ("a", "b", "b", "c", "t", "e", "m", "d", "b"):
            app.post_message(events.Key(key, key))
        await until(pilot, lambda: len(app.screen_stack) > 1)
        for _ in range(4):
            await pilot.pause(0.05)
        assert len(app.screen_stack) == 2, [type(one).__name__ for one in app.screen_stack]
        while len(app.screen_stack) > 1:
            await pilot.press("escape")
        await until_seen(pilot, "zero padding")


async def test_what_is_predicted_is_hidden_in_the_table_too() -> None:
    async with bench((120, 40)) as (app, pilot):
        await until_seen(pilot, "148×148×16", "NetworkTable")
        await pilot.press("enter")
        await until_seen(pilot, "predict it", "#output-panel")
        await until(pilot, lambda: "148×148" not in region_text(app, "NetworkTable"))
        assert "448" not in region_text(app, "#network-panel")
        await pilot.press(*["x"] * 5)
        await until_seen(pilot, "148×148×16", "NetworkTable")


async def test_a_number_that_is_none_is_reported_while_one_predicts_and_without_a_layer() -> None:
    async with bench() as (app, pilot):
        await pilot.press("enter")
        await until_seen(pilot, "predict it", "#output-panel")
        app.screen.query_one("#W1").focus()
        await pilot.press("ctrl+u", "0")
        await until_seen(pilot, "is out of range", "#arithmetic")
        assert "148" not in region_text(app, "#output-panel")
    async with bench() as (app, pilot):
        await pilot.press("n", "x", "escape")
        await until_seen(pilot, "The network's input")
        await pilot.press("right", "ctrl+u", "0")
        await until_seen(pilot, "Height 0 is out of range", "#arithmetic")
        assert line(app).startswith("150x150x3")
