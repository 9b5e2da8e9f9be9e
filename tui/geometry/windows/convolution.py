"""Convolution on small grids of numbers.

Written to be read: plain lists, one multiplication after another. A grid is a list of channels,
each of them a list of rows: `grid[depth][row][column]`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.layers import Conv2D, DepthwiseConv2D
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Volume
from tui.geometry.windows.grids import (
    Filters,
    Grid,
    Term,
    WindowSum,
    check_inside,
    check_size,
    volume_of,
)


def convolve(
    grid: Grid,
    filters: Filters,
    layer: Conv2D | DepthwiseConv2D | None = None,
    biases: Sequence[float] | None = None,
) -> list[list[list[float]]]:
    """Slide filters over a grid.

    Args:
        grid: the input.
        filters: one for each output channel. Each is as deep as what it reads: D1/groups
            channels, or 1 in a depthwise layer, where filter channel·multiplier + m is filter m
            of a channel.
        layer: the padding, stride, dilation and groups; None for a plain convolution. Its
            activation is not applied.
        biases: one for each filter; None for zeros.

    Returns:
        The output as `[k][row][column]`.

    Raises:
        GeometryError: the layer does not fit, the filters have the wrong shape, or there is too
            much to compute.

    >>> convolve([[[1, 2, 3], [4, 5, 6]]], [[[[1], [-1]]]])
    [[[-3.0, -3.0, -3.0]]]
    """
    layer, effect = _prepared(grid, filters, layer)
    output = effect.output
    assert isinstance(output, Volume)
    biases = [0.0] * output.depth if biases is None else biases
    return [
        [
            [
                _add(_terms(grid, filters, layer, effect, x, y, k)) + biases[k]
                for x in range(output.width)
            ]
            for y in range(output.height)
        ]
        for k in range(output.depth)
    ]


def window_at(
    grid: Grid,
    filters: Filters,
    x: int,
    y: int,
    k: int = 0,
    layer: Conv2D | DepthwiseConv2D | None = None,
    bias: float = 0.0,
) -> WindowSum:
    """Return what is multiplied and added for one output value.

    Args:
        grid, filters, layer: as in :func:`convolve`.
        x, y: column and row of the output value, from 0.
        k: which filter, from 0.
        bias: added at the end.

    Returns:
        The terms and the total.

    Raises:
        GeometryError: as :func:`convolve`, or a place outside the output.
    """
    layer, effect = _prepared(grid, filters, layer)
    check_inside(effect, x, y, k)
    terms = tuple(_terms(grid, filters, layer, effect, x, y, k))
    return WindowSum(terms, bias, _add(terms) + bias)


def _prepared(
    grid: Grid, filters: Filters, layer: Conv2D | DepthwiseConv2D | None
) -> tuple[Conv2D | DepthwiseConv2D, Effect]:
    """Return the layer, or a plain one for the filters, and its effect, all checked."""
    volume = volume_of(grid)
    shapes = {volume_of(one) for one in filters}
    if len(shapes) != 1:
        raise GeometryError(
            f"the filters have {len(shapes)} shapes: give at least one, all of the same shape."
        )
    shape = shapes.pop()
    if layer is None:
        layer = Conv2D(len(filters), shape.plane)
    effect = apply_layer(layer, volume)
    check_size(effect)
    assert isinstance(effect.output, Volume)
    deep = volume.depth // layer.groups if isinstance(layer, Conv2D) else 1
    want = Volume(layer.kernel.w, layer.kernel.h, deep)
    if shape != want or len(filters) != effect.output.depth:
        raise GeometryError(
            f"received {len(filters)} filters of {shape}, but the layer has "
            f"{effect.output.depth} of {want}: give those.",
            field="filters",
        )
    return layer, effect


def _terms(
    grid: Grid,
    filters: Filters,
    layer: Conv2D | DepthwiseConv2D,
    effect: Effect,
    x: int,
    y: int,
    k: int,
) -> list[Term]:
    """Return the values under the window with their weights, by depth, row and column."""
    assert effect.axes is not None and isinstance(effect.output, Volume)
    deep = len(filters[k])
    # The output channels are divided equally among the groups of input channels.
    groups = layer.groups if isinstance(layer, Conv2D) else len(grid)
    first = k // (effect.output.depth // groups) * deep
    across, down = effect.axes
    terms = []
    for d in range(deep):
        for i in range(down.kernel):
            row = down.first(y) + i * down.dilation
            for j in range(across.kernel):
                column = across.first(x) + j * across.dilation
                padded = not (0 <= row < down.size and 0 <= column < across.size)
                value = 0.0 if padded else grid[first + d][row][column]
                terms.append(Term(first + d, row, column, value, filters[k][d][i][j], padded))
    return terms


def _add(terms: Sequence[Term]) -> float:
    return float(sum(term.value * term.weight for term in terms))
