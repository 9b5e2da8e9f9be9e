"""What the doctor says of each kind of trouble, and what it does not say of a good folder."""

from __future__ import annotations

import ast
import inspect
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from tests.unit.datasets.worst import picture
from tui.datasets import Finding, FolderSummary, LoaderSettings, describe, suggest_settings
from tui.datasets.doctor import Diagnosis, diagnose, examine
from tui.datasets.doctor.diagnose_folder import ORDER
from tui.datasets.doctor.folder_diagnoses import diagnose_folder
from tui.datasets.folder import class_findings, file_findings

Write = Callable[..., Path]


@pytest.fixture
def pets(tmp_path: Path) -> Write:
    """Return a function that writes classes of different pictures: `pets(cats=3, dogs=4)`."""
    seeds = iter(range(10_000))

    def write(folder: str = "pets", **classes: int) -> Path:
        for label, number in classes.items():
            (tmp_path / folder / label).mkdir(parents=True, exist_ok=True)
            for index in range(number):
                picture(next(seeds)).save(tmp_path / folder / label / f"{index:02d}.png")
        return tmp_path / folder

    return write


def findings(folder: Path, **changes: Any) -> dict[str, Diagnosis]:
    summary = describe(folder)
    settings = msgspec.structs.replace(suggest_settings(summary), **changes)
    return {one.kind: one for one in diagnose(examine(summary, settings), settings)}


def remedied(diagnosis: Diagnosis) -> LoaderSettings:
    assert diagnosis.remedy is not None and diagnosis.remedy.settings is not None
    return diagnosis.remedy.settings


@pytest.mark.parametrize(
    ("color_mode", "says"), [("grayscale", "they reach 257"), ("rgb", "nearly all white")]
)
def test_sixteen_bits_are_reported_as_keras_reads_them(
    pets: Write, color_mode: str, says: str
) -> None:
    folder = pets(cats=3, dogs=3)
    Image.new("I;16", (40, 40), 40_000).save(folder / "cats" / "deep.png")
    Image.new("I;16", (40, 40), 255).save(folder / "cats" / "shallow.png")
    found = findings(folder, color_mode=color_mode)["gray16"]
    assert list(found.lines()) == ["cats/deep.png  (up to 40,000)"]
    assert says in found.training
    assert remedied(found).leave_out == ("cats/deep.png",)


def test_no_remedy_takes_every_image(pets: Write) -> None:
    folder = pets(cats=0, dogs=0)
    for label in ("cats", "dogs"):
        for number in range(5):
            Image.new("I;16", (9, 9), 900 + number).save(folder / label / f"{label}{number}.png")
    assert findings(folder)["gray16"].remedy is None


def test_transparency_has_a_colour_mode_of_its_own(pets: Write) -> None:
    folder = pets(cats=0, dogs=0)
    for label in ("cats", "dogs"):
        for number in range(5):
            image = picture(900 + number + len(label) * (label == "cats")).convert("RGBA")
            image.save(folder / label / f"{number}{label}.png")
    found = findings(folder)["alpha"]
    assert found.count == 10
    assert remedied(found).color_mode == "rgba"
    assert "alpha" not in findings(folder, color_mode="rgba")


def test_imbalance_is_reported_from_three_times_on(pets: Write) -> None:
    folder = pets(cats=10, dogs=29)
    assert "imbalance" not in findings(folder, validation_split=0.0)
    picture(5000).save(folder / "dogs" / "one-more.png")
    found = findings(folder, validation_split=0.0)["imbalance"]
    assert found.names == ("cats", "dogs")
    assert "3.0 times" in found.sentence
    assert "75% of the training images" in found.why
    assert found.remedy is not None and found.remedy.class_weight == "balanced"


def test_three_classes_with_binary_labels(pets: Write) -> None:
    folder = pets(ants=5, bees=5, crabs=5)
    assert "binary_classes" not in findings(folder)
    found = findings(folder, class_mode="binary")["binary_classes"]
    assert found.severity == "error"
    assert "labels 0, 1, 2" in found.why
    assert remedied(found).class_mode == "categorical"


def test_any_other_impossible_setting_is_an_error(pets: Write) -> None:
    folder = pets(cats=5, dogs=5)
    found = findings(folder, validation_split=1.5)["setting_validation_split"]
    assert (found.severity, found.remedy) == ("error", None)
    assert "1.5" in found.sentence


