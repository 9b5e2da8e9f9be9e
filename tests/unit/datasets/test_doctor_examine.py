"""Looking at every file: once, on all cores, and only so far as nobody stops it."""

from __future__ import annotations

import os
import random
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.unit.datasets.worst import picture
from tui.datasets import FolderSummary, LoaderSettings, describe, suggest_settings
from tui.datasets.doctor import (
    Examination,
    ExaminationCancelled,
    ExaminationProgress,
    diagnose,
    examine,
)
from tui.datasets.doctor.similar_images import MOST_BITS_APART, group_similar

Set = tuple[FolderSummary, LoaderSettings]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder with 6 cats and 5 dogs, all different."""
    for label, start, number in (("cats", 0, 6), ("dogs", 50, 5)):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for index in range(number):
            picture(start + index).save(tmp_path / "photos" / label / f"{index}.png")
    return tmp_path / "photos"


def chosen(folder: Path) -> Set:
    summary = describe(folder)
    return summary, suggest_settings(summary)


def look(folder: Path) -> Examination:
    return examine(*chosen(folder))


def paths(examination: Examination, indices: tuple[int, ...]) -> set[str]:
    return {examination.files[index].path for index in indices}


def test_a_good_folder_has_nothing_wrong(photos: Path) -> None:
    examination = look(photos)
    assert diagnose(examination, chosen(photos)[1]) == ()
    assert len(examination.files) == examination.read == 11


def test_a_second_look_opens_nothing(photos: Path) -> None:
    first, second = look(photos), look(photos)
    assert (first.read, second.read) == (11, 0)
    assert first.files == second.files


def test_only_a_file_that_was_changed_is_opened_again(photos: Path) -> None:
    look(photos)
    changed = photos / "cats" / "3.png"
    changed.write_bytes(b"\x89PNG\r\n\x1a\n no more")
    examination = look(photos)
    assert examination.read == 1
    assert [file.path for file in examination.files if not file.facts.readable] == ["cats/3.png"]


def test_files_of_one_size_and_time_that_swap_names_are_opened_again(photos: Path) -> None:
    one, two, aside = (photos / "cats" / name for name in ("1.png", "4.png", "x"))
    size = max(one.stat().st_size, two.stat().st_size)
    for path in (one, two):
        path.write_bytes(path.read_bytes().ljust(size, b"\0"))
        os.utime(path, ns=(10**18, 10**18))
    before = {file.path: file.facts.look for file in look(photos).files}
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    after = {file.path: file.facts.look for file in look(photos).files}
    assert after["cats/1.png"] == before["cats/4.png"] != before["cats/1.png"]
    assert after["cats/4.png"] == before["cats/1.png"]


def test_a_change_of_the_time_alone_is_a_change(photos: Path) -> None:
    look(photos)
    os.utime(photos / "dogs" / "2.png", ns=(1, 1))
    assert look(photos).read == 1


def test_a_new_copy_is_found_though_the_other_file_was_known(photos: Path) -> None:
    (photos / "cats" / "9.png").write_bytes((photos / "cats" / "0.png").read_bytes() + b"\0")
    look(photos)
    shutil.copy(photos / "cats" / "9.png", photos / "dogs" / "9.png")
    examination = look(photos)
    (group,) = examination.copies
    assert paths(examination, group) == {"cats/9.png", "dogs/9.png"}
    assert examination.read == 2  # the new one, and the old one's bytes for the first time


def test_files_of_the_same_size_and_other_bytes_are_no_copies(tmp_path: Path) -> None:
    for label, value in (("cats", 10), ("dogs", 90)):
        (tmp_path / "set" / label).mkdir(parents=True)
        for index in range(3):
            Image.new("L", (8, 8), value + index).save(tmp_path / "set" / label / f"{index}.bmp")
    assert look(tmp_path / "set").copies == ()


def test_facts_are_kept_for_their_owner_alone_and_a_torn_file_is_not_believed(
    photos: Path, tmp_path: Path
) -> None:
    look(photos)
    (file,) = (tmp_path / "home" / "cache" / "doctor").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(file.read_bytes()[:-20])
    assert look(photos).read == 11
    assert look(photos).read == 0


def test_other_limits_of_pillow_are_judged_anew(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(photos)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert {file.facts.fault for file in look(photos).files} == {"bomb"}


def test_it_looks_without_a_place_to_keep_anything(
    photos: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "a-file"))
    assert look(photos).read == look(photos).read == 11


def test_another_class_added_keeps_what_is_known_of_the_others(photos: Path) -> None:
    summary, settings = chosen(photos)
    cats = msgspec.structs.replace(settings, classes=("cats",))
    dogs = msgspec.structs.replace(settings, classes=("dogs",))
    assert examine(summary, cats).read == 6
    assert examine(summary, dogs).read == 5
    assert examine(summary, settings).read == 0


def test_progress_counts_from_the_calling_thread(photos: Path) -> None:
    told: list[tuple[ExaminationProgress, int]] = []
    examine(*chosen(photos), progress=lambda one: told.append((one, threading.get_ident())))
    assert told[0][0] == ExaminationProgress(0, 11, 0)
    assert told[-1][0] == ExaminationProgress(11, 11, 11)
    assert {thread for _, thread in told} == {threading.get_ident()}
    told.clear()
    examine(*chosen(photos), progress=lambda one: told.append((one, 0)))
    assert [one for one, _ in told] == [ExaminationProgress(11, 11, 0)] * 2


def after(calls: int) -> Callable[[], bool]:
    """Return what says stop from so many questions on."""
    left = iter(range(calls))
    return lambda: next(left, None) is None


def test_cancelling_ends_it_and_keeps_what_was_read(photos: Path) -> None:
    with pytest.raises(ExaminationCancelled):
        examine(*chosen(photos), cancelled=after(4))
    examination = look(photos)
    assert examination.read == 11 - 5
    assert len(examination.files) == 11


def test_any_number_of_workers_finds_the_same(photos: Path, tmp_path: Path) -> None:
    (photos / "cats" / "bad.png").write_bytes(b"x")
    one = examine(*chosen(photos), workers=1)
    shutil.rmtree(tmp_path / "home")
    many = examine(*chosen(photos), workers=9)
    assert (one.files, one.copies, one.similar) == (many.files, many.copies, many.similar)


def test_twenty_thousand_files(tmp_path: Path) -> None:
    """A folder as large as the course's own set; each file is a name for one of three."""
    for label, colour in (("cats", 30), ("dogs", 60)):
        folder = tmp_path / "large" / label
        folder.mkdir(parents=True)
        Image.new("L", (4, 4), colour).save(folder / "00000.png")
        for number in range(1, 9_999):
            os.link(folder / "00000.png", folder / f"{number:05d}.png")
        (folder / "zzz.png").touch()
    told: list[ExaminationProgress] = []
    examination = examine(*chosen(tmp_path / "large"), progress=told.append)
    assert told[-1] == ExaminationProgress(20_000, 20_000, 20_000)
    assert sum(len(group) for group in examination.copies) == 19_998
    found = {one.kind: one.count for one in diagnose(examination, chosen(tmp_path / "large")[1])}
    assert found == {"copies_split": 19_998, "empty": 2}
    assert look(tmp_path / "large").read == 0


