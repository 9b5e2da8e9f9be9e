"""Shapes as Keras prints them, batch first: read, written, and compared."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

Sides: TypeAlias = tuple[int | None, ...]
"""A shape as Keras prints it; None where a side is not known."""

NUMBERS = r"(?:None|none|\?|-1|\d{1,12})"
"""One side of a shape, as a part of a regular expression."""

DEPTHS = (1, 3, 4)
"""The depths of pictures: grey, colour, colour with transparency."""

COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
_COLORS = {1: "grey", 3: "colour", 4: "colour with transparency"}


def read_sides(text: str) -> Sides:
    """Return the numbers of a shape.

    >>> read_sides("None, 28,?,3")
    (None, 28, None, 3)
    """
    found = re.findall(r"none|\?|<unknown>|-?\d+", text.lower())
    return tuple(int(one) if one.isdigit() and len(one) < 10 else None for one in found[:8])


def written(sides: Sides) -> str:
    """Return a shape as Keras says it.

    >>> written((None, 6)), written((6,))
    ('(None, 6)', '(6,)')
    """
    inside = ", ".join("None" if side is None else str(side) for side in sides)
    return f"({inside},)" if len(sides) == 1 else f"({inside})"


def named(sides: Sides) -> str:
    """Return a shape, or how many axes it has where none of their lengths is known.

    >>> named((None, 6)), named((None, None))
    ('(None, 6)', '2 axes, the batch among them')
    """
    if any(side is not None for side in sides) or len(sides) < 2:
        return written(sides)
    return f"{len(sides)} axes, the batch among them"


def product(sides: Sides) -> int | None:
    """Return how many values a shape holds; None where a side is not known."""
    return math.prod(side for side in sides if side is not None) if None not in sides else None


def same(one: Sides, other: Sides) -> bool:
    """Say whether two shapes can be the same, where a side that is not known may be any."""
    return len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    )


def color(depth: int | None) -> str:
    """Return what pictures of a depth are called."""
    return _COLORS.get(depth or 0, f"{depth} channels deep")


def channels_first(sides: Sides) -> bool:
    """Say whether height, width and depth look as if the depth came first.

    >>> channels_first((3, 120, 120)), channels_first((120, 120, 3)), channels_first((3, 3, 64))
    (True, False, False)
    """
    if len(sides) != 3:
        return False
    first, second, third = sides
    return (
        first in DEPTHS
        and second is not None
        and third is not None
        and min(second, third) >= 12
        and max(second, third) <= 4 * min(second, third)
    )


def counted(number: int | None, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "value"), counted(14400, "value"), counted(None, "value")
    ('1 value', '14,400 values', 'an unknown number of values')
    """
    many = many or f"{one}s"
    if number is None:
        return f"an unknown number of {many}"
    return f"{number:,} {one if number == 1 else many}"
