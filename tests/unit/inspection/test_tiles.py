"""Channels as small pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.inspection.answers import Channel
from tui.inspector.maps.feature_maps import ChannelStats, channel_image, downscale


def of_plane(values: list[list[float]], size: int = 99) -> Channel:
    """Return the picture of a layer's only channel."""
    layer = np.array(values, np.float32)[..., None]
    return channel_image(layer, ChannelStats.of(layer), 0, size, size)


def test_a_channel_is_stretched_from_its_least_to_its_greatest() -> None:
    found = of_plane([[-2, 0], [1, 3]])
    assert (found.least, found.greatest, found.mean) == (-2, 3, 0.5)
    assert list(found.pixels) == [0, 102, 153, 255]
    assert not (found.dead or found.saturated) and found.finite


@pytest.mark.parametrize("value", [0.0, 7.5, -1e30])
def test_a_dead_channel_is_dark_and_divides_by_nothing(value: float) -> None:
    found = of_plane([[value] * 3] * 2)
    assert found.dead and not found.saturated
    assert found.pixels == bytes(6)


def test_a_saturated_channel_is_at_its_greatest_nearly_everywhere() -> None:
    plane = [[1.0] * 10 for _ in range(10)]
    plane[0] = [0.5] * 10
    assert of_plane(plane).saturated
    plane[1][0] = 0.9
    assert not of_plane(plane).saturated


def test_values_that_are_not_finite_are_named_and_dark() -> None:
    found = of_plane([[float("nan"), 1, 2], [float("inf"), float("-inf"), 3]])
    assert not found.finite
    assert (found.least, found.greatest, found.mean) == (1, 3, 2)
    assert list(found.pixels) == [0, 0, 128, 0, 0, 255]
    assert of_plane([[float("nan")]]).dead


def test_the_widest_range_of_float32_is_stretched() -> None:
    assert list(of_plane([[-3e38, 0, 3e38]]).pixels) == [0, 128, 255]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.integers(1, 12))
def test_a_large_channel_fits_and_keeps_its_mean(
    height: int, width: int, tile_height: int, tile_width: int
) -> None:
    plane = np.arange(height * width, dtype=float).reshape(height, width) % 7
    small = downscale(plane, tile_height, tile_width)
    assert small.shape[0] <= max(tile_height, 1) and small.shape[1] <= max(tile_width, 1)
    assert small.mean() == pytest.approx(plane.mean())
    assert plane.min() - 1e-9 <= small.min() and small.max() <= plane.max() + 1e-9
