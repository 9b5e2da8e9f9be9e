"""The network of a training, and settings that are questioned before the start."""

from __future__ import annotations

import msgspec
import pytest
from textual.pilot import Pilot

from tests.areas.train.on_train import SIZE, put, put_go, runs, train
from tests.support.seeing import (
    opened,
    region_text,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.geometry import format_network, parse_network
from tui.runs.store.run_folder import RunFolder
from tui.ui.forms.fields import ChoiceInput

LINEAR = "8x8x1 conv:k=4,f=3,a=relu flatten dense:k=10"


async def with_network(app: CnnTuiApp, pilot: Pilot[None], line: str) -> None:
    """Choose a network as if it came from the calculator."""
    app.network = parse_network(line)
    await pilot.press("left_square_bracket", "right_square_bracket")
    await until_seen(pilot, "1,442 training", "#train-data")
    model = app.screen.query_one("#model", ChoiceInput)
    model.focus()
    for _ in range(3):
        if model.value != "calculator":
            await pilot.press("down")
    await until_seen(pilot, "↕ calculator")


WRONG_NETWORKS = [
    (LINEAR, "A softmax is missing", "flatten dense:k=10,a=softmax"),
    ("8x8x1 flatten dense:k=1,a=softmax", "always 1", "flatten dense:k=10,a=softmax"),
    ("8x8x1 conv:k=4,f=3 dense:k=3,a=softmax", "A Flatten is", "flatten dense:k=10,a=softmax"),
    ("8x8x1 conv:k=4,f=3 maxpool:f=2", "3×3×4", "maxpool:f=2 flatten dense:k=10,a=softmax"),
    ("28x28x1 flatten dense:k=10,a=softmax", "28×28×1", "flatten dense:k=10,a=softmax"),
    ("8x8x1 flatten dense:k=32,a=relu", "32 units", "dense:k=32,a=relu dense:k=10,a=softmax"),
]


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_network_that_cannot_learn_is_refused_and_a_corrects_it(
    size: tuple[int, int],
) -> None:
    async with opened(size, watch_runs=False) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training")
        for line, why, end in WRONG_NETWORKS:
            await with_network(app, pilot, line)
            await until_seen(pilot, why, "#why")
            assert "✗ a: Change" in region_text(app, "#train-message")
            # All of it is on screen.
            assert app.screen.query_one("#train-right").max_scroll_y == 0, line
            message = app.screen.query_one("#train-message").region
            assert app.screen.query_one("#train-left").region.contains_region(message), line
            for key in ("ctrl+s", "ctrl+n"):
                await pilot.press(key)
                await until_toast(pilot, "A value cannot be used; see what is marked ✗.")
                app.clear_notifications()
            assert runs() == []
            await pilot.press("a")
            await until_seen(pilot, "ctrl+s now", "#train-message")
            assert not app.screen.query_one("#why").display
            assert app.network is not None and format_network(app.network).endswith(end)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "● running", "#head")
        assert app.network is not None
        assert runs()[0].run.spec().network == format_network(app.network)
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


async def test_the_network_of_an_old_run_is_corrected_when_it_is_trained_again(
    looked_into: RunFolder,
) -> None:
    run = looked_into
    spec = msgspec.structs.replace(run.spec(), network=LINEAR)
    (run.path / "spec.json").write_bytes(msgspec.json.encode(spec))
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓ finished")
        await pilot.press("a")
        await until_seen(pilot, "↕ as before")
        await until_seen(pilot, "A softmax is missing", "#why")
        app.screen.query_one("#model").focus()
        await pilot.press("a", "ctrl+s")
        await until_seen(pilot, "● running", "#head")
        (newest,) = [one for one in runs() if one.run.path != run.path]
        assert newest.run.spec().network == f"{LINEAR},a=softmax"
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("key", ["ctrl+s", "ctrl+n"])
async def test_an_odd_learning_rate_is_questioned_before_the_start(key: str) -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "rate", "30")
        await until_seen(pilot, "? Choose 0.001, or at most 0.1.", "#train-message")
        await until_seen(pilot, "30,000 times the usual 0.001 of rmsprop", "#why")
        await pilot.press(key)
        await until_seen(pilot, "Start anyway?")
        await pilot.press("n")
        await until_seen(pilot, "? Choose 0.001", "#train-message")
        assert runs() == []
        await pilot.press(key)
        await until_seen(pilot, "Start anyway?")
        await pilot.press("y")
        await until(pilot, lambda: len(runs()) == 1)
        assert runs()[0].run.spec().learning_rate == 30
        await until(pilot, lambda: runs()[0].run.alive())
        await put_go(runs())
        await until(pilot, lambda: runs()[0].state == "finished")


@pytest.mark.usefixtures("digits")
async def test_what_is_merely_odd_is_said_and_starts_at_once() -> None:
    async with train() as (app, pilot):
        await with_network(app, pilot, "8x8x1 flatten dense:k=10,a=sigmoid")
        await until_seen(pilot, "! The network ends in sigmoid", "#why")
        assert "! a: Change dense:k=10,a=sigmoid" in region_text(app, "#train-message")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "● running", "#head")
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
async def test_pixels_that_are_rescaled_twice_are_asked_about_and_a_corrects_them() -> None:
    async with train() as (app, pilot):
        end = "conv:k=4,f=3,a=relu flatten dense:k=10,a=softmax"
        await with_network(app, pilot, f"8x8x1 rescaling:scale=1/255 {end}")
        await until_seen(pilot, "what reaches conv2d is between 0 and 0.00392", "#why")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Start anyway?")
        assert runs() == []
        await pilot.press("escape", "a")
        await until(pilot, lambda: not app.screen.query_one("#why").display)
        assert app.network is not None and format_network(app.network) == f"8x8x1 {end}"
