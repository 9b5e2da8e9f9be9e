"""The receptive field: which input columns and rows one output value depends on.

Each window layer widens the field by (Fd − 1) steps, and its stride lengthens the step:
r ← r + (Fd − 1)·j, then j ← j·S. Source: A. Araujo, W. Norris, J. Sim, "Computing
Receptive Fields of Convolutional Neural Networks", Distill (2019).
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.geometry.effects import Effect
from tui.geometry.shapes import Pair, Vector

_ONE = Pair(1, 1)
_ZERO = Pair(0, 0)


@dataclass(frozen=True, slots=True)
class Receptive:
    """What one output value sees of the network's input. Begins as: each value sees itself.

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

        >>> Receptive(Pair(4, 4), Pair(2, 2), Pair(0, 0)).span(1, 0)
        (Pair(w=2, h=0), Pair(w=5, h=3))
        """
        first = Pair(self.start.w + x * self.jump.w, self.start.h + y * self.jump.h)
        return first, Pair(first.w + self.size.w - 1, first.h + self.size.h - 1)


def grow(receptive: Receptive | None, effect: Effect) -> Receptive | None:
    """Return the receptive field after one more layer.

    Args:
        receptive: the field before it; None when no one answer held already.
        effect: what the layer does.

    Returns:
        The field after it; None after flatten, global pooling, dense layers on vectors, and
        transposed layers (whose values differ in how many inputs they see).
    """
    if receptive is None or isinstance(effect.output, Vector) or effect.transposed:
        return None
    size, jump, start = receptive.size, receptive.jump, receptive.start
    start = Pair(
        start.w - effect.pad_before.w * jump.w,
        start.h - effect.pad_before.h * jump.h,
    )
    if effect.axes is None:  # padding shifts the start; the rest changes nothing
        return Receptive(size, jump, start)
    across, down = effect.axes
    return Receptive(
        Pair(size.w + (across.reach - 1) * jump.w, size.h + (down.reach - 1) * jump.h),
        Pair(jump.w * across.stride, jump.h * down.stride),
        start,
    )
