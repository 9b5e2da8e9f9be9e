"""Folders that are not what they seem: parts taken for classes, labels that stand in names."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from tui.datasets import FolderError, FolderSummary, describe, list_images
from tui.datasets.folder.folder_summary import Reading
from tui.datasets.folder.linked_folders import view_source
from tui.datasets.layouts.label_tables import find_label_table


def write(folder: Path, *names: str) -> None:
    """Write small pictures of these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        colour = (40 * number % 256, len(name) * 9 % 256, 90)
        Image.new("RGB", (8, 6), colour).save(folder / name, format="JPEG")


def classes(folder: Path, *names: str, each: int = 3) -> None:
    for name in names:
        write(folder / name, *(f"{index}.jpg" for index in range(each)))


def kinds(summary: FolderSummary) -> dict[str, str]:
    return {found.kind: found.severity for found in summary.findings}


def counts(summary: FolderSummary) -> dict[str, tuple[int, int | None]]:
    return {one.name: (one.images, one.validation_images) for one in summary.classes}


def error(summary: FolderSummary) -> str:
    (found,) = [one for one in summary.findings if one.severity == "error"]
    return found.sentence


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


NAMES = {
    "dots": ["cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg"],
    "underscores": ["cat_0.jpg", "cat_1.jpg", "dog_0.jpg", "dog_1.jpg"],
    "dashes": ["cat-0.jpg", "cat-1.jpg", "dog-0.jpg", "dog-1.jpg"],
    "Windows": ["cat (1).jpg", "cat (2).jpg", "dog (1).jpg", "dog (2).jpg"],
    "bare": ["cat0001.jpg", "cat0002.jpg", "dog0001.jpg", "dog0002.jpg"],
    "spaces": ["cat 1.jpg", "cat 2.jpg", "dog 1.jpg", "dog 2.jpg"],
    "case": ["Cat.0.jpg", "cat.1.JPG", "DOG.0.jpg", "DOG.1.jpg"],
    "behind": ["cat_0_small.jpg", "cat_1_flip.jpg", "dog_0_small.jpg", "dog_1_flip.jpg"],
    "hashes": ["cat_ab.jpg", "cat_fe.jpg", "dog_cd.jpg", "dog_ef.jpg"],
}


@pytest.mark.parametrize("style", NAMES)
@pytest.mark.parametrize("beside", ["", "test1", "test"])
def test_a_flat_folder_whose_names_begin_with_the_classes(
    tmp_path: Path, style: str, beside: str
) -> None:
    pets = tmp_path / "pets"
    write(pets, *NAMES[style])
    if beside:
        write(pets / beside, "1.jpg", "2.jpg", "3.jpg")
    summary = describe(pets)
    assert kinds(summary) == {"names": "error"}
    assert [one.casefold() for one in summary.findings[0].names] == ["cat", "dog"]
    chosen = describe(pets, "names")
    assert {name.casefold(): held for name, held in counts(chosen).items()} == {
        "cat": (2, None),
        "dog": (2, None),
    }
    assert chosen.path == str(pets)
    assert ("unlabelled" in kinds(chosen)) == bool(beside)


def test_kaggles_cats_and_dogs(tmp_path: Path) -> None:
    write(tmp_path / "train", *(f"{pet}.{n}.jpg" for pet in ("cat", "dog") for n in range(6)))
    write(tmp_path / "test1", *(f"{n}.jpg" for n in range(1, 7)))
    summary = describe(tmp_path)
    assert "begin with cat (6) and dog (6)" in error(summary)
    assert summary.classes == ()
    before = sorted(path for path in tmp_path.rglob("*") if "home" not in path.parts)
    chosen = describe(tmp_path, "names")
    assert chosen.trainable and counts(chosen) == {"cat": (6, None), "dog": (6, None)}
    images = list_images(chosen.train_directory, ("cat", "dog"))
    assert len(images) == 12
    linked = Path(chosen.train_directory, images[0])
    assert linked.resolve() == (tmp_path / "train" / "cat.0.jpg").resolve()
    assert sorted(path for path in tmp_path.rglob("*") if "home" not in path.parts) == before
    assert view_source(chosen.train_directory) == (str(tmp_path), "names")


