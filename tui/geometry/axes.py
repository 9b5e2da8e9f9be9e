"""The arithmetic of one axis: the size of a window's output, its padding, and what is unread.

A convolution treats width and height independently, so one axis explains both.

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning"
(2016), relationships 6, 13 and 14, and the course's W2 = (W1 − F + 2P)/S + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class Axis:
    """A window sliding along one axis.

    Args:
        size: W1, input columns (or rows).
        kernel: F, columns of the window.
        stride: S.
        dilation: distance between two columns the window reads.
        before: padded columns at the left (rows at the top).
        after: padded columns at the right (rows at the bottom).
        same: whether the padding comes from Keras's `same`.

    >>> axis = window_axis(150, 3, stride=2)
    >>> axis.output, axis.quotient, axis.unread
    (74, Fraction(147, 2), 1)
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    same: bool

    @property
    def reach(self) -> int:
        """Fd = dilation·(F − 1) + 1: columns from the first to the last that is read."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def span(self) -> int:
        """Columns of the input with its padding."""
        return self.size + self.before + self.after

    @property
    def room(self) -> int:
        """W1 − Fd + 2P: how far the window can move; negative if it does not fit in."""
        return self.span - self.reach

    @property
    def quotient(self) -> Fraction:
        """(W1 − Fd + 2P)/S, before anything is rounded."""
        return Fraction(self.room, self.stride)

    @property
    def output(self) -> int:
        """W2 = ⌊(W1 − Fd + 2P)/S⌋ + 1."""
        return self.room // self.stride + 1

    @property
    def unread(self) -> int:
        """Columns at the right of the padded input that no window reaches."""
        return self.room % self.stride

    @property
    def unread_real(self) -> int:
        """How many of :attr:`unread` belong to the input and not to the padding."""
        return max(self.unread - self.after, 0)

    @property
    def fits(self) -> bool:
        """Whether S divides: the course's formula gives a whole number."""
        return self.unread == 0

    def first(self, position: int) -> int:
        """Return the input column where the window of an output column begins.

        Args:
            position: the output column, from 0.

        Returns:
            The input column, from 0; negative in the padding.
        """
        return position * self.stride - self.before


def window_axis(
    size: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: int | Literal["valid", "same"] = 0,
    dilation: int = 1,
) -> Axis:
    """Return the axis of a window layer, with what Keras pads.

    Args:
        size: W1, input columns.
        kernel: F, columns of the window.
        stride: S.
        padding: P on both sides, "valid" for none, or "same".
        dilation: distance between the columns read.

    Returns:
        The axis; its `room` is negative if the window does not fit in.

    Keras's `same` pads so that ⌈W1/S⌉ windows fit in. A column that cannot be halved is added
    after:

    >>> axis = window_axis(150, 3, stride=2, padding="same")
    >>> axis.output, axis.before, axis.after
    (75, 0, 1)
    """
    if padding != "same":
        p = padding if isinstance(padding, int) else 0
        return Axis(size, kernel, stride, dilation, p, p, False)
    reach = dilation * (kernel - 1) + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return Axis(size, kernel, stride, dilation, total // 2, total - total // 2, True)


@dataclass(frozen=True, slots=True)
class TransposedAxis:
    """A transposed window on one axis.

    Input column i stamps on output columns i·S − crop … i·S − crop + Fd − 1.

    Args:
        size: W1, input columns.
        kernel: F.
        stride: S, output columns between two stamps.
        dilation: distance between the columns of a stamp.
        same: whether the output is cropped to W1·S.
        output_padding: OP, which sets the output's size; None for Keras's default.

    >>> TransposedAxis(9, 3, 2, 1, same=False).output, TransposedAxis(9, 3, 2, 1, True).output
    (19, 18)
    >>> TransposedAxis(9, 3, 3, 1, False, 2).output, TransposedAxis(9, 3, 3, 1, True, 0).output
    (29, 25)
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    same: bool
    output_padding: int | None = None

    @property
    def reach(self) -> int:
        """Fd = dilation·(F − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def stamped(self) -> int:
        """(W1 − 1)·S + Fd: columns from the first stamp's first to the last stamp's last."""
        return (self.size - 1) * self.stride + self.reach

    @property
    def output(self) -> int:
        """W2, columns of the output.

        Without OP, W1·S for `same`, else (W1 − 1)·S + max(Fd, S). With it, (W1 − 1)·S + OP +
        (Fd mod 2) for `same`, else (W1 − 1)·S + OP + Fd.

        Source: `_get_output_shape_given_tf_padding` of Keras.
        """
        steps = (self.size - 1) * self.stride
        if self.output_padding is not None:
            return steps + self.output_padding + (self.reach % 2 if self.same else self.reach)
        return steps + (self.stride if self.same else max(self.reach, self.stride))

    @property
    def crop(self) -> int:
        """Columns cut off at the left for `same`: half of the surplus, rounded down."""
        return max(self.stamped - self.output, 0) // 2 if self.same else 0

    def sources(self, position: int) -> tuple[int, int]:
        """Return the first and last input column that stamp on an output column.

        Args:
            position: the output column, from 0.

        Returns:
            First and last; the last is smaller than the first where no stamp falls.
        """
        column = position + self.crop
        return -((self.reach - 1 - column) // self.stride), column // self.stride
