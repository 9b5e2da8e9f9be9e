"""The shapes that pass between layers: a volume W×H×D, or a vector after flatten."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from tui.geometry.errors import GeometryError, escaped, shown

LARGEST = 1_000_000
"""The largest width, height, depth, number of filters or units that is accepted.

Nobody trains with more, and a typing error must not ask for terabytes of numbers.
"""


class Pair(NamedTuple):
    """Two whole numbers, one for each axis: width first, as the course writes W×H.

    Keras has rows before columns; `tui.keras_io` turns them round.

    >>> str(Pair(3, 5)), Pair.square(3)
    ('3×5', Pair(w=3, h=3))
    """

    w: int
    h: int

    @classmethod
    def square(cls, size: int) -> Pair:
        """Return the pair with the same number on both axes."""
        return cls(size, size)

    def __str__(self) -> str:
        return f"{self.w}×{self.h}"

    @property
    def short(self) -> str:
        """One number where both are the same, else as ``str``.

        >>> Pair(3, 3).short, Pair(3, 5).short
        ('3', '3×5')
        """
        return str(self.w) if self.w == self.h else str(self)


Padding: TypeAlias = Literal["valid", "same"] | Pair
"""`valid` (none), `same` (⌈W1/S⌉ wide afterwards), or P zeros on every side of each axis.

A number P is what the course means by padding; in Keras it is ZeroPadding2D(P) before a `valid`
layer. P = 0 is the same as `valid`, and layers store it as "valid".
"""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of values: a picture, or the feature maps of a layer.

    Args:
        width: W, columns.
        height: H, rows.
        depth: D, channels: 3 for a colour picture, K after a convolution of K filters.

    >>> str(Volume(150, 150, 3)), Volume(150, 150, 3).size
    ('150×150×3', 67500)
    """

    width: int
    height: int
    depth: int

    def __str__(self) -> str:
        return f"{self.width}×{self.height}×{self.depth}"

    @property
    def size(self) -> int:
        """How many values it holds: W·H·D."""
        return self.width * self.height * self.depth

    @property
    def plane(self) -> Pair:
        """Width and height without the depth."""
        return Pair(self.width, self.height)

    @classmethod
    def parse(cls, text: str) -> Volume:
        """Read a volume from text such as `150x150x3`.

        Args:
            text: three whole numbers with x or × between them: width, height, depth.

        Returns:
            The volume.

        Raises:
            GeometryError: the text is not a volume, or a number in it is out of range.

        >>> Volume.parse("150x100x3")
        Volume(width=150, height=100, depth=3)
        """
        parts = [part.strip() for part in re.split("[xX×]", text.strip())]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise GeometryError(
                f"{shown(text)} is not a volume: write width, height and depth as whole "
                "numbers with x between them, such as 150x150x3."
            )
        if len(parts) == 2:
            raise GeometryError(
                f"{shown(text)} lacks the depth: write {text.strip()}x3 for a colour "
                f"picture or {text.strip()}x1 for a grey one.",
                field="depth",
            )
        if len(parts) != 3:
            raise GeometryError(
                f"{shown(text)} has {len(parts)} number{'s' * (len(parts) != 1)}, but a "
                "volume has three: width, height and depth, such as 150x150x3."
            )
        for part, name in zip(parts, ("width", "height", "depth"), strict=True):
            # The length first: Python refuses to read an integer of thousands of digits.
            if len(part) > 9 or not 1 <= int(part) <= LARGEST:
                raise GeometryError(
                    f"{name} {escaped(part)} is out of range: take a number from 1 to {LARGEST:,}.",
                    field=name,
                )
        return cls(int(parts[0]), int(parts[1]), int(parts[2]))


@dataclass(frozen=True, slots=True)
class Vector:
    """A row of values: the output of flatten, global pooling and dense layers.

    Args:
        size: the number of values.

    >>> str(Vector(18496))
    '18496'
    """

    size: int

    def __str__(self) -> str:
        return str(self.size)


Shape: TypeAlias = Volume | Vector


@dataclass(frozen=True, slots=True)
class Block:
    """Values on other axes than a picture has, such as a reshape puts out.

    Args:
        sides: the length of each axis, in Keras's order, without the batch.

    >>> str(Block((49, 64))), Block((49, 64)).size
    ('49×64', 3136)
    """

    sides: tuple[int, ...]

    def __str__(self) -> str:
        return "×".join(map(str, self.sides)) or "1"

    @property
    def size(self) -> int:
        """How many values it holds."""
        return math.prod(self.sides)


AnyShape: TypeAlias = Shape | Block
"""What a layer of any Keras model may put out."""


def plane_of(shape: AnyShape) -> Pair:
    """Return the columns and rows of a shape; without a plane all its values are one row."""
    return shape.plane if isinstance(shape, Volume) else Pair(shape.size, 1)


def sides_of(shape: AnyShape) -> tuple[int, ...]:
    """Return a shape as Keras writes it, without the batch: rows before columns."""
    if isinstance(shape, Volume):
        return shape.height, shape.width, shape.depth
    return (shape.size,) if isinstance(shape, Vector) else shape.sides


def shape_of(sides: Sequence[int]) -> AnyShape:
    """Return the shape that Keras writes with these sides, without the batch.

    >>> shape_of((10, 20, 3)), shape_of((7,)), shape_of((4, 5))
    (Volume(width=20, height=10, depth=3), Vector(size=7), Block(sides=(4, 5)))
    """
    if len(sides) == 3:
        return Volume(sides[1], sides[0], sides[2])
    return Vector(sides[0]) if len(sides) == 1 else Block(tuple(sides))
