"""Settings as a TOML file, written from the form and opened into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.areas.train.on_train import put, train
from tests.support.seeing import region_text, until, until_seen, until_toast
from tests.support.written_images import write_folder
from tui.app.app import CnnTuiApp
from tui.areas.train.train_form import TrainForm
from tui.datasets import Augmentation, LoaderSettings
from tui.runs.settings.settings_file import read_settings, settings_text
from tui.runs.settings.spec import StopRule, TrainingSpec

pytestmark = pytest.mark.usefixtures("digits")


async def typed_path(app: CnnTuiApp, pilot: Pilot[None], key: str, path: Path) -> None:
    """Ask for a file and name it."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.focused, Input) and app.screen.is_modal)
    line = app.screen.query_one(Input)
    if key == "w":
        await until(pilot, lambda: line.value.endswith(".toml"))
    line.value = str(path)
    await pilot.press("enter")


async def test_what_the_form_writes_is_what_it_asks_for_and_opens_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    async with train() as (app, pilot):
        await put(app, pilot, "epochs", "7")
        await put(app, pilot, "rate", "0.0123")
        await put(app, pilot, "rule", "never")
        await put(app, pilot, "share", "30")
        app.screen.query_one("#optimizer").focus()
        await typed_path(app, pilot, "w", file)
        await until(pilot, file.exists)
        await until_toast(pilot, "Written: /")
        spec = read_settings(file).spec()
        assert (spec.epochs, spec.learning_rate, spec.share) == (7, 0.0123, 0.3)
        assert spec.stop_rule is None and spec.data.classes[0] == "0"
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.screen.query_one("#epochs", Input).value == "15")
        await typed_path(app, pilot, "f", file)
        await until_toast(pilot, "The settings of mine.toml are in the form.")
        values = {one.id: one.value for one in app.screen.query_one(TrainForm).query(Input)}
        assert (values["epochs"], values["rate"], values["share"]) == ("7", "0.0123", "30")
        assert values["rule"] == "never"


async def test_a_file_brings_its_images_and_how_they_are_loaded(tmp_path: Path) -> None:
    pets = write_folder(tmp_path / "pets", ("birds", "cats", "dogs"), each=5)
    spec = TrainingSpec(
        name="pets · mine",
        network="64x64x3 conv:k=4,f=3 flatten dense:k=1,a=sigmoid",
        data=LoaderSettings(
            directory=str(pets),
            classes=("dogs", "cats"),
            target_size=(64, 64),
            batch_size=3,
            augmentation=Augmentation(zoom_range=0.2),
        ),
        stop_rule=StopRule("val_loss", "<", 0.1),
        on_end="echo done",
    )
    file = tmp_path / "pets.toml"
    file.write_text(settings_text(spec))
    async with train(taken=False) as (app, pilot):
        await typed_path(app, pilot, "f", file)
        await until_toast(pilot, "Not taken over: the command for the end.")
        assert "64×64×3, batch 3, binary" in region_text(app, "#train-data")
        assert "≠ augmented" in region_text(app, "#train-data")
        assert "as before" in region_text(app, "#model")
        assert app.dataset is not None
        assert app.dataset.settings == spec.data
        line = app.screen.query_one("#title", Input)
        assert line.placeholder == "pets · mine"


async def test_a_few_settings_leave_the_rest_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "few.toml"
    file.write_text("patience = 4\n[data]\nbatch_size = 9\n")
    async with train(taken=False) as (app, pilot):
        await typed_path(app, pilot, "f", file)
        await until_toast(pilot, "few.toml does not say which images. Choose images first")
        await pilot.press("d")
        await until_seen(pilot, "1,442 training, 355 validation")
        await put(app, pilot, "epochs", "6")
        app.screen.query_one("#optimizer").focus()
        await typed_path(app, pilot, "f", file)
        await until_toast(pilot, "The settings of few.toml are in the form.")
        assert app.screen.query_one("#patience", Input).value == "4"
        assert app.screen.query_one("#epochs", Input).value == "6"
        assert "batch 9" in region_text(app, "#train-data")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch = 3\n", "bad.toml, line 1: there is no setting 'epoch': did you mean epochs?"),
        ("[data]\nbatch_size = 0\n", "bad.toml, line 2: The batch size is 0."),
        ('[data]\ndirectory = "gone"\n', "gone"),
    ],
)
async def test_a_wrong_file_changes_nothing(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    async with train() as (app, pilot):
        await put(app, pilot, "epochs", "6")
        app.screen.query_one("#optimizer").focus()
        await typed_path(app, pilot, "f", file)
        await until_toast(pilot, said)
        assert app.screen.query_one("#epochs", Input).value == "6"
        assert app.dataset is not None and app.dataset.name == "digits"


async def test_several_runs_are_no_settings_file() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "seed", "1, 2")
        app.screen.query_one("#optimizer").focus()
        await pilot.press("w")
        await until_toast(pilot, "A settings file is of one training: give each setting one value.")
