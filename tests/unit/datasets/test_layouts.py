"""Folders that are not what they seem: parts taken for classes, labels that stand in names."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.unit.datasets.written_folders import classes, counts, error, kinds, write
from tui.datasets import FolderError, describe

HALVES = [
    ("training_set", "test_set"),
    ("train_data", "val_data"),
    ("train", "dev"),
    ("train_set", "valid_set"),
    ("TrainingData", "ValidationData"),
    ("my_train", "my_test"),
    ("dataset-train", "dataset-eval"),
    ("trainset", "testset"),
    ("pictures", "test_pictures"),
]


@pytest.mark.parametrize(("train", "second"), HALVES)
def test_halves_are_offered_and_never_taken_for_classes(
    tmp_path: Path, train: str, second: str
) -> None:
    classes(tmp_path / train, "cats", "dogs")
    classes(tmp_path / second, "cats", "dogs", each=2)
    summary = describe(tmp_path)
    assert kinds(summary) == {"halves": "error"}
    assert summary.classes == ()
    assert f"Train on {train}, validate on {second}" in error(summary)
    assert summary.readings == ("halves", "folders")
    chosen = describe(tmp_path, "halves")
    assert chosen.trainable
    assert chosen.train_directory == str(tmp_path / train)
    assert chosen.validation_directory == str(tmp_path / second)
    assert counts(chosen) == {"cats": (3, 2), "dogs": (3, 2)}
    assert kinds(chosen) == {"halves_read": "note"}
    as_classes = describe(tmp_path, "folders")
    assert set(counts(as_classes)) == {train, second}
    assert as_classes.trainable


@pytest.mark.parametrize("pair", [("TRAIN", "TEST"), ("Training", "Val"), ("train", "validation")])
def test_the_usual_names_are_read_as_halves_at_once(tmp_path: Path, pair: tuple[str, str]) -> None:
    for name in pair:
        classes(tmp_path / name, "cats", "dogs")
    summary = describe(tmp_path)
    assert summary.layout == "split"
    assert kinds(summary).keys() == ({"test_validates"} if "TEST" in pair else set())
    assert summary.validation_directory == str(tmp_path / pair[1])
    assert kinds(describe(tmp_path, "halves")).keys() <= {"halves_read"}


def test_of_three_parts_the_test_is_left_alone(tmp_path: Path) -> None:
    for name in ("training_data", "valid_data", "testing_data"):
        classes(tmp_path / name, "cats", "dogs")
    sentence = error(describe(tmp_path))
    assert "validate on valid_data, leave out testing_data" in sentence
    chosen = describe(tmp_path, "halves")
    assert chosen.validation_directory == str(tmp_path / "valid_data")
    (note,) = chosen.findings
    assert "valid_data for validation; testing_data not read" in note.sentence


def test_doubled_folders_are_gone_through(tmp_path: Path) -> None:
    scenes = ("buildings", "forest", "sea")
    for name in ("seg_train", "seg_test"):
        classes(tmp_path / name / name, *scenes)
    write(tmp_path / "seg_pred" / "seg_pred", "5.jpg", "7.jpg")
    sentence = error(describe(tmp_path))
    assert "Train on seg_train, validate on seg_test, leave out seg_pred" in sentence
    chosen = describe(tmp_path, "halves")
    assert chosen.train_directory == str(tmp_path / "seg_train" / "seg_train")
    assert chosen.validation_directory == str(tmp_path / "seg_test" / "seg_test")
    assert counts(chosen) == {name: (3, 3) for name in scenes}
    assert chosen.trainable


def test_doubled_folders_of_the_usual_names(tmp_path: Path) -> None:
    for name in ("train", "test"):
        classes(tmp_path / name / name, "cats", "dogs")
    summary = describe(tmp_path)
    assert counts(summary) == {"cats": (3, 3), "dogs": (3, 3)}
    assert kinds(summary) == {"test_validates": "note"}


def test_one_part_with_classes_and_one_without(tmp_path: Path) -> None:
    classes(tmp_path / "train_images", "cats", "dogs")
    write(tmp_path / "test_images", "1.jpg", "2.jpg")
    assert "leave out test_images" in error(describe(tmp_path))
    chosen = describe(tmp_path, "halves")
    assert chosen.validation_directory is None
    assert counts(chosen) == {"cats": (3, None), "dogs": (3, None)}


def test_a_test_without_labels_beside_train(tmp_path: Path) -> None:
    classes(tmp_path / "train", "cats", "dogs", each=5)
    write(tmp_path / "test", "1.jpg", "2.jpg")
    summary = describe(tmp_path)
    assert counts(summary) == {"cats": (5, None), "dogs": (5, None)}
    assert kinds(summary) == {"unlabelled": "note"}
    assert "test, 2 images without class folders" in summary.findings[0].sentence


def test_only_the_test_has_classes(tmp_path: Path) -> None:
    write(tmp_path / "train", "1.jpg", "2.jpg", "3.jpg")
    classes(tmp_path / "test", "cats", "dogs")
    summary = describe(tmp_path)
    assert kinds(summary) == {"halves": "error"}
    assert summary.findings[0].suggestion == str(tmp_path / "test")


def test_parts_of_which_none_is_called_train(tmp_path: Path) -> None:
    for name in ("val_set", "test_set"):
        classes(tmp_path / name, "cats", "dogs")
    summary = describe(tmp_path)
    assert kinds(summary) == {"halves": "error"}
    assert "None of them is named like a training folder" in error(summary)
    with pytest.raises(FolderError, match="No folder"):
        describe(tmp_path, "halves")


def test_train_valid_and_test(tmp_path: Path) -> None:
    for name in ("train", "valid", "test"):
        classes(tmp_path / name, "cats", "dogs")
    summary = describe(tmp_path)
    assert summary.validation_directory == str(tmp_path / "valid")
    (note,) = summary.findings
    assert note.sentence == "Not read: test. Kept for a final test: test."


def test_classes_that_differ_by_one(tmp_path: Path) -> None:
    classes(tmp_path / "training_set", "cats", "dogs", "mice")
    classes(tmp_path / "test_set", "cats", "dogs", "owls")
    assert kinds(describe(tmp_path)) == {"halves": "error"}
    chosen = describe(tmp_path, "halves")
    assert counts(chosen) == {"cats": (3, 3), "dogs": (3, 3), "mice": (3, 0)}
    found = {one.kind: one.names for one in chosen.findings}
    assert found["validation_missing"] == ("mice",)
    assert found["validation_extra"] == ("owls",)


def test_halves_below_one_folder_are_pointed_to(tmp_path: Path) -> None:
    for name in ("training_set", "test_set"):
        classes(tmp_path / "archive" / name, "cats", "dogs")
    found = {one.kind: one.suggestion for one in describe(tmp_path).findings}
    assert found["look_inside"] == str(tmp_path / "archive")


@pytest.mark.parametrize("pair", [("train", "test"), ("Test", "Train")])
def test_classes_may_be_called_train_and_test(tmp_path: Path, pair: tuple[str, str]) -> None:
    classes(tmp_path, *pair, each=8)
    summary = describe(tmp_path)
    assert kinds(summary) == {"bare_parts": "error"}
    assert "are they classes?" in summary.findings[0].sentence
    chosen = describe(tmp_path, "folders")
    assert chosen.trainable
    assert set(counts(chosen)) == set(pair)


def test_train_is_a_class_among_others(tmp_path: Path) -> None:
    classes(tmp_path, "train", "test_tube", "car", "bus", each=8)
    assert describe(tmp_path).findings == ()
    classes(tmp_path / "deep", "dev_board", "test_tube", each=8)
    assert describe(tmp_path / "deep").findings == ()


def test_classes_with_folders_of_their_own(tmp_path: Path) -> None:
    classes(tmp_path / "train", "steam", "diesel")
    classes(tmp_path / "car", "sedan", "van")
    summary = describe(tmp_path)
    assert summary.trainable and set(counts(summary)) == {"car", "train"}


def test_the_same_folders_in_each_class_are_asked_about(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        classes(tmp_path / "ages" / name, "old", "young", each=4)
        classes(tmp_path / "parts" / name, "train", "test", each=4)
    assert kinds(describe(tmp_path / "ages"))["same_inside"] == "error"
    assert describe(tmp_path / "ages", "folders").trainable
    inner = describe(tmp_path / "parts")
    assert kinds(inner)["same_inside"] == "warning" and inner.trainable
    assert "trained on, test images too" in inner.findings[0].sentence
    for number in (1, 2, 3):
        classes(tmp_path / "cross" / f"fold{number}", "a", "b")
    assert kinds(describe(tmp_path / "cross"))["same_inside"] == "error"
    assert describe(tmp_path / "cross", "folders").trainable


def test_names_equal_but_for_unicode_form_case_or_spaces(tmp_path: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    classes(tmp_path, composed, apart, "tea", each=6)
    (found,) = [one for one in describe(tmp_path).findings if one.kind == "same_names"]
    assert "differ only in Unicode form" in found.sentence
    assert "(NFC)" in found.sentence and "(NFD)" in found.sentence
    other = tmp_path / "other"
    classes(other, "Cats", "cats", "dogs", "dogs ", each=6)
    sentences = [one.sentence for one in describe(other).findings if one.kind == "same_names"]
    assert "differ only in case" in sentences[0] and "differ only in spaces" in sentences[1]


def test_halves_whose_names_differ_in_unicode_form(tmp_path: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    classes(tmp_path / "train", composed, "tea", each=6)
    classes(tmp_path / "validation", apart, "tea", each=6)
    sentences = " ".join(one.sentence for one in describe(tmp_path).findings)
    assert "differ only in Unicode form" in sentences


def test_numbers_that_are_sorted_as_text_are_reported_with_their_labels(tmp_path: Path) -> None:
    classes(tmp_path, *(str(number) for number in (1, 2, 10)), each=6)
    (found,) = describe(tmp_path).findings
    assert found.kind == "label_order" and found.severity == "note"
    assert found.names == ("1 → label 0", "10 → label 1", "2 → label 2")
    classes(tmp_path / "digits", *map(str, range(10)), each=6)
    assert describe(tmp_path / "digits").findings == ()
