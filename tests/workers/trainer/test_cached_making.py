"""How cached batches are made: from memory that nobody holds, without a file, without SciPy."""

from __future__ import annotations

from pathlib import Path

import pytest
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from keras.src.utils import image_utils

from tests.workers.trainer.batches import AUGMENTED, decoded, flow, same
from tui.trainer.data.cached_iterator import BufferPool, CachedIterator, only_rescales


def test_a_batch_that_is_kept_stays_as_it_is(zoo: Path) -> None:
    plain, other = (flow(zoo, ImageDataGenerator(rescale=1 / 255)) for _ in "ab")
    ours = CachedIterator(other, decoded(zoo))
    batches = [*range(len(ours))] * 9
    kept, parts = [ours[k] for k in batches], [ours[k][0][0] for k in batches]
    expected = [plain[k] for k in batches]
    assert all(same(one, other) for one, other in zip(expected, kept, strict=True))
    assert all(same(one[0][0], other) for one, other in zip(expected, parts, strict=True))


def test_no_file_is_opened(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = CachedIterator(flow(zoo, ImageDataGenerator(**AUGMENTED)), decoded(zoo))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(image_utils, "load_img", never)
    for position in range(len(ours)):
        ours[position]


def test_the_transformation_is_not_left_to_scipy(
    zoo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scipy.ndimage import _interpolation

    def never(*_: object, **__: object) -> None:
        raise AssertionError("SciPy transformed")

    ours = CachedIterator(flow(zoo, ImageDataGenerator(**AUGMENTED)), decoded(zoo))
    monkeypatch.setattr(_interpolation, "affine_transform", never)
    ours[0]


def test_only_a_bare_generator_only_rescales() -> None:
    assert only_rescales(ImageDataGenerator())
    assert only_rescales(ImageDataGenerator(rescale=0.5, fill_mode="wrap"))
    for name, value in {
        **AUGMENTED,
        "vertical_flip": True,
        "channel_shift_range": 1,
        "brightness_range": (1, 1),
        "samplewise_center": True,
        "preprocessing_function": abs,
    }.items():
        assert not only_rescales(ImageDataGenerator(**{name: value})), name


def test_memory_is_used_again_only_when_nobody_holds_it() -> None:
    buffers = BufferPool()
    first = buffers.array((5, 7), "float32")
    assert first.ctypes.data % 64 == 0 and first.flags.writeable
    place, corner = first.ctypes.data, first[2:, 3:].T
    del first
    second = buffers.array((5, 7), "float32")
    assert second.ctypes.data != place, "a view of a view still looks at it"
    del corner
    third = buffers.array((2, 3), "float64")
    assert third.ctypes.data == place
    many = [buffers.array((4,), "uint8") for _ in range(50)]
    assert len({array.ctypes.data for array in many}) == 50
