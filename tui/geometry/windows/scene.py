"""A small input on which a layer's window is drawn, number by number."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from tui.geometry.axes import Axis, TransposedAxis
from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.layers import (
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    SeparableConv2D,
)
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Pair, Volume
from tui.geometry.windows.convolution import window_at
from tui.geometry.windows.grids import WindowSum
from tui.geometry.windows.pooling import pool_at
from tui.geometry.windows.ready_made_filters import KERNELS
from tui.geometry.windows.transposed import stamps_at

POSITIONS = 4
"""Positions of the window across and down that a scene shows."""
MOST_SIDE = 10
"""Columns and rows of an input that can be taken in at a glance."""
LARGEST_REACH = 7
"""Wider windows are not drawn with their numbers."""
MOST_DEPTH = 3
MOST_FILTERS = 4
STAMPED_SIDE = 3
"""Columns and rows of the input of a transposed convolution: its output is the larger one."""
LARGEST_VALUE = 99
"""Larger numbers do not fit into a cell of the drawing."""

Cells: TypeAlias = tuple[tuple[tuple[int, ...], ...], ...]
Drawn: TypeAlias = Conv2D | DepthwiseConv2D | Conv2DTranspose | MaxPool2D | AveragePool2D
"""The layers that can be drawn; the others are shown as one of these."""


@dataclass(frozen=True)
class Scene:
    """A small input with the window and filters of a layer.

    Args:
        layer: the layer, with no more filters than can be shown.
        grid: the input as `[depth][row][column]`.
        filters: `[k][depth][row][column]`; empty for pooling.
        note: a sentence on what the drawing leaves out; mostly empty.
    """

    layer: Drawn
    grid: Cells
    filters: tuple[Cells, ...]
    note: str = ""

    @cached_property
    def effect(self) -> Effect:
        """What the layer does to the small input."""
        volume = Volume(len(self.grid[0][0]), len(self.grid[0]), len(self.grid))
        return apply_layer(self.layer, volume)

    @cached_property
    def axes(self) -> tuple[Axis, Axis]:
        """The arithmetic across and down; without padding or stride for a transposed layer."""
        if self.effect.axes is not None:
            return self.effect.axes
        volume = self.effect.input
        assert isinstance(volume, Volume)
        return _unmoved_axis(volume.width), _unmoved_axis(volume.height)

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
        if isinstance(self.layer, Conv2DTranspose):
            return stamps_at(self.grid, self.filters, self.layer, x, y, k)
        if isinstance(self.layer, Conv2D | DepthwiseConv2D):
            return window_at(self.grid, self.filters, x, y, k, self.layer)
        return pool_at(self.grid, self.layer, x, y, k)

    def slices_read(self, k: int) -> tuple[int, ...]:
        """Return the depth slices of the input, from 0, that output slice k is made from."""
        if isinstance(self.layer, Conv2DTranspose):
            return tuple(range(len(self.grid)))
        return tuple(sorted({term.depth for term in self.at(0, 0, k).terms}))

    def with_value(self, depth: int, row: int, column: int, value: int) -> Scene:
        """Return the scene with another number in the input.

        Raises:
            GeometryError: the number is too long to be drawn.
        """
        return replace(self, grid=_replaced(self.grid, depth, row, column, _drawable(value)))

    def with_weight(self, k: int, depth: int, row: int, column: int, value: int) -> Scene:
        """Return the scene with another weight in a filter.

        Raises:
            GeometryError: the number is too long to be drawn.
        """
        changed = _replaced(self.filters[k], depth, row, column, _drawable(value))
        return replace(self, filters=(*self.filters[:k], changed, *self.filters[k + 1 :]))

    def with_filter(self, name: str, k: int = 0) -> Scene:
        """Return the scene with a ready-made filter, one of `KERNELS`, as filter k.

        Its weights are whole numbers: here a blur adds up without dividing by 9.

        Raises:
            GeometryError: the layer's filters are not 3×3.
        """
        if not self.filters or (len(self.filters[k][0]), len(self.filters[k][0][0])) != (3, 3):
            raise GeometryError(
                "the ready-made filters are 3×3: take F = 3 to see them.", field="kernel"
            )
        made = (KERNELS[name].weights,) * len(self.filters[k])
        return replace(self, filters=(*self.filters[:k], made, *self.filters[k + 1 :]))


def _unmoved_axis(size: int) -> Axis:
    return Axis(size, 1, 1, 1, 0, 0, False)


def _drawable(value: int) -> int:
    if abs(value) > LARGEST_VALUE:
        raise GeometryError(
            f"{value} has too many digits to be drawn: take −{LARGEST_VALUE} to {LARGEST_VALUE}."
        )
    return value


def _replaced(cells: Cells, depth: int, row: int, column: int, value: int) -> Cells:
    changed = [[list(line) for line in plane] for plane in cells]
    changed[depth][row][column] = value
    return tuple(tuple(tuple(line) for line in plane) for plane in changed)


def scene_for(layer: Layer, shape: Volume, seed: int = 1) -> Scene:
    """Return a small input on which a layer's window behaves as on the real one.

    Stride, filter size, padding and dilation are those of the layer. The side of the input is
    chosen so that as many columns stay unread, and `same` pads as many on each side, as on the
    real input.

    Args:
        layer: a convolution or a pooling that fits.
        shape: the real input.
        seed: of the random numbers.

    Raises:
        GeometryError: the layer has no window that can be drawn.
    """
    numbers = random.Random(seed)
    depth = min(shape.depth, MOST_DEPTH)
    if isinstance(layer, GlobalMaxPool2D | GlobalAveragePool2D):
        sides = Pair(min(shape.width, LARGEST_REACH), min(shape.height, LARGEST_REACH))
        kind = MaxPool2D if isinstance(layer, GlobalMaxPool2D) else AveragePool2D
        grid = _grid(numbers, Volume(sides.w, sides.h, depth))
        return Scene(kind(sides), grid, (), "One window covers each whole slice.")
    if isinstance(layer, Conv2DTranspose):
        return _stamps(layer, shape, depth, numbers)
    if isinstance(layer, SeparableConv2D):
        first = DepthwiseConv2D(
            layer.kernel, layer.stride, layer.padding, layer.dilation, layer.multiplier
        )
        return replace(
            scene_for(first, shape, seed),
            note=f"This is the depthwise part; K = {layer.filters} filters of 1×1 then mix its "
            "slices.",
        )
    if not isinstance(layer, Conv2D | DepthwiseConv2D | MaxPool2D | AveragePool2D):
        raise GeometryError(
            f"{layer.keras_name} is not drawn number by number: choose a convolution or a pooling."
        )
    axes = apply_layer(layer, shape).axes
    assert axes is not None
    for axis in axes:
        _check_reach(axis.reach)
    grid = _grid(numbers, Volume(_small(axes[0]), _small(axes[1]), depth))
    if isinstance(layer, Conv2D):
        groups = 1 if depth % layer.groups else layer.groups
        count = min(layer.filters, MOST_FILTERS)
        count = max(count - count % groups, groups)
        drawn = replace(layer, filters=count, groups=groups)
        return Scene(drawn, grid, _filters(numbers, count, layer.kernel, depth // groups))
    if isinstance(layer, DepthwiseConv2D):
        made = replace(layer, multiplier=min(layer.multiplier, MOST_FILTERS))
        return Scene(made, grid, _filters(numbers, depth * made.multiplier, layer.kernel, 1))
    return Scene(layer, grid, ())


def _stamps(layer: Conv2DTranspose, shape: Volume, depth: int, numbers: random.Random) -> Scene:
    """Return the scene of a transposed convolution: a few input values, each with its stamp."""
    axes = apply_layer(layer, shape).transposed
    assert axes is not None
    for axis in axes:
        _check_reach(axis.reach)
    across, down = (_small_side(axis) for axis in axes)
    sides = Volume(across, down, depth)
    drawn = replace(layer, filters=min(layer.filters, MOST_FILTERS))
    return Scene(
        drawn,
        _grid(numbers, sides),
        _filters(numbers, drawn.filters, layer.kernel, depth),
        "Every input value stamps the filter, times itself, on the output; stamps that overlap "
        "are added.",
    )


def _small_side(axis: TransposedAxis) -> int:
    """Return the side of a small input: three values, or two where three make it too wide."""
    side = min(axis.size, STAMPED_SIDE)
    return side if replace(axis, size=side).output <= MOST_SIDE else min(axis.size, 2)


def _check_reach(reach: int) -> None:
    if reach > LARGEST_REACH:
        raise GeometryError(
            f"the window reaches over {reach} columns, too many to draw with their numbers: take "
            f"F and dilation so that it is at most {LARGEST_REACH}.",
            field="kernel",
        )


def _grid(numbers: random.Random, volume: Volume) -> Cells:
    return tuple(
        tuple(
            tuple(numbers.choice((0, 0, 1, 1, 2, 3)) for _ in range(volume.width))
            for _ in range(volume.height)
        )
        for _ in range(volume.depth)
    )


def _filters(numbers: random.Random, count: int, kernel: Pair, depth: int) -> tuple[Cells, ...]:
    return tuple(
        tuple(
            tuple(
                tuple(numbers.choice((-1, 0, 0, 1, 1)) for _ in range(kernel.w))
                for _ in range(kernel.h)
            )
            for _ in range(depth)
        )
        for _ in range(count)
    )


def _small(axis: Axis) -> int:
    """Return a short side on which the window behaves as on the long one."""
    # A large stride takes many columns: then there are fewer positions.
    sides = [_side(axis, places) for places in range(POSITIONS, 1, -1)]
    return next((side for side in sides if side <= MOST_SIDE), sides[-1])


def _side(axis: Axis, places: int) -> int:
    """Return the short side on which the window has so many positions."""
    if axis.same:
        # With the same remainder by the stride, `same` pads the same columns.
        least = max(axis.reach, (places - 1) * axis.stride + 1)
        short = least + (axis.size - least) % axis.stride
    else:
        remainder = axis.room % axis.stride
        places = min(places, axis.room // axis.stride + 1)
        short = (places - 1) * axis.stride + axis.reach + remainder - axis.before - axis.after
        if short < 1:  # the padding alone is wider
            short = min(axis.size, axis.reach)
    return min(short, axis.size)
