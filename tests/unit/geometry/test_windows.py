"""Windows on small grids of numbers, and the small input that behaves as the real one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.geometry.strategies import pools
from tui.geometry import (
    KERNELS,
    Conv2D,
    Conv2DTranspose,
    GeometryError,
    MaxPool2D,
    Pair,
    PoolLayer,
    Volume,
    apply_layer,
    convolve,
    convolve_transposed,
    parse_layer,
    pool,
    pool_at,
    window_at,
)
from tui.geometry.windows.scene import LARGEST_REACH, POSITIONS, scene_for

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
    if min(width, height) > 2 * padding + POSITIONS * stride + kernel:
        assert small.unread == real.unread
    assert scene.output.width <= POSITIONS + padding * 2 + 1
    assert len(scene.grid[0][0]) <= width


@given(SIDE, st.integers(1, 5), st.integers(1, 4))
def test_same_is_as_lopsided(width: int, kernel: int, stride: int) -> None:
    layer = Conv2D(1, Pair.square(kernel), stride=Pair.square(stride), padding="same")
    real = apply_layer(layer, Volume(width, width, 1))
    scene = scene_for(layer, Volume(width, width, 1))
    assume(width >= POSITIONS * stride + kernel)
    assert scene.effect.pad_before == real.pad_before
    assert scene.effect.pad_after == real.pad_after


def test_the_sum_follows_a_changed_number_and_a_changed_weight() -> None:
    scene = scene_for(parse_layer("conv:k=1,f=3"), Volume(9, 9, 1)).with_filter("blur")
    before = scene.at(0, 0, 0).total
    raised = scene.with_value(0, 1, 1, scene.grid[0][1][1] + 5)
    assert raised.at(0, 0, 0).total == before + 5
    assert raised.with_weight(0, 0, 1, 1, 0).at(0, 0, 0).total == before - scene.grid[0][1][1]
    with pytest.raises(GeometryError, match="100 has too many digits"):
        scene.with_value(0, 0, 0, 100)


def test_ready_made_filters_are_square_and_do_what_they_say() -> None:
    for kernel in KERNELS.values():
        assert len(kernel.weights) == 3 and all(len(row) == 3 for row in kernel.weights)
    for name in ("vertical-edges", "horizontal-edges", "sobel-x", "sobel-y", "laplacian"):
        assert sum(map(sum, KERNELS[name].weights)) == 0, "an even picture has no edges"
    for name in ("sharpen", "blur"):
        assert sum(map(sum, KERNELS[name].values)) == pytest.approx(1), "as bright as before"


@given(
    st.sampled_from(
        [
            "transposed:k=2,f=3,s=2",
            "transposed:k=1,f=2x3,s=2,p=same",
            "transposed:k=1,f=1,s=3",
            "transposed:k=2,f=3,s=3,o=2",
            "transposed:k=1,f=4x3,s=2x3,p=same,o=1x2",
        ]
    )
)
def test_a_transposed_place_adds_the_stamps_that_reach_it(text: str) -> None:
    layer = parse_layer(text)
    assert isinstance(layer, Conv2DTranspose)
    scene = scene_for(layer, Volume(20, 30, 2))
    assert isinstance(scene.layer, Conv2DTranspose)
    whole = convolve_transposed(scene.grid, scene.filters, scene.layer)
    for k in range(scene.output.depth):
        for y in range(scene.output.height):
            for x in range(scene.output.width):
                assert scene.at(x, y, k).total == whole[k][y][x]


def test_depthwise_reads_one_slice_and_separable_says_what_follows() -> None:
    scene = scene_for(parse_layer("depthwise:f=3,m=2"), Volume(9, 9, 3))
    assert scene.output.depth == 6
    assert [scene.slices_read(k) for k in range(6)] == [(0,), (0,), (1,), (1,), (2,), (2,)]
    assert "1×1" in scene_for(parse_layer("separable:k=8,f=3"), Volume(9, 9, 3)).note
    grouped = scene_for(parse_layer("conv:k=2,f=3,g=2"), Volume(9, 9, 2))
    assert grouped.slices_read(1) == (1,)


def test_a_global_pooling_has_one_window() -> None:
    scene = scene_for(parse_layer("globalmax"), Volume(30, 20, 8))
    assert scene.output.width == scene.output.height == 1
    assert scene.at(0, 0, 1).total == max(max(row) for row in scene.grid[1])


@pytest.mark.parametrize("word", ["dense:k=4", "flatten", f"conv:k=1,f={LARGEST_REACH + 1}"])
def test_what_cannot_be_drawn_says_why(word: str) -> None:
    with pytest.raises(GeometryError, match=r"choose|at most"):
        scene_for(parse_layer(word), Volume(50, 50, 3))


def test_a_window_written_out() -> None:
    grid = [[[1, 0, 2], [3, 1, 0], [0, 2, 1]]]
    edges = [[[[1, 0], [0, -1]]]]
    assert convolve(grid, edges) == [[[0, 0], [1, 0]]]
    window = window_at(grid, edges, 0, 1, bias=2)
    assert window.total == 3
    assert window.text() == "3·1 + 1·0 + 0·0 + 2·(−1) + 2 = 3"
    padded = Conv2D(1, Pair(2, 2), padding=Pair(1, 1))
    corner = window_at(grid, edges, 0, 0, layer=padded)
    assert [term.padded for term in corner.terms] == [True, True, True, False]


@given(pools, st.integers(2, 7), st.integers(2, 7))
def test_pooling_takes_values_from_under_its_window(layer: PoolLayer, w: int, h: int) -> None:
    grid = [[[float(10 * y + x) for x in range(w)] for y in range(h)]]
    try:
        made = pool(grid, layer)
    except GeometryError:
        return
    first = pool_at(grid, layer, 0, 0)
    assert first.total == made[0][0][0]
    values = [term.value for term in first.terms]
    assert min(values) <= first.total <= max(values)


def test_stamps_add_up() -> None:
    layer = Conv2DTranspose(1, Pair(2, 1))
    assert convolve_transposed([[[1, 5]]], [[[[1, 2]]]], layer) == [[[1, 7, 10]]]


@pytest.mark.parametrize(
    "filters", [[], [[[[1, 2], [3]]]], [[[[1]]], [[[1, 2]]]], [[[[1]], [[1]]]]]
)
def test_filters_of_another_shape_are_refused(filters: list[list[list[list[float]]]]) -> None:
    with pytest.raises(GeometryError):
        convolve([[[1, 2], [3, 4]]], filters, Conv2D(1, Pair(1, 1)))


def test_too_much_to_show_is_refused() -> None:
    row = [[0.0] * 600] * 600
    with pytest.raises(GeometryError, match="take a smaller input"):
        convolve([row], [[[[1.0] * 9] * 9]])
    with pytest.raises(GeometryError, match="take a smaller input"):
        pool([row], MaxPool2D(Pair(9, 9), stride=Pair(1, 1)))
