"""Networks leave the calculator as code, files and kept networks, and come in by pasting."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import cast

import pytest
from textual.widgets import Input, TextArea

from tests.areas.calculator.bench import COURSE, bench, line
from tests.support.seeing import (
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tests.unit.keras_io.test_model_summary import KERAS_3
from tui.geometry import format_network, parse_network
from tui.keras_io.errors import explain_keras_error
from tui.keras_io.saved_networks import save_network, saved_networks
from tui.ui.choose_dataset import choose_sample
from tui.ui.services import Host


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


@pytest.mark.usefixtures("digits")
async def test_the_script_is_there_in_todays_form_too() -> None:
    async with bench() as (app, pilot):
        assert await choose_sample(cast(Host, app), "digits") is not None
        await pilot.press("e")
        await until_seen(pilot, "Keras code (1 of 5)", "#form-name")
        await pilot.press("v", "v", "v", "v")
        await until_seen(pilot, "training script of today (5 of 5)", "#form-name")
        text = region_text(app, "#form-text", words=False)
        assert "# What differs:" in text and "import tempfile" in text


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
        await until_seen(pilot, "Create it?")
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
        await until_toast(pilot, "Saved as mine")
        await pilot.press("escape", "o")
        await until_seen(pilot, "Open a network")
        await pilot.press("ctrl+d")  # the line that pastes one
        await pilot.press("down", "ctrl+d")
        await until_seen(pilot, "Delete the saved network mine?")
        await pilot.press("n")
        await until_seen(pilot, "Open a network")
        assert list(saved_networks()) == ["mine"]
        await pilot.press("ctrl+d")
        await until_seen(pilot, "Delete the saved network mine?")
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
        await until_toast(pilot, "Saved as mine")
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


async def test_a_pasted_error_is_explained_as_in_the_shell() -> None:
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


async def test_the_path_of_a_file_with_an_error_is_reported(tmp_path: Path) -> None:
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
