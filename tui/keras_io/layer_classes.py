"""A layer of a Keras configuration as a layer of this package: `keras_plan` the other way."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from tui.geometry.errors import shown
from tui.geometry.layers import (
    KINDS,
    Activation,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    Rescaling,
    SeparableConv2D,
    ZeroPadding2D,
)
from tui.keras_io.layer_config import ACTIVATION_CLASSES, Step

READABLE = (*(kind.keras_name for kind in KINDS.values()), *ACTIVATION_CLASSES)
"""The classes of `keras.layers` that can be expressed."""

_CAN_READ = f"the layers that can be read are {', '.join(READABLE)}"

KERAS_PACKAGES = frozenset({"keras", "tf_keras", "keras_core", "tensorflow"})
"""Where classes of Keras are from."""

# They work on pictures or values while training and leave the shape as it is.
LEFT_OUT = frozenset(
    [
        "RandomFlip",
        "RandomRotation",
        "RandomTranslation",
        "RandomZoom",
        "RandomContrast",
        "RandomBrightness",
        "RandomShear",
        "RandomHue",
        "RandomSaturation",
        "RandomSharpness",
        "RandomColorJitter",
        "RandomGrayscale",
        "RandomColorDegeneration",
        "RandomPosterization",
        "RandomInvert",
        "RandomErasing",
        "RandomPerspective",
        "RandomElasticTransform",
        "RandomGaussianBlur",
        "RandAugment",
        "AugMix",
        "AutoContrast",
        "Equalization",
        "Solarization",
        "CutMix",
        "MixUp",
        "CLAHE",
        "GaussianNoise",
        "GaussianDropout",
        "AlphaDropout",
        "SpatialDropout2D",
        "ActivityRegularization",
    ]
)
_NOT_KEPT = (
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "gamma_regularizer",
    "beta_regularizer",
)
_BATCH_NORMALIZATION: Mapping[str, object] = {"center": True, "scale": True, "renorm": False}


def read_step(step: Step, rank: int) -> tuple[Layer | None, tuple[str, ...]]:
    """Return the layer that a step of a Keras model is.

    Args:
        step: the step.
        rank: how many axes its input has without the batch: 3 for a volume, 1 for a vector.

    Returns:
        The layer, or None for one that changes no shape and is left out; and notes on what
        was not kept.

    Raises:
        GeometryError: the layer, or a setting of it, cannot be expressed.
    """
    name = step.class_name
    foreign = bool(step.module) and step.module.split(".")[0] not in KERAS_PACKAGES
    if name == "Lambda":
        raise step.refuse(
            "holds Python code, which is never run here: replace it by a layer such as Rescaling, "
            "or leave it out."
        )
    if not foreign and name in LEFT_OUT:
        return None, (f"{step.label} changes no shape and works only while training: left out.",)
    if not foreign and name == "Identity":
        return None, (f"{step.label} changes nothing: left out.",)
    if foreign:
        raise step.refuse(f"is a class of {shown(step.module)}, not of Keras: {_CAN_READ}.")
    if name not in READABLE:
        near = difflib.get_close_matches(name[:40], READABLE, n=1, cutoff=0.75)
        hint = f" (not {near[0]})" if near else ""
        raise step.refuse(f"cannot be expressed here{hint}: {_CAN_READ}.")
    if step.config.get("data_format") == "channels_first":
        raise step.refuse(
            "is laid out channels_first, D×H×W: build the model with "
            'data_format="channels_last", which is what TensorFlow computes everywhere.'
        )
    layer = _built(step, rank)
    notes = [f"{step.label}: {key} is not kept." for key in _NOT_KEPT if step.config.get(key)]
    if step.config.get("trainable") is False:
        notes.append(f"{step.label} is frozen (trainable=False), but counted as trainable here.")
    if step.class_name == "LeakyReLU":
        slope = step.config.get("negative_slope", step.config.get("alpha"))
        if slope is not None and slope != 0.2:
            notes.append(f"{step.label}: its slope {shown(slope)} becomes 0.2 as leaky_relu.")
    return layer, tuple(notes)


def _built(step: Step, rank: int) -> Layer:
    """The layer itself."""
    match step.class_name:
        case Conv2D.keras_name:
            groups = step.whole("groups", "groups", 1)
            return Conv2D(step.whole("filters", "filters"), groups=groups, **_window(step))
        case DepthwiseConv2D.keras_name:
            multiplier = step.whole("depth_multiplier", "multiplier", 1)
            return DepthwiseConv2D(multiplier=multiplier, **_window(step))
        case SeparableConv2D.keras_name:
            multiplier = step.whole("depth_multiplier", "multiplier", 1)
            filters = step.whole("filters", "filters")
            return SeparableConv2D(filters, multiplier=multiplier, **_window(step))
        case Conv2DTranspose.keras_name:
            more = None
            if step.config.get("output_padding") is not None:
                more = step.pair("output_padding", "output_padding", least=0)
            filters = step.whole("filters", "filters")
            return Conv2DTranspose(filters, output_padding=more, **_window(step))
        case MaxPool2D.keras_name:
            return MaxPool2D(*_pool(step), padding=step.padding())
        case AveragePool2D.keras_name:
            return AveragePool2D(*_pool(step), padding=step.padding())
        case GlobalMaxPool2D.keras_name | GlobalAveragePool2D.keras_name:
            if step.truth("keepdims", False):
                raise step.refuse("keeps the axes (keepdims=True): without it, it can be read.")
            is_max = step.class_name == GlobalMaxPool2D.keras_name
            return GlobalMaxPool2D() if is_max else GlobalAveragePool2D()
        case ZeroPadding2D.keras_name:
            return ZeroPadding2D(step.zeros())
        case Flatten.keras_name:
            return Flatten()
        case Dense.keras_name:
            units = step.whole("units", "units")
            return Dense(units, step.activation(), step.truth("use_bias", True))
        case Activation.keras_name:
            return Activation(step.activation())
        case Dropout.keras_name:
            return Dropout(step.number_of("rate"))
        case BatchNormalization.keras_name:
            return _normalization(step, rank)
        case Rescaling.keras_name:
            return Rescaling(step.number_of("scale"), step.number_of("offset", 0.0))
    return Activation(step.own_activation())


def _window(step: Step) -> dict[str, Any]:
    """What every convolution has."""
    return {
        "kernel": step.pair("kernel_size", "kernel"),
        "stride": step.pair("strides", "stride", 1),
        "padding": step.padding(),
        "dilation": step.pair("dilation_rate", "dilation", 1),
        "activation": step.activation(),
        "use_bias": step.truth("use_bias", True),
    }


def _pool(step: Step) -> tuple[Any, Any]:
    pool = step.pair("pool_size", "kernel", 2)
    strides = step.config.get("strides")
    return pool, pool if strides is None else step.pair("strides", "stride")


def _normalization(step: Step, rank: int) -> BatchNormalization:
    axis = step.config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    if axis not in (-1, rank):
        raise step.refuse(
            f"normalizes axis {shown(axis)}: the last one, -1, is the channels and can be read."
        )
    for key, wanted in _BATCH_NORMALIZATION.items():
        if step.config.get(key, wanted) is not wanted:
            raise step.refuse(
                f"has {key} = {shown(step.config[key])}, and so another number of parameters: "
                f"{key} = {wanted} can be read."
            )
    return BatchNormalization()
