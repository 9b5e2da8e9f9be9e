"""What any layer of Keras that works on pictures makes of what it receives.

The layers of the calculator are asked there (`rules.py`). Here stand those that a chain of the
calculator has no words for: where branches meet, and what shapes and normalizes otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tui.geometry.errors import GeometryError
from tui.geometry.graphs.graph import AnyShape, Block, shape_of, sides_of
from tui.geometry.graphs.layer_output import Made, all_of
from tui.geometry.graphs.reaches import Reach, Shifted, Windows
from tui.geometry.layers import Flatten
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import LARGEST, Volume
from tui.keras_io.graph_merging import CONCATENATE, MERGED, OPERATIONS, concatenated, merged
from tui.keras_io.graph_norms import NORMALIZED, numbers_of
from tui.keras_io.graph_shaping import (
    cropped,
    enlarged,
    padded,
    permuted,
    repeated,
    reshaped,
    resized,
    volume_in,
)
from tui.keras_io.layer_classes import KERAS_PACKAGES, LEFT_OUT, READABLE, read_step
from tui.keras_io.layer_config import ACTIVATION_CLASSES, Step

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
"""They leave the shape as it is, and have no numbers of their own."""


def known_layer(step: Step, plain: bool) -> bool:
    """Say whether a layer is one that can be told of here.

    Args:
        step: the layer.
        plain: whether it is called with nothing but values, single numbers and words.
    """
    name, root = step.class_name, step.module.split(".")[0]
    if root and root not in KERAS_PACKAGES:
        return False
    if ".ops." in step.module:
        return plain and name in OPERATIONS
    return name in LAYERS


def made_by(step: Step, shapes: Sequence[AnyShape]) -> Made:
    """Return what a layer makes of what it receives.

    Args:
        step: a layer of which :func:`known_layer` says yes.
        shapes: what it receives, in order.

    Raises:
        GeometryError: it cannot take these shapes, or has a setting that cannot be.
    """
    name = step.class_name
    if name == CONCATENATE:
        output, reach = concatenated(step, shapes)
        return _sound(step, Made(output, reach=reach))
    if name in MERGED or ".ops." in step.module:
        output, reach = merged(step, shapes)
        return _sound(step, Made(output, reach=reach))
    if len(shapes) != 1:
        raise step.refuse(f"receives {len(shapes)} values: it can take one.")
    (shape,) = shapes
    if name in _KEPT:
        return Made(shape)
    if name in NORMALIZED:
        parameters, trainable, whole = numbers_of(step, shape)
        return Made(shape, parameters, trainable, reach=(all_of(shape) if whole else Shifted(),))
    if name in _OTHERS:
        return _sound(step, _OTHERS[name](step, shape))
    return _sound(step, _calculated(step, shape))


def _calculated(step: Step, shape: AnyShape) -> Made:
    """A layer of the calculator."""
    if isinstance(shape, Block):
        raise step.refuse(f"receives {shape}, and can take a volume or a vector here.")
    # What is applied to each value changes no shape: any function will do.
    plain = replace(step, config={**step.config, "activation": "linear"})
    layer, _ = read_step(plain, 3 if isinstance(shape, Volume) else 1)
    assert layer is not None
    try:
        effect = apply_layer(layer, shape)
    except GeometryError as error:
        raise step.refuse(f"does not fit: {error.message}", error.field) from None
    reach: Reach = Windows(effect)
    if not isinstance(effect.output, Volume) and not isinstance(layer, Flatten):
        reach = all_of(shape)
    return Made(effect.output, effect.parameters, effect.trainable, effect.macs, (reach,), effect)


def _dense(step: Step, shape: AnyShape) -> Made:
    """Dense: on a block each row of its last axis for itself, as Keras has it."""
    if not isinstance(shape, Block):
        return _calculated(step, shape)
    units = step.whole("units", "units")
    *before, last = shape.sides
    parameters = (last + step.truth("use_bias", True)) * units
    cells = shape.size // last
    output = shape_of((*before, units))
    return Made(output, parameters, parameters, cells * last * units, (all_of(shape),))


def _flatten(step: Step, shape: AnyShape) -> Made:
    made = _calculated(step, shape) if not isinstance(shape, Block) else None
    return made or Made(shape_of((shape.size,)), reach=(all_of(shape),))


def _global(step: Step, shape: AnyShape) -> Made:
    """Global pooling, which may keep width and height of 1."""
    volume = volume_in(step, shape)
    keep = step.truth("keepdims", False)
    output = Volume(1, 1, volume.depth) if keep else shape_of((volume.depth,))
    return Made(output, reach=(all_of(shape),))


_OTHERS: Mapping[str, Callable[[Step, AnyShape], Made]] = {
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
"""All classes of layers that can be told of here."""


def _sound(step: Step, made: Made) -> Made:
    sides = sides_of(made.output)
    most = LARGEST if len(sides) > 1 else LARGEST**3
    if max(sides, default=1) > most:
        raise step.refuse(f"would put out {made.output}: no side may be larger than {most:,}.")
    return made
