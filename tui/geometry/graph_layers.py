"""What any layer of Keras that works on pictures makes of what it receives.

The layers of the calculator are asked there (`rules.py`). Here stand those that a chain of the
calculator has no words for: where branches meet, and what shapes and normalizes otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.geometry import checks
from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError, shown
from tui.geometry.graph import AnyShape, Block, shape_of, sides_of
from tui.geometry.graph_merging import CONCATENATE, MERGED, OPERATIONS, concatenated, merged
from tui.geometry.graph_norms import NORMALIZED, numbers_of
from tui.geometry.keras_classes import KERAS_PACKAGES, LEFT_OUT, READABLE, read_step
from tui.geometry.keras_step import ACTIVATION_CLASSES, Step
from tui.geometry.layers import Flatten
from tui.geometry.reaches import Enlarged, Everything, Reach, Shifted, Windows
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import LARGEST, Pair, Volume


@dataclass(frozen=True, slots=True)
class Made:
    """What a layer does.

    Args:
        output: what it puts out.
        parameters, trainable, macs: as in :class:`tui.geometry.graph.GraphRow`.
        reach: how a place goes back into each source; None where that is not known.
        effect: the arithmetic, of a layer of the calculator.
    """

    output: AnyShape
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    reach: tuple[Reach | None, ...] = (Shifted(),)
    effect: Effect | None = None


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
        return Made(shape, parameters, trainable, reach=(_all(shape) if whole else Shifted(),))
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
        reach = _all(shape)
    return Made(effect.output, effect.parameters, effect.trainable, effect.macs, (reach,), effect)


def _all(shape: AnyShape) -> Everything:
    if isinstance(shape, Volume):
        return Everything(shape.plane)
    return Everything(Pair(shape.size, 1))


def _dense(step: Step, shape: AnyShape) -> Made:
    """Dense: on a block each row of its last axis for itself, as Keras has it."""
    if not isinstance(shape, Block):
        return _calculated(step, shape)
    units = step.whole("units", "units")
    *before, last = shape.sides
    parameters = (last + step.truth("use_bias", True)) * units
    cells = shape.size // last
    output = shape_of((*before, units))
    return Made(output, parameters, parameters, cells * last * units, (_all(shape),))


def _flatten(step: Step, shape: AnyShape) -> Made:
    made = _calculated(step, shape) if not isinstance(shape, Block) else None
    return made or Made(shape_of((shape.size,)), reach=(_all(shape),))


def _global(step: Step, shape: AnyShape) -> Made:
    """Global pooling, which may keep width and height of 1."""
    volume = _volume(step, shape)
    keep = step.truth("keepdims", False)
    output = Volume(1, 1, volume.depth) if keep else shape_of((volume.depth,))
    return Made(output, reach=(_all(shape),))


def _padded(step: Step, shape: AnyShape) -> Made:
    (left, right), (top, bottom) = _frame(step, "padding", 1)
    volume = _volume(step, shape)
    output = Volume(volume.width + left + right, volume.height + top + bottom, volume.depth)
    return Made(output, reach=(Shifted(Pair(left, top)),))


def _cropped(step: Step, shape: AnyShape) -> Made:
    (left, right), (top, bottom) = _frame(step, "cropping", 0)
    volume = _volume(step, shape)
    width, height = volume.width - left - right, volume.height - top - bottom
    if min(width, height) < 1:
        raise step.refuse(
            f"cuts {left + right} columns and {top + bottom} rows off {volume}, and nothing "
            "would be left: cut off less.",
            "padding",
        )
    return Made(Volume(width, height, volume.depth), reach=(Shifted(Pair(-left, -top)),))


def _frame(step: Step, key: str, default: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """What is added or cut off: (left, right), (top, bottom). Keras has rows first."""
    value = step.config.get(key, default)
    rows, columns = value if isinstance(value, list) and len(value) == 2 else (value, value)
    found = []
    for side in (columns, rows):
        pair = side if isinstance(side, list) and len(side) == 2 else [side, side]
        try:
            before, after = (checks.whole(one, key, least=0) for one in pair)
        except GeometryError as error:
            raise step.refuse(f"has {key} wrong: {error.message}", "padding") from None
        found.append((before, after))
    return found[0], found[1]


def _enlarged(step: Step, shape: AnyShape) -> Made:
    times = step.pair("size", "kernel", 2)
    volume = _volume(step, shape)
    output = Volume(volume.width * times.w, volume.height * times.h, volume.depth)
    nearest = step.config.get("interpolation", "nearest") == "nearest"
    return Made(output, reach=(Enlarged(times) if nearest else None,))


def _resized(step: Step, shape: AnyShape) -> Made:
    volume = _volume(step, shape)
    height, width = step.whole("height", "height"), step.whole("width", "width")
    return Made(Volume(width, height, volume.depth), reach=(None,))


def _reshaped(step: Step, shape: AnyShape) -> Made:
    target = step.config.get("target_shape")
    if not isinstance(target, list) or not 1 <= len(target) <= 8:
        raise step.refuse(
            f"has target_shape = {shown(target)}: a list of one to eight numbers can be read."
        )
    known, open_at = 1, None
    for place, side in enumerate(target):
        if side == -1 and open_at is None and not isinstance(side, bool):
            open_at = place
            continue
        try:
            known *= checks.whole(side, "side", most=LARGEST**3)
        except GeometryError as error:
            raise step.refuse(f"has target_shape wrong: {error.message}") from None
    sides = list(target)
    if open_at is not None:
        sides[open_at] = shape.size // known
        known *= sides[open_at]
    if known != shape.size:
        raise step.refuse(
            f"cannot lay the {shape.size:,} values of {shape} out as "
            f"{shown(target)}: the product of the sides has to be {shape.size:,}."
        )
    same = tuple(sides) == sides_of(shape)
    return Made(shape_of(sides), reach=(Shifted() if same else _scattered(shape),))


def _scattered(shape: AnyShape) -> Reach | None:
    """Places are lost, but for one place alone: a vector of channels, or a single cell."""
    return _all(shape) if not isinstance(shape, Volume) or shape.plane == (1, 1) else None


def _permuted(step: Step, shape: AnyShape) -> Made:
    dims, sides = step.config.get("dims"), sides_of(shape)
    if not isinstance(dims, list) or sorted(map(str, dims)) != [
        str(number + 1) for number in range(len(sides))
    ]:
        raise step.refuse(
            f"has dims = {shown(dims)}: each of 1 to {len(sides)}, the axes of {shape}, once "
            "can be read."
        )
    return Made(shape_of([sides[dim - 1] for dim in dims]), reach=(_scattered(shape),))


def _repeated(step: Step, shape: AnyShape) -> Made:
    return Made(shape_of((step.whole("n", "n"), shape.size)), reach=(_all(shape),))


def _volume(step: Step, shape: AnyShape) -> Volume:
    if step.config.get("data_format") == "channels_first":
        raise step.refuse(
            'is laid out channels_first, D×H×W: build the model with data_format="channels_last".'
        )
    if not isinstance(shape, Volume):
        raise step.refuse(f"works on a volume W×H×D, and receives {shape}.")
    return shape


_OTHERS: Mapping[str, Callable[[Step, AnyShape], Made]] = {
    "Cropping2D": _cropped,
    "Dense": _dense,
    "Flatten": _flatten,
    "GlobalAveragePooling2D": _global,
    "GlobalMaxPooling2D": _global,
    "Permute": _permuted,
    "RepeatVector": _repeated,
    "Reshape": _reshaped,
    "Resizing": _resized,
    "UpSampling2D": _enlarged,
    "ZeroPadding2D": _padded,
}


LAYERS = frozenset({*_KEPT, *READABLE, *MERGED, *NORMALIZED, *_OTHERS, CONCATENATE})
"""All classes of layers that can be told of here."""


def _sound(step: Step, made: Made) -> Made:
    sides = sides_of(made.output)
    most = LARGEST if len(sides) > 1 else LARGEST**3
    if max(sides, default=1) > most:
        raise step.refuse(f"would put out {made.output}: no side may be larger than {most:,}.")
    return made
