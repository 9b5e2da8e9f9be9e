"""The receptive field: which input columns and rows an output value depends on.

Each window layer widens the field by (Fd − 1) steps, and its stride lengthens the step:
r ← r + (Fd − 1)·j, then j ← j·S. Source: A. Araujo, W. Norris, J. Sim, "Computing
ReceptiveField Fields of Convolutional Neural Networks", Distill (2019).
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.geometry.effects import Effect
from tui.geometry.layers import Dense, Flatten
from tui.geometry.shapes import Pair, Vector, Volume

_ONE = Pair(1, 1)
_ZERO = Pair(0, 0)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What one output value sees of the network's input; by default itself alone.

    Args:
        size: r, columns and rows from the first to the last that matter.
        jump: j, input columns (rows) between the fields of two neighbouring values.
        start: first input column (row) of the field of value 0; negative in the padding.
    """

    size: Pair = _ONE
    jump: Pair = _ONE
    start: Pair = _ZERO

    def span(self, x: int, y: int) -> tuple[Pair, Pair]:
        """Return the field of one output value, not clipped to the input.

        Args:
            x, y: column and row of the output value, from 0.

        Returns:
            The first column and row, and the last column and row.

        >>> ReceptiveField(Pair(4, 4), Pair(2, 2), Pair(0, 0)).span(1, 0)
        (Pair(w=2, h=0), Pair(w=5, h=3))
        """
        first = Pair(self.start.w + x * self.jump.w, self.start.h + y * self.jump.h)
        return first, Pair(first.w + self.size.w - 1, first.h + self.size.h - 1)

    def after_padding(self, before: Pair) -> ReceptiveField:
        """Return the field after columns and rows were added at the left and the top.

        Args:
            before: how many; negative where they were cut off.
        """
        start = Pair(self.start.w - before.w * self.jump.w, self.start.h - before.h * self.jump.h)
        return ReceptiveField(self.size, self.jump, start)

    def after_layer(self, effect: Effect) -> ReceptiveField | None:
        """Return the field after one more layer.

        Args:
            effect: what the layer does.

        Returns:
            The field; None where values differ in what they see, or all of them see the whole
            input: after flatten, global pooling, dense layers on vectors, and transposed layers.
        """
        if isinstance(effect.output, Vector) or effect.transposed:
            return None
        padded = self.after_padding(effect.pad_before)
        if effect.axes is None:
            return padded
        across, down = effect.axes
        size, jump = self.size, self.jump
        return ReceptiveField(
            Pair(size.w + (across.reach - 1) * jump.w, size.h + (down.reach - 1) * jump.h),
            Pair(jump.w * across.stride, jump.h * down.stride),
            padded.start,
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of columns and rows. First and last are both inside.

    Args:
        x0, y0: first column and row, from 0.
        x1, y1: last column and row. Smaller than the first: nothing is inside.

    >>> Box(2, 0, 5, 3).width, Box(2, 0, 5, 3).clipped(Pair(4, 4))
    (4, Box(x0=2, y0=0, x1=3, y1=3))
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Columns inside."""
        return max(self.x1 - self.x0 + 1, 0)

    @property
    def height(self) -> int:
        """Rows inside."""
        return max(self.y1 - self.y0 + 1, 0)

    @property
    def empty(self) -> bool:
        """Whether nothing is inside, as where no stamp of a transposed layer falls."""
        return not (self.width and self.height)

    def clipped(self, plane: Pair) -> Box:
        """Return the part that lies inside a plane of so many columns and rows."""
        return Box(
            max(self.x0, 0), max(self.y0, 0), min(self.x1, plane.w - 1), min(self.y1, plane.h - 1)
        )

    def moved(self, by: Pair) -> Box:
        """Return the box so many columns further right and rows further down."""
        return Box(self.x0 + by.w, self.y0 + by.h, self.x1 + by.w, self.y1 + by.h)

    def joined(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )


def back_through(effect: Effect, box: Box) -> Box:
    """Return the input columns and rows that a box of the output is made from.

    Args:
        effect: what a layer does.
        box: a part of its output.

    Returns:
        A box that may reach into the padding.
    """
    shape = effect.input
    if box.empty:
        return box
    if effect.axes:
        across, down = effect.axes
        return Box(
            across.first(box.x0),
            down.first(box.y0),
            across.first(box.x1) + across.reach - 1,
            down.first(box.y1) + down.reach - 1,
        )
    if effect.transposed:
        across_stamps, down_stamps = effect.transposed
        return Box(
            across_stamps.sources(box.x0)[0],
            down_stamps.sources(box.y0)[0],
            across_stamps.sources(box.x1)[1],
            down_stamps.sources(box.y1)[1],
        )
    if isinstance(shape, Volume) and isinstance(effect.output, Vector):
        if isinstance(effect.layer, Flatten):
            return _unflatten(shape, box.x0, box.x1)
        return Box(0, 0, shape.width - 1, shape.height - 1)  # global pooling reads all
    if isinstance(effect.layer, Dense) and isinstance(shape, Vector):
        return Box(0, 0, shape.size - 1, 0)
    before = effect.pad_before  # zero padding shifts; every other layer keeps the position
    return box.moved(Pair(-before.w, -before.h))


def _unflatten(volume: Volume, first: int, last: int) -> Box:
    """Return the smallest box that holds a run of flattened values (rows, columns, depth)."""
    a, b = first // volume.depth, last // volume.depth
    (y0, x0), (y1, x1) = divmod(a, volume.width), divmod(b, volume.width)
    return Box(x0, y0, x1, y1) if y0 == y1 else Box(0, y0, volume.width - 1, y1)
