"""Small grids of numbers, and the values under a window on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.shapes import Volume

Grid: TypeAlias = Sequence[Sequence[Sequence[float]]]
"""Numbers as `grid[depth][row][column]`."""
Filters: TypeAlias = Sequence[Grid]
"""Numbers as `filters[k][depth][row][column]`."""

MOST_STEPS = 5_000_000
"""The most multiplications or comparisons that are computed one by one."""


@dataclass(frozen=True, slots=True)
class Term:
    """One value under the window.

    Args:
        depth, row, column: its position; outside the input where it is padding.
        value: the number there; 0 in the padding.
        weight: the factor of the filter; 1 in a pooling.
        padded: whether it is padding.
    """

    depth: int
    row: int
    column: int
    value: float
    weight: float
    padded: bool


@dataclass(frozen=True, slots=True)
class WindowSum:
    """The sum, or the pooling, at one place of the window.

    Args:
        terms: the values under the window, by depth, row and column.
        bias: added at the end.
        total: the output value, before any activation.
    """

    terms: tuple[Term, ...]
    bias: float
    total: float

    def text(self, limit: int = 4) -> str:
        """Return the sum written out: the first terms, and the total.

        Args:
            limit: the most terms before an ellipsis.

        >>> from tui.geometry.windows.convolution import window_at
        >>> window = window_at([[[1, 2], [3, 4]]], [[[[1, 0], [0, -1]]]], 0, 0)
        >>> window.text()
        '1·1 + 2·0 + 3·0 + 4·(−1) = −3'
        """
        parts = [f"{_signed(term.value)}·{_signed(term.weight)}" for term in self.terms[:limit]]
        if len(self.terms) > limit:
            parts.append("…")
        if self.bias:
            parts.append(_signed(self.bias))
        return f"{' + '.join(parts)} = {_signed(self.total).strip('()')}"


def _signed(value: float) -> str:
    return f"(−{-value:g})" if value < 0 else f"{value:g}"


def volume_of(grid: Grid) -> Volume:
    """Return the shape of a grid.

    Args:
        grid: the numbers.

    Returns:
        Its volume.

    Raises:
        GeometryError: it is empty, or its rows differ in length.
    """
    heights = {len(channel) for channel in grid}
    widths = {len(row) for channel in grid for row in channel}
    if len(heights) != 1 or len(widths) != 1:
        raise GeometryError(
            f"the grid has channels of {sorted(heights)} rows and rows of {sorted(widths)} "
            "columns: give every channel and row the same length, at least 1."
        )
    return Volume(widths.pop(), heights.pop(), len(grid))


def check_size(effect: Effect) -> None:
    """Raise a GeometryError where there is too much to compute."""
    steps = effect.macs
    if effect.axes and not steps:  # a pooling reads every value without multiplying
        steps = effect.output.size * effect.axes[0].kernel * effect.axes[1].kernel
    if max(steps, effect.output.size) > MOST_STEPS:
        raise GeometryError(
            f"{effect.input} into {effect.output} takes {steps:,} steps, too many to show one "
            "by one: take a smaller input."
        )


def check_inside(effect: Effect, x: int, y: int, k: int) -> None:
    """Raise a GeometryError for a place outside the output."""
    out = effect.output
    assert isinstance(out, Volume)
    if not (0 <= x < out.width and 0 <= y < out.height and 0 <= k < out.depth):
        raise GeometryError(
            f"column {x}, row {y}, channel {k} is outside the output {out}: count from 0."
        )
