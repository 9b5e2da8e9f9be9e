"""A layer of a Keras model as a layer of the calculator: the reverse of `write_code.py`."""

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
from tui.keras_io.layer_config import ACTIVATION_CLASSES, LayerConfig

READABLE = (*(kind.keras_name for kind in KINDS.values()), *ACTIVATION_CLASSES)
"""The classes of `keras.layers` that the calculator has."""

_CAN_READ = f"the layers that can be read are {', '.join(READABLE)}"

KERAS_PACKAGES = frozenset({"keras", "tf_keras", "keras_core", "tensorflow"})
"""The packages that Keras's own classes come from."""

# Layers that work only while training and keep the shape.
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


def similar_class(name: str) -> str:
    """Return a hint at the readable class whose name is similar, for a message; else nothing.

    >>> similar_class("Conv3D"), similar_class("Embedding")
    (' (not Conv2D)', '')
    """
    near = difflib.get_close_matches(name[:40], READABLE, n=1, cutoff=0.75)
    return f" (not {near[0]})" if near else ""


def read_layer(config: LayerConfig, rank: int) -> tuple[Layer | None, tuple[str, ...]]:
    """Return a layer of a Keras model as a layer of the calculator.

    Args:
        config: the layer as Keras describes it.
        rank: the number of axes of its input without the batch: 3 for a volume, 1 for a vector.

    Returns:
        The layer, or None for one that is left out because it changes no shape; and notes on
        settings that were not kept.

    Raises:
        GeometryError: the layer, or a setting of it, cannot be expressed.
    """
    name = config.class_name
    foreign = bool(config.module) and config.module.split(".")[0] not in KERAS_PACKAGES
    if name == "Lambda":
        raise config.refuse(
            "holds Python code, which is never run here: replace it by a layer such as Rescaling, "
            "or leave it out."
        )
    if not foreign and name in LEFT_OUT:
        return None, (f"{config.label} changes no shape and works only while training: left out.",)
    if not foreign and name == "Identity":
        return None, (f"{config.label} changes nothing: left out.",)
    if foreign:
        raise config.refuse(f"is a class of {shown(config.module)}, not of Keras: {_CAN_READ}.")
    if name not in READABLE:
        raise config.refuse(f"cannot be expressed here{similar_class(name)}: {_CAN_READ}.")
    config.check_channels_last()
    layer = _built(config, rank)
    notes = [f"{config.label}: {key} is not kept." for key in _NOT_KEPT if config.settings.get(key)]
    if config.settings.get("trainable") is False:
        notes.append(f"{config.label} is frozen (trainable=False), but counted as trainable here.")
    if config.class_name == "LeakyReLU":
        slope = config.settings.get("negative_slope", config.settings.get("alpha"))
        if slope is not None and slope != 0.2:
            notes.append(f"{config.label}: its slope {shown(slope)} becomes 0.2 as leaky_relu.")
    return layer, tuple(notes)


def _built(config: LayerConfig, rank: int) -> Layer:
    """Return the layer with its settings."""
    match config.class_name:
        case Conv2D.keras_name:
            groups = config.whole_number("groups", "groups", 1)
            return Conv2D(
                config.whole_number("filters", "filters"), groups=groups, **_window(config)
            )
        case DepthwiseConv2D.keras_name:
            multiplier = config.whole_number("depth_multiplier", "multiplier", 1)
            return DepthwiseConv2D(multiplier=multiplier, **_window(config))
        case SeparableConv2D.keras_name:
            multiplier = config.whole_number("depth_multiplier", "multiplier", 1)
            filters = config.whole_number("filters", "filters")
            return SeparableConv2D(filters, multiplier=multiplier, **_window(config))
        case Conv2DTranspose.keras_name:
            more = None
            if config.settings.get("output_padding") is not None:
                more = config.pair("output_padding", "output_padding", least=0)
            filters = config.whole_number("filters", "filters")
            return Conv2DTranspose(filters, output_padding=more, **_window(config))
        case MaxPool2D.keras_name:
            return MaxPool2D(*_pool(config), padding=config.padding())
        case AveragePool2D.keras_name:
            return AveragePool2D(*_pool(config), padding=config.padding())
        case GlobalMaxPool2D.keras_name | GlobalAveragePool2D.keras_name:
            if config.boolean("keepdims", False):
                raise config.refuse("keeps the axes (keepdims=True): without it, it can be read.")
            is_max = config.class_name == GlobalMaxPool2D.keras_name
            return GlobalMaxPool2D() if is_max else GlobalAveragePool2D()
        case ZeroPadding2D.keras_name:
            return ZeroPadding2D(config.equal_padding())
        case Flatten.keras_name:
            return Flatten()
        case Dense.keras_name:
            units = config.whole_number("units", "units")
            return Dense(units, config.activation(), config.boolean("use_bias", True))
        case Activation.keras_name:
            return Activation(config.activation())
        case Dropout.keras_name:
            return Dropout(config.number_of("rate"))
        case BatchNormalization.keras_name:
            return _normalization(config, rank)
        case Rescaling.keras_name:
            return Rescaling(config.number_of("scale"), config.number_of("offset", 0.0))
    return Activation(config.own_activation())


def _window(config: LayerConfig) -> dict[str, Any]:
    """Return the settings that every convolution has."""
    return {
        "kernel": config.pair("kernel_size", "kernel"),
        "stride": config.pair("strides", "stride", 1),
        "padding": config.padding(),
        "dilation": config.pair("dilation_rate", "dilation", 1),
        "activation": config.activation(),
        "use_bias": config.boolean("use_bias", True),
    }


def _pool(config: LayerConfig) -> tuple[Any, Any]:
    pool = config.pair("pool_size", "kernel", 2)
    strides = config.settings.get("strides")
    return pool, pool if strides is None else config.pair("strides", "stride")


def _normalization(config: LayerConfig, rank: int) -> BatchNormalization:
    axis = config.settings.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    if axis not in (-1, rank):
        raise config.refuse(
            f"normalizes axis {shown(axis)}: the last one, -1, is the channels and can be read."
        )
    for key, expected in _BATCH_NORMALIZATION.items():
        if config.settings.get(key, expected) is not expected:
            raise config.refuse(
                f"has {key} = {shown(config.settings[key])}, and so another number of parameters: "
                f"{key} = {expected} can be read."
            )
    return BatchNormalization()
