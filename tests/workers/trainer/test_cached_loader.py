"""The cached loader against `flow_from_directory`: the same batches to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from tests.workers.trainer.batches import AUGMENTED, assert_same, compare, decoded, flow, same
from tui.trainer.data.cached_iterator import CachedIterator


@pytest.mark.parametrize("class_mode", ["sparse", "categorical", "input", None])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("rescale", [1 / 255, None])
def test_every_class_mode_and_order(
    zoo: Path, class_mode: str | None, shuffle: bool, rescale: float | None
) -> None:
    compare(zoo, {"rescale": rescale}, {"class_mode": class_mode, "shuffle": shuffle})


def test_binary_labels(zoo: Path) -> None:
    arguments = {"classes": ["cats", "bees"], "class_mode": "binary"}
    plain, other = (flow(zoo, ImageDataGenerator(rescale=1 / 255), **arguments) for _ in "ab")
    array = decoded(zoo, classes=("cats", "bees"), class_mode="binary")
    assert_same(plain, CachedIterator(other, array))


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize(
    "interpolation", ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]
)
def test_every_colour_mode_and_interpolation(
    zoo: Path, color_mode: str, interpolation: str
) -> None:
    flowing = {"color_mode": color_mode, "interpolation": interpolation}
    compare(zoo, {"rescale": 1 / 255}, flowing)


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize("fill_mode", ["nearest", "constant", "reflect", "wrap"])
def test_the_course_s_augmentation_in_every_fill_mode(
    zoo: Path, color_mode: str, fill_mode: str
) -> None:
    arguments = {**AUGMENTED, "rescale": 1 / 255, "fill_mode": fill_mode, "cval": 99.5}
    compare(zoo, arguments, {"color_mode": color_mode})


@pytest.mark.parametrize(
    "one",
    [
        {"rotation_range": 180},
        {"width_shift_range": 0.9},
        {"width_shift_range": 3},
        {"height_shift_range": [-4, 0, 5]},
        {"height_shift_range": 0.5},
        {"shear_range": 89},
        {"zoom_range": 0.9},
        {"zoom_range": (0.5, 3.0)},
        {"horizontal_flip": True},
        {"vertical_flip": True},
        {"channel_shift_range": 40.0},
        {"brightness_range": (0.5, 1.5)},
        {"samplewise_center": True},
        {"samplewise_center": True, "samplewise_std_normalization": True, **AUGMENTED},
        {"interpolation_order": 0, "rotation_range": 30},
        {"interpolation_order": 3, "rotation_range": 30},
        {"preprocessing_function": lambda x: x + np.random.randint(9), **AUGMENTED},
        {"dtype": "float64"},
        {"data_format": "channels_first", **AUGMENTED},
    ],
    ids=lambda one: "+".join(one),
)
def test_each_change_by_itself(zoo: Path, one: dict[str, Any]) -> None:
    compare(zoo, {"rescale": 1 / 255, **one}, {})


@pytest.mark.parametrize("subset", ["training", "validation"])
@pytest.mark.parametrize("seed", [None, 0, 7])
def test_each_part_of_a_split_with_and_without_a_seed(
    zoo: Path, subset: str, seed: int | None
) -> None:
    arguments = {"rescale": 1 / 255, "validation_split": 0.4, "horizontal_flip": True}
    compare(zoo, arguments, {"subset": subset, "seed": seed})


@pytest.mark.parametrize("batch_size", [1, 4, 7, 20, 500])
def test_the_last_short_batch(zoo: Path, batch_size: int) -> None:
    compare(zoo, {"rescale": 1 / 255}, {"batch_size": batch_size})


floats = st.floats(0, 0.99)

generators = st.fixed_dictionaries(
    {"rescale": st.sampled_from([1 / 255, 1 / 127.5, 1.0, None])},
    optional={
        "rotation_range": st.integers(0, 180),
        "width_shift_range": floats,
        "height_shift_range": floats,
        "shear_range": st.integers(0, 89),
        "zoom_range": floats,
        "horizontal_flip": st.booleans(),
        "vertical_flip": st.booleans(),
        "fill_mode": st.sampled_from(["nearest", "constant", "reflect", "wrap"]),
        "cval": st.floats(-300, 300),
    },
)

flows = st.fixed_dictionaries(
    {},
    optional={
        "color_mode": st.sampled_from(["rgb", "grayscale", "rgba"]),
        "class_mode": st.sampled_from(["sparse", "categorical"]),
        "shuffle": st.booleans(),
        "seed": st.none() | st.integers(0, 2**31 - 1),
        "batch_size": st.integers(1, 30),
    },
)


@given(generators, flows)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_settings(zoo: Path, arguments: dict[str, Any], flowing: dict[str, Any]) -> None:
    compare(zoo, arguments, flowing, number=2)


def test_one_batch_after_the_other_as_in_a_loop(zoo: Path) -> None:
    plain, other = (flow(zoo, ImageDataGenerator(**AUGMENTED)) for _ in "ab")
    ours = CachedIterator(other, decoded(zoo))
    np.random.seed(3)
    expected = [next(plain) for _ in range(3 * len(plain))]
    np.random.seed(3)
    for one in expected:
        assert same(one, next(ours))
