"""Shapes as Keras prints them, batch first: parse, format and compare."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

KerasShape: TypeAlias = tuple[int | None, ...]
"""A shape as Keras prints it; None where a size is unknown."""

NUMBERS = r"(?:None|none|\?|-1|\d{1,12})"
"""A regular expression for one size of a shape."""

IMAGE_DEPTHS = (1, 3, 4)
"""Channels of an image: grayscale, colour, colour with transparency."""

COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
_COLORS = {1: "grayscale", 3: "colour", 4: "colour with transparency"}


def parse_shape(text: str) -> KerasShape:
    """Return the sizes in a text.

    >>> parse_shape("None, 28,?,3")
    (None, 28, None, 3)
    """
    found = re.findall(r"none|\?|<unknown>|-?\d+", text.lower())
    return tuple(int(one) if one.isdigit() and len(one) < 10 else None for one in found[:8])


def format_shape(sides: KerasShape) -> str:
    """Return a shape as Keras prints it.

    >>> format_shape((None, 6)), format_shape((6,))
    ('(None, 6)', '(6,)')
    """
    inside = ", ".join("None" if side is None else str(side) for side in sides)
    return f"({inside},)" if len(sides) == 1 else f"({inside})"


def describe_shape(sides: KerasShape) -> str:
    """Return a shape; or the number of axes where all sizes are unknown.

    >>> describe_shape((None, 6)), describe_shape((None, None))
    ('(None, 6)', '2 axes including the batch')
    """
    if any(side is not None for side in sides) or len(sides) < 2:
        return format_shape(sides)
    return f"{len(sides)} axes including the batch"


def element_count(sides: KerasShape) -> int | None:
    """Return how many values an array of a shape holds; None where a size is unknown."""
    return math.prod(side for side in sides if side is not None) if None not in sides else None


def are_compatible(one: KerasShape, other: KerasShape) -> bool:
    """Return whether two shapes can be equal; an unknown size matches any."""
    return len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    )


def color_name(depth: int | None) -> str:
    """Return a word for images with a number of channels."""
    return _COLORS.get(depth or 0, f"{depth} channels deep")


def looks_channels_first(sides: KerasShape) -> bool:
    """Return whether three sizes look like (channels, height, width).

    >>> looks_channels_first((3, 120, 120)), looks_channels_first((120, 120, 3))
    (True, False)
    >>> looks_channels_first((3, 3, 64))
    False
    """
    if len(sides) != 3:
        return False
    first, second, third = sides
    return (
        first in IMAGE_DEPTHS
        and second is not None
        and third is not None
        and min(second, third) >= 12
        and max(second, third) <= 4 * min(second, third)
    )


def pluralize(number: int | None, one: str, many: str = "") -> str:
    """Return a number with its noun in the singular or plural.

    >>> pluralize(1, "value"), pluralize(14400, "value"), pluralize(None, "value")
    ('1 value', '14,400 values', 'an unknown number of values')
    """
    many = many or f"{one}s"
    if number is None:
        return f"an unknown number of {many}"
    return f"{number:,} {one if number == 1 else many}"
