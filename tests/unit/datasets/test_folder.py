from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.datasets.conftest import MakeImages
from tui.datasets import Finding, FolderError, FolderSummary, describe, list_images


def finding(summary: FolderSummary, kind: str) -> Finding:
    """Return the one finding of a kind."""
    (found,) = [item for item in summary.findings if item.kind == kind]
    return found


def counts(summary: FolderSummary) -> dict[str, int]:
    return {item.name: item.images for item in summary.classes}


def test_a_folder_with_one_sub_folder_a_class(pets: Path) -> None:
    summary = describe(pets)
    assert summary.layout == "classes"
    assert counts(summary) == {"cats": 6, "dogs": 5}
    assert summary.images == 11
    assert summary.trainable
    assert summary.findings == ()
    assert summary.train_directory == str(pets)
    assert summary.validation_directory is None


@pytest.mark.parametrize("train", ["train", "training", "Train"])
@pytest.mark.parametrize("validation", ["validation", "val", "valid", "test"])
def test_a_folder_that_is_split_already(
    tmp_path: Path, make_images: MakeImages, train: str, validation: str
) -> None:
    for name, number in (("cats", 3), ("dogs", 2)):
        make_images(tmp_path / "set" / train / name, number)
        make_images(tmp_path / "set" / validation / name, 1)
    summary = describe(tmp_path / "set")
    assert summary.layout == "split"
    assert summary.train_directory.endswith(train)
    assert summary.validation_directory is not None
    assert summary.validation_directory.endswith(validation)
    assert [(c.images, c.validation_images) for c in summary.classes] == [(3, 1), (2, 1)]
    assert (summary.training_images, summary.validation_images, summary.images) == (5, 2, 7)
    told = ["test_validates"] if validation == "test" else []
    assert [item.kind for item in summary.findings] == told


def test_validation_is_preferred_to_test_which_is_named(
    tmp_path: Path, make_images: MakeImages
) -> None:
    for part in ("train", "test", "validation"):
        for name in ("cats", "dogs"):
            make_images(tmp_path / part / name, 2)
    summary = describe(tmp_path)
    assert summary.validation_directory == str(tmp_path / "validation")
    assert finding(summary, "other_folders").names == ("test",)


def test_train_alone_holds_the_classes(tmp_path: Path, make_images: MakeImages) -> None:
    for name in ("cats", "dogs"):
        make_images(tmp_path / "set" / "train" / name, 5)
    summary = describe(tmp_path / "set")
    assert summary.layout == "split"
    assert summary.validation_directory is None
    assert counts(summary) == {"cats": 5, "dogs": 5}


def test_a_class_may_be_called_train(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "vehicles" / "train", 5)
    make_images(tmp_path / "vehicles" / "car", 5)
    assert counts(describe(tmp_path / "vehicles")) == {"car": 5, "train": 5}


def test_hidden_and_system_folders_are_no_classes(pets: Path, make_images: MakeImages) -> None:
    make_images(pets / ".ipynb_checkpoints", 2)
    make_images(pets / "__MACOSX", 2)
    summary = describe(pets)
    assert list(counts(summary)) == ["cats", "dogs"]
    assert finding(summary, "hidden_folders").names == (".ipynb_checkpoints", "__MACOSX")


def test_a_hidden_folder_inside_a_class_is_counted_and_reported(
    pets: Path, make_images: MakeImages
) -> None:
    make_images(pets / "cats" / ".ipynb_checkpoints", 2)
    make_images(pets / "dogs" / "puppies", 3)
    summary = describe(pets)
    assert counts(summary) == {"cats": 8, "dogs": 8}
    assert finding(summary, "hidden_nested").names == ("cats/.ipynb_checkpoints",)
    assert finding(summary, "nested").names == ("dogs/puppies",)


def test_images_beside_the_class_folders_are_reported(pets: Path, make_images: MakeImages) -> None:
    make_images(pets, 3, stem="stray")
    summary = describe(pets)
    assert summary.images == 11
    assert "3 images beside the class folders" in finding(summary, "stray_images").sentence
    assert summary.trainable


