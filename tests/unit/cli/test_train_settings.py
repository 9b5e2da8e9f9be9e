"""`cnn-tui train` with the loader's options, and with settings from and to a TOML file."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from tests.support.written_images import write_folder
from tui.cli.command import cli
from tui.cli.training.settings_options import settings_of
from tui.cli.training.train import train as train_command
from tui.datasets import Augmentation, LoaderSettings
from tui.datasets.loader.loader_settings import INTERPOLATIONS
from tui.runs.settings.settings_file import settings_text
from tui.runs.settings.spec import TrainingSpec


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainingSpec]:
    """Return what a command would train, in place of training it."""
    specs: list[TrainingSpec] = []

    def note(spec: TrainingSpec, *_: Any, **__: Any) -> int:
        specs.append(spec)
        return 0

    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    module = importlib.import_module("tui.cli.training.train")
    monkeypatch.setattr(module, "run_training", note)
    monkeypatch.setattr(module, "queue_training", note)
    return specs


PETS = ("birds", "cats", "dogs")


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """A folder with four images of each of three classes."""
    return write_folder(tmp_path / "pets", ("birds", "cats", "dogs"), each=5)


def train(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["train", *map(str, arguments)])


def refused(*arguments: object) -> str:
    done = train(*arguments)
    assert done.exit_code == 2 and "Traceback" not in done.output
    return done.stderr


def test_every_setting_of_the_loader_has_an_option(started: list[TrainingSpec], pets: Path) -> None:
    done = train(
        *(pets, "--classes", "dogs,cats", "--rescale", "1/127.5", "--interpolation", "box"),
        *("--rotation-range", 20, "--width-shift-range", 0.1, "--height-shift-range", 0.2),
        *("--shear-range", 5, "--zoom-range", 0.3, "--horizontal-flip", "--vertical-flip"),
        *("--fill-mode", "wrap", "--target-size", "64x32", "--color-mode", "grayscale"),
        *("--batch-size", 3, "--validation-split", 0.4, "--class-mode", "sparse", "--seed", 9),
    )
    assert done.exit_code == 0, done.output
    assert started[0].data == LoaderSettings(
        directory=str(pets),
        classes=("dogs", "cats"),
        validation_split=0.4,
        target_size=(64, 32),
        color_mode="grayscale",
        batch_size=3,
        rescale_divisor=127.5,
        class_mode="sparse",
        interpolation="box",
        seed=9,
        augmentation=Augmentation(
            rotation_range=20,
            width_shift_range=0.1,
            height_shift_range=0.2,
            shear_range=5,
            zoom_range=0.3,
            horizontal_flip=True,
            vertical_flip=True,
            fill_mode="wrap",
        ),
    )


def test_single_options_change_what_augment_says(started: list[TrainingSpec], pets: Path) -> None:
    line = "rotation_range=20+zoom_range=0.2+horizontal_flip"
    train(pets, "--augment", line, "--zoom-range", 0.4, "--no-horizontal-flip")
    assert started[0].data.augmentation.arguments() == {"rotation_range": 20, "zoom_range": 0.4}


@pytest.mark.parametrize(("text", "divisor"), [("none", 1), ("1", 1), ("0.5", 2), ("1/255", 255)])
def test_rescale_is_a_factor(
    started: list[TrainingSpec], pets: Path, text: str, divisor: float
) -> None:
    assert train(pets, "--rescale", text, "--yes").exit_code == 0
    assert started[0].data.rescale_divisor == divisor


def test_two_of_three_classes_are_binary(started: list[TrainingSpec], pets: Path) -> None:
    train(pets, "--classes", "dogs,cats")
    train(pets)
    assert [spec.data.class_mode for spec in started] == ["binary", "categorical"]
    assert started[0].network.endswith("dense:k=1,a=sigmoid")


def test_a_second_folder_validates(started: list[TrainingSpec], pets: Path, tmp_path: Path) -> None:
    second = write_folder(tmp_path / "other", ("birds", "cats", "dogs"), each=2)
    assert train(pets, "--validation-directory", second).exit_code == 0
    assert started[0].data.validation_directory == str(second)
    empty = write_folder(tmp_path / "empty", ("birds",), each=0)
    assert "has no image of these classes" in refused(pets, "--validation-directory", empty)
    assert "read the same folder" in refused(pets, "--validation-directory", pets)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--rescale", "0", "rescale is 0. Choose a number above 0, such as 1/255, or none."),
        ("--rescale", "-1/255", "Choose a number above 0"),
        ("--rescale", "some", "'some' is not a factor. Write 1/255"),
        ("--rotation-range", "181", "rotation_range is 181. Choose degrees, 0 to 180."),
        ("--zoom-range", "1", "zoom_range is 1. Choose a fraction, from 0 to below 1"),
        ("--zoom-range", "nan", "zoom_range is nan."),
        ("--width-shift-range", "-0.1", "width_shift_range is -0.1. Choose a fraction"),
        ("--interpolation", "cubic", "'cubic' is not one of"),
        ("--fill-mode", "mirror", "'mirror' is not one of"),
        ("--classes", "cats,", "has a comma without a class"),
        ("--classes", "cats,dgs", "There is no class 'dgs'"),
        ("--classes", "cats", "There is 1 class. Choose at least two."),
        ("--classes", "cats,dogs,cats", "The class cats is listed 2 times."),
        ("--validation-directory", "/nowhere", "does not exist"),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(
    started: list[TrainingSpec], pets: Path, option: str, value: str, said: str
) -> None:
    error = refused(pets, option, value)
    assert said in error.replace("\n", " ") and started == []


def test_help_shows_each_option_once_in_a_section() -> None:
    text = train("--help").output.partition("\nImages:")[2]
    for one in train_command.params:
        if isinstance(one, click.Option):
            flag = max(one.opts, key=len)
            assert len(re.findall(rf"^  (?:-\w, )?{flag}\b(?!-)", text, re.M)) == 1, flag
    assert text.index("\nAugmentation:") < text.index("  --zoom-range") < text.index("\nNetwork:")


def test_help_names_every_interpolation() -> None:
    text = train("--help").output
    assert all(name in text for name in INTERPOLATIONS) and "--rotation-range" in text


# --- settings files ---------------------------------------------------------------------------


def test_saved_settings_train_the_same(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.toml"
    options = ("--epochs", 3, "--rescale", "1/127.5", "--zoom-range", 0.1, "--patience", 2)
    done = train(pets, *options, "--stop-when", "never", "--name", "mine", "--save-settings", file)
    assert done.exit_code == 0 and f"Settings written to {file}." in done.stderr
    assert train("--settings", file).exit_code == 0
    first, second = started
    assert first == second and first.stop_rule is None and first.name == "mine"
    assert file.read_text() == settings_text(first)


def test_options_beside_the_file_win(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.toml"
    train(pets, "--epochs", 3, "--seed", 1, "--horizontal-flip", "--save-settings", file)
    done = train(
        *("--settings", file, "--epochs", 15, "--seed", 42, "--no-horizontal-flip"),
        *("--stop-when", "never", "--optimizer", "adam", "--name", "other"),
    )
    assert done.exit_code == 0, done.output
    spec = started[1]
    # The values of options are those of defaults, and win all the same.
    assert (spec.epochs, spec.seed, spec.data.seed, spec.optimizer) == (15, 42, 42, "adam")
    assert not spec.data.augmentation.on and spec.stop_rule is None and spec.name == "other"


def test_several_values_beside_the_file_are_several_runs(
    started: list[TrainingSpec], pets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[TrainingSpec] = []
    module = importlib.import_module("tui.cli.training.train")
    monkeypatch.setattr(module, "queue_grid", lambda specs, *_, **__: made.extend(specs))
    file = tmp_path / "s.toml"
    train(pets, "--epochs", 3, "--save-settings", file)
    assert train("--settings", file, "--learning-rate", "0.01,0.001").exit_code == 0
    assert [(spec.learning_rate, spec.epochs) for spec in made] == [(0.01, 3), (0.001, 3)]
    more = tmp_path / "more.toml"
    error = refused(pets, "--seed", "1,2", "--save-settings", more)
    assert "A settings file is of one training, and these are 2 runs." in error
    assert not more.exists()


def test_another_folder_keeps_the_settings_and_not_the_images(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.toml"
    weights = ("--class-weight", "cats=2", "--test", write_folder(tmp_path / "t", PETS, each=2))
    train(pets, "--epochs", 3, "--batch-size", 4, *weights, "--save-settings", file)
    assert started[0].class_weight == {"cats": 2.0} and started[0].test_directory
    cars = write_folder(tmp_path / "cars", ("a", "b", "c"), each=5)
    assert train(cars, "--settings", file).exit_code == 0
    spec = started[1]
    assert spec.data.directory == str(cars) and spec.data.classes == ("a", "b", "c")
    assert (spec.epochs, spec.data.batch_size) == (3, 4) and spec.name.startswith("cars")
    assert spec.class_weight is None and spec.test_directory is None
    two = write_folder(tmp_path / "two", ("a", "b"), each=5)
    error = refused(two, "--settings", file)
    assert "Corrected: --model" in error and "k=2" in error


def test_another_network_names_the_run_and_leaves_a_backbones_scaling(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        'name = "pets · VGG16"\nnetwork = "2x2x512 globalavg dense:k=3,a=softmax"\nepochs = 2\n'
        f'[base]\nname = "VGG16"\nweights = "w.h5"\n[data]\ndirectory = "{pets}"\n'
        "target_size = [64, 64]\nrescale_divisor = 1\n"
    )
    done = train("--settings", file, "--model", "course")
    assert done.exit_code == 0, done.output
    (spec,) = started
    assert spec.base is None and spec.network.startswith("64x64x3 conv") and spec.epochs == 2
    assert spec.name == "pets · course" and spec.data.rescale_divisor == 255


def test_a_few_settings_by_hand_are_enough(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    file = tmp_path / "few.toml"
    file.write_text('patience = 3\n[data]\ndirectory = "pets"\ntarget_size = [64, 64]\n')
    assert train("--settings", file).exit_code == 0
    (spec,) = started
    assert spec.patience == 3 and spec.data.directory == str(pets)
    assert spec.data.classes == ("birds", "cats", "dogs")
    assert spec.network.startswith("64x64x3 ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochs = 0\n", "bad.toml, line 1: 0 epochs cannot be trained"),
        ("\nepoch = 3\n", "bad.toml, line 2: there is no setting 'epoch': did you mean epochs?"),
        ("version = 9\n", "bad.toml, line 1: these are settings of version 9"),
        ("[data]\nbatch_size = 0\n", "bad.toml, line 2: The batch size is 0."),
        (
            '[data]\nclass_mode = "binary"\n',
            "bad.toml, line 2: Class mode binary needs exactly two",
        ),
        ("patience = 3\n[data]\nvalidation_split = 0\n", "A patience of 3 epochs needs the valid"),
        ('network = "8x8x3 flatten dense:k=3,a=softmax"\n', "8×8×3"),
        ("epochs = 3\nepochs = 4\n", "bad.toml, line 2: this is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    started: list[TrainingSpec], pets: Path, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    assert said in refused(pets, "--settings", file) and started == []


def test_files_that_are_not_there_are_named(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    assert "cannot be read" in refused(pets, "--settings", tmp_path / "none.toml")
    assert "Name a folder of images" in refused()
    file = tmp_path / "few.toml"
    file.write_text("epochs = 3\n")
    assert "Name a folder of images" in refused("--settings", file)
    file.write_text('[data]\ndirectory = "gone"\nclasses = ["a", "b"]\n')
    assert "gone" in refused("--settings", file)
    file.write_text('[data]\ndirectory = "pets"\nclasses = ["cats", "dgs"]\n')
    assert "few.toml: there is no class 'dgs'" in refused("--settings", file)
    assert started == []


def test_nothing_is_overwritten(started: list[TrainingSpec], pets: Path, tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("mine")
    assert "is there already. Name another file" in refused(pets, "--save-settings", file)
    assert file.read_text() == "mine" and started == []
    assert "cannot be written" in refused(pets, "--save-settings", tmp_path / "no" / "s.toml")


def test_a_command_in_a_file_is_asked_about(
    started: list[TrainingSpec], pets: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.toml"
    train(pets, "--on-end", "echo hi", "--save-settings", file)
    assert "s.toml has a command that the shell runs at the end: echo hi." in refused(
        "--settings", file
    )
    assert train("--settings", file, "--on-end", "").exit_code == 0
    assert train("--settings", file, "--on-end", "true").exit_code == 0
    assert train("--settings", file, "--yes").exit_code == 0
    assert [spec.on_end for spec in started] == ["echo hi", "", "true", "echo hi"]


NOT_SETTINGS = {
    *("folder", "sample", "reading", "note", "queued", "yes", "as_json", "dry_run"),
    *("settings_file", "save_settings_to", "processes", "process_id", "coordinator"),
}


def test_every_option_says_which_setting_it_gives() -> None:
    """Else a settings file would win over it: see `OTHER_NAMES`."""
    options = {one.name for one in train_command.params if isinstance(one, click.Parameter)}
    assert {name for name in options if name and not settings_of(name)} == NOT_SETTINGS
