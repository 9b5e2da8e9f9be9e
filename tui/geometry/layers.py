"""The layers of a network as plain values: what a learner can set, and nothing else.

A layer here may hold nonsense (a stride of 0): a form has to be able to hold what was
typed. :func:`tui.geometry.apply_layer` is where it is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from tui.geometry.shapes import Pair
from tui.geometry.window_layers import (
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    MaxPool2D,
    SeparableConv2D,
)

_ONE = Pair(1, 1)


@dataclass(frozen=True, slots=True)
class GlobalMaxPool2D:
    """Keeps one value of each channel, the largest."""

    kind: ClassVar[str] = "globalmax"
    keras_name: ClassVar[str] = "GlobalMaxPooling2D"


@dataclass(frozen=True, slots=True)
class GlobalAveragePool2D:
    """Keeps one value of each channel, the mean."""

    kind: ClassVar[str] = "globalavg"
    keras_name: ClassVar[str] = "GlobalAveragePooling2D"


@dataclass(frozen=True, slots=True)
class ZeroPadding2D:
    """Adds P columns and rows of zeros on every side.

    Args:
        padding: P for each axis.
    """

    kind: ClassVar[str] = "zeropad"
    keras_name: ClassVar[str] = "ZeroPadding2D"
    padding: Pair = _ONE


@dataclass(frozen=True, slots=True)
class Flatten:
    """Lays all values of a volume in one row."""

    kind: ClassVar[str] = "flatten"
    keras_name: ClassVar[str] = "Flatten"


@dataclass(frozen=True, slots=True)
class Dense:
    """Every output value is a weighted sum of all input values.

    Args:
        units: how many output values.
        activation: the function applied to every value, by its Keras name.
        use_bias: whether each unit adds a learnt number.
    """

    kind: ClassVar[str] = "dense"
    keras_name: ClassVar[str] = "Dense"
    units: int
    activation: str = "linear"
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class Activation:
    """Applies a function to every value (softmax: to the values of one cell together).

    Args:
        function: its Keras name, such as "relu".
    """

    kind: ClassVar[str] = "activation"
    keras_name: ClassVar[str] = "Activation"
    function: str = "relu"


@dataclass(frozen=True, slots=True)
class Dropout:
    """Sets a random share of the values to 0 while training.

    Args:
        rate: the share, from 0 up to but without 1.
    """

    kind: ClassVar[str] = "dropout"
    keras_name: ClassVar[str] = "Dropout"
    rate: float = 0.5


@dataclass(frozen=True, slots=True)
class BatchNormalization:
    """Brings each channel to mean 0 and deviation 1 over a batch, then scales and shifts it."""

    kind: ClassVar[str] = "batchnorm"
    keras_name: ClassVar[str] = "BatchNormalization"


@dataclass(frozen=True, slots=True)
class Rescaling:
    """Multiplies every value and adds an offset, such as 1/255 to bring bytes to 0…1.

    Args:
        scale: the factor.
        offset: what is added afterwards.
    """

    kind: ClassVar[str] = "rescaling"
    keras_name: ClassVar[str] = "Rescaling"
    scale: float = 1 / 255
    offset: float = 0.0


ConvLayer: TypeAlias = Conv2D | DepthwiseConv2D | SeparableConv2D
PoolLayer: TypeAlias = MaxPool2D | AveragePool2D
GlobalPoolLayer: TypeAlias = GlobalMaxPool2D | GlobalAveragePool2D
WindowLayer: TypeAlias = ConvLayer | PoolLayer
Layer: TypeAlias = (
    WindowLayer
    | Conv2DTranspose
    | GlobalPoolLayer
    | ZeroPadding2D
    | Flatten
    | Dense
    | Activation
    | Dropout
    | BatchNormalization
    | Rescaling
)

KINDS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Conv2D,
        DepthwiseConv2D,
        SeparableConv2D,
        Conv2DTranspose,
        MaxPool2D,
        AveragePool2D,
        GlobalMaxPool2D,
        GlobalAveragePool2D,
        ZeroPadding2D,
        Flatten,
        Dense,
        Activation,
        Dropout,
        BatchNormalization,
        Rescaling,
    )
}
"""Every layer by its short name in the one-line form."""

ACTIVATIONS: tuple[str, ...] = (
    "linear",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
    "leaky_relu",
    "relu6",
    "elu",
    "selu",
    "gelu",
    "silu",
    "swish",
    "mish",
    "celu",
    "exponential",
    "softplus",
    "softsign",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "log_sigmoid",
    "log_softmax",
)
"""The Keras activations that keep the shape and need no argument."""

__all__ = [
    "ACTIVATIONS",
    "KINDS",
    "Activation",
    "AveragePool2D",
    "BatchNormalization",
    "Conv2D",
    "Conv2DTranspose",
    "ConvLayer",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GlobalAveragePool2D",
    "GlobalMaxPool2D",
    "GlobalPoolLayer",
    "Layer",
    "MaxPool2D",
    "PoolLayer",
    "Rescaling",
    "SeparableConv2D",
    "WindowLayer",
    "ZeroPadding2D",
]
