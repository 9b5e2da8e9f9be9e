"""A small input on which a layer's window can be watched, number by number."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cached_property

from tui.geometry.axes import Axis
from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.grids import WindowSum
from tui.geometry.layers import AveragePool2D, Conv2D, Layer, MaxPool2D
from tui.geometry.pooling import pool_at
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Pair, Volume
from tui.geometry.windows import window_at

PLACES = 4
"""Places of the window across and down that a scene shows."""
MOST_SIDE = 10
"""Columns and rows of an input that can be taken in at a glance."""
LARGEST_REACH = 7
"""Windows of more columns are too wide to be drawn with their numbers."""
MOST_DEPTH = 3
MOST_FILTERS = 4

FILTERS: dict[str, tuple[tuple[int, ...], ...]] = {
    "vertical edges": ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    "horizontal edges": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "Sobel": ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "sum (blur)": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
}
"""Ready-made 3×3 filters, as `rows of columns`."""

Cells = tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True)
class Scene:
    """A small input, the layer's window and filters on it.

    Args:
        layer: the layer, with no more filters than can be looked at.
        grid: the input as `[depth][row][column]`.
        filters: `[k][depth][row][column]`; empty for pooling.
    """

    layer: Conv2D | MaxPool2D | AveragePool2D
    grid: Cells
    filters: tuple[Cells, ...]

    @cached_property
    def effect(self) -> Effect:
        """What the layer does to the small input."""
        volume = Volume(len(self.grid[0][0]), len(self.grid[0]), len(self.grid))
        return apply_layer(self.layer, volume)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """The window's arithmetic across and down."""
        assert self.effect.axes is not None
        return self.effect.axes

    @property
    def output(self) -> Volume:
        """The small output."""
        assert isinstance(self.effect.output, Volume)
        return self.effect.output

    def at(self, x: int, y: int, k: int) -> WindowSum:
        """Return what is multiplied and added for one output value.

        Args:
            x, y: column and row of the output, from 0.
            k: the filter, or the channel of a pooling, from 0.
        """
        if isinstance(self.layer, Conv2D):
            return window_at(self.grid, self.filters, x, y, k, self.layer)
        return pool_at(self.grid, self.layer, x, y, k)

    def with_value(self, depth: int, row: int, column: int, value: int) -> Scene:
        """Return the scene with another number in the input."""
        grid = [[list(line) for line in plane] for plane in self.grid]
        grid[depth][row][column] = value
        return replace(self, grid=tuple(tuple(tuple(line) for line in plane) for plane in grid))

    def with_filter(self, name: str) -> Scene:
        """Return the scene with a ready-made filter as its first one.

        Raises:
            GeometryError: for a layer whose filter is not 3×3.
        """
        if not isinstance(self.layer, Conv2D) or self.layer.kernel != Pair(3, 3):
            raise GeometryError(
                "the ready-made filters are 3×3: take F = 3 to see them.", field="kernel"
            )
        depth = len(self.filters[0])
        return replace(self, filters=((FILTERS[name],) * depth, *self.filters[1:]))


def scene_for(layer: Layer, shape: Volume, seed: int = 1) -> Scene:
    """Return a small input on which a layer's window behaves as on the real one.

    Stride, filter size, padding and dilation are the layer's own; the input is cut down so that
    the same columns stay unread at the right and `same` is as lopsided as on the real input.

    Args:
        layer: a convolution or a pooling that fits.
        shape: the real input.
        seed: of the numbers.

    Raises:
        GeometryError: when the layer has no window that can be drawn.
    """
    if not isinstance(layer, Conv2D | MaxPool2D | AveragePool2D):
        raise GeometryError(
            f"{layer.keras_name} is not drawn number by number: choose a convolution or a pooling."
        )
    effect = apply_layer(layer, shape)
    assert effect.axes is not None
    across, down = effect.axes
    for axis in (across, down):
        if axis.reach > LARGEST_REACH:
            raise GeometryError(
                f"the window reaches over {axis.reach} columns, too many to draw with their "
                f"numbers: take F and dilation so that it is at most {LARGEST_REACH}.",
                field="kernel",
            )
    depth = min(shape.depth, MOST_DEPTH)
    small = Volume(_small(across), _small(down), depth)
    if isinstance(layer, Conv2D):
        groups = 1 if depth % layer.groups else layer.groups
        count = min(layer.filters, MOST_FILTERS)
        count = max(count - count % groups, groups)
        drawn: Conv2D | MaxPool2D | AveragePool2D = replace(layer, filters=count, groups=groups)
        reads = depth // groups
        kernel = layer.kernel
    else:
        drawn, count, reads, kernel = layer, 0, 0, Pair(1, 1)
    numbers = random.Random(seed)
    grid = tuple(
        tuple(
            tuple(numbers.choice((0, 0, 1, 1, 2, 3)) for _ in range(small.width))
            for _ in range(small.height)
        )
        for _ in range(depth)
    )
    filters = tuple(
        tuple(
            tuple(
                tuple(numbers.choice((-1, 0, 0, 1, 1)) for _ in range(kernel.w))
                for _ in range(kernel.h)
            )
            for _ in range(reads)
        )
        for _ in range(count)
    )
    return Scene(drawn, grid, filters)


def _small(axis: Axis) -> int:
    """Return a short side on which the window behaves as on the long one."""
    # A wide stride takes many columns: then fewer places have to do.
    sides = [_side(axis, places) for places in range(PLACES, 1, -1)]
    return next((side for side in sides if side <= MOST_SIDE), sides[-1])


def _side(axis: Axis, places: int) -> int:
    """Return the short side that holds so many places of the window."""
    if axis.same:
        # The same remainder by the stride: then `same` pads the same columns.
        least = max(axis.reach, (places - 1) * axis.stride + 1)
        short = least + (axis.size - least) % axis.stride
    else:
        remainder = axis.room % axis.stride
        places = min(places, axis.room // axis.stride + 1)
        short = (places - 1) * axis.stride + axis.reach + remainder - axis.before - axis.after
        if short < 1:  # the padding alone is wider than that: keep what lies between
            short = min(axis.size, axis.reach)
    return min(short, axis.size)
