"""What one message of Keras or TensorFlow complains of, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "window", "axis", "rank", "input", "groups", "stride-and-dilation", "targets", "labels"
]
"""What a message complains of: a window that does not go in, the length of an axis, the
number of axes, the whole input, groups, stride and dilation at once, or the answers."""

Sides: TypeAlias = tuple[int | None, ...]
"""A shape as Keras prints it, batch first; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one message says.

    Args:
        kind: what it complains of.
        name: the layer's name, or the path of its operation; empty where it is not said.
        class_name: the layer's class; empty where it is not said.
        received: the shape of what came in.
        expected: the shape that was wanted; for "axis" and "rank" one number.
        kernel: the window, in rows and columns.
        stride: the stride, in rows and columns.
        dilation: the dilation, in rows and columns.
        reach: Fd on the axis where it does not go in, or None.
        filters: K, or None.
        groups: the groups, or None.
    """

    kind: Kind
    name: str = ""
    class_name: str = ""
    received: Sides = ()
    expected: Sides = ()
    kernel: Sides = ()
    stride: Sides = ()
    dilation: Sides = ()
    reach: int | None = None
    filters: int | None = None
    groups: int | None = None
