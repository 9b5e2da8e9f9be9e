"""How many numbers a normalizing layer has, and whether it looks at all cells at once."""

from __future__ import annotations

from tui.geometry.errors import shown
from tui.geometry.graphs.graph import AnyShape, sides_of
from tui.keras_io.layer_config import Step

NORMALIZED = frozenset(
    {
        "BatchNormalization",
        "LayerNormalization",
        "GroupNormalization",
        "RMSNormalization",
        "UnitNormalization",
        "Normalization",
        "LayerScale",
        "PReLU",
    }
)
"""Layers that keep the shape and have numbers, or look at more than one cell."""


def numbers_of(step: Step, shape: AnyShape) -> tuple[int, int, bool]:
    """Return a layer's parameters, those that training changes, and whether it sees all cells.

    Args:
        step: one of the :data:`NORMALIZED`.
        shape: what it receives.

    Raises:
        GeometryError: an axis that the shape does not have, or a setting of another type.
    """
    sides = sides_of(shape)
    rank = len(sides)
    match step.class_name:
        case "BatchNormalization":
            # Mean and variance of the batches are kept; scale and shift are learnt.
            size = sides[_axis(step, step.config.get("axis", -1), rank)]
            learnt = (step.truth("center", True) + step.truth("scale", True)) * size
            return learnt + 2 * size, learnt, False
        case "LayerNormalization" | "RMSNormalization":
            axes = _axes(step, rank)
            size = _product(sides, axes)
            shift = step.class_name == "LayerNormalization" and step.truth("center", True)
            shift = shift and not step.truth("rms_scaling", False)
            scale = step.class_name == "RMSNormalization" or step.truth("scale", True)
            learnt = (shift + scale) * size
            return learnt, learnt, axes != {rank - 1}
        case "GroupNormalization":
            size = sides[_axis(step, step.config.get("axis", -1), rank)]
            learnt = (step.truth("center", True) + step.truth("scale", True)) * size
            return learnt, learnt, True
        case "UnitNormalization":
            return 0, 0, _axes(step, rank) != {rank - 1}
        case "Normalization":
            if step.config.get("mean") is not None:
                return 0, 0, False
            # Mean and variance of the data set, and how many values they were taken of.
            return 2 * _product(sides, _axes(step, rank)) + 1, 0, False
        case "LayerScale":
            size = step.whole("projection_dim", "projection_dim")
            if size != sides[-1]:
                raise step.refuse(
                    f"has projection_dim = {size} and receives {shape}: the depth belongs there."
                )
            return size, size, False
    shared = step.config.get("shared_axes") or []
    if not isinstance(shared, list):
        shared = [shared]
    kept = set(range(rank)) - {_axis(step, axis, rank) for axis in shared}
    size = _product(sides, kept)
    return size, size, False


def _axes(step: Step, rank: int) -> set[int]:
    axes = step.config.get("axis", -1)
    if axes is None:
        return set()
    return {_axis(step, axis, rank) for axis in (axes if isinstance(axes, list) else [axes])}


def _axis(step: Step, axis: object, rank: int) -> int:
    """Return an axis counted from 0 without the batch; Keras counts the batch as 0."""
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    if (
        isinstance(axis, bool)
        or not isinstance(axis, int)
        or not (-rank <= axis < 0 or 1 <= axis <= rank)
    ):
        raise step.refuse(f"has axis = {shown(axis)}: −1, or one of 1 to {rank} can be read.")
    return axis + rank if axis < 0 else axis - 1


def _product(sides: tuple[int, ...], axes: set[int]) -> int:
    product = 1
    for axis in axes:
        product *= sides[axis]
    return product
