"""The calculator: every key is answered at once, and no value is a dead end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.seeing import (
    SIZE,
    opened,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp


@asynccontextmanager
async def calculator(
    size: tuple[int, int] = SIZE,
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on its calculator."""
    async with opened(size) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        yield app, pilot


def result(app: CnnTuiApp, name: str) -> int:
    """Return a number of the output panel as it is on screen."""
    found = re.search(rf"\b{name} +([\d,]+)", region_text(app, "#output-panel"))
    assert found, screen_text(app)
    return int(found[1].replace(",", ""))


async def put(app: CnnTuiApp, pilot: Pilot[None], field: str, typed: str) -> None:
    """Go to a field, which selects what stands in it, and type over it."""
    app.screen.set_focus(None)
    app.screen.query_one(f"#{field}").focus()
    await pilot.pause()
    await pilot.press("backspace", *typed)
    await pilot.pause()


async def test_it_opens_on_the_first_layer_of_the_course() -> None:
    async with calculator() as (app, _):
        found = [result(app, name) for name in ("W2", "H2", "D2", "parameters", "MACs")]
        assert found == [148, 148, 16, 448, 9_462_528]
        seen = screen_text(app)
        assert "W2 = (W1 − F + 2P)/S + 1 = (150 − 3 + 2·0)/1 + 1 = 148" in seen
        assert "✓ fits exactly" in seen


async def test_arrows_change_a_number_and_everything_follows_at_once() -> None:
    async with calculator() as (app, pilot):
        await pilot.press("up")
        assert region_text(app, "#W1") == "151"
        assert (result(app, "W2"), result(app, "H2")) == (149, 148)
        await pilot.press("down", "down")
        assert (result(app, "W2"), result(app, "H2")) == (147, 148)
        assert result(app, "MACs") == 147 * 148 * 16 * 27
        await pilot.press("pageup")
        assert region_text(app, "#W1") == "159"
        app.screen.query_one("#K").focus()
        await pilot.press("up")
        assert (result(app, "D2"), result(app, "parameters")) == (17, 28 * 17)


async def test_right_and_left_go_from_field_to_field() -> None:
    async with calculator() as (app, pilot):
        for key, field in [("right", "H1"), ("right", "D1"), ("left", "H1"), ("left", "W1")]:
            await pilot.press(key)
            assert app.focused is not None and app.focused.id == field


async def test_typing_a_number_changes_the_output_at_each_digit() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "W1", "28")
        assert result(app, "W2") == 26
        await put(app, pilot, "H1", "2")
        await pilot.press("8")
        await put(app, pilot, "D1", "1")
        await put(app, pilot, "P", "1")
        found = [result(app, name) for name in ("W2", "H2", "D2", "parameters", "MACs")]
        assert found == [28, 28, 16, 160, 28 * 28 * 16 * 9]


async def test_an_arrow_never_leaves_the_range_of_a_field() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "S", "1")
        await pilot.press("down", "down")
        assert region_text(app, "#S") == "1"
        await put(app, pilot, "P", "0")
        await pilot.press("down")
        assert region_text(app, "#P") == "same", "below zero stands Keras's other padding"
        await pilot.press("down")
        assert region_text(app, "#P") == "same"


async def test_output_padding_is_a_field_of_transposed_layers_only() -> None:
    async with calculator() as (app, pilot):
        assert "out padding" not in screen_text(app)
        await pilot.press("k")
        await until_seen(pilot, "Change the layer to")
        await pilot.press(*"transposed", "enter")
        await put(app, pilot, "S", "3")
        before = result(app, "W2")
        await put(app, pilot, "output-padding", "2")
        assert result(app, "W2") == before + 2
        await put(app, pilot, "output-padding", "0")
        await pilot.press("down")
        assert region_text(app, "#output-padding") == "auto"
        assert result(app, "W2") == before
        await put(app, pilot, "output-padding", "3")
        assert "has to be less than the stride 3×3" in " ".join(screen_text(app).split())


async def test_a_stride_that_does_not_divide_is_reported_with_what_is_never_read() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "S", "2")
        words = " ".join(screen_text(app).split())
        assert result(app, "W2") == 74
        assert "! " in words and "fits exactly" not in words
        assert "column" in words and "row" in words
        assert "not read" in words or "never read" in words
        await put(app, pilot, "S", "3")
        assert result(app, "W2") == 50
        assert "✓ fits exactly" in screen_text(app)


