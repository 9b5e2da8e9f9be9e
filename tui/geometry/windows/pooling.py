"""Pooling on small grids of numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry.axes import Axis
from tui.geometry.effects import Effect
from tui.geometry.layers import AveragePool2D, PoolLayer
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Volume
from tui.geometry.windows.grids import Grid, Term, WindowSum, check_inside, check_size, volume_of


def pool(grid: Grid, layer: PoolLayer) -> list[list[list[float]]]:
    """Pool a grid.

    Args:
        grid: the input.
        layer: max or average pooling.

    Returns:
        The output as `[depth][row][column]`.

    Raises:
        GeometryError: the layer does not fit, or there is too much to compute.

    >>> from tui.geometry.layers import MaxPool2D
    >>> pool([[[1, 2, 5, 0], [4, 3, 0, 0]]], MaxPool2D())
    [[[4.0, 5.0]]]
    """
    effect = apply_layer(layer, volume_of(grid))
    check_size(effect)
    out = effect.output
    assert isinstance(out, Volume)
    return [
        [
            [_pooled(grid, layer, effect, x, y, d).total for x in range(out.width)]
            for y in range(out.height)
        ]
        for d in range(out.depth)
    ]


def pool_at(grid: Grid, layer: PoolLayer, x: int, y: int, depth: int = 0) -> WindowSum:
    """Return the values that one output value of a pooling is made from.

    Args:
        grid, layer: as in :func:`pool`.
        x, y: column and row of the output value, from 0.
        depth: which channel, from 0.

    Returns:
        The values under the window, with weight 1, and the largest or the mean.

    Raises:
        GeometryError: as :func:`pool`, or a place outside the output.
    """
    effect = apply_layer(layer, volume_of(grid))
    check_inside(effect, x, y, depth)
    return _pooled(grid, layer, effect, x, y, depth)


def _pooled(grid: Grid, layer: PoolLayer, effect: Effect, x: int, y: int, d: int) -> WindowSum:
    assert effect.axes is not None
    across, down = effect.axes
    terms = tuple(
        Term(d, row, column, _at(grid[d], row, column, effect.axes), 1.0, padded)
        for row in range(down.first(y), down.first(y) + down.kernel)
        for column in range(across.first(x), across.first(x) + across.kernel)
        for padded in (not (0 <= row < down.size and 0 <= column < across.size),)
    )
    # The padding of `same` does not count; the zeros of a number P count like other values.
    counted = [term.value for term in terms if not (term.padded and across.same)]
    total = sum(counted) / len(counted) if isinstance(layer, AveragePool2D) else max(counted)
    return WindowSum(terms, 0.0, float(total))


def _at(
    channel: Sequence[Sequence[float]], row: int, column: int, axes: tuple[Axis, Axis]
) -> float:
    across, down = axes
    inside = 0 <= row < down.size and 0 <= column < across.size
    return channel[row][column] if inside else 0.0
