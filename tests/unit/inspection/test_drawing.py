"""Pictures of maps: how large, how bright, and what of them is lit."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.geometry import Volume, parse_network, trace_network
from tui.inspection.answers import Explained, LayerInfo, Numbers, Prepared
from tui.inspection.contact_sheet import heat_sheet
from tui.inspection.rasters import (
    Raster,
    channel_values,
    crop,
    grey_raster,
    heat_raster,
    highlight_box,
    prepared_raster,
    resize,
    side_by_side,
)
from tui.inspection.tile_layout import lay_out_tiles
from tui.inspection.view import geometry_rows

sides = st.integers(1, 300)


@given(sides, sides, st.integers(8, 200), st.integers(2, 60), st.integers(1, 96))
def test_a_page_of_tiles_fits_its_room(
    width: int, height: int, columns: int, rows: int, wanted: int
) -> None:
    page = lay_out_tiles(width, height, columns, rows, wanted)
    assert page.count >= 1
    assert page.width <= max(columns, 1)
    if page.across > 1:
        assert page.across * (page.columns + 1) - 1 <= columns
    if page.down > 1:
        assert page.down * page.rows <= rows


@pytest.mark.parametrize("side", [4, 8, 28, 72, 148])
@pytest.mark.parametrize(("columns", "rows"), [(51, 17), (84, 33)], ids=["80x24", "120x40"])
def test_twelve_channels_fit(side: int, columns: int, rows: int) -> None:
    page = lay_out_tiles(side, side, columns, rows, 12)
    assert page.count >= 12
    assert page.width >= min(side, 8)


def test_enlarged_pixels_are_all_equally_large() -> None:
    small = grey_raster(2, 1, bytes([0, 255]))
    assert resize(small, 6, 3).rgb == (bytes(9) + b"\xff" * 9) * 3


def test_only_the_box_stays_bright() -> None:
    white = grey_raster(4, 3, b"\xff" * 12)
    made = highlight_box(white, 1, 1, 9, 1)
    bright = {(x, y) for y in range(3) for x in range(4) if made.pixel(x, y) == (255, 255, 255)}
    assert bright == {(1, 1), (2, 1), (3, 1)}
    assert all(made.pixel(0, y) < (100, 100, 100) for y in range(3))


def test_a_box_in_the_padding_lights_nothing() -> None:
    white = grey_raster(2, 2, b"\xff" * 4)
    assert max(highlight_box(white, -3, -3, -1, -1).rgb) < 100


def luminance(raster: Raster, x: int, y: int) -> float:
    """Return how bright a pixel is on a screen without colours."""
    red, green, blue = raster.pixel(x, y)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_heat_is_blue_to_yellow_and_ever_brighter() -> None:
    grey = grey_raster(4, 1, b"\x80" * 4)
    made = heat_raster(grey, grey_raster(2, 1, bytes([0, 255])), 40, 4)
    red, green, blue = made.pixel(0, 0)
    assert blue > green > red
    red, green, blue = made.pixel(39, 0)
    assert red > 2 * blue and green > 2 * blue
    line = [x for x in range(40) if made.pixel(x, 0) == (0, 0, 0)]
    assert len(line) == 1 and 15 < line[0] < 25
    values = [luminance(made, x, 0) for x in range(40) if x not in line]
    assert values == sorted(values) and values[-1] > 3 * values[0]


def test_the_line_goes_around_the_hottest_part() -> None:
    grey = grey_raster(1, 1, b"\x80")
    heat = grey_raster(5, 5, bytes(255 * (place == 12) for place in range(25)))
    made = heat_raster(grey, heat, 50, 50)
    black = {(x, y) for x in range(50) for y in range(50) if made.pixel(x, y) == (0, 0, 0)}
    assert black and all(15 <= x < 35 and 15 <= y < 35 for x, y in black)
    assert (25, 25) not in black and len(black) < 60


def test_the_exported_heat_map_is_in_colour_beside_the_image() -> None:
    picture = Prepared(id=1, height=4, width=6, depth=3, pixels=bytes([200, 10, 30] * 24))
    heat = bytes([0, 0, 0, 255, 0, 0])
    explained = Explained(
        id=1, method="grad-cam", label=0, layer="conv2d", height=2, width=3, heat=heat,
        greatest=1.0, probability=0.5, gradient_of="logit",
    )  # fmt: skip
    sheet = heat_sheet(picture, explained)
    width, height = sheet.size
    left = sheet.crop((0, 0, width // 2, height)).getcolors()
    assert left is not None and {color for _, color in left} == {(200, 10, 30), (24, 24, 24)}
    right = sheet.crop((width // 2, 0, width, height)).tobytes()
    colors = {tuple(right[at : at + 3]) for at in range(0, len(right), 3)}
    assert (0, 0, 0) in colors  # the line
    assert any(min(red, green) > 1.5 * blue for red, green, blue in colors)
    assert any(blue > 1.5 * red for red, _, blue in colors)


def test_parts_and_neighbours() -> None:
    raster = grey_raster(3, 2, bytes([1, 2, 3, 4, 5, 6]))
    part = crop(raster, 1, 0, 2, 2)
    assert [part.pixel(x, y)[0] for y in range(2) for x in range(2)] == [2, 3, 5, 6]
    both = side_by_side(part, part)
    assert (both.width, both.height) == (5, 2)
    assert both.pixel(3, 1)[0] == 5


def test_a_wrong_number_of_bytes_is_reported() -> None:
    with pytest.raises(ValueError, match="3 bytes do not make an image of 2×2 pixels"):
        grey_raster(2, 2, b"abc")
    with pytest.raises(ValueError, match="4 bytes do not make 2×2 values"):
        channel_values(Numbers(id=1, layer=0, channel=0, height=2, width=2, values=b"1234"), 2, 2)


def test_opacity_is_left_out() -> None:
    prepared = Prepared(id=1, height=1, width=2, depth=4, pixels=bytes([1, 2, 3, 99, 4, 5, 6, 99]))
    assert prepared_raster(prepared) == Raster(2, 1, bytes([1, 2, 3, 4, 5, 6]))


def numbers(*values: float) -> Numbers:
    """Return an answer with one row of values."""
    data = struct.pack(f"<{len(values)}f", *values)
    return Numbers(id=1, layer=0, channel=0, height=1, width=len(values), values=data)


def test_values_are_stretched_and_found() -> None:
    values = channel_values(numbers(-1.0, 3.0, 1.0), 1, 3)
    assert (values.least, values.greatest, values.strongest) == (-1.0, 3.0, (1, 0))
    assert [values.raster().pixel(x, 0)[0] for x in range(3)] == [0, 255, 128]
    assert values.at(2, 0) == 1.0


def test_a_dead_map_is_not_divided_by_zero() -> None:
    values = channel_values(numbers(0.5, 0.5), 1, 2)
    assert values.raster().rgb == bytes(6)
    assert values.strongest == (0, 0)


def test_what_is_not_finite_is_black() -> None:
    values = channel_values(numbers(math.inf, math.nan, 2.0, 1.0), 1, 4)
    assert (values.least, values.greatest) == (1.0, 2.0)
    assert [values.raster().pixel(x, 0)[0] for x in range(4)] == [0, 0, 255, 0]
    assert channel_values(numbers(math.nan), 1, 1).raster().rgb == bytes(3)


def layer(kind: str, name: str = "") -> LayerInfo:
    """Return a layer of which only the kind matters."""
    return LayerInfo(name=name or kind, kind=kind, height=1, width=1, depth=1, parameters=0)


def test_keras_layers_find_their_rows_past_paddings_and_inputs() -> None:
    rows = trace_network(parse_network("9x9x1 conv:k=4,f=3,p=1 maxpool:f=2 flatten"))
    assert rows[0].effect is not None
    assert rows[0].effect.output == Volume(9, 9, 4)
    layers = ("InputLayer", "ZeroPadding2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense")
    assert geometry_rows(tuple(map(layer, layers)), rows) == [None, None, 0, 1, 2, None]
    assert geometry_rows(tuple(map(layer, layers)), ()) == [None] * 6
