"""What is left out in the app is left out by the shell, and counted the same everywhere."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tests.unit.datasets.worst import picture
from tui.cli.command import cli
from tui.datasets import describe, suggest_settings
from tui.datasets.doctor import counts_in_use, examine
from tui.datasets.folder.left_out import remember_left_out, with_left_out
from tui.datasets.loader.image_counts import count_images, validation_problem
from tui.runs.settings.spec import TrainingSpec


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Return 10 cats and 10 dogs."""
    for label, start in (("cats", 0), ("dogs", 50)):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for index in range(10):
            picture(start + index).save(tmp_path / "pets" / label / f"{index}.png")
    return tmp_path / "pets"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TrainingSpec]:
    """Return the specs that the shell would train."""
    specs: list[TrainingSpec] = []

    def take(spec: TrainingSpec, note: str, *, as_json: bool) -> int:
        specs.append(spec)
        return 0

    module = importlib.import_module("tui.cli.training.train")  # its name is the command's, too
    monkeypatch.setattr(module, "run_training", take)
    return specs


def test_the_shell_leaves_out_what_the_app_did(pets: Path, asked: list[TrainingSpec]) -> None:
    settings = suggest_settings(describe(pets))
    assert settings.leave_out == ()
    left = msgspec.structs.replace(settings, leave_out=("cats/0.png", "dogs/7.png"))
    assert remember_left_out(left)
    result = CliRunner().invoke(cli, ["train", str(pets)])
    assert result.exit_code == 0, result.output
    assert "2 images left out, as in the app" in result.output
    assert asked[0].data.leave_out == left.leave_out
    CliRunner().invoke(cli, ["train", str(pets), "--all-images"])
    assert asked[1].data.leave_out == ()


def test_it_is_counted_the_same_everywhere(pets: Path) -> None:
    summary = describe(pets)
    left = msgspec.structs.replace(
        suggest_settings(summary), leave_out=("cats/0.png", "dogs/7.png")
    )
    remember_left_out(left)
    settings = suggest_settings(summary)
    counts = count_images(summary, settings)
    # The split is made first: cats/0.png was one of the two cats for validation.
    assert (counts.training, counts.validation, counts.left_out) == ((8, 7), (1, 2), 2)
    assert counts_in_use(examine(summary, settings), settings) == counts
    result = CliRunner().invoke(cli, ["data", "check", str(pets)])
    assert "In use: 15 training and 3 validation images in 2 classes, 2 left out." in result.output
    told = json.loads(CliRunner().invoke(cli, ["data", "check", str(pets), "--json"]).output)
    assert (told["training_images"], told["validation_images"], told["left_out"]) == (15, 3, 2)


def test_what_is_gone_is_not_counted_and_taking_back_forgets(pets: Path) -> None:
    settings = suggest_settings(describe(pets))
    left = msgspec.structs.replace(settings, leave_out=("cats/0.png", "dogs/7.png"))
    remember_left_out(left)
    (pets / "dogs" / "7.png").unlink()
    assert with_left_out(settings).leave_out == ("cats/0.png",)
    remember_left_out(settings)
    assert with_left_out(settings).leave_out == ()


def test_a_damaged_list_is_no_list(pets: Path, tmp_path: Path) -> None:
    settings = suggest_settings(describe(pets))
    remember_left_out(msgspec.structs.replace(settings, leave_out=("cats/0.png",)))
    (tmp_path / "home" / "state" / "left-out.json").write_text("{")
    assert suggest_settings(describe(pets)).leave_out == ()


def test_a_split_that_leaves_no_validation_image_is_refused(
    pets: Path, asked: list[TrainingSpec]
) -> None:
    result = CliRunner().invoke(cli, ["train", str(pets), "--validation-split", "0.05"])
    assert result.exit_code == 2
    assert "gives no validation image" in result.output
    assert "Choose a validation split of 0.1" in result.output
    result = CliRunner().invoke(cli, ["data", "check", str(pets), "--validation-split", "0.05"])
    assert result.exit_code == 1
    assert "no validation image is left" in result.output
    result = CliRunner().invoke(cli, ["train", str(pets), "--validation-split", "0"])
    assert result.exit_code == 0 and len(asked) == 1


def test_leaving_out_all_validation_images_is_refused(pets: Path) -> None:
    summary = describe(pets)
    names = tuple(f"{label}/{index}.png" for label in ("cats", "dogs") for index in (0, 1))
    settings = msgspec.structs.replace(suggest_settings(summary), leave_out=names)
    assert "all of them are left out" in validation_problem(summary, settings)
