"""Search for layers that lead to a width, and trace what an output value depends on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from textual.widgets import OptionList

from tests.areas.calculator.bench import bench, line
from tests.support.seeing import (
    region_text,
    screen_text,
    until,
    until_seen,
)
from tui.areas.calculator import solve_window as solving
from tui.areas.calculator.calculator_screen import CalculatorScreen
from tui.geometry import Bounds, parse_network, solve


async def test_a_long_search_backwards_holds_no_key_up_and_is_given_up_at_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched, given_up = [], []
    real = solve

    def long(start: int, to: int, *, bounds: Bounds, stop: Callable[[], bool]) -> object:
        searched.append(to)
        until_then = time.monotonic() + 30
        while to == 5 and not stop() and time.monotonic() < until_then:
            time.sleep(0.001)
        if stop():
            given_up.append(to)
        return real(start, to, bounds=bounds, stop=stop)

    monkeypatch.setattr(solving, "solve", long)
    async with bench() as (app, pilot):
        await pilot.press("b")
        await until_seen(pilot, "enter applies one", "#solve-said")
        await pilot.press("ctrl+u", "5")
        await until_seen(pilot, "searching …", "#solve-said")
        assert app.screen.query_one("#solutions", OptionList).option_count == 0
        await pilot.press("0")
        await until_seen(pilot, "solution", "#solve-said")
        assert searched[-2:] == [5, 50]
        await until(pilot, lambda: given_up == [5])


async def test_bounds_that_are_too_wide_are_reported_in_a_sentence() -> None:
    async with bench() as (app, pilot):
        await pilot.press("b")
        await until_seen(pilot, "enter applies one", "#solve-said")
        for field in ("#most-f", "#most-s", "#most-p", "#most-d"):
            app.screen.query_one(field).focus()
            await pilot.press("ctrl+u", "9", "9")
        await until_seen(pilot, "combinations", "#solve-said")
        assert "Bounds(" not in screen_text(app)
        assert "lower one of the bounds" in region_text(app, "#solve-said")


async def test_backwards_from_227_to_55() -> None:
    async with bench() as (app, pilot):
        app.screen.query_one("#W1").focus()
        await pilot.press("end", *["backspace"] * 3, *"227")
        await pilot.press("b")
        await until_seen(pilot, "Backwards")
        app.screen.query_one("#to").focus()
        await pilot.press("end", *["backspace"] * 3, *"55")
        await until_seen(pilot, "F 11 S 4 P 0", "#solutions")
        app.screen.query_one("#solutions").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "f=11,s=4" in line(app))


async def test_a_chain_is_found_that_brings_the_input_down() -> None:
    async with bench() as (app, pilot):
        await pilot.press("b")
        await until_seen(pilot, "Backwards")
        app.screen.query_one("#to").focus()
        await pilot.press("end", *["backspace"] * 3, *"7")
        app.screen.query_one("#what").focus()
        await pilot.press("down")
        await until_seen(pilot, "conv:k=", "#solutions")
        app.screen.query_one("#solutions").focus()
        await pilot.press("enter")
        await until(pilot, lambda: line(app).count("conv:") >= 2)


async def test_a_trace_reaches_the_input_pixels() -> None:
    async with bench(course=True) as (_, pilot):
        await pilot.press("n", *["down"] * 5)
        await until_seen(pilot, "max_pooling2d_2", "#bench-head")
        await pilot.press("t")
        await until_seen(pilot, "22×22 of 150×150×3", "#trace-text")
        await pilot.press("left")
        await until_seen(pilot, "column 8, row 9", "#trace-head")


async def test_of_a_very_deep_network_the_ends_of_the_trace_are_drawn() -> None:
    async with bench() as (app, pilot):
        deep = ("32x32x3 " + "conv:k=4,f=3,p=same " * 60).strip()
        assert isinstance(app.screen, CalculatorScreen)
        app.screen.edits.load(parse_network(deep))
        app.screen.edits.editor.move_cursor(59)
        await pilot.press("t")
        await until_seen(pilot, "layers in the middle are not drawn", "#trace-text")
