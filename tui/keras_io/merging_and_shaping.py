"""Layers that join branches of a network, or that add, cut off, enlarge or lay out anew.

None of them has parameters, and none but the joining ones computes anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry import checks
from tui.geometry.errors import GeometryError, shown
from tui.geometry.reach import Enlarged, Everything, LayerOutput, Reach, Shifted, all_of
from tui.geometry.shapes import LARGEST, AnyShape, Block, Pair, Vector, Volume, shape_of, sides_of
from tui.keras_io.layer_config import LayerConfig

CONCATENATE = "Concatenate"
MERGED = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "CustomScaleLayer"}
)
"""Layers that combine inputs value by value; the last is InceptionResNetV2's own."""
FLIP = "Flip"
OPERATIONS = frozenset({"Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Negative", FLIP})
"""Operations of `keras.ops.numpy` that Keras records for `x + y`, `x / 127.5`, or `ops.flip(x)`."""


def merged(config: LayerConfig, shapes: Sequence[AnyShape]) -> LayerOutput:
    """Return the output of a layer that combines its inputs value by value.

    A side of 1 is repeated as often as the others are long, so that a weight for each channel
    is multiplied with all cells of it.

    Args:
        config: the layer.
        shapes: what it receives.

    Raises:
        GeometryError: two sides that are neither the same nor 1.
    """
    ranks = {len(sides_of(shape)) for shape in shapes}
    if not shapes or len(ranks) != 1:
        raise _does_not_fit(config, shapes)
    sides = []
    for several in zip(*map(sides_of, shapes), strict=True):
        larger = {side for side in several if side != 1}
        if len(larger) > 1:
            raise _does_not_fit(config, shapes)
        sides.append(larger.pop() if larger else 1)
    output = shape_of(sides)
    return LayerOutput(output, reaches=tuple(_repeated(shape, output) for shape in shapes))


def _repeated(shape: AnyShape, output: AnyShape) -> Reach | None:
    """Return the reach into an input whose sides of 1 are repeated."""
    if isinstance(shape, Vector):
        return Shifted()
    if isinstance(shape, Block):
        return all_of(shape)
    if not isinstance(output, Volume):
        return None
    return Shifted() if shape.plane == output.plane else Everything(shape.plane)


def flipped(config: LayerConfig, shapes: Sequence[AnyShape]) -> LayerOutput:
    """Return the output of `keras.ops.flip`, such as of the channels, from RGB to BGR."""
    if len(shapes) != 1:
        raise _does_not_fit(config, shapes)
    (shape,) = shapes
    rank = len(sides_of(shape))
    axis = config.settings.get("axis")
    if isinstance(axis, int) and not isinstance(axis, bool) and axis in (-1, rank):
        return LayerOutput(shape, reaches=(Shifted(),))
    return LayerOutput(shape, reaches=(None,))


def concatenated(config: LayerConfig, shapes: Sequence[AnyShape]) -> LayerOutput:
    """Return the output of a layer that joins its inputs along one axis.

    Args:
        config: the layer, with its `axis`; by default the last one, the channels.
        shapes: what it receives.

    Raises:
        GeometryError: no such axis, or other sides that differ.
    """
    if not shapes:
        raise _does_not_fit(config, shapes)
    all_sides = [sides_of(shape) for shape in shapes]
    rank = len(all_sides[0])
    axis = config.axis_of(config.settings.get("axis", -1), rank)
    others = {sides[:axis] + sides[axis + 1 :] for sides in all_sides}
    if len(others) != 1:
        raise _does_not_fit(config, shapes)
    sides = list(all_sides[0])
    sides[axis] = sum(one[axis] for one in all_sides)
    output = shape_of(sides)
    if isinstance(output, Volume) and axis == rank - 1:
        return LayerOutput(output, reaches=tuple(Shifted() for _ in shapes))
    reaches = tuple(None if isinstance(shape, Volume) else all_of(shape) for shape in shapes)
    return LayerOutput(output, reaches=reaches)


