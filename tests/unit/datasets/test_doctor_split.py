"""Leaving files out, and a split by a seed: nothing of the user's is touched."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from tests.unit.datasets.worst import picture
from tui.common.paths import StateError
from tui.datasets import LoaderSettings, check_images, describe, list_images, suggest_settings
from tui.datasets.doctor import Examination, apply_remedy, diagnose, examine, seeded_split

Looked = tuple[Examination, LoaderSettings]


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Return 20 cats and 10 dogs, two cats the same, two dogs alike, one in a sub-folder."""
    folder = tmp_path / "my pets"
    for label, start, number in (("cats", 0, 19), ("dogs", 50, 9)):
        (folder / label / "more").mkdir(parents=True)
        for index in range(number):
            inner = "more" if index == 3 else ""
            picture(start + index).save(folder / label / inner / f"{index:02d}.png")
    shutil.copy(folder / "cats" / "00.png", folder / "cats" / "zz.png")
    with Image.open(folder / "dogs" / "08.png") as image:
        image.resize((96, 80)).save(folder / "dogs" / "zz.jpg")
    return folder


def look(folder: Path) -> Looked:
    summary = describe(folder)
    settings = suggest_settings(summary)
    return examine(summary, settings), settings


def sides(settings: LoaderSettings) -> tuple[list[str], list[str]]:
    assert settings.validation_directory is not None
    return (
        list_images(settings.directory, settings.classes),
        list_images(settings.validation_directory, settings.classes),
    )


def test_each_class_gives_its_share_and_every_file_stands_on_one_side(pets: Path) -> None:
    examination, settings = look(pets)
    train, validation = sides(seeded_split(examination, settings))
    assert sorted(train + validation) == sorted(list_images(pets, ("cats", "dogs")))
    assert Counter(path.split("/")[0] for path in validation) == {"cats": 4, "dogs": 2}
    assert set(validation) != {path for path in validation if path < "cats/04"}


def test_what_is_the_same_or_looks_alike_stays_together(pets: Path) -> None:
    examination, settings = look(pets)
    for seed in range(30):
        changed = msgspec.structs.replace(settings, seed=seed)
        for side in sides(seeded_split(examination, changed)):
            assert len({"cats/00.png", "cats/zz.png"} & set(side)) in {0, 2}
            assert len({"dogs/08.png", "dogs/zz.jpg"} & set(side)) in {0, 2}


def test_a_seed_gives_its_own_split_each_time(pets: Path, tmp_path: Path) -> None:
    examination, settings = look(pets)
    one = seeded_split(examination, settings)
    assert seeded_split(examination, settings) == one
    first = sides(one)
    shutil.rmtree(Path(one.directory).parent)
    assert sides(seeded_split(examination, settings)) == first
    other = seeded_split(examination, msgspec.structs.replace(settings, seed=7))
    assert sides(other) != first
    assert len(list((tmp_path / "home" / "state" / "splits").iterdir())) == 2


def test_the_links_read_as_the_files_and_the_folder_is_unchanged(pets: Path) -> None:
    before = {path: path.lstat().st_mtime_ns for path in pets.rglob("*")}
    examination, settings = look(pets)
    after = seeded_split(examination, settings)
    train, _ = sides(after)
    for path in train:
        link = Path(after.directory, path)
        assert link.is_symlink() and link.samefile(pets / path)
    assert check_images(after).bad == ()
    assert {path: path.lstat().st_mtime_ns for path in pets.rglob("*")} == before
    manifest = json.loads((Path(after.directory).parent / "split.json").read_text())
    assert manifest["seed"] == 42 and manifest["train"] == sorted(train)


def test_what_is_left_out_is_not_linked(pets: Path) -> None:
    examination, settings = look(pets)
    changed = msgspec.structs.replace(settings, leave_out=("cats/05.png",))
    after = seeded_split(examination, changed)
    assert after.leave_out == ()
    assert "cats/05.png" not in {*sides(after)[0], *sides(after)[1]}


def test_the_split_cures_what_it_is_offered_for(pets: Path) -> None:
    for number in range(4):  # the first fifth of the cats
        picture(900 + number, most=40).save(pets / "cats" / f"{number:02d}.png")
    for number in range(10, 19):
        picture(920 + number).save(pets / "cats" / f"{number}b.png")
    picture(904, most=40).save(pets / "cats" / "04.png")
    examination, settings = look(pets)
    found = {one.kind: one for one in diagnose(examination, settings)}
    after = apply_remedy(found["order_bias"], examination, settings)
    summary = describe(Path(after.directory).parent)
    assert summary.validation_directory == after.validation_directory
    again = {one.kind for one in diagnose(examine(summary, after), after)}
    assert not {"order_bias", "copies_split", "alike_split"} & again


def test_a_drive_without_links_is_reported_and_nothing_half_stays(
    pets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    examination, settings = look(pets)
    real, made = os.symlink, []

    def no(source: str, target: str) -> None:
        made.append(target)
        if len(made) > 5:
            raise PermissionError(1, "Operation not permitted", source)
        real(source, target)

    monkeypatch.setattr(os, "symlink", no)
    with pytest.raises(StateError, match="Operation not permitted"):
        seeded_split(examination, settings)
    assert list((tmp_path / "home" / "state" / "splits").iterdir()) == []


def test_a_finding_without_a_remedy_cannot_be_treated(pets: Path) -> None:
    (pets / "cats" / "empty.png").touch()
    examination, settings = look(pets)
    (found,) = [one for one in diagnose(examination, settings) if one.kind == "empty"]
    with pytest.raises(ValueError, match="no remedy for empty"):
        apply_remedy(found, examination, settings)


def test_a_file_that_is_left_out_is_not_opened_and_named_with_its_reason(pets: Path) -> None:
    (pets / "cats" / "05.png").write_bytes(b"x")
    settings = msgspec.structs.replace(
        suggest_settings(describe(pets)), leave_out=("cats/05.png", "dogs/more/03.png")
    )
    report = check_images(settings)
    assert {image.path: image.reason for image in report.bad} == {
        "cats/05.png": "left out by the settings",
        "dogs/more/03.png": "left out by the settings",
    }


def test_a_file_of_either_folder_is_left_out_by_its_path(pets: Path, tmp_path: Path) -> None:
    shutil.copytree(pets, tmp_path / "held out")
    settings = msgspec.structs.replace(
        suggest_settings(describe(pets)),
        validation_directory=str(tmp_path / "held out"),
        leave_out=("../held out/cats/05.png", "cats/06.png"),
    )
    assert [(image.directory, image.path) for image in check_images(settings).bad] == [
        (str(pets), "cats/06.png"),
        (str(tmp_path / "held out"), "cats/05.png"),
    ]
