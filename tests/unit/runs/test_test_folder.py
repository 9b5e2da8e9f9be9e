"""Which folders can be test images: with all classes, and images that are used for nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tui.datasets import Augmentation, LoaderSettings
from tui.runs.export.training_script import spec_script
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.settings.test_folder import named_test_folder, settings_for_test


@pytest.fixture
def settings(tmp_path: Path) -> LoaderSettings:
    """Return a loader of two folders."""
    for part in ("train", "validation", "test"):
        for name in ("cats", "dogs"):
            (tmp_path / part / name).mkdir(parents=True)
            (tmp_path / part / name / "1.png").touch()
    return LoaderSettings(
        directory=str(tmp_path / "train"),
        validation_directory=str(tmp_path / "validation"),
        classes=("cats", "dogs"),
        augmentation=Augmentation(rotation_range=20),
        leave_out=("cats/1.png",),
    )


@pytest.mark.parametrize("typed", ["", "  ", "none"])
def test_none_is_none(typed: str, settings: LoaderSettings) -> None:
    assert named_test_folder(typed, settings) is None


def test_a_folder_is_named_by_its_absolute_path(
    tmp_path: Path, settings: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    wanted = str(tmp_path / "test")
    assert named_test_folder("test/", settings) == wanted
    assert named_test_folder("~/test", settings) == wanted


def test_what_cannot_be_judged_gets_a_sentence(tmp_path: Path, settings: LoaderSettings) -> None:
    def refused(folder: str) -> str:
        with pytest.raises(SpecError) as caught:
            named_test_folder(str(tmp_path / folder), settings)
        return str(caught.value)

    assert "There is no folder" in refused("nowhere\x1b[2J") and "\x1b" not in refused("no\x1b")
    assert "is the folder of the training images" in refused("train")
    (tmp_path / "link").symlink_to(tmp_path / "validation")
    assert "is the folder of the validation images" in refused("link")
    (tmp_path / "test" / "dogs" / "1.png").unlink()
    (tmp_path / "test" / "dogs").rmdir()
    assert "has no folder for dogs. Name a folder with one folder for each" in refused("test")
    (tmp_path / "empty" / "cats").mkdir(parents=True)
    (tmp_path / "empty" / "dogs").mkdir()
    assert "holds no image of these classes" in refused("empty")


def test_all_its_images_are_judged_without_augmentation(settings: LoaderSettings) -> None:
    found = settings_for_test("/data/test", settings)
    assert (found.directory, found.validation_directory, found.validation_split) == (
        "/data/test",
        None,
        0.0,
    )
    assert not found.augmentation.arguments() and found.leave_out == ()
    assert found.target_size == settings.target_size and found.classes == settings.classes


def test_a_spec_of_before_has_no_test_images(spec: TrainingSpec) -> None:
    stored = msgspec.to_builtins(spec)
    del stored["test_directory"]
    assert msgspec.convert(stored, TrainingSpec).test_directory is None
    assert "test images" not in setting_rows(spec)
    judged = msgspec.structs.replace(spec, test_directory="/data/te'st")
    assert setting_rows(judged)["test images"] == "/data/te'st"
    script = spec_script(judged, left_out_test=("cats/bad.png",))
    compile(script, "script", "exec")
    assert script.index("def keep_only") < script.index("keep_only(test")
    assert "KeepBest" not in spec_script(spec)