def _does_not_fit(config: LayerConfig, shapes: Sequence[AnyShape]) -> Exception:
    received = " and ".join(str(shape) for shape in list(shapes)[:4]) or "nothing"
    more = f" and {len(shapes) - 4} more" if len(shapes) > 4 else ""
    return config.refuse(
        f"receives {received}{more}, which do not fit together: width and height have to be the "
        "same."
    )


def padded(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of ZeroPadding2D, perhaps with different sides."""
    (left, right), (top, bottom) = config.frame("padding", 1)
    volume = volume_in(config, shape)
    output = Volume(volume.width + left + right, volume.height + top + bottom, volume.depth)
    return LayerOutput(output, reaches=(Shifted(Pair(left, top)),))


def cropped(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of Cropping2D."""
    (left, right), (top, bottom) = config.frame("cropping", 0)
    volume = volume_in(config, shape)
    width, height = volume.width - left - right, volume.height - top - bottom
    if min(width, height) < 1:
        raise config.refuse(
            f"cuts {left + right} columns and {top + bottom} rows off {volume}, and nothing "
            "would be left: cut off less.",
            "padding",
        )
    return LayerOutput(Volume(width, height, volume.depth), reaches=(Shifted(Pair(-left, -top)),))


def enlarged(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of UpSampling2D."""
    times = config.pair("size", "kernel", 2)
    volume = volume_in(config, shape)
    output = Volume(volume.width * times.w, volume.height * times.h, volume.depth)
    nearest = config.settings.get("interpolation", "nearest") == "nearest"
    return LayerOutput(output, reaches=(Enlarged(times) if nearest else None,))


def resized(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of Resizing."""
    volume = volume_in(config, shape)
    height, width = config.whole_number("height", "height"), config.whole_number("width", "width")
    return LayerOutput(Volume(width, height, volume.depth), reaches=(None,))


def reshaped(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of Reshape."""
    target = config.settings.get("target_shape")
    if not isinstance(target, list) or not 1 <= len(target) <= 8:
        raise config.refuse(
            f"has target_shape = {shown(target)}: a list of one to eight numbers can be read."
        )
    size, free = 1, None
    for position, side in enumerate(target):
        if side == -1 and free is None and not isinstance(side, bool):
            free = position
            continue
        try:
            size *= checks.whole_number(side, "side", most=LARGEST**3)
        except GeometryError as error:
            raise config.refuse(f"has target_shape wrong: {error.message}") from None
    sides = list(target)
    if free is not None:
        sides[free] = shape.size // size
        size *= sides[free]
    if size != shape.size:
        raise config.refuse(
            f"cannot reshape the {shape.size:,} values of {shape} to {shown(target)}: the product "
            f"of the sides has to be {shape.size:,}."
        )
    same = tuple(sides) == sides_of(shape)
    return LayerOutput(shape_of(sides), reaches=(Shifted() if same else _scattered(shape),))


def _scattered(shape: AnyShape) -> Reach | None:
    """Return the reach of values that lost their places; known only where there is one place."""
    return all_of(shape) if not isinstance(shape, Volume) or shape.plane == (1, 1) else None


def permuted(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of Permute."""
    dims, sides = config.settings.get("dims"), sides_of(shape)
    if not isinstance(dims, list) or sorted(map(str, dims)) != [
        str(number + 1) for number in range(len(sides))
    ]:
        raise config.refuse(
            f"has dims = {shown(dims)}: each of 1 to {len(sides)}, the axes of {shape}, once "
            "can be read."
        )
    return LayerOutput(shape_of([sides[dim - 1] for dim in dims]), reaches=(_scattered(shape),))


def repeated(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of RepeatVector."""
    return LayerOutput(
        shape_of((config.whole_number("n", "n"), shape.size)), reaches=(all_of(shape),)
    )


def volume_in(config: LayerConfig, shape: AnyShape) -> Volume:
    """Return a shape that is a volume, or raise a GeometryError that names the layer."""
    config.check_channels_last()
    if not isinstance(shape, Volume):
        raise config.refuse(f"works on a volume W×H×D, and receives {shape}.")
    return shape
