"""The workbench: a network is edited, watched, predicted, traced, worked backwards, exchanged."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tests.unit.keras_io.test_summary import KERAS_3
from tui.app.app import CnnTuiApp
from tui.areas.calculator import solve_window as solving
from tui.areas.calculator.calculator_screen import CalculatorScreen
from tui.geometry import Bounds, format_network, parse_network, solve
from tui.keras_io.errors import explain_keras_error
from tui.keras_io.saved_networks import save_network, saved_networks

COURSE = (
    "150x150x3 conv:k=16,f=3,a=relu maxpool:f=2 conv:k=32,f=3,a=relu maxpool:f=2 "
    "conv:k=64,f=3,a=relu maxpool:f=2 flatten dense:k=512,a=relu dense:k=1,a=sigmoid"
)


@asynccontextmanager
async def bench(
    size: tuple[int, int] = (80, 24), *, course: bool = False
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the calculator, perhaps with the course's network."""
    async with opened(size) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        if course:
            await pilot.press("m")
            await until_seen(pilot, "Ready-made")
            await pilot.press("enter")
            await until(pilot, lambda: line(app) == COURSE)
        yield app, pilot


def line(app: CnnTuiApp) -> str:
    """Return the network at work in its one-line form."""
    assert app.network is not None
    return format_network(app.network)


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
        await until_seen(pilot, "The nearest that fits")
        await pilot.press("enter")
        await until_seen(pilot, "fits exactly", "#arithmetic")


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
        await until_seen(pilot, "enter takes one", "#solve-said")
        await pilot.press("ctrl+u", "5")
        await until_seen(pilot, "looking …", "#solve-said")
        assert app.screen.query_one("#solutions", OptionList).option_count == 0
        await pilot.press("0")
        await until_seen(pilot, "way", "#solve-said")
        assert searched[-2:] == [5, 50]
        await until(pilot, lambda: given_up == [5])


async def test_bounds_that_are_too_wide_are_told_in_a_sentence() -> None:
    async with bench() as (app, pilot):
        await pilot.press("b")
        await until_seen(pilot, "enter takes one", "#solve-said")
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


async def test_keras_code_and_a_whole_training_script_leave(here: Path) -> None:
    async with bench(course=True) as (app, pilot):
        await pilot.press("e")
        await until_seen(pilot, "layers.Conv2D(filters=16", "#form-text")
        await pilot.press("v", "v")
        await until_seen(pilot, "150x150x3 conv:k=16", "#form-text")
        await pilot.press("w")
        await until_seen(pilot, "Write: one line", "#save")
        place = app.screen.query_one("#save-place", Input)
        await until(pilot, lambda: place.value == str(here / "network.txt"))
        assert not list(here.iterdir())
        await pilot.press("enter")
        await until(pilot, lambda: f"{here}/network.txt" in toasts(app).replace(" ", ""))
        assert Path("network.txt").read_text().strip() == COURSE


async def test_a_file_that_is_there_is_replaced_after_a_question_only(here: Path) -> None:
    (here / "network.py").write_text("mine")
    async with bench() as (app, pilot):
        await pilot.press("e")
        await until_seen(pilot, "layers.Conv2D(filters=16", "#form-text")
        await pilot.press("w")
        place = app.screen.query_one("#save-place", Input)
        await until(pilot, lambda: place.value == str(here / "network.py"))
        await pilot.press("enter")
        await until_seen(pilot, "Replace it?")
        await pilot.press("n")
        await until_seen(pilot, "Write: Keras code", "#save")
        assert (here / "network.py").read_text() == "mine"
        place.value = f"{here}/new/folder/"
        await pilot.press("enter")
        await until_seen(pilot, "There is no folder")
        await pilot.press("y")
        await until_toast(pilot, "Written:")
        assert "Conv2D" in (here / "new" / "folder" / "network.py").read_text()


async def test_a_folder_that_takes_nothing_is_not_offered(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access
    monkeypatch.setattr(  # tests may run as root, who may write everywhere
        os, "access", lambda path, mode, **how: Path(path) != here and access(path, mode, **how)
    )
    async with bench() as (app, pilot):
        await pilot.press("e")
        await until_seen(pilot, "layers.Conv2D(filters=16", "#form-text")
        await pilot.press("w")
        place = app.screen.query_one("#save-place", Input)
        await until(pilot, lambda: place.value == str(Path.home() / "network.py"))


async def test_a_kept_network_is_replaced_and_deleted_after_a_question_only() -> None:
    async with bench() as (app, pilot):
        await asyncio.to_thread(save_network, "mine", parse_network("8x8x1 flatten"))
        await pilot.press("e")
        await until_seen(pilot, "Keras code")
        await pilot.press("s", *"mine", "enter")
        await until_seen(pilot, "Replace it?")
        await pilot.press("n")
        assert format_network(saved_networks()["mine"]) == "8x8x1 flatten"
        await pilot.press("enter")
        await until_seen(pilot, "Replace it?")
        await pilot.press("y")
        await until_toast(pilot, "Kept as mine")
        await pilot.press("escape", "o")
        await until_seen(pilot, "Open a network")
        await pilot.press("ctrl+d")  # the line that pastes one
        await pilot.press("down", "ctrl+d")
        await until_seen(pilot, "Delete the kept network mine?")
        await pilot.press("n")
        await until_seen(pilot, "Open a network")
        assert list(saved_networks()) == ["mine"]
        await pilot.press("ctrl+d")
        await until_seen(pilot, "Delete the kept network mine?")
        await pilot.press("y")
        await until_toast(pilot, "Deleted: mine")
        assert not saved_networks()
        await until(pilot, lambda: "mine" not in region_text(app, "OptionList"))


async def test_tab_completes_the_path_of_a_network(here: Path) -> None:
    (here / "nets").mkdir()
    (here / "nets" / "one.txt").write_text("28x28x1 flatten dense:k=10,a=softmax")
    async with bench() as (app, pilot):
        await pilot.press("o")
        await until_seen(pilot, "Paste a network")
        await pilot.press("n", "tab", "o", "tab")
        pasted = app.screen.query_one("#pasted", TextArea)
        await until(pilot, lambda: pasted.text == "nets/one.txt")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: line(app) == "28x28x1 flatten dense:k=10,a=softmax")


