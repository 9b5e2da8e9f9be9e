"""Transposed convolution on small grids: every input value stamps a filter on the output."""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry.axes import TransposedAxis
from tui.geometry.layers import Conv2DTranspose
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


def convolve_transposed(
    grid: Grid,
    filters: Filters,
    layer: Conv2DTranspose,
    biases: Sequence[float] | None = None,
) -> list[list[list[float]]]:
    """Stamp filters on an output, scaled by each input value in turn.

    Args:
        grid: the input.
        filters: one for each output channel, each as deep as the input.
        layer: the stride, dilation and padding. Its activation is not applied.
        biases: one for each filter; None for zeros.

    Returns:
        The output as `[k][row][column]`.

    Raises:
        GeometryError: the layer does not fit, or there is too much to compute.

    >>> from tui.geometry.shapes import Pair
    >>> layer = Conv2DTranspose(1, Pair(2, 1), stride=Pair(2, 1))
    >>> convolve_transposed([[[1, 5]]], [[[[1, 2]]]], layer)
    [[[1.0, 2.0, 5.0, 10.0]]]
    """
    effect = apply_layer(layer, volume_of(grid))
    check_size(effect)
    out = effect.output
    assert isinstance(out, Volume) and effect.transposed is not None
    across, down = effect.transposed
    biases = [0.0] * out.depth if biases is None else biases
    made = [[[float(bias)] * out.width for _ in range(out.height)] for bias in biases]
    for k, one in enumerate(filters):
        for channel, weights in zip(grid, one, strict=True):
            for y, row in enumerate(channel):
                for x, value in enumerate(row):
                    for i in range(down.kernel):
                        for j in range(across.kernel):
                            to_y = y * down.stride + i * down.dilation - down.crop
                            to_x = x * across.stride + j * across.dilation - across.crop
                            if 0 <= to_y < out.height and 0 <= to_x < out.width:
                                made[k][to_y][to_x] += value * weights[i][j]
    return made


def stamps_at(
    grid: Grid,
    filters: Filters,
    layer: Conv2DTranspose,
    x: int,
    y: int,
    k: int = 0,
    bias: float = 0.0,
) -> WindowSum:
    """Return the input values that stamped on one output value, with their weights.

    Args:
        grid, filters, layer: as in :func:`convolve_transposed`.
        x, y: column and row of the output value, from 0.
        k: which filter, from 0.
        bias: added at the end.

    Returns:
        The terms, perhaps none, and the total.

    Raises:
        GeometryError: as :func:`convolve_transposed`, or a place outside the output.

    >>> from tui.geometry.shapes import Pair
    >>> layer = Conv2DTranspose(1, Pair(3, 1), stride=Pair(2, 1))
    >>> stamps_at([[[1, 5]]], [[[[1, 2, 4]]]], layer, 2, 0).text()
    '1·4 + 5·1 = 9'
    """
    effect = apply_layer(layer, volume_of(grid))
    check_inside(effect, x, y, k)
    assert effect.transposed is not None and isinstance(effect.output, Volume)
    across, down = effect.transposed
    terms = tuple(
        Term(d, row, column, channel[row][column], filters[k][d][i][j], False)
        for d, channel in enumerate(grid)
        for row, i in _sources(down, y, len(channel))
        for column, j in _sources(across, x, len(channel[0]))
    )
    return WindowSum(terms, bias, float(sum(t.value * t.weight for t in terms)) + bias)


def _sources(axis: TransposedAxis, place: int, size: int) -> list[tuple[int, int]]:
    """Return the input columns whose stamps reach an output column, each with the filter column."""
    return [
        (source, part)
        for source in range(size)
        for part in range(axis.kernel)
        if source * axis.stride + part * axis.dilation - axis.crop == place
    ]
