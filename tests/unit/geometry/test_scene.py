"""The small input on which the window is watched behaves as the real one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.geometry import Conv2D, GeometryError, Pair, Volume, apply_layer, parse_layer
from tui.geometry.scene import FILTERS, LARGEST_REACH, PLACES, scene_for

SIDE = st.integers(1, 300)


@given(SIDE, SIDE, st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3))
def test_the_same_columns_stay_unread(
    width: int, height: int, depth: int, kernel: int, stride: int, padding: int
) -> None:
    layer = Conv2D(
        8,
        Pair.square(kernel),
        stride=Pair.square(stride),
        padding=Pair.square(padding) if padding else "valid",
    )
    volume = Volume(width, height, depth)
    try:
        real = apply_layer(layer, volume)
    except GeometryError:
        assume(False)
    scene = scene_for(layer, volume)
    small = scene.effect
    assert small.fits == real.fits
    if min(width, height) > 2 * padding + PLACES * stride + kernel:
        assert small.unread == real.unread
    assert scene.output.width <= PLACES + padding * 2 + 1
    assert len(scene.grid[0][0]) <= width


@given(SIDE, st.integers(1, 5), st.integers(1, 4))
def test_same_is_as_lopsided(width: int, kernel: int, stride: int) -> None:
    layer = Conv2D(1, Pair.square(kernel), stride=Pair.square(stride), padding="same")
    real = apply_layer(layer, Volume(width, width, 1))
    scene = scene_for(layer, Volume(width, width, 1))
    assume(width >= PLACES * stride + kernel)
    assert scene.effect.pad_before == real.pad_before
    assert scene.effect.pad_after == real.pad_after


def test_the_sum_follows_a_changed_number() -> None:
    scene = scene_for(parse_layer("conv:k=1,f=3"), Volume(9, 9, 1)).with_filter("sum (blur)")
    before = scene.at(0, 0, 0).total
    raised = scene.with_value(0, 1, 1, scene.grid[0][1][1] + 5)
    assert raised.at(0, 0, 0).total == before + 5


def test_ready_made_filters_are_square_and_do_what_they_say() -> None:
    for rows in FILTERS.values():
        assert len(rows) == 3 and all(len(row) == 3 for row in rows)
    for name in ("vertical edges", "horizontal edges", "Sobel"):
        assert sum(map(sum, FILTERS[name])) == 0, "an even picture has no edges"


@pytest.mark.parametrize("word", ["dense:k=4", "flatten", f"conv:k=1,f={LARGEST_REACH + 1}"])
def test_what_cannot_be_drawn_says_why(word: str) -> None:
    with pytest.raises(GeometryError, match=r"choose|at most"):
        scene_for(parse_layer(word), Volume(50, 50, 3))
