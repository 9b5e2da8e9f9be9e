"""The network of a file, chosen in the form."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.areas.train.on_train import SIZE, runs, train
from tests.support.model_files import branched, compiled, write_model
from tests.support.seeing import opened, region_text, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.ui.forms.fields import ChoiceInput


async def choose(pilot: Pilot[None], path: Path, weights: str = "enter") -> None:
    """Name a file, and answer with which weights it begins."""
    await pilot.press("m")
    await until_seen(pilot, "Train the network of a file")
    await pilot.press(*str(path), "enter")
    await until_seen(pilot, "begins")
    await pilot.press(*weights.split())
    await until_seen(pilot, "↕ file", "#model")


@pytest.mark.usefixtures("digits", "nothing_trains_on")
async def test_a_file_is_trained_as_it_needs_its_images(tmp_path: Path) -> None:
    file = write_model(tmp_path / "net.keras", compiled(branched((12, 10, 3))))
    async with train() as (app, pilot):
        await choose(pilot, file)
        await until_toast(pilot, "Images are loaded as net.keras needs them: target size 12×10")
        shown = region_text(app, "#network")
        assert "net.keras" in shown and "its weights, compiled AdamW 0.003" in shown
        assert "left" in shown and "12×10" not in shown and "10×12×4" in shown
        assert "10×12×3" in region_text(app, "#train-data")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Start anyway?")
        assert runs() == []
        await pilot.press("y")
        await until_seen(pilot, "digits · net", "#head")
        spec = runs()[0].spec
        assert spec is not None and spec.model_file is not None
        assert (spec.network, spec.data.rescale_divisor, spec.data.target_size) == ("", 1, (12, 10))
        assert spec.model_file.compiled is None
        copy = runs()[0].run.path / "initial.keras"
        assert copy.read_bytes() == file.read_bytes()


@pytest.mark.usefixtures("digits", "nothing_trains_on")
async def test_its_own_optimizer_and_loss_are_a_choice(tmp_path: Path) -> None:
    model = compiled(branched(units=10), class_name="SparseCategoricalCrossentropy")
    file = write_model(tmp_path / "net.keras", model)
    async with train() as (app, pilot):
        await choose(pilot, file, "down enter")
        assert "new weights" in region_text(app, "#network")
        app.screen.query_one("#optimizer", ChoiceInput).focus()
        await pilot.press("up")
        await until_seen(pilot, "↕ file's", "#optimizer")
        await until_seen(pilot, "0.003", "#rate")
        await until_seen(pilot, "sparse", "#train-data")
        await pilot.press("ctrl+n")
        await until_seen(pilot, "Start anyway?")
        await pilot.press("y")
        await until_toast(pilot, "waits in the queue")
        spec = runs()[0].spec
        assert spec is not None and spec.model_file is not None
        assert spec.model_file.new_weights and spec.learning_rate == 0.003
        assert spec.model_file.compiled is not None
        assert spec.model_file.compiled.arguments == {"weight_decay": 0.01}
        # Taken over into another run, from the copy: the file itself is not needed any more.
        file.unlink()
        await pilot.press("5")
        await until_seen(pilot, "digits · net", "#runs")
        await pilot.press("a")
        await until_seen(pilot, "↕ as before", "#model")
        await until_seen(pilot, "↕ file's", "#optimizer")
        assert "net.keras" in region_text(app, "#network")


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("size", [(80, 24), SIZE])
async def test_a_file_for_other_classes_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    file = write_model(tmp_path / "two.keras", branched(units=2))
    async with opened(size, watch_runs=False) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training")
        await choose(pilot, file)
        await until_seen(pilot, "The network ends in 2 units, but 10 classes", "#why")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "A value cannot be used")
        assert runs() == []
        assert isinstance(app, CnnTuiApp)


@pytest.mark.usefixtures("digits")
async def test_a_file_that_was_looked_at_is_trained_by_a_key(tmp_path: Path) -> None:
    file = write_model(tmp_path / "net.keras", branched())
    async with train() as (app, pilot):
        await pilot.press("escape", "6", "a")
        await until_seen(pilot, "Open a model file")
        await pilot.press(*str(file), "enter")
        await until_seen(pilot, "left", "#architecture-table")
        await pilot.press("t")
        await until_seen(pilot, "net.keras begins")
        await pilot.press("enter")
        await until_seen(pilot, "↕ file", "#model")
        assert "its weights" in region_text(app, "#network")


async def test_it_waits_for_images(tmp_path: Path) -> None:
    file = write_model(tmp_path / "net.keras", branched())
    async with train(taken=False) as (app, pilot):
        await pilot.press("escape", "5")
        app.train_file(file)
        await until_toast(pilot, "Choose images for net.keras")
