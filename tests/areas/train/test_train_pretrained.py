"""A pretrained network in the form of a training: chosen by p, shown, started, taken over."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.areas.train.on_train import put, put_go, runs
from tests.support.backbone_files import hollow_weights
from tests.support.seeing import opened, region_text, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.train.pretrained_window import PretrainedWindow
from tui.runs.settings.pretrained import FineTuning


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return Keras's cache, with the weights of one backbone."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    hollow_weights(tmp_path / "keras/models")
    return tmp_path / "keras/models"


async def window(pilot: Pilot[None], name: str) -> None:
    """Open the window of a backbone."""
    await pilot.press("p")
    await until_seen(pilot, "Which pretrained network?")
    await pilot.press(*name.lower(), "enter")
    await until_seen(pilot, f"{name}, pretrained")


def whole(app: CnnTuiApp) -> bool:
    """Return whether the window has nothing outside the screen."""
    box = app.screen.query_one("#pretrained")
    return box.max_scroll_y == 0 and app.screen.region.contains_region(box.region)


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_pretrained_network_is_chosen_shown_started_and_taken_over(
    cache: Path, size: tuple[int, int]
) -> None:
    async with opened(size, watch_runs=False) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training")
        await window(pilot, "MobileNetV2")
        await until_seen(pilot, "The backbone stays frozen.")
        await until_seen(pilot, "224×224×3")
        assert whole(app)
        await put(app, pilot, "head", "gap dense:k=8,a=relu")
        await put(app, pilot, "layer", "block_13_expand")
        await put(app, pilot, "side", "96")
        said = "After 5 epochs it is trained too, from block_13_expand on, at 0.00001."
        await until_seen(pilot, said, "#pretrained-verdict")
        await pilot.press("enter")
        await until_seen(pilot, "↕ pretrained", "#train-left")
        shown = region_text(app, "#network")
        assert "MobileNetV2" in shown and "3×3×1280" in shown and "/127.5 − 1" in shown
        await pilot.press("ctrl+s")
        await until_seen(pilot, "● running", "#head")
        spec = runs()[0].run.spec()
        assert spec.base is not None and spec.base.name == "MobileNetV2"
        assert spec.base.fine_tuning == FineTuning(from_layer="block_13_expand")
        assert spec.network == "3x3x1280 globalavg dense:k=8,a=relu dense:k=10,a=softmax"
        assert spec.data.target_size == (96, 96) and spec.data.rescale_divisor == 1
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")
        # The settings of the run fill the form again.
        await pilot.press("a")
        await until_seen(pilot, "↕ pretrained", "#train-left")
        await window(pilot, "MobileNetV2")
        assert isinstance(app.screen, PretrainedWindow)
        values = {one.id: one.value for one in app.screen.query(Input)}
        assert values["side"] == "96" and values["layer"] == "block_13_expand"


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_cannot_be_is_said_in_the_window_and_changes_nothing(
    cache: Path, size: tuple[int, int], tmp_path: Path
) -> None:
    async with opened(size, watch_runs=False) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training")
        await window(pilot, "VGG16")
        said = "✗ Its weights are not in Keras's cache: ctrl+g downloads 58.9 MB."
        await until_seen(pilot, said, "#pretrained-verdict")
        assert whole(app)
        hollow_weights(cache, "VGG16")
        for field, typed, said in (
            ("side", "31", "at least 32×32"),
            ("side", "", "image side: type a whole number"),
            ("head", "gapp", "no layer is called 'gapp'"),
            ("head", "dense:k=3,a=relu", "A Flatten is missing"),
            ("weights", str(tmp_path / "none.h5"), "There is no file of weights"),
            ("layer", "block5_conv1", "After 5 epochs"),
            ("tuning-rate", "30", "does not fine-tune"),
        ):
            before = app.screen.query_one(f"#{field}", Input).value
            await put(app, pilot, field, typed)
            await until_seen(pilot, said, "#pretrained-verdict")
            assert whole(app), typed
            if field != "layer":
                await pilot.press("enter")
                assert isinstance(app.screen, PretrainedWindow)
                await put(app, pilot, field, before)
        await pilot.press("escape")
        await until_seen(pilot, "↕ small", "#train-left")


@pytest.mark.usefixtures("digits")
async def test_without_weights_the_form_names_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    async with opened((80, 24), watch_runs=False) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training")
        app.screen.query_one("#model").focus()
        for _ in range(5):
            if "↕ pretrained" not in region_text(app, "#train-left"):
                await pilot.press("down")
                await pilot.pause()
        said = "The weights of MobileNetV2 are not here. p: choose a file, or download them."
        await until_seen(pilot, said, "#train-message")