@pytest.mark.parametrize("change", ["half", "saved again", "brighter"])
def test_a_changed_copy_looks_alike(photos: Path, change: str) -> None:
    with Image.open(photos / "cats" / "0.png") as image:
        changed = image.convert("RGB")
    if change == "half":
        changed = changed.resize((32, 32))
    if change == "brighter":
        changed = changed.point(lambda value: min(255, int(1.1 * value)))
    changed.save(photos / "dogs" / "again.jpg", quality=40)
    examination = look(photos)
    (group,) = examination.similar
    assert paths(examination, group) == {"cats/0.png", "dogs/again.jpg"}
    assert examination.copies == ()


def test_even_and_tiny_pictures_are_not_called_alike(tmp_path: Path) -> None:
    for label in ("cats", "dogs"):
        (tmp_path / "set" / label).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (64, 64), (number, 9, 90)).save(
                tmp_path / "set" / label / f"even{number}{label}.png"
            )
            small = picture(1, (8, 8))
            small.putpixel((number, 0), (7, 7, 7))
            small.save(tmp_path / "set" / label / f"small{number}{label}.png")
    assert look(tmp_path / "set").similar == ()


@pytest.mark.parametrize("seed", range(6))
def test_bands_find_the_very_groups_that_comparing_all_with_all_finds(seed: int) -> None:
    chance = random.Random(seed)
    looks = [chance.randbytes(16) for _ in range(60)]
    for _ in range(60):
        bits = int.from_bytes(chance.choice(looks), "big")
        for place in chance.sample(range(128), chance.randrange(MOST_BITS_APART + 4)):
            bits ^= 1 << place
        looks.append(bits.to_bytes(16, "big"))
    looks += [b"", b"", looks[0]]
    places = np.array([place for place, look in enumerate(looks) if look])
    words = np.frombuffer(b"".join(looks), dtype=np.uint64).reshape(-1, 2)
    assert group_similar(words, places) == slow_groups(looks)


def slow_groups(looks: list[bytes]) -> list[tuple[int, ...]]:
    """Group by comparing all with all."""
    group = list(range(len(looks)))
    for first, one in enumerate(looks):
        for second, other in enumerate(looks[:first]):
            apart = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
            if one and other and apart.bit_count() <= MOST_BITS_APART:
                old, new = group[first], group[second]
                group = [new if number == old else number for number in group]
    members: dict[int, list[int]] = {}
    for position, number in enumerate(group):
        members.setdefault(number, []).append(position)
    return sorted(tuple(found) for found in members.values() if len(found) > 1)
