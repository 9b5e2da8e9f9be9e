"""What any layer of Keras that works on pictures makes of what it receives.

Layers that the calculator has follow its rules (`geometry/rules.py`). Here are those that a
chain of the calculator cannot express, such as layers that normalize. Layers that join branches or
change only the shape are in `merging_and_shaping.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tui.geometry.errors import GeometryError
from tui.geometry.reach import LayerOutput, Shifted, all_of, reach_of
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import LARGEST, AnyShape, Block, Volume, shape_of, sides_of
from tui.keras_io.layer_classes import KERAS_PACKAGES, LEFT_OUT, READABLE, read_layer
from tui.keras_io.layer_config import ACTIVATION_CLASSES, LayerConfig
from tui.keras_io.merging_and_shaping import (
    CONCATENATE,
    FLIP,
    MERGED,
    OPERATIONS,
    concatenated,
    cropped,
    enlarged,
    flipped,
    merged,
    padded,
    permuted,
    repeated,
    reshaped,
    resized,
    volume_in,
)

_KEPT = frozenset(
    {
        *LEFT_OUT,
        *ACTIVATION_CLASSES,
        "Activation",
        "Dropout",
        "SpatialDropout1D",
        "SpatialDropout3D",
        "Identity",
        "Masking",
        "Rescaling",
        "StochasticDepth",
    }
)
"""Layers that keep the shape and have no parameters."""


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
"""Layers that keep the shape and have parameters, or look at more than one cell."""


def is_known(config: LayerConfig, plain: bool) -> bool:
    """Return whether the output of a layer can be worked out here.

    Args:
        config: the layer.
        plain: whether all arguments of its call beside its inputs are numbers and strings.
    """
    name, root = config.class_name, config.module.split(".")[0]
    if root and root not in KERAS_PACKAGES:
        return False
    if ".ops." in config.module:
        return plain and name in OPERATIONS
    return name in LAYERS


def layer_output(config: LayerConfig, shapes: Sequence[AnyShape]) -> LayerOutput:
    """Return what a layer makes of what it receives.

    Args:
        config: a layer of which :func:`is_known` is true.
        shapes: what it receives, in order.

    Raises:
        GeometryError: it cannot take these shapes, or has a setting that cannot be.
    """
    name = config.class_name
    if name == CONCATENATE:
        return _within_limits(config, concatenated(config, shapes))
    if name == FLIP and ".ops." in config.module:
        return _within_limits(config, flipped(config, shapes))
    if name in MERGED or ".ops." in config.module:
        return _within_limits(config, merged(config, shapes))
    if len(shapes) != 1:
        raise config.refuse(f"receives {len(shapes)} inputs: it can take one.")
    (shape,) = shapes
    if name in _KEPT:
        return LayerOutput(shape)
    if name in NORMALIZED:
        parameters, trainable, sees_all = _parameters(config, shape)
        reach = all_of(shape) if sees_all else Shifted()
        return LayerOutput(shape, parameters, trainable, reaches=(reach,))
    if name in _OTHERS:
        return _within_limits(config, _OTHERS[name](config, shape))
    return _within_limits(config, _calculated(config, shape))


def _calculated(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of a layer that the calculator has."""
    if isinstance(shape, Block):
        raise config.refuse(f"receives {shape}, and can take a volume or a vector here.")
    # An activation changes no shape, so that one the calculator does not know is no obstacle.
    plain = replace(config, settings={**config.settings, "activation": "linear"})
    layer, _ = read_layer(plain, 3 if isinstance(shape, Volume) else 1)
    assert layer is not None
    try:
        effect = apply_layer(layer, shape)
    except GeometryError as error:
        raise config.refuse(f"does not fit: {error.message}", error.field) from None
    return LayerOutput(
        effect.output,
        effect.parameters,
        effect.trainable,
        effect.macs,
        (reach_of(effect),),
        effect,
    )


