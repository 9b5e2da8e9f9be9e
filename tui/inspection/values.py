"""One channel's numbers, to be drawn and to be read one by one."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from tui.inspection.messages import Numbers
from tui.inspection.rasters import Raster, grey_raster


@dataclass(frozen=True, slots=True)
class ChannelValues:
    """A channel's values at full size.

    Args:
        width, height: of the layer's output.
        values: row by row.
        least, greatest: of the finite values; 0 where there are none.
    """

    width: int
    height: int
    values: tuple[float, ...]
    least: float
    greatest: float

    def at(self, x: int, y: int) -> float:
        """Return the value of column x and row y, from 0."""
        return self.values[y * self.width + x]

    @property
    def strongest(self) -> tuple[int, int]:
        """Column and row of the greatest value."""
        place = self.values.index(self.greatest) if self.greatest in self.values else 0
        return place % self.width, place // self.width

    def raster(self) -> Raster:
        """Return it as a picture: its least value black, its greatest white; dead ones black."""
        spread = self.greatest - self.least
        scale = 255 / spread if spread > 0 and math.isfinite(spread) else 0.0
        least = self.least
        grey = bytes(
            int((value - least) * scale + 0.5) if math.isfinite(value) else 0
            for value in self.values
        )
        return grey_raster(self.width, self.height, grey)


def channel_values(numbers: Numbers, height: int, width: int) -> ChannelValues:
    """Return the values of an answer.

    Args:
        numbers: the answer.
        height, width: of the layer's output.

    Raises:
        ValueError: when it holds another number of values.
    """
    if len(numbers.values) != 4 * height * width:
        raise ValueError(f"{len(numbers.values)} bytes are no {width}×{height} values.")
    values = struct.unpack(f"<{height * width}f", numbers.values)
    finite = [value for value in values if math.isfinite(value)]
    return ChannelValues(width, height, values, min(finite, default=0.0), max(finite, default=0.0))