IMPOSSIBLE = [
    ("F", "999", "The filter is 999 wide, but the input is only 150 wide"),
    ("S", "0", "stride is 0"),
    ("K", "0", "filters is 0"),
    ("W1", "", "W1 is empty"),
    ("P", "", "P is empty"),
    ("D1", "99999999999", "depth 99999999999 is out of range"),
]


def plain(text: str) -> str:
    """Return running words without frames and grouping, in lower case."""
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split()).replace(",", "").lower()


@pytest.mark.parametrize(("field", "typed", "sentence"), IMPOSSIBLE)
async def test_an_impossible_value_is_marked_and_reported_and_the_last_result_stays(
    field: str, typed: str, sentence: str
) -> None:
    async with calculator((160, 40)) as (app, pilot):
        await put(app, pilot, field, "1" if field == "P" else "7")
        before = [result(app, name) for name in ("W2", "H2", "D2", "parameters", "MACs")]
        await pilot.press("backspace", *typed)
        panel = "#input-panel" if field in ("W1", "H1", "D1") else "#layer-panel"
        await until(pilot, lambda: plain(sentence) in plain(region_text(app, "#arithmetic")))
        row = app.screen.query_one(f"#{field}").parent if panel == "#layer-panel" else panel
        assert row is not None
        assert "✗" in region_text(app, row)  # type: ignore[arg-type]
        # A digit at a time "999" is good as 9 and 99 before it is too much.
        after = [result(app, name) for name in ("W2", "H2", "D2", "parameters", "MACs")]
        if typed in ("", "0"):
            assert after == before
        assert "Output (old)" in screen_text(app)
        assert "The output shown is the last valid one." in screen_text(app)
        await put(app, pilot, field, "3")
        await until(pilot, lambda: not {"(old)", "✗"} & set(screen_text(app).split()))


async def test_letters_in_a_number_field_stay_commands() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "K", "32")
        assert result(app, "D2") == 32
        await pilot.press("q", "comma")
        assert region_text(app, "#K") == "32"
        await pilot.press("r")
        await until(pilot, lambda: region_text(app, "#K") == "16")
        assert result(app, "D2") == 16
        await pilot.press("question_mark")
        await until_seen(pilot, "Hide the result and predict it", "#help")
        await pilot.press("escape")
        await until_seen(pilot, "zero padding")
        assert region_text(app, "#K") == "16"


async def test_a_number_key_goes_to_an_area_once_escape_has_left_the_field() -> None:
    async with calculator() as (app, pilot):
        await pilot.press("end", "5")
        assert region_text(app, "#W1") == "1505"
        await pilot.press("escape", "5")
        await until_seen(pilot, "No training yet")


async def test_copy_takes_the_layer_in_its_one_line_form() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "F", "5")
        await pilot.press("y")
        await until_toast(pilot, "Copied: 150x150x3 conv:k=16,f=5")
        assert app.clipboard.startswith("150x150x3 conv:k=16,f=5")


async def test_copy_while_a_value_is_impossible_does_not_pass_off_the_old_one() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "S", "0")
        await pilot.press("y")
        await until_toast(pilot, "Copied: 150x150x3 conv:k=16,f=3,s=0")


async def test_escape_leads_from_the_network_and_the_window_back_to_the_numbers() -> None:
    async with calculator((80, 24)) as (app, pilot):
        for key, seen in (("n", "448 parameters"), ("w", "a small version of")):
            await pilot.press(key)
            await until_seen(pilot, seen)
            await until(pilot, lambda: not isinstance(app.focused, Input))
            await pilot.press("escape")
            await until_seen(pilot, "zero padding")
            await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("escape", "escape")
        await until_seen(pilot, "ctrl+q quits")


async def test_a_dense_layer_says_what_comes_in_and_which_number_is_missing() -> None:
    async with calculator() as (app, pilot):
        for kind in ("Flatten", "Dense"):
            await pilot.press("a")
            await until_seen(pilot, "Add a layer")
            await pilot.press(*kind.lower())
            await until(pilot, lambda: "MaxPooling2D" not in screen_text(app))
            await pilot.press("enter")
            await until_seen(pilot, f"Layer: {kind}")
        seen = region_text(app, "#input-panel")
        assert "350,464 values in a row" in seen and "W1" not in seen
        await put(app, pilot, "K", "")
        await until_seen(pilot, "Units is empty", "#arithmetic")


async def test_what_does_not_fit_is_not_asked_for() -> None:
    async with calculator() as (app, pilot):
        await put(app, pilot, "W1", "2")
        await until_seen(pilot, "Output (old)")
        await pilot.press("enter")
        await until_toast(pilot, "There is nothing to predict while a number is invalid.")
        assert "the output's width?" not in screen_text(app)
