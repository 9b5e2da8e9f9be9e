"""Parts of a set by every name that people give them, and good folders that stay silent."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.datasets.written_folders import classes, counts, error, kinds, write
from tui.cli.command import cli
from tui.datasets import FolderSummary, describe, suggest_settings
from tui.datasets.doctor import diagnose, examine


def sentence(summary: FolderSummary, kind: str) -> str:
    (found,) = [one for one in summary.findings if one.kind == kind]
    return found.sentence


BARE = [
    ("train", "test"),
    ("Test", "Train"),
    ("training", "testing", "validation"),
    ("val", "test"),
    ("my_train", "my_test"),
]


@pytest.mark.parametrize("names", BARE)
def test_parts_of_bare_images_are_asked_about(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write(tmp_path / name, *(f"{number}.jpg" for number in range(8)))
    summary = describe(tmp_path)
    assert kinds(summary) == {"bare_parts": "error"}
    assert summary.readings == ("folders",)
    chosen = describe(tmp_path, "folders")
    assert chosen.trainable and set(counts(chosen)) == set(names)
    result = CliRunner().invoke(cli, ["data", "check", str(tmp_path)])
    assert result.exit_code == 1 and "--layout folders" in " ".join(result.output.split())
    result = CliRunner().invoke(cli, ["train", str(tmp_path)])
    assert result.exit_code == 2 and "--layout folders" in result.output


GOOD = [
    ("food", "not_food"),
    ("train", "bus", "car"),
    ("train", "plane"),
    ("val", "pal"),
    ("n01440764", "n02102040"),
    ("test_tube", "steam_train"),
    ("train_station", "test_tube"),
    ("dev", "ops"),
    ("query", "gallery"),
    tuple("0123456789"),
    ("mask", "no_mask"),
    ("with_mask", "without_mask"),
    ("pictures", "drawings"),
    ("labeled", "unlabeled"),
    ("model_train", "real_train"),
    ("tr", "te", "ta"),
    ("prova", "forest"),
]


@pytest.mark.parametrize("names", GOOD)
def test_good_classes_stay_silent(tmp_path: Path, names: tuple[str, ...]) -> None:
    classes(tmp_path, *names, each=6)
    assert describe(tmp_path).findings == ()


def test_names_of_good_images_stay_silent(tmp_path: Path) -> None:
    write(tmp_path / "pets" / "dogs", *(f"max_{n}.jpg" for n in range(6)))
    write(tmp_path / "pets" / "cats", *(f"{n}_mia.jpg" for n in range(6)))
    assert describe(tmp_path / "pets").findings == ()


GRIDS = [
    (("train_sea", "train_forest", "test_sea", "test_forest"), {"forest", "sea"}),
    (("trainA", "trainB", "testA", "testB"), {"A", "B"}),
    (("Sea-Train", "Forest-Train", "Sea-Val", "Forest-Val"), {"Forest", "Sea"}),
    (("train_0", "train_1", "test_0", "test_1"), {"0", "1"}),
    (("train_sea", "train_big_forest", "val_sea", "val_big_forest"), {"big_forest", "sea"}),
]


@pytest.mark.parametrize(("names", "labels"), GRIDS)
def test_parts_and_classes_in_one_name(
    tmp_path: Path, names: tuple[str, ...], labels: set[str]
) -> None:
    folder = tmp_path / "set"
    for name in names:
        write(folder / name, *(f"{n}.jpg" for n in range(6 if "rain" in name else 2)))
    summary = describe(folder)
    assert kinds(summary) == {"halves": "error"}
    assert summary.readings == ("halves", "folders")
    for label in labels:
        assert label in error(summary)
    chosen = describe(folder, "halves")
    assert chosen.trainable
    assert counts(chosen) == {label: (6, 2) for label in labels}
    assert set(counts(describe(folder, "folders"))) == set(names)


@pytest.mark.parametrize(
    "names",
    [
        ("images", "masks"),
        ("images", "labels"),
        ("Image", "Mask"),
        ("img", "annotations"),
        ("JPEGImages", "SegmentationClass", "SegmentationObject"),
        ("train_images", "train_masks", "test_images", "test_masks"),
    ],
)
def test_images_beside_their_masks_are_no_classes(tmp_path: Path, names: tuple[str, ...]) -> None:
    classes(tmp_path / "flat", *names, each=6)
    summary = describe(tmp_path / "flat")
    assert kinds(summary) == {"masks": "error"}
    assert summary.readings == ("folders",)
    assert describe(tmp_path / "flat", "folders").trainable
    for part in ("train", "val"):
        classes(tmp_path / "split" / part, *names[:2], each=6)
    assert kinds(describe(tmp_path / "split"))["masks"] == "error"
    for name in names[:2]:
        classes(tmp_path / "turned" / name, "train", "val", each=6)
    assert not describe(tmp_path / "turned").trainable


def test_class_folders_beside_bare_images_without_labels(tmp_path: Path) -> None:
    classes(tmp_path / "labeled", "a", "b", each=6)
    write(tmp_path / "unlabeled", *(f"{n}.jpg" for n in range(4)))
    summary = describe(tmp_path)
    assert kinds(summary) == {"halves": "error"}
    assert "Train on labeled, leave out unlabeled" in error(summary)
    assert counts(describe(tmp_path, "halves")) == {"a": (6, None), "b": (6, None)}


@pytest.mark.parametrize("inner", ["images", "test", "unknown", "all", "unlabelled", "0"])
def test_a_test_without_labels_one_folder_deeper(tmp_path: Path, inner: str) -> None:
    classes(tmp_path / "train", "cats", "dogs", each=6)
    write(tmp_path / "test" / inner, "1.jpg", "2.jpg")
    summary = describe(tmp_path)
    assert kinds(summary) == {"unlabelled": "note"}
    assert f"Not read: test/{inner}, 2 images" in sentence(summary, "unlabelled")
    assert summary.validation_directory is None
    classes(tmp_path / "val", "cats", "dogs")
    summary = describe(tmp_path)
    assert summary.validation_directory == str(tmp_path / "val")
    assert "validation_extra" not in kinds(summary)


def test_a_test_of_other_folders_is_left_alone(tmp_path: Path) -> None:
    classes(tmp_path / "train", "cats", "dogs", each=6)
    classes(tmp_path / "test", "batch1", "batch2")
    summary = describe(tmp_path)
    assert kinds(summary) == {"unlabelled": "note"}
    assert "none of the classes" in sentence(summary, "unlabelled")


def test_what_is_said_of_a_validation_folder_agrees(tmp_path: Path) -> None:
    classes(tmp_path / "train", "cats", "dogs", each=6)
    classes(tmp_path / "val", "kitties", "puppies")
    found = kinds(describe(tmp_path))
    assert "validation_empty" in found and "test_validates" not in found


@pytest.mark.parametrize(
    "pair",
    [
        ("entrenamiento", "prueba"),
        ("Entraînement", "Évaluation"),
        ("train", "validación"),
        ("Trainingsdaten", "Prüfung"),
        ("treinamento", "validação"),
        ("addestramento", "convalida"),
        ("eğitim", "doğrulama"),
        ("обучение", "проверка"),
        ("训练集", "验证集"),
        ("学習データ", "検証データ"),
        ("훈련", "검증"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_parts_in_other_languages(tmp_path: Path, pair: tuple[str, str], form: str) -> None:
    train, second = (unicodedata.normalize(form, name) for name in pair)  # type: ignore[arg-type]
    classes(tmp_path / train, "cats", "dogs", each=6)
    classes(tmp_path / second, "cats", "dogs")
    summary = describe(tmp_path)
    assert kinds(summary) == {"halves": "error"}
    chosen = describe(tmp_path, "halves")
    assert chosen.train_directory == str(tmp_path / train)
    assert chosen.validation_directory == str(tmp_path / second)


def test_the_same_folders_in_few_others_are_asked_about(tmp_path: Path) -> None:
    for name in ("eins", "zwei"):
        classes(tmp_path / name, "cats", "dogs", each=6)
    summary = describe(tmp_path)
    assert kinds(summary)["same_inside"] == "error"
    assert "which are the classes?" in sentence(summary, "same_inside")
    assert summary.readings == ("folders",)
    assert describe(tmp_path, "folders").trainable
    for name in ("cats", "dogs", "mice"):
        classes(tmp_path / "many" / name, "left", "right", each=6)
    summary = describe(tmp_path / "many")
    assert summary.trainable and kinds(summary)["same_inside"] == "warning"


ENDINGS = {
    "underscore": [f"{n}_{pet}.jpg" for n in range(6) for pet in ("frog", "red-panda")],
    "dash": [f"000{n}-{pet}.png" for n in range(6) for pet in ("frog", "red-panda")],
    "prefixed": [f"img_{n}_{pet}.jpg" for n in range(6) for pet in ("frog", "red-panda")],
}


@pytest.mark.parametrize("style", ENDINGS)
def test_classes_at_the_end_of_the_names(tmp_path: Path, style: str) -> None:
    folder = tmp_path / "set"
    write(folder / "train", *ENDINGS[style])
    write(folder / "test", "90_frog.jpg", "91_red-panda.jpg", "92_frog.jpg")
    summary = describe(folder)
    assert kinds(summary) == {"names": "error"}
    assert "end with frog (6) and red-panda (6)" in error(summary)
    assert counts(describe(folder, "names")) == {"frog": (6, 2), "red-panda": (6, 1)}


def test_sizes_and_sides_at_the_end_are_no_classes(tmp_path: Path) -> None:
    for ends in (("small", "large"), ("left", "right"), ("mask", "image")):
        folder = tmp_path / ends[0]
        write(folder, *(f"{n}_{end}.jpg" for n in range(6) for end in ends))
        assert kinds(describe(folder)).keys() <= {"flat", "class_folder"}


def test_what_is_guessed_from_names_is_called_a_guess(tmp_path: Path) -> None:
    write(tmp_path / "a", *(f"img_{n}_{turn}.jpg" for n in range(4) for turn in (0, 45)))
    write(tmp_path / "b", "cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg")
    for name in "ab":
        said = error(describe(tmp_path / name))
        assert "may be" in said and "a guess" in said
        assert "These are the classes" not in said
    write(tmp_path / "c", *(f"{pet}.{n}.jpg" for n in range(9) for pet in ("cat", "dog")))
    assert "These are the classes" in error(describe(tmp_path / "c"))


def test_archives_in_an_empty_folder_are_named(tmp_path: Path) -> None:
    for name in ("train.zip", "test.zip", "sample_submission.csv"):
        (tmp_path / name).write_bytes(b"PK")
    said = sentence(describe(tmp_path), "no_images")
    assert "test.zip and train.zip" in said
    assert f"cnn-tui data get {tmp_path}/train.zip" in said
    (tmp_path / "deep" / "inner").mkdir(parents=True)
    (tmp_path / "deep" / "images.tar.gz").write_bytes(b"x")
    assert "images.tar.gz" in sentence(describe(tmp_path / "deep"), "no_images")


def test_names_in_the_list_tell_where_and_which(tmp_path: Path) -> None:
    classes(tmp_path / "links", "cats", "dogs", each=6)
    (tmp_path / "links" / "cats" / "inner").symlink_to(tmp_path / "links" / "dogs")
    (found,) = describe(tmp_path / "links").findings
    assert found.names == ("cats/inner",)
    assert "cats/inner" in found.sentence
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    classes(tmp_path / "forms", composed, apart, each=6)
    (found,) = [one for one in describe(tmp_path / "forms").findings if one.kind == "same_names"]
    assert sorted(name[-5:] for name in found.names) == ["(NFC)", "(NFD)"]


def test_one_fault_in_a_name_is_reported_once(tmp_path: Path) -> None:
    classes(tmp_path / "train", "forest", "sea", each=6)
    classes(tmp_path / "val", "FOREST", "sea")
    assert kinds(describe(tmp_path)) == {"same_names": "warning"}
    assert len(describe(tmp_path).findings) == 1


def test_the_check_speaks_of_the_users_own_folder(tmp_path: Path) -> None:
    classes(tmp_path / "train", "cats", "dogs", each=6)
    classes(tmp_path / "test", "cats", "dogs", "owls")
    summary = describe(tmp_path)
    settings = suggest_settings(summary)
    told = {one.kind: one for one in diagnose(examine(summary, settings), settings)}
    assert "validation folder" not in told["validation_extra"].title
    assert "in test" in told["validation_extra"].sentence


def test_what_a_refused_training_does_is_that_it_does_not_start(tmp_path: Path) -> None:
    write(tmp_path / "train", *(f"{number}.jpg" for number in range(8)))
    write(tmp_path / "test", *(f"{number}.jpg" for number in range(8)))
    for name in ("eins", "zwei"):
        classes(tmp_path / "same" / name, "cats", "dogs", each=6)
    for folder in (tmp_path, tmp_path / "same"):
        result = CliRunner().invoke(cli, ["data", "check", str(folder)])
        assert "A training would fail" in result.output
        assert "It does not start until" in " ".join(result.output.split())
        assert "Where it starts" not in result.output


def test_bare_parts_with_one_folder_inside_are_called_by_their_own_names(tmp_path: Path) -> None:
    for name in ("train", "test"):
        write(tmp_path / name / "images", *(f"{number}.jpg" for number in range(6)))
    assert error(describe(tmp_path)).startswith("train and test hold images")
