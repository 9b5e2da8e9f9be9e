"""JPEGs decoded in less time: the same pixels as Pillow's, or left to Pillow."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tui.datasets import LoaderSettings
from tui.datasets.cache import array_rows
from tui.datasets.cache.array_plan import ArrayPlan, array_plans
from tui.datasets.images.fast_jpeg import decode_rgb, matches_pillow, resize_nearest


def picture(width: int, height: int, seed: int, mode: str = "RGB") -> Image.Image:
    """Return a picture of smooth shapes with some noise, as photographs have them."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (4, 5, 3), np.uint8)).resize((width, height))
    noise = rng.integers(-20, 21, (height, width, 3))
    values = np.clip(np.asarray(coarse, np.int16) + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def written(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def pillows(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def test_it_is_used_on_this_machine() -> None:
    assert matches_pillow()


@settings(max_examples=150, deadline=None)
@given(
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    seed=st.integers(0, 9),
    quality=st.integers(1, 100),
    subsampling=st.sampled_from(["4:4:4", "4:2:2", "4:2:0"]),
    progressive=st.booleans(),
    optimize=st.booleans(),
    restart=st.integers(0, 3),
)
def test_the_pixels_are_pillows(
    size: tuple[int, int],
    seed: int,
    quality: int,
    subsampling: str,
    progressive: bool,
    optimize: bool,
    restart: int,
) -> None:
    content = written(
        picture(*size, seed),
        quality=quality,
        subsampling=subsampling,
        progressive=progressive,
        optimize=optimize,
        restart_marker_rows=restart,
    )
    ours = decode_rgb(content)
    assert ours is not None
    assert np.array_equal(ours, pillows(content))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colours_are_left_to_pillow(mode: str) -> None:
    assert decode_rgb(written(picture(20, 10, 1, mode))) is None


def test_what_is_no_jpeg_is_left_to_pillow() -> None:
    file = io.BytesIO()
    picture(20, 10, 1).save(file, "PNG")
    for content in (file.getvalue(), b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0 no more than that"):
        assert decode_rgb(content) is None


def test_a_file_larger_than_pillows_limit_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(picture(40, 40, 1))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1500)
    assert decode_rgb(content) is None


@settings(max_examples=300, deadline=None)
@given(
    old=st.tuples(st.integers(1, 700), st.integers(1, 700)),
    new=st.tuples(st.integers(1, 400), st.integers(1, 400)),
)
def test_nearest_is_pillows_nearest(old: tuple[int, int], new: tuple[int, int]) -> None:
    values = np.random.default_rng(1).integers(0, 256, (old[1], old[0], 3), np.uint8)
    theirs = Image.fromarray(values).resize(new, Image.Resampling.NEAREST)
    assert np.array_equal(resize_nearest(values, new[1], new[0]), np.asarray(theirs))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return two classes of photographs, whole and damaged in many ways."""
    rng = np.random.default_rng(5)
    for name in ("cats", "dogs"):
        (tmp_path / "set" / name).mkdir(parents=True)
    for number in range(60):
        content = bytearray(
            written(
                picture(31 + number, 47, number),
                quality=60,
                subsampling=number % 3,
                progressive=number % 2 == 0,
            )
        )
        if number >= 10:
            cut = int(rng.integers(4, len(content)))
            if number < 30:
                del content[cut:]
            else:
                for _ in range(number % 4 + 1):
                    content[int(rng.integers(4, len(content)))] ^= int(rng.integers(1, 256))
        (tmp_path / "set" / ("cats", "dogs")[number % 2] / f"{number:02}.jpg").write_bytes(content)
    return tmp_path / "set"


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "hamming"])
def test_a_damaged_file_is_judged_by_pillow(
    folder: Path, interpolation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = LoaderSettings(
        directory=str(folder),
        classes=("cats", "dogs"),
        target_size=(24, 29),
        interpolation=interpolation,
    )
    (plan,) = array_plans(loader)
    ours = [array_rows.read_row(plan, file) for file in plan.files]
    assert len(ours) == 60 and any(row.bad for row in ours)

    def slowly(content: bytes, plan: ArrayPlan) -> bytes:
        return b""

    monkeypatch.setattr(array_rows, "_fast_pixels", slowly)
    assert ours == [array_rows.read_row(plan, file) for file in plan.files]
