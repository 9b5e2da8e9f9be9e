"""A picture as sixels, read back."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from tui.ui.pictures.sixel import sixels

Pixels = dict[tuple[int, int], tuple[int, int, int]]


def drawn(code: str) -> Pixels:
    """Draw sixels as the strictest terminal does: a definition of a colour does not select it."""
    begin = re.match(r'\x1bP0;1;0q"1;1;\d+;\d+', code)
    assert begin is not None and code.endswith("\x1b\\")
    colours: dict[int, tuple[int, int, int]] = {}
    found: Pixels = {}
    x = top = 0
    colour: int | None = None
    for token in re.finditer(
        r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])", code[begin.end() : -2]
    ):
        number, red, green, blue, selected, count, repeated, one, end = token.groups()
        if number is not None:
            colours[int(number)] = (int(red), int(green), int(blue))
        elif selected is not None:
            colour = int(selected)
        elif end is not None:
            x, top = 0, top + 6 * (end == "-")
        else:
            columns = range(x, x + int(count or 1))
            for row in range(6):
                if ord(repeated or one) - 63 >> row & 1:
                    assert colour is not None
                    found |= dict.fromkeys(((at, top + row) for at in columns), colours[colour])
            x = columns.stop
    return found


def test_every_pixel_has_its_colour() -> None:
    image = Image.new("RGB", (20, 12), (255, 0, 0))
    image.paste((0, 0, 255), (3, 5, 9, 12))
    found = drawn(sixels(image))
    assert len(found) == 20 * 12
    for x in range(20):
        for y in range(12):
            assert found[x, y] == ((0, 0, 100) if 3 <= x < 9 and y >= 5 else (100, 0, 0))


def test_greys_are_at_most_two_parts_in_a_hundred_off() -> None:
    image = Image.new("L", (256, 6))
    image.putdata([x for _ in range(6) for x in range(256)])
    found = drawn(sixels(image.convert("RGB")))
    for x in range(256):
        red, green, blue = found[x, 3]
        assert red == green == blue == pytest.approx(x / 2.55, abs=2.2)


def test_what_is_transparent_is_left_as_it_was() -> None:
    image = Image.new("RGBA", (9, 6))
    image.paste((255, 255, 255, 255), (4, 0, 5, 6))
    assert set(drawn(sixels(image))) == {(4, y) for y in range(6)}


def test_no_band_hangs_over_into_the_row_below() -> None:
    assert max(y for _, y in drawn(sixels(Image.new("RGB", (5, 20), (9, 9, 9))))) == 17
