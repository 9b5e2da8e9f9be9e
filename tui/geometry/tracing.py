"""Tracing one output value back, layer by layer, to the part of the input it depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.layers import Dense, Flatten
from tui.geometry.network import Row
from tui.geometry.shapes import Pair, Shape, Vector, Volume


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of columns and rows. First and last are both inside.

    Args:
        x0, y0: first column and row, from 0.
        x1, y1: last column and row. Smaller than the first: nothing is inside.

    >>> Box(2, 0, 5, 3).width, Box(2, 0, 5, 3).clipped(4, 4)
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

    def clipped(self, width: int, height: int) -> Box:
        """Return the part that lies in a plane of so many columns and rows."""
        return Box(
            max(self.x0, 0), max(self.y0, 0), min(self.x1, width - 1), min(self.y1, height - 1)
        )


@dataclass(frozen=True, slots=True)
class FieldStep:
    """What of one layer's output the traced value depends on.

    Args:
        index: whose output: the row's index, or -1 for the network's input.
        box: the part that exists. On a vector, x counts the values and y is 0.
        unclipped: the same with the padding that was read, as far as it sticks out.
    """

    index: int
    box: Box
    unclipped: Box


def field_of(rows: Sequence[Row], index: int, x: int, y: int = 0) -> tuple[FieldStep, ...]:
    """Trace one output value back through every earlier layer to the input.

    Args:
        rows: what :func:`tui.geometry.trace_network` returned.
        index: the row whose output is traced.
        x, y: column and row of the value; on a vector, its place and 0.

    Returns:
        A step for the value itself, then for each earlier layer's output, and at last for
        the input (index -1). Channels are not told apart.

    Raises:
        GeometryError: no such row, a row that does not fit, or a place outside its output.

    >>> from tui.geometry.network import trace_network
    >>> from tui.geometry.oneline import parse_network
    >>> rows = trace_network(parse_network("8x8x1 conv:k=1,f=3,p=1 maxpool:f=2"))
    >>> for step in field_of(rows, 1, 0, 0):
    ...     print(step.index, step.box)
    1 Box(x0=0, y0=0, x1=0, y1=0)
    0 Box(x0=0, y0=0, x1=1, y1=1)
    -1 Box(x0=0, y0=0, x1=2, y1=2)
    """
    if not 0 <= index < len(rows):
        raise GeometryError(f"there is no row {index}: take one from 0 to {len(rows) - 1}.")
    effect = rows[index].effect
    if effect is None:
        raise GeometryError(f"row {index} ({rows[index].name}) does not fit: cure it first.")
    plane = _plane(effect.output)
    if not (0 <= x < plane.w and 0 <= y < plane.h):
        raise GeometryError(
            f"column {x}, row {y} is outside the output {effect.output}: count from 0 to "
            f"{plane.w - 1} and {plane.h - 1}."
        )
    box = unclipped = Box(x, y, x, y)
    steps = [FieldStep(index, box, unclipped)]
    for row in reversed(rows[: index + 1]):
        assert row.effect is not None  # rows before one that fits fit
        box, unclipped = back_through(row.effect, box), back_through(row.effect, unclipped)
        box = box.clipped(*_plane(row.effect.input))
        steps.append(FieldStep(row.index - 1, box, unclipped))
    return tuple(steps)


def _plane(shape: Shape) -> Pair:
    return shape.plane if isinstance(shape, Volume) else Pair(shape.size, 1)


def back_through(effect: Effect, box: Box) -> Box:
    """Return the input columns and rows that a box of the output is made from.

    Args:
        effect: what a layer does.
        box: a part of its output.

    Returns:
        A box that may stick out into the padding.
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
        x0, x1 = _sources(effect.transposed[0].sources, box.x0, box.x1)
        y0, y1 = _sources(effect.transposed[1].sources, box.y0, box.y1)
        return Box(x0, y0, x1, y1)
    if isinstance(shape, Volume) and isinstance(effect.output, Vector):
        if isinstance(effect.layer, Flatten):
            return _unflatten(shape, box.x0, box.x1)
        return Box(0, 0, shape.width - 1, shape.height - 1)  # global pooling reads all
    if isinstance(effect.layer, Dense) and isinstance(shape, Vector):
        return Box(0, 0, shape.size - 1, 0)
    before = effect.pad_before  # zero padding shifts; every other layer keeps the place
    return Box(box.x0 - before.w, box.y0 - before.h, box.x1 - before.w, box.y1 - before.h)


def _sources(of: Callable[[int], tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    return of(first)[0], of(last)[1]


def _unflatten(volume: Volume, first: int, last: int) -> Box:
    """The smallest box that holds a run of flattened values (Keras: rows, columns, depth)."""
    a, b = first // volume.depth, last // volume.depth
    (y0, x0), (y1, x1) = divmod(a, volume.width), divmod(b, volume.width)
    return Box(x0, y0, x1, y1) if y0 == y1 else Box(0, y0, volume.width - 1, y1)