def test_three_kinds_and_a_validation_folder_of_the_same(tmp_path: Path) -> None:
    kinds_of = ("american_bulldog", "Abyssinian", "n02085620")
    write(tmp_path / "train", *(f"{kind}_{n}.jpg" for kind in kinds_of for n in range(4)))
    write(tmp_path / "val", *(f"{kind}_{n}.jpg" for kind in kinds_of for n in range(7, 9)))
    chosen = describe(tmp_path, "names")
    assert counts(chosen) == {kind: (4, 2) for kind in kinds_of}


def test_a_view_follows_the_files_and_is_found_again(tmp_path: Path) -> None:
    pets = tmp_path / "pets"
    write(pets, "cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg")
    first = describe(pets, "names")
    write(pets, "cat.2.jpg", "emu.0.jpg", "emu.1.jpg")
    (pets / "dog.0.jpg").unlink()
    (pets / "dog.1.jpg").unlink()
    second = describe(pets, "names")
    assert second.train_directory == first.train_directory
    assert counts(second) == {"cat": (3, None), "emu": (2, None)}


def test_names_without_a_beginning_are_left_and_told(tmp_path: Path) -> None:
    write(tmp_path, *(f"{pet}.{n}.jpg" for pet in ("cat", "dog") for n in range(10)), "7.jpg")
    chosen = describe(tmp_path, "names")
    (left,) = [one for one in chosen.findings if one.kind == "names_left"]
    assert left.names == ("7.jpg",)


@pytest.mark.parametrize(
    "names",
    [
        [f"IMG_{n}.jpg" for n in range(6)] + [f"DSC{n}.jpg" for n in range(6)],
        [f"{n}.jpg" for n in range(9)],
        ["anna.jpg", "bert.jpg", "cleo.jpg", "dora.jpg"],
        [f"cat.{n}.jpg" for n in range(9)],
    ],
)
def test_names_that_say_no_class(tmp_path: Path, names: list[str]) -> None:
    write(tmp_path / "alone", *names)
    assert kinds(describe(tmp_path / "alone")) == {"flat": "error"}
    with pytest.raises(FolderError, match="do not begin with labels"):
        describe(tmp_path / "alone", "names")


def test_real_classes_whose_names_have_kinds(tmp_path: Path) -> None:
    write(tmp_path / "cars", *(f"{make}_{n}.jpg" for make in ("bmw", "audi") for n in range(5)))
    write(tmp_path / "bikes", *(f"{make}_{n}.jpg" for make in ("honda", "ktm") for n in range(5)))
    assert describe(tmp_path).findings == ()


@pytest.mark.parametrize("inside", [True, False])
def test_a_table_of_labels_is_said_and_can_be_used(tmp_path: Path, inside: bool) -> None:
    write(tmp_path / "train", *(f"a{n}f.jpg" for n in range(6)))
    write(tmp_path / "test", "x1.jpg", "x2.jpg")
    table = (tmp_path / "train" if inside else tmp_path) / "labels.csv"
    rows = [f"a{n}f,{'boxer' if n % 2 else 'pug'}" for n in range(6)]
    table.write_text("\n".join(["id,breed", *rows]) + "\n")
    summary = describe(tmp_path)
    assert kinds(summary) == {"table": "error"}
    assert "labels.csv lists them in its column id" in error(summary)
    assert "it gives 2 labels (boxer and pug) in its column breed" in error(summary)
    chosen = describe(tmp_path, "table")
    assert counts(chosen) == {"boxer": (3, None), "pug": (3, None)}
    assert Path(chosen.train_directory, "pug", "a0f.jpg").exists()


def test_a_table_whose_labels_are_not_clear(tmp_path: Path) -> None:
    write(tmp_path, *(f"{n}f.jpg" for n in range(6)))
    rows = [f"{n}f.jpg,{n % 2},{n % 3}" for n in range(6)]
    (tmp_path / "truth.csv").write_text("\n".join(["image,old,red", *rows]))
    summary = describe(tmp_path)
    assert "which column holds the labels is not clear" in error(summary)
    assert summary.readings == ()
    with pytest.raises(FolderError, match="no table of labels"):
        describe(tmp_path, "table")


