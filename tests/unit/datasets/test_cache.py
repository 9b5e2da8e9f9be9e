"""Images decoded once and kept: found again, unless something changes a pixel."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.unit.datasets.caching import decoded, files
from tui.datasets import LoaderSettings
from tui.datasets.cache import array_plans, decoded_images, plan_array
from tui.datasets.cache import decode_folder as decode


def test_the_second_time_nothing_is_decoded(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = decoded(loader)
    assert (first.hit, first.pixels.shape) == (False, (11, 8, 6, 3))

    def never(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(decode, "read_row", never)
    told: list[tuple[int, int]] = []
    found = decoded_images(array_plans(loader), progress=lambda *far: told.append(far))
    assert found is not None
    assert found[0].hit and not told
    assert np.array_equal(found[0].pixels, first.pixels)
    assert found[0].seconds == pytest.approx(first.seconds), "what it has saved"


def test_what_changes_no_pixel_shares_the_array(loader: LoaderSettings) -> None:
    decoded(loader)
    for changes in (
        {"batch_size": 3},
        {"validation_split": 0.5},
        {"seed": None},
        {"class_mode": "categorical"},
        {"rescale_divisor": 1.0},
        {"leave_out": ("cats/image000.png",)},
    ):
        assert decoded(msgspec.structs.replace(loader, **changes)).hit, changes


@pytest.mark.parametrize(
    "changes",
    [
        {"target_size": (6, 8)},
        {"color_mode": "grayscale"},
        {"color_mode": "rgba"},
        {"interpolation": "bilinear"},
    ],
)
def test_what_changes_a_pixel_makes_another_array(
    loader: LoaderSettings, changes: dict[str, object]
) -> None:
    decoded(loader)
    assert not decoded(msgspec.structs.replace(loader, **changes)).hit
    assert len(files()) == 2


def test_another_order_is_another_array_of_the_same_pixels(loader: LoaderSettings) -> None:
    first = decoded(loader)
    other = decoded(msgspec.structs.replace(loader, classes=("dogs", "cats")))
    assert other.hit and np.array_equal(other.pixels, np.roll(first.pixels, 5, axis=0))
    assert len(files()) == 2


def test_a_file_of_another_size_time_or_name_makes_another_array(
    loader: LoaderSettings, pets: Path
) -> None:
    def black(path: Path) -> None:
        Image.new("RGB", (12, 10)).save(path)

    decoded(loader)
    path = pets / "cats" / "image002.png"
    before = path.stat()
    black(path)
    assert path.stat().st_size != before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    smaller = decoded(loader)
    assert not smaller.hit and not smaller.pixels[2].any()

    path = pets / "cats" / "image003.png"
    before = path.stat()
    content = bytearray(path.read_bytes())
    Image.new("RGB", (12, 10), "white").save(path)
    size = len(content) - path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\0" * size)  # behind the end of the PNG
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    newer = decoded(loader)
    assert not newer.hit and (newer.pixels[3] == 255).all()

    path.rename(path.with_name("image009.png"))
    renamed = decoded(loader)
    assert (renamed.pixels[5] == 255).all()


def test_two_folders_that_agree_in_every_name_size_and_time_are_told_apart(
    loader: LoaderSettings, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(loader.directory, other)
    first = other / "cats" / "image000.png"
    Image.new("RGB", (12, 10), "white").save(first)
    real = Path(loader.directory) / "cats" / "image000.png"
    first.write_bytes(first.read_bytes().ljust(real.stat().st_size, b"\0"))
    os.utime(first, ns=(real.stat().st_atime_ns, real.stat().st_mtime_ns))
    plan = plan_array(str(other), loader)
    seen = plan_array(loader.directory, loader).files
    assert [(file.path, file.size, file.changed) for file in plan.files] == [
        (file.path, file.size, file.changed) for file in seen
    ]
    decoded(loader)
    there = decoded(msgspec.structs.replace(loader, directory=str(other)))
    assert not there.hit and (there.pixels[0] == 255).all()


def test_a_validation_folder_has_an_array_of_its_own(loader: LoaderSettings, pets: Path) -> None:
    both = msgspec.structs.replace(
        loader,
        directory=str(pets),
        validation_directory=str(shutil.copytree(pets, pets.parent / "v")),
    )
    told: list[tuple[int, int]] = []
    found = decoded_images(array_plans(both), progress=lambda *far: told.append(far))
    assert found is not None
    assert [array.plan.directory for array in found] == [both.directory, both.validation_directory]
    assert told[-1] == (22, 22)
    assert decoded(loader).hit
