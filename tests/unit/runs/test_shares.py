"""A share of the training images, in numbers and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs.settings.shares import share_name, share_of

shares = st.floats(0, 1, exclude_min=True, allow_nan=False)


@given(st.integers(1, 10**6), shares)
def test_a_share_is_near_and_never_empty_nor_more_than_there_is(images: int, share: float) -> None:
    count = share_of(images, share)
    assert 1 <= count <= images
    assert count == 1 or abs(count - share * images) <= 0.5


@given(st.integers(0, 10**6))
def test_the_whole_share_is_all(images: int) -> None:
    assert share_of(images, 1.0) == images


@given(st.integers(0, 1000), shares, shares)
def test_a_larger_share_is_never_fewer_images(images: int, one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert share_of(images, low) <= share_of(images, high)


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (1.0, "all"),
        (0.1, "1/10"),
        (0.33, "1/3"),
        (1 / 3, "1/3"),
        (0.66, "2/3"),
        (0.5, "1/2"),
        (0.05, "1/20"),
        (0.01, "1/100"),
        (0.137, "13.7 %"),
        (0.34, "34 %"),
    ],
)
def test_a_share_is_called_as_a_person_would(share: float, name: str) -> None:
    assert share_name(share) == name


@given(shares)
def test_every_share_has_a_short_name(share: float) -> None:
    assert len(share_name(share)) > 0 and "\n" not in share_name(share)