def test_a_split_too_small_is_reported_with_one_that_does(pets: Write) -> None:
    folder = pets(cats=12, dogs=4)
    found = findings(folder)["few_images"]
    assert list(found.lines()) == ["dogs  (4 images)"]
    assert remedied(found).validation_split == 0.25
    assert "few_images" not in findings(folder, validation_split=0.25)


def test_a_class_of_one_image_has_no_split_that_does(pets: Write) -> None:
    found = findings(pets(cats=12, dogs=1))["few_images"]
    assert found.names == ("dogs",)
    assert found.remedy is None


def test_no_validation_at_all_is_noted(pets: Write) -> None:
    found = findings(pets(cats=5, dogs=5), validation_split=0.0)
    assert found["no_validation"].severity == "note"
    assert remedied(found["no_validation"]).validation_split == 0.2


def test_a_class_of_which_nothing_can_be_read_is_an_error(pets: Write) -> None:
    folder = pets(cats=5, dogs=0)
    for number in range(5):
        (folder / "dogs" / f"{number}.jpg").touch()
    found = findings(folder)
    assert found["no_training_images"].names == ("dogs",)
    assert found["no_training_images"].severity == "error"
    assert found["empty"].count == 5


def test_a_class_that_the_user_leaves_out_whole_is_an_error(pets: Write) -> None:
    folder = pets(cats=5, dogs=2)
    found = findings(folder, leave_out=("dogs/00.png", "dogs/01.png"))
    assert found["no_training_images"].names == ("dogs",)
    assert found["left_out"].names == ("dogs/00.png", "dogs/01.png")
    assert remedied(found["left_out"]).leave_out == ()


def test_the_same_image_in_two_folders_of_a_pair(pets: Write, tmp_path: Path) -> None:
    pets("set/train", cats=5, dogs=5)
    pets("set/validation", cats=3, dogs=3)
    train, validation = tmp_path / "set" / "train", tmp_path / "set" / "validation"
    shutil.copy(train / "cats" / "01.png", validation / "cats" / "zz.png")
    with Image.open(train / "dogs" / "02.png") as image:
        image.resize((90, 80)).save(validation / "dogs" / "zz.jpg")
    found = findings(tmp_path / "set")
    assert list(found["copies_split"].lines()) == [
        "train/cats/01.png  (training)",
        "validation/cats/zz.png  (validation, the same as train/cats/01.png)",
    ]
    assert remedied(found["copies_split"]).leave_out == ("cats/01.png",)
    assert list(found["alike_split"].lines()) == [
        "train/dogs/02.png  (training)",
        "validation/dogs/zz.jpg  (validation, looks like train/dogs/02.png)",
    ]
    assert "guess" in found["alike_split"].sentence
    assert remedied(found["alike_split"]).leave_out == ("dogs/02.png",)
    assert not {"copies_within", "copies_across", "alike_within", "order_bias"} & set(found)
    cured = findings(tmp_path / "set", leave_out=("cats/01.png", "dogs/02.png"))
    assert set(cured) == {"left_out"}


def test_a_validation_file_can_be_left_out_as_well(pets: Write, tmp_path: Path) -> None:
    pets("set/train", cats=5, dogs=5)
    pets("set/validation", cats=5, dogs=5)
    folder = tmp_path / "set" / "validation" / "dogs"
    shutil.copy(folder / "00.png", folder / "zz.png")
    found = findings(tmp_path / "set")["copies_within"]
    assert remedied(found).leave_out == ("../validation/dogs/zz.png",)
    assert set(findings(tmp_path / "set", leave_out=remedied(found).leave_out)) == {"left_out"}


def test_the_first_files_of_a_class_validate(pets: Write) -> None:
    folder = pets(cats=10, dogs=10)
    shutil.copy(folder / "cats" / "01.png", folder / "cats" / "zz.png")  # 2 of 11 validate
    shutil.copy(folder / "dogs" / "04.png", folder / "dogs" / "zz.png")  # both train
    found = findings(folder)
    assert found["copies_split"].names == ("cats/01.png", "cats/zz.png")
    assert remedied(found["copies_split"]).leave_out == ("cats/zz.png",)
    assert found["copies_within"].names == ("dogs/04.png", "dogs/zz.png")


def test_a_copy_with_another_label_is_left_out_on_both_sides(pets: Write) -> None:
    folder = pets(cats=10, dogs=10)
    shutil.copy(folder / "cats" / "05.png", folder / "dogs" / "05b.png")
    found = findings(folder)["copies_across"]
    assert set(remedied(found).leave_out) == {"cats/05.png", "dogs/05b.png"}