def test_files_of_other_kinds_are_counted_by_ending(pets: Path) -> None:
    for name in ("a.webp", "b.WEBP", "c.gif", "notes.txt", ".DS_Store", "README"):
        (pets / "cats" / name).write_bytes(b"x")
    summary = describe(pets)
    assert counts(summary)["cats"] == 6
    pictures = finding(summary, "other_pictures")
    assert "3 pictures" in pictures.sentence
    assert ".webp (2)" in pictures.sentence
    assert "Convert them" in pictures.sentence
    assert set(finding(summary, "skipped_files").names) == {".txt", ".DS_Store", "no ending"}


def test_an_empty_class_is_named_and_does_not_stop_the_others(pets: Path) -> None:
    (pets / "birds").mkdir()
    summary = describe(pets)
    assert finding(summary, "empty_class").names == ("birds",)
    assert summary.trainable


def test_an_empty_folder_says_what_to_make(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    summary = describe(tmp_path / "nothing")
    assert not summary.trainable
    assert "one sub-folder for each class" in finding(summary, "no_images").sentence


def test_class_folders_without_any_image(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.webp").write_bytes(b"x")
    summary = describe(tmp_path)
    assert not summary.trainable
    assert "png, jpg" in finding(summary, "no_images").sentence


def test_a_single_class_cannot_be_trained_on(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "cats", 5)
    summary = describe(tmp_path)
    assert not summary.trainable
    assert "Add a second" in finding(summary, "single_class").sentence


def test_images_without_class_folders(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "only" / "photos", 4)
    summary = describe(tmp_path / "only" / "photos")
    assert not summary.trainable
    assert "one sub-folder for each class" in finding(summary, "flat").sentence


def test_choosing_a_class_folder_points_to_the_one_above(pets: Path) -> None:
    summary = describe(pets / "cats")
    found = finding(summary, "class_folder")
    assert found.severity == "error"
    assert found.suggestion == str(pets)
    assert "dogs" in found.sentence


def test_a_flat_split_does_not_point_back_to_itself(
    tmp_path: Path, make_images: MakeImages
) -> None:
    make_images(tmp_path / "train", 3)
    make_images(tmp_path / "validation", 3)
    summary = describe(tmp_path)
    assert not summary.trainable
    assert finding(summary, "bare_parts").suggestion is None


def test_a_folder_in_a_folder_points_inside(tmp_path: Path, make_images: MakeImages) -> None:
    inner = tmp_path / "unpacked" / "archive" / "archive"
    for name in ("cats", "dogs"):
        make_images(inner / name, 2)
    assert finding(describe(tmp_path / "unpacked"), "look_inside").suggestion == str(inner)


def test_choosing_train_points_to_the_pair(tmp_path: Path, make_images: MakeImages) -> None:
    for part in ("train", "validation"):
        for name in ("cats", "dogs"):
            make_images(tmp_path / "set" / part / name, 5)
    summary = describe(tmp_path / "set" / "train")
    assert summary.trainable
    assert finding(summary, "split_above").suggestion == str(tmp_path / "set")


def test_classes_that_differ_between_training_and_validation(
    tmp_path: Path, make_images: MakeImages
) -> None:
    for name in ("train/cats", "train/dogs", "validation/cats", "validation/birds"):
        make_images(tmp_path / name, 2)
    summary = describe(tmp_path)
    assert finding(summary, "validation_missing").names == ("dogs",)
    assert finding(summary, "validation_extra").names == ("birds",)


def test_a_validation_folder_without_images(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "train" / "cats", 2)
    make_images(tmp_path / "train" / "dogs", 2)
    (tmp_path / "val").mkdir()
    summary = describe(tmp_path)
    assert summary.validation_images == 0
    assert "validation split" in finding(summary, "validation_empty").sentence


def test_too_few_images_for_the_split_are_reported(pets: Path, make_images: MakeImages) -> None:
    make_images(pets / "birds", 4)  # a fifth of 4 is less than one
    assert finding(describe(pets), "few_images").names == ("birds",)


def test_names_are_never_shown_raw(tmp_path: Path, make_images: MakeImages) -> None:
    top = tmp_path / "odd\x1b]0;title\x07"
    for name in ("a\x1b[2Jb", "c\nd", "[bold]", "\u202egnp"):
        make_images(top / name, 5)
        (top / name / "x.\x1b[31m").write_bytes(b"x")
        make_images(top / name / ".h\x1b[1m")
    make_images(top, 1, stem="s\x1bstray")
    make_images(top / ".hid\nden")
    summary = describe(top)
    assert summary.images == 24
    shown = [finding.sentence for finding in summary.findings]
    shown += [name for finding in summary.findings for name in finding.names]
    assert shown
    for text in shown:
        assert text.isprintable(), repr(text)
    assert len(finding(summary, "control_characters").names) == 3


def test_a_class_name_that_is_not_utf8_says_to_rename_it(
    tmp_path: Path, make_images: MakeImages
) -> None:
    make_images(tmp_path / "cats", 2)
    raw = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(raw)
    shutil.copy(os.fsencode(tmp_path / "cats" / "image000.png"), raw + b"/\xff.png")
    summary = describe(tmp_path)
    assert summary.images == 3
    assert not summary.trainable
    assert "Rename the folder" in finding(summary, "undecodable_class").sentence


def test_links_in_circles_do_not_hang(pets: Path, make_images: MakeImages) -> None:
    (pets / "loop").symlink_to(pets)
    (pets / "self").symlink_to(pets / "self")
    (pets / "cats" / "up").symlink_to(pets)
    summary = describe(pets)
    assert counts(summary) == {"cats": 6, "dogs": 5}
    assert finding(summary, "link_loop").names == ("loop",)
    assert finding(summary, "links_not_followed").names == ("cats/up",)


def test_a_class_folder_may_be_a_link(pets: Path, tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "elsewhere", 7)
    (pets / "birds").symlink_to(tmp_path / "elsewhere")
    assert counts(describe(pets))["birds"] == 7


def test_a_class_folder_that_cannot_be_listed(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def closed(path: str) -> Any:
        if str(path).endswith("dogs"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    summary = describe(pets)
    assert finding(summary, "unreadable").names == ("dogs",)
    assert not summary.trainable
    assert not [item for item in summary.findings if item.kind == "empty_class"]


def test_a_folder_that_cannot_be_listed_raises(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: str) -> Iterator[object]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(FolderError, match=r"cannot be listed \(Permission denied\)"):
        describe(pets)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "No folder was named"),
        ("   ", "No folder was named"),
        ("missing/deeper", "There is no folder"),
        ("a\0b", "is not a path"),
        ("file.txt", "is a file"),
        ("pets.zip", "unpack it"),
        ("x" * 5000, "cannot be opened"),
        ("esc\x1b[2J", "esc␛[2J"),
    ],
)
def test_a_path_that_is_no_folder_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, says: str
) -> None:
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "pets.zip").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FolderError) as caught:
        describe(given)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_tilde_is_the_home_folder(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(pets.parent))
    assert describe("~/pets").path == str(pets)


def test_counts_agree_with_the_list_that_keras_reads(pets: Path, make_images: MakeImages) -> None:
    make_images(pets / "cats" / "sub" / "deeper", 3)
    (pets / "dogs" / "broken.png").symlink_to("nowhere")
    (pets / "dogs" / "nodotpng").write_bytes(b"x")
    summary = describe(pets)
    for item in summary.classes:
        assert len(list_images(pets, [item.name])) == item.images
    assert counts(summary) == {"cats": 9, "dogs": 7}


def test_many_files_are_quick(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(1000):
            os.close(os.open(tmp_path / name / f"{number}.jpg", os.O_CREAT))
    started = time.perf_counter()
    summary = describe(tmp_path)
    assert summary.images == 2000
    assert time.perf_counter() - started < 1  # a few milliseconds, on a quiet machine


def test_a_very_deep_folder_does_not_break(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "a", 2)
    make_images(tmp_path / "b", 2)
    deep = tmp_path / "a" / "/".join(["d"] * 400)
    deep.mkdir(parents=True)
    assert describe(tmp_path).images == 4