async def test_a_network_is_kept_by_name_and_opened_again() -> None:
    async with bench(course=True) as (app, pilot):
        await pilot.press("e")
        await until_seen(pilot, "Keras code")
        await pilot.press("s", *"mine", "enter")
        await until_toast(pilot, "Kept as mine")
        await pilot.press("escape", "r")
        await until(pilot, lambda: line(app) == "150x150x3 conv:k=16,f=3")
        await pilot.press("o")
        await until_seen(pilot, "Open a network")
        await pilot.press(*"mine", "enter")
        await until(pilot, lambda: line(app) == COURSE)


@pytest.mark.parametrize(
    ("pasted", "seen"),
    [
        ("hello", "not recognized"),
        ("ValueError: dense_1 got (None, 3)", "Shapes: (None, 3)"),
        ("28x28x1 konv:k=3", "no layer is called 'konv'"),
        (
            "Arguments `target` and `output` must have the same rank (ndim). Received: "
            "target.shape=(None, 6), output.shape=(None, 26, 26, 6)",
            "Flatten is missing",
        ),
        (
            "Layer (type)    Output Shape    Param #\nlambda (Lambda)   (None, 3)   0",
            "this is a model.summary()",
        ),
        (
            "ValueError: Computed output size would be negative. Received: inputs shape=(None, 1, "
            "1, 32), kernel shape=(3, 3, 32, 64), dilation_rate=[1 1].",
            "",
        ),
    ],
)
async def test_what_is_pasted_is_read_or_explained(pasted: str, seen: str) -> None:
    async with bench() as (app, pilot):
        await pilot.press("o")
        await until_seen(pilot, "Paste a network")
        app.screen.query_one("#pasted", TextArea).text = pasted
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(region_text(app, "#import-said")) > 20)
        assert seen.lower() in region_text(app, "#import-said").lower(), screen_text(app)


async def test_a_pasted_error_is_told_as_the_shell_tells_it() -> None:
    error = (
        "ValueError: One of the dimensions in the output is <= 0 due to downsampling in conv2d_9. "
        "Consider increasing the input size. Received input shape [None, 1, 1, 32]"
    )
    network = "12x12x3 conv:k=16,f=3 maxpool:f=2 conv:k=32,f=3 maxpool:f=2 conv:k=64,f=3"
    async with bench((120, 40)) as (app, pilot):
        for pasted in (network, error):
            await pilot.press("o")
            await until_seen(pilot, "Paste a network")
            app.screen.query_one("#pasted", TextArea).text = pasted
            await pilot.press("ctrl+s")
            if pasted is network:
                await until(pilot, lambda: line(app) == network)
        await until(pilot, lambda: "What to do" in region_text(app, "#import-said"))
        shown = region_text(app, "#import-said")
        for told in explain_keras_error(error, parse_network(network)).lines():
            assert told in shown
        assert "Layer 5 (conv2d_2)" in shown


async def test_the_path_of_a_file_with_an_error_is_told(tmp_path: Path) -> None:
    file = tmp_path / "e.txt"
    file.write_text("ValueError: Shapes (None, 1) and (None, 7, 7, 10) are incompatible")
    async with bench((120, 40)) as (app, pilot):
        await pilot.press("o")
        await until_seen(pilot, "Paste a network")
        app.screen.query_one("#pasted", TextArea).text = str(file)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Flatten is missing" in region_text(app, "#import-said"))


async def test_a_pasted_summary_becomes_the_network() -> None:
    async with bench() as (app, pilot):
        await pilot.press("o")
        await until_seen(pilot, "Paste a network")
        app.screen.query_one("#pasted", TextArea).text = KERAS_3
        await pilot.press("ctrl+s")
        await until(
            pilot, lambda: line(app) == "28x28x1 conv:k=32,f=3 maxpool:f=2 flatten dense:k=10"
        )


async def test_a_pasted_line_becomes_the_network() -> None:
    async with bench() as (app, pilot):
        await pilot.press("o")
        await until_seen(pilot, "Paste a network")
        app.screen.query_one("#pasted", TextArea).text = "28x28x1 flatten dense:k=10,a=softmax"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: line(app) == "28x28x1 flatten dense:k=10,a=softmax")


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
        for part in ("#layer-panel", "#output-panel", "#arithmetic", "Stage", "NetworkTable"):
            assert region_text(app, part), part


@pytest.mark.usefixtures("digits")
async def test_the_network_edited_here_is_the_one_that_is_trained() -> None:
    async with bench() as (app, pilot):
        await pilot.press("escape", "4")
        await until_seen(pilot, "No images chosen yet")
        await pilot.press("d")
        await until_seen(pilot, "1,442 training")
        app.screen.query_one("#model").focus()
        await pilot.press("down")
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
        app.screen.query_one("#model").focus()
        await pilot.press("down")
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


async def test_a_number_that_is_none_is_told_while_one_predicts_and_without_a_layer() -> None:
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