@pytest.mark.parametrize("by", ["name", "folder", "brightness", "size"])
def test_first_files_of_another_kind_are_reported(pets: Write, by: str) -> None:
    folder = pets(cats=25, dogs=0)
    for number in range(25):
        first = number < 5
        name = f"{number:02d}.png"
        if by == "name":
            name = f"{'alpha' if first else 'beta'}-{number}.png"
        if by == "folder":
            name = f"{'a' if first else 'b'}/{number}.png"
        size = (160, 160) if by == "size" and first else (60 + number, 60)
        most = 60 if by == "brightness" and first else 255
        target = folder / "dogs" / name
        target.parent.mkdir(exist_ok=True)
        picture(3000 + number, size, most=most).save(target)
    found = findings(folder)["order_bias"]
    assert found.names == ("dogs",)
    words = {"name": "alpha", "folder": "a/", "brightness": "brightness", "size": "pixels"}
    assert words[by] in found.details[0]
    assert found.remedy is not None and found.remedy.settings is None


def test_hexadecimal_and_numbered_names_are_no_bias(pets: Write) -> None:
    folder = pets(cats=0, dogs=30)
    for number in range(30):
        name = f"{(number + 3) * 0x08765432 % 2**32:08x}"
        picture(4000 + number).save(folder / "cats" / f"{name}.png")
    assert findings(folder) == {}


def test_a_locked_file_is_reported_and_asked_again(
    pets: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pets(cats=5, dogs=5)
    real = open

    def closed(path: Any, *rest: Any) -> Any:
        if str(path).endswith("cats/03.png"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", closed)
        found = findings(folder)["locked"]
    assert list(found.lines()) == ["cats/03.png  (cannot be read: permission denied)"]
    assert findings(folder) == {}


def test_a_folder_that_may_not_be_opened(pets: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pets(cats=5, dogs=5, mice=5)
    real = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("mice"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert findings(folder)["unreadable"].names == ("mice",)


def test_a_single_class_and_an_empty_folder_are_errors(pets: Write, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    for folder, kind in ((pets(cats=5), "single_class"), (tmp_path / "nothing", "no_images")):
        assert findings(folder)[kind].severity == "error"


def test_of_a_wrong_folder_only_the_right_one_is_reported(pets: Write) -> None:
    folder = pets(cats=8, dogs=8)
    shutil.copy(folder / "cats" / "01.png", folder / "cats" / "zz.png")
    assert list(findings(folder / "cats")) == ["class_folder"]


def test_names_are_shown_whole_and_safe(pets: Write) -> None:
    folder = pets(cats=5, dogs=5)
    name = "[bold]\x1b[2J" + "long" * 30 + ".png"
    (folder / "cats" / name).touch()
    raw = os.fsencode(folder / "cats") + b"/\xff.png"
    with open(raw, "wb") as file:
        file.write(b"x" * 9)
    found = findings(folder)
    assert found["empty"].names == ("cats/" + name.replace("\x1b", "␛"),)
    assert found["not_image"].names == ("cats/\N{REPLACEMENT CHARACTER}.png",)


def test_a_name_that_cannot_be_written_down_is_not_left_out(pets: Write) -> None:
    folder = pets(cats=5, dogs=5)
    raw = os.fsencode(folder / "cats") + b"/\xff.png"
    shutil.copy(os.fsencode(folder / "cats" / "04.png"), raw)
    settings = remedied(findings(folder)["copies_within"])
    assert msgspec.json.encode(settings)


def test_other_files_than_were_looked_at_are_refused(pets: Write) -> None:
    summary = describe(pets(cats=5, dogs=5))
    settings = suggest_settings(summary)
    with pytest.raises(ValueError, match="examine that first"):
        diagnose(
            examine(summary, settings), msgspec.structs.replace(settings, classes=("cats", "x"))
        )


def test_every_finding_of_a_quick_look_has_its_reasons() -> None:
    kinds = {
        call.args[1].value
        for module in (class_findings, file_findings)
        for call in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Finding"
        and isinstance(call.args[1], ast.Constant)
    }
    assert len(kinds) > 20
    notes = tuple(Finding("note", str(kind), "A sentence.", ("x",)) for kind in kinds)
    found = list(diagnose_folder(FolderSummary("pets", "classes", "pets", None, (), notes)))
    assert {one.kind for one in found} == kinds - {"few_images"}
    assert all(one.why and one.training and one.kind in ORDER for one in found)
