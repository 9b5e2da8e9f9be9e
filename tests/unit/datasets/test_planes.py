"""What a filter makes of a real picture, checked against the geometry engine's own sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tui.datasets import PictureError
from tui.datasets.images.planes import (
    DIGIT_SIDE,
    Plane,
    apply_to_plane,
    convolve_plane,
    draw_plane,
    picture_names,
    picture_path,
    read_plane,
)
from tui.geometry import (
    KERNELS,
    Conv2D,
    GeometryError,
    MaxPool2D,
    Pair,
    convolve,
    parse_layer,
    pool,
)

NUMBERS = np.random.default_rng(3).integers(0, 256, (9, 12)).astype(np.float32)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("stride", [1, 2])
def test_a_filter_gives_the_engines_own_numbers(name: str, stride: int) -> None:
    values = KERNELS[name].values
    layer = Conv2D(1, Pair(3, 3), stride=Pair.square(stride))
    [right] = convolve([NUMBERS.tolist()], [[values]], layer)
    made = convolve_plane(Plane(NUMBERS), values, stride)
    assert np.allclose(made.values, right, atol=1e-3)


def test_relu_and_pooling_follow() -> None:
    edges = convolve_plane(Plane(NUMBERS), KERNELS["sobel-x"].values)
    assert edges.signed
    rectified = apply_to_plane(edges, parse_layer("activation:a=relu"))
    assert rectified.values.min() == 0 and not rectified.signed
    [right] = pool([rectified.values.tolist()], MaxPool2D())
    assert np.allclose(apply_to_plane(rectified, MaxPool2D()).values, right)
    with pytest.raises(GeometryError, match="Dense cannot be shown on a picture"):
        apply_to_plane(edges, parse_layer("dense:k=3"))


@pytest.mark.parametrize("name", picture_names())
def test_the_pictures_that_come_along_can_be_filtered(name: str) -> None:
    plane = read_plane(picture_path(name), 60, 40)
    assert plane.volume.width <= 60 and plane.volume.height <= max(40, DIGIT_SIDE)
    assert not plane.flat
    drawn = draw_plane(convolve_plane(plane, KERNELS["horizontal-edges"].values))
    shades = {up for row in drawn.cells for up, _ in row}
    assert len(shades) > 3, "something can be seen"


def test_an_even_area_is_mid_grey_behind_an_edge_filter_and_dead_behind_relu() -> None:
    step = np.zeros((6, 8), np.float32)
    step[:, 4:] = 200
    edges = convolve_plane(Plane(step), KERNELS["vertical-edges"].values)
    cells = draw_plane(edges).cells
    assert cells[0][0][0] == (127, 127, 127) and cells[0][2][0] == (0, 0, 0)
    dead = apply_to_plane(edges, parse_layer("activation:a=relu"))
    assert dead.flat
    assert draw_plane(dead).cells[0][0][0] == (0, 0, 0)


def test_what_is_no_picture_says_so(tmp_path: Path) -> None:
    (tmp_path / "cat\x1b[31m.jpg").write_bytes(b"no image")
    with pytest.raises(PictureError, match="cannot be shown") as caught:
        read_plane(tmp_path / "cat\x1b[31m.jpg", 20, 20)
    assert "\x1b" not in str(caught.value)
