"""Where branches of a network meet: what comes out, and from where in each branch."""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry.errors import shown
from tui.geometry.graphs.graph import AnyShape, Block, shape_of, sides_of
from tui.geometry.graphs.reaches import Everything, Reach, Shifted
from tui.geometry.shapes import Pair, Vector, Volume
from tui.keras_io.layer_config import Step

CONCATENATE = "Concatenate"
MERGED = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "CustomScaleLayer"}
)
"""Layers that put values together one by one; the last is InceptionResNetV2's own."""
OPERATIONS = frozenset({"Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Negative"})
"""What Keras makes of `x + y` or `x / 127.5` on the values of a model, in `keras.ops.numpy`."""


def merged(step: Step, shapes: Sequence[AnyShape]) -> tuple[AnyShape, tuple[Reach | None, ...]]:
    """Return what comes out where values are put together one by one.

    A side of 1 is repeated as often as the others want: so a weight for each channel is
    multiplied on all of its cells.

    Args:
        step: the layer.
        shapes: what it receives.

    Raises:
        GeometryError: two sides that are neither the same nor 1.
    """
    ranks = {len(sides_of(shape)) for shape in shapes}
    if not shapes or len(ranks) != 1:
        raise _unfit(step, shapes)
    sides = []
    for several in zip(*map(sides_of, shapes), strict=True):
        larger = {side for side in several if side != 1}
        if len(larger) > 1:
            raise _unfit(step, shapes)
        sides.append(larger.pop() if larger else 1)
    output = shape_of(sides)
    return output, tuple(_spread(shape, output) for shape in shapes)


def _spread(shape: AnyShape, output: AnyShape) -> Reach | None:
    """A value for all cells is seen by each of them."""
    if isinstance(shape, Vector):
        return Shifted()
    if isinstance(shape, Block):
        return _block(shape)
    if not isinstance(output, Volume):
        return None
    return Shifted() if shape.plane == output.plane else Everything(shape.plane)


def concatenated(
    step: Step, shapes: Sequence[AnyShape]
) -> tuple[AnyShape, tuple[Reach | None, ...]]:
    """Return what comes out where branches are laid behind each other on one axis.

    Args:
        step: the layer, with its `axis`; the last one, the channels, where it is not said.
        shapes: what it receives.

    Raises:
        GeometryError: no such axis, or other sides that differ.
    """
    if not shapes:
        raise _unfit(step, shapes)
    all_sides = [sides_of(shape) for shape in shapes]
    rank = len(all_sides[0])
    axis = step.config.get("axis", -1)
    if (
        isinstance(axis, bool)
        or not isinstance(axis, int)
        or not (-rank <= axis < 0 or 1 <= axis <= rank)
    ):
        raise step.refuse(
            f"has axis = {shown(axis)}: −1, the channels, or one of 1 to {rank} can be read."
        )
    place = axis + rank if axis < 0 else axis - 1
    others = {sides[:place] + sides[place + 1 :] for sides in all_sides}
    if len(others) != 1:
        raise _unfit(step, shapes)
    sides = list(all_sides[0])
    sides[place] = sum(one[place] for one in all_sides)
    output = shape_of(sides)
    channels = isinstance(output, Volume) and place == rank - 1
    if channels:
        return output, tuple(Shifted() for _ in shapes)
    return output, tuple(None if isinstance(shape, Volume) else _block(shape) for shape in shapes)


def _block(shape: Vector | Block) -> Reach:
    return Everything(Pair(shape.size, 1))


def _unfit(step: Step, shapes: Sequence[AnyShape]) -> Exception:
    received = " and ".join(str(shape) for shape in list(shapes)[:4]) or "nothing"
    more = f" and {len(shapes) - 4} more" if len(shapes) > 4 else ""
    return step.refuse(
        f"receives {received}{more}, which do not fit together: width and height have to be the "
        "same."
    )