def test_labels_of_a_table_never_lead_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, *(f"{n}f.jpg" for n in range(6)))
    rows = [f"{n}f.jpg,{'../../x' if n % 2 else 'b'}" for n in range(6)]
    (tmp_path / "truth.csv").write_text("\n".join(["image,label", *rows]))
    assert describe(tmp_path).readings == ()
    with pytest.raises(FolderError):
        describe(tmp_path, "table")


def test_names_equal_but_for_unicode_form_case_or_spaces(tmp_path: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    classes(tmp_path, composed, apart, "tea", each=6)
    (found,) = [one for one in describe(tmp_path).findings if one.kind == "same_names"]
    assert "differ only in Unicode form" in found.sentence
    assert "(NFC)" in found.sentence and "(NFD)" in found.sentence
    other = tmp_path / "other"
    classes(other, "Cats", "cats", "dogs", "dogs ", each=6)
    told = [one.sentence for one in describe(other).findings if one.kind == "same_names"]
    assert "differ only in case" in told[0] and "differ only in spaces" in told[1]


def test_halves_whose_names_differ_in_unicode_form(tmp_path: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    classes(tmp_path / "train", composed, "tea", each=6)
    classes(tmp_path / "validation", apart, "tea", each=6)
    told = " ".join(one.sentence for one in describe(tmp_path).findings)
    assert "differ only in Unicode form" in told


def test_numbers_that_are_sorted_as_text_are_told_with_their_labels(tmp_path: Path) -> None:
    classes(tmp_path, *(str(number) for number in (1, 2, 10)), each=6)
    (found,) = describe(tmp_path).findings
    assert found.kind == "label_order" and found.severity == "note"
    assert found.names == ("1 → label 0", "10 → label 1", "2 → label 2")
    classes(tmp_path / "digits", *map(str, range(10)), each=6)
    assert describe(tmp_path / "digits").findings == ()


def test_a_table_can_be_taken_where_the_names_say_something_too(tmp_path: Path) -> None:
    write(tmp_path / "train", "cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg")
    write(tmp_path / "val", "cat.7.jpg", "dog.7.jpg")
    rows = ["cat.0.jpg,old", "cat.1.jpg,young", "dog.0.jpg,young", "dog.1.jpg,old"]
    (tmp_path / "labels.csv").write_text("\n".join(["file,class", *rows]))
    summary = describe(tmp_path)
    assert summary.readings[:2] == ("names", "table")
    assert "The table labels.csv gives 2 labels (old and young) in its column class" in error(
        summary
    )
    assert counts(describe(tmp_path, "names")) == {"cat": (2, 1), "dog": (2, 1)}
    by_table = describe(tmp_path, "table")
    assert counts(by_table) == {"old": (2, None), "young": (2, None)}
    assert "Not read: val, 2 images" in by_table.findings[-1].sentence


@pytest.mark.parametrize(("reading", "words"), [("table", "no table"), ("names", "begin")])
def test_what_is_missing_is_named_also_where_there_are_classes(
    tmp_path: Path, reading: Reading, words: str
) -> None:
    classes(tmp_path, "cats", "dogs")
    with pytest.raises(FolderError, match=words):
        describe(tmp_path, reading)


def test_a_pipe_that_is_called_like_a_table_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, *(f"IMG_{number}.jpg" for number in range(4)))
    os.mkfifo(tmp_path / "a.csv")
    assert "table" not in kinds(describe(tmp_path))


def test_no_row_is_lost_of_a_table_as_long_as_the_part_that_is_read_first(tmp_path: Path) -> None:
    rows = "".join(f"{number}.jpg,{number % 2}\n" for number in range(3))
    text = f"file,label\n{'x' * 100_000}\n{'x' * 99_956}\n{rows}3.jpg,1"
    (tmp_path / "a.csv").write_text(text)
    assert len(text) == 200_000
    found = find_label_table(str(tmp_path), ["a.csv"], [f"{n}.jpg" for n in range(4)], whole=True)
    assert found is not None
    assert found.labels == {"0": ("0.jpg", "2.jpg"), "1": ("1.jpg", "3.jpg")}
