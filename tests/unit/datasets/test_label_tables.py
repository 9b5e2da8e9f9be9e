"""Labels that stand in the names of files, or in a table beside them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.datasets.written_folders import classes, counts, error, kinds, write
from tui.datasets import FolderError, describe, list_images
from tui.datasets.folder.folder_summary import Reading
from tui.datasets.folder.linked_folders import view_source
from tui.datasets.layouts.label_tables import find_label_table

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


def test_names_without_a_beginning_are_left_and_reported(tmp_path: Path) -> None:
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
