"""Checks of a layer's settings. Each error repeats the value received and says what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tui.geometry.axes import TransposedAxis
from tui.geometry.errors import GeometryError, did_you_mean, shown
from tui.geometry.layers import (
    ACTIVATIONS,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    SeparableConv2D,
)
from tui.geometry.shapes import LARGEST, Pair, Shape, Vector, Volume

_CURES: Mapping[str, str] = {
    "stride": "take S = 1 to move the window one column at a time",
    "kernel": "take F = 3, the most common filter size",
    "dilation": "take 1 for a filter without gaps",
    "output_padding": "take a number less than the stride, or leave it out",
    "groups": "take 1, so that every filter reads the whole depth",
    "padding": 'take P = 0 for none, or "same"',
    "filters": "take 16, as the course's first layer has",
    "units": "take 64 in the middle, and at the end one for each class, or one for two classes",
    "multiplier": "take 1 filter for each channel",
}


def whole_number(value: object, field: str, *, least: int = 1, most: int = LARGEST) -> int:
    """Return a value that is a whole number within bounds.

    Args:
        value: what was received; True and False are not accepted.
        field: the setting, as in :class:`GeometryError`.
        least: the smallest allowed.
        most: the largest allowed.

    Returns:
        The value.

    Raises:
        GeometryError: it is not a whole number, or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        cure = _CURES.get(field, f"take a number such as {max(least, 1)}")
        raise GeometryError(
            f"{field} is {shown(value)}, but must be a whole number from {least} to "
            f"{most:,}: {cure}.",
            field=field,
        )
    return value


def whole_pair(value: object, field: str, *, least: int = 1) -> Pair:
    """Return a value that is a Pair of whole numbers within bounds; else as :func:`whole`."""
    if not isinstance(value, Pair):
        raise GeometryError(
            f"{field} is {shown(value)}, but must be one number for each axis: "
            "take Pair(3, 3), or Pair(3, 5) for 3 wide and 5 high.",
            field=field,
        )
    whole_number(value.w, field, least=least)
    whole_number(value.h, field, least=least)
    return value


def number(value: object, field: str) -> float:
    """Return a value that is a finite real number, or raise a :class:`GeometryError`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise GeometryError(
            f"{field} is {shown(value)}, but must be a finite number, such as 0.5.", field=field
        )
    return float(value)


def padding_value(value: object) -> None:
    """Raise a :class:`GeometryError` unless a value is a padding."""
    if isinstance(value, Pair):
        whole_pair(value, "padding", least=0)
    elif value not in ("valid", "same"):
        raise GeometryError(
            f'padding is {shown(value)}: take "valid" for none, "same", or a number of '
            "columns and rows such as Pair(1, 1).",
            field="padding",
        )


def activation_name(value: object) -> None:
    """Raise a :class:`GeometryError` unless a value names a known activation."""
    if not isinstance(value, str) or value not in ACTIVATIONS:
        raise GeometryError(
            f"activation {shown(value)} is not known: {did_you_mean(str(value), ACTIVATIONS)}.",
            field="activation",
        )


def boolean(value: object, field: str) -> None:
    """Raise a :class:`GeometryError` unless a value is True or False."""
    if not isinstance(value, bool):
        raise GeometryError(f"{field} is {shown(value)}: take True or False.", field=field)


def sound_shape(shape: object) -> Shape:
    """Return a shape whose numbers are all in range, or raise a :class:`GeometryError`."""
    if isinstance(shape, Volume):
        whole_number(shape.width, "width")
        whole_number(shape.height, "height")
        whole_number(shape.depth, "depth")
        return shape
    if isinstance(shape, Vector):
        # A flattened volume may be as large as it is: only the sides are bounded.
        whole_number(shape.size, "units", most=LARGEST**3)
        return shape
    raise GeometryError(f"{shown(shape)} is not a shape: take Volume(150, 150, 3).")


def volume_for(layer_name: str, shape: Shape) -> Volume:
    """Return a shape that is a volume, or raise a :class:`GeometryError`."""
    if isinstance(shape, Vector):
        raise GeometryError(
            f"{layer_name} slides over a volume W×H×D, but receives a vector of "
            f"{shape.size:,} values: put it before Flatten."
        )
    return shape


def stride_or_dilation(layer: Conv2D | Conv2DTranspose) -> None:
    """Raise a :class:`GeometryError` where both are more than 1."""
    # The arithmetic would work, but Keras refuses it, and what cannot be trained must not look
    # as if it could. (Its depthwise and separable layers do accept it.)
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise GeometryError(
            f"stride {layer.stride} and dilation {layer.dilation} together are refused by "
            f"Keras's {layer.keras_name}: take S = 1, or dilation = 1.",
            field="dilation",
        )


def output_padding_value(layer: Conv2DTranspose) -> None:
    """Raise a :class:`GeometryError` unless an output padding is less than the stride."""
    value = layer.output_padding
    if value is None:
        return
    whole_pair(value, "output_padding", least=0)
    if value.w >= layer.stride.w or value.h >= layer.stride.h:
        least = Pair(min(value.w, layer.stride.w - 1), min(value.h, layer.stride.h - 1))
        raise GeometryError(
            f"output_padding {value} has to be less than the stride {layer.stride} on each axis: "
            f"take {least}, or a stride of at least {Pair(value.w + 1, value.h + 1)}.",
            field="output_padding",
        )


def computable_output_padding(axis: TransposedAxis) -> None:
    """Raise a :class:`GeometryError` where TensorFlow cannot compute the size of the output."""
    # Keras builds the layer and reports this size. TensorFlow (2.21) refuses to run it, since an
    # ordinary convolution would not lead from this size back to W1.
    if (
        axis.same
        and axis.output_padding is not None
        and axis.output < axis.stamped - axis.reach + 1
    ):
        f = "Fd" if axis.dilation > 1 else "F"
        cure = "take 1, or none" if axis.stride > 1 else f"leave it out, or take an odd {f}"
        raise GeometryError(
            f'output_padding 0 with padding "same" and an even {f} = {axis.reach} would make '
            f"{axis.output} of a side of {axis.size}, which TensorFlow does not compute: {cure}.",
            field="output_padding",
        )


def equal_strides(layer: DepthwiseConv2D | SeparableConv2D) -> None:
    """Raise a :class:`GeometryError` where the stride differs across and down."""
    # Keras builds such a layer. TensorFlow then refuses to run it or, with oneDNN, returns
    # uninitialised memory (2.21; tensorflow issues 33005 and 60391).
    if layer.stride.w != layer.stride.h:
        raise GeometryError(
            f"stride {layer.stride} differs across and down, which TensorFlow cannot compute "
            f"for {layer.keras_name}: take S = {min(layer.stride)} or {max(layer.stride)} on both.",
            field="stride",
        )


def function_and_bias(activation: object, use_bias: object) -> None:
    """Check the settings that every layer with weights has."""
    activation_name(activation)
    boolean(use_bias, "bias")
