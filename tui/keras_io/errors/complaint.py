"""What one message says of a layer, as numbers, by which its row in a network is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.keras_io.errors.shapes import Sides

Sort: TypeAlias = Literal["window", "axis", "rank", "groups", "stride-and-dilation", "output"]
"""What a message complains of: a window that does not go in, the length of an axis, the number
of axes, groups, stride with dilation, or what the last layer puts out."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one message says of a layer.

    Args:
        sort: what it complains of.
        name: the layer's name, or the path of its operation; empty where it is not said.
        class_name: the layer's class, in small letters; empty where it is not said.
        received: the shape of what came in; for "output" of what goes out.
        expected: the shape that was wanted; for "axis" and "rank" one number.
        kernel: the window, in rows and columns.
        stride: the stride, in rows and columns.
        dilation: the dilation, in rows and columns.
        reach: Fd on the axis where it does not go in, or None.
        side: the length of the input on that axis, with any padding, or None.
        filters: K, or None.
        groups: the groups, or None.
    """

    sort: Sort
    name: str = ""
    class_name: str = ""
    received: Sides = ()
    expected: Sides = ()
    kernel: Sides = ()
    stride: Sides = ()
    dilation: Sides = ()
    reach: int | None = None
    side: int | None = None
    filters: int | None = None
    groups: int | None = None
