"""Images decoded once and kept: how much there may be of it, and a disk without room."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections import namedtuple
from pathlib import Path

import msgspec
import pytest

from tests.unit.datasets.caching import ROW, decoded, files
from tui.common.text import size_text
from tui.datasets import LoaderSettings
from tui.datasets.cache import (
    BUDGET_VARIABLE,
    NoRoomError,
    array_plans,
    cache_budget,
    cached_arrays,
    decoded_images,
    plan_array,
)
from tui.datasets.cache.cache_quota import arrays_folder, left_free


def gigabytes(images: float) -> str:
    return repr(images * 11 * ROW / 1e9)


def sizes(loader: LoaderSettings, *sides: int) -> list[LoaderSettings]:
    """Return loaders of arrays that are equally large."""
    return [
        msgspec.structs.replace(loader, target_size=(8, 6), interpolation=name)
        for name in ("nearest", "bilinear", "bicubic", "box")[: len(sides)]
    ]


def test_what_was_used_longest_ago_makes_room(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = sizes(loader, 1, 2, 3)
    for number, each in enumerate((first, second)):
        decoded(each)
        path = arrays_folder() / (plan_array(each.directory, each).key + ".images")
        os.utime(path, (time.time() - 1000 + number,) * 2)
    assert decoded(first).hit, "used now"
    monkeypatch.setenv(BUDGET_VARIABLE, repr(2.5 * cached_arrays()[0].bytes / 1e9))
    assert not decoded(third).hit
    assert decoded(first).hit and decoded(third).hit
    assert not decoded(second).hit


def test_what_can_never_fit_takes_nothing_away(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded(loader)
    monkeypatch.setenv(BUDGET_VARIABLE, gigabytes(3))
    large = msgspec.structs.replace(loader, target_size=(200, 200))
    with pytest.raises(NoRoomError) as caught:
        decoded(large)
    sentence = str(caught.value)
    assert f"take {size_text(11 * 200 * 200 * 3)}" in sentence
    assert f"may hold {size_text(3 * 11 * ROW)}" in sentence
    assert f"Set {BUDGET_VARIABLE} to more gigabytes, or choose a smaller target size" in sentence
    assert decoded(loader).hit


def test_the_arrays_of_one_training_do_not_push_each_other_out(
    loader: LoaderSettings, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded(loader)
    second = str(shutil.copytree(pets, pets.parent / "v"))
    monkeypatch.setenv(BUDGET_VARIABLE, repr(1.5 * cached_arrays()[0].bytes / 1e9))
    with pytest.raises(NoRoomError, match=r"of which .* are in use"):
        decoded_images(array_plans(msgspec.structs.replace(loader, validation_directory=second)))
    assert decoded(loader).hit


@pytest.mark.parametrize("text", ["lots", "-1", "nan", "inf", "\x1b[2J"])
def test_a_budget_that_is_none_is_named(
    text: str, loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BUDGET_VARIABLE, text)
    with pytest.raises(
        NoRoomError, match=r"which is not a size\. Set it to a number of gigabytes"
    ) as caught:
        decoded(loader)
    assert str(caught.value).isprintable()


def test_nothing_is_kept_with_a_budget_of_nothing(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache_budget() == 20 * 10**9
    monkeypatch.setenv(BUDGET_VARIABLE, "0")
    with pytest.raises(NoRoomError, match="is 0, so no decoded images are kept"):
        decoded(loader)


NEED = 11 * ROW
"""Bytes of the small arrays here; in each test the disk also has to leave some free."""


@pytest.mark.parametrize(
    ("disk", "free", "room", "left"),
    [
        (10**12, NEED, "0 bytes", size_text(NEED)),
        (10**12, 2 * NEED - 1, size_text(NEED - 1), size_text(NEED)),
        (NEED, NEED, size_text(NEED - NEED // 10), size_text(NEED // 10)),
    ],
    ids=["nothing to spare", "a byte too little", "a tiny disk"],
)
def test_a_disk_without_room_is_reported_before_anything_is_written(
    loader: LoaderSettings,
    monkeypatch: pytest.MonkeyPatch,
    disk: int,
    free: int,
    room: str,
    left: str,
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(disk, disk - free, free))
    with pytest.raises(NoRoomError) as caught:
        decoded(loader)
    assert f"take {size_text(NEED)}, and the disk of" in str(caught.value)
    assert f"has room for {room}, with {left} kept free. Free some" in str(caught.value)
    assert files() == []


@pytest.mark.parametrize(
    ("disk", "free"),
    [(10**12, 2 * NEED), (20 * NEED, 3 * NEED), (10**8, 10**7)],
    ids=["a large disk that is nearly full", "a tiny disk", "a small disk"],
)
def test_a_small_disk_keeps_what_fits_and_a_share_of_it_free(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch, disk: int, free: int
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(disk, disk - free, free))
    assert not decoded(loader).hit
    assert decoded(loader).hit


def test_a_large_set_leaves_500_megabytes_of_a_large_disk() -> None:
    assert left_free(10**12, 4 * 10**9) == 5 * 10**8


def test_a_disk_that_fills_up_meanwhile_is_reported_and_left_clean(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = os.pwrite, []

    def full(file: int, content: bytes, offset: int) -> int:
        written.append(offset)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, content, offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoRoomError, match=r"could not be kept \(No space left on device\)"):
        decoded(loader)
    assert files() == []


def test_a_home_that_cannot_be_used_is_reported(
    loader: LoaderSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "a file"))
    with pytest.raises(NoRoomError, match="Cannot make the folder"):
        decoded(loader)