def _dense(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of Dense: on a block Keras applies it to the last axis."""
    if not isinstance(shape, Block):
        return _calculated(config, shape)
    units = config.whole_number("units", "units")
    *before, last = shape.sides
    parameters = (last + config.boolean("use_bias", True)) * units
    cells = shape.size // last
    output = shape_of((*before, units))
    return LayerOutput(output, parameters, parameters, cells * last * units, (all_of(shape),))


def _flatten(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    if isinstance(shape, Block):
        return LayerOutput(shape_of((shape.size,)), reaches=(all_of(shape),))
    return _calculated(config, shape)


def _global(config: LayerConfig, shape: AnyShape) -> LayerOutput:
    """Return the output of global pooling, which may keep a width and a height of 1."""
    volume = volume_in(config, shape)
    keep = config.boolean("keepdims", False)
    output = Volume(1, 1, volume.depth) if keep else shape_of((volume.depth,))
    return LayerOutput(output, reaches=(all_of(shape),))


_OTHERS: Mapping[str, Callable[[LayerConfig, AnyShape], LayerOutput]] = {
    "Cropping2D": cropped,
    "Dense": _dense,
    "Flatten": _flatten,
    "GlobalAveragePooling2D": _global,
    "GlobalMaxPooling2D": _global,
    "Permute": permuted,
    "RepeatVector": repeated,
    "Reshape": reshaped,
    "Resizing": resized,
    "UpSampling2D": enlarged,
    "ZeroPadding2D": padded,
}


LAYERS = frozenset({*_KEPT, *READABLE, *MERGED, *NORMALIZED, *_OTHERS, CONCATENATE})
"""All classes of layers whose output can be worked out here."""


def _within_limits(config: LayerConfig, output: LayerOutput) -> LayerOutput:
    """Return an output whose sides are not too large, or raise a GeometryError."""
    sides = sides_of(output.shape)
    most = LARGEST if len(sides) > 1 else LARGEST**3
    if max(sides, default=1) > most:
        raise config.refuse(f"would put out {output.shape}: no side may be larger than {most:,}.")
    return output


def _parameters(config: LayerConfig, shape: AnyShape) -> tuple[int, int, bool]:
    """Return a layer's parameters, those that training changes, and whether values see all cells.

    Args:
        config: one of the :data:`NORMALIZED`.
        shape: what it receives.

    Raises:
        GeometryError: an axis that the shape does not have, or a setting of another type.
    """
    sides = sides_of(shape)
    rank = len(sides)
    match config.class_name:
        case "BatchNormalization":
            # Scale and shift are learnt; the moving mean and variance are only kept.
            size = sides[_axis(config, config.settings.get("axis", -1), rank)]
            learnt = (config.boolean("center", True) + config.boolean("scale", True)) * size
            return learnt + 2 * size, learnt, False
        case "LayerNormalization" | "RMSNormalization":
            axes = _axes(config, rank)
            size = _size(sides, axes)
            shift = config.class_name == "LayerNormalization" and config.boolean("center", True)
            shift = shift and not config.boolean("rms_scaling", False)
            scale = config.class_name == "RMSNormalization" or config.boolean("scale", True)
            learnt = (shift + scale) * size
            return learnt, learnt, axes != {rank - 1}
        case "GroupNormalization":
            size = sides[_axis(config, config.settings.get("axis", -1), rank)]
            learnt = (config.boolean("center", True) + config.boolean("scale", True)) * size
            return learnt, learnt, True
        case "UnitNormalization":
            return 0, 0, _axes(config, rank) != {rank - 1}
        case "Normalization":
            if config.settings.get("mean") is not None:
                return 0, 0, False
            # Mean and variance of the data set, and the number of values in it.
            return 2 * _size(sides, _axes(config, rank)) + 1, 0, False
        case "LayerScale":
            size = config.whole_number("projection_dim", "projection_dim")
            if size != sides[-1]:
                raise config.refuse(
                    f"has projection_dim = {size} and receives {shape}: the depth belongs there."
                )
            return size, size, False
    shared = config.settings.get("shared_axes") or []
    if not isinstance(shared, list):
        shared = [shared]
    own = set(range(rank)) - {_axis(config, axis, rank) for axis in shared}
    size = _size(sides, own)
    return size, size, False


def _axes(config: LayerConfig, rank: int) -> set[int]:
    axes = config.settings.get("axis", -1)
    if axes is None:
        return set()
    return {_axis(config, axis, rank) for axis in (axes if isinstance(axes, list) else [axes])}


def _axis(config: LayerConfig, axis: object, rank: int) -> int:
    return config.axis_of(axis[0] if isinstance(axis, list) and len(axis) == 1 else axis, rank)


def _size(sides: tuple[int, ...], axes: set[int]) -> int:
    return math.prod(sides[axis] for axis in axes)
