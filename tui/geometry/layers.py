"""The layers of a network as plain values: the settings of each, and nothing else.

A layer may have settings that are not possible, such as a stride of 0, since a form has to hold
what was typed. :func:`tui.geometry.apply_layer` checks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, cast

from tui.geometry.shapes import Padding, Pair

_ONE = Pair(1, 1)
_TWO = Pair(2, 2)
# The default stride of a pooling layer is its pool size. None is replaced as soon as the layer is
# made, so that `stride` is always a Pair.
_AS_THE_POOL = cast(Pair, None)


class _Padded:
    """Stores P = 0 as "valid", so that equal layers compare as equal."""

    __slots__ = ()
    padding: Padding

    def __post_init__(self) -> None:
        if self.padding == (0, 0):
            object.__setattr__(self, "padding", "valid")


class _Pooling(_Padded):
    """Uses the pool size where no stride was given."""

    __slots__ = ()
    pool: Pair
    stride: Pair

    def __post_init__(self) -> None:
        _Padded.__post_init__(self)
        if cast("Pair | None", self.stride) is None:
            object.__setattr__(self, "stride", self.pool)


@dataclass(frozen=True, slots=True)
class Conv2D(_Padded):
    """K filters of Fw×Fh slide over the input; each makes one feature map.

    Args:
        filters: K, the number of filters and so the depth of the output.
        kernel: F, the size of each filter in columns and rows.
        stride: S, columns and rows the window moves at a time.
        padding: "valid", "same", or P columns and rows of zeros on every side.
        dilation: distance between the columns (rows) a filter reads; 1 is none.
        groups: the number of parts that the depth is cut into; each filter reads one part.
        activation: the function applied to every value, by its Keras name.
        use_bias: whether each filter adds a learned number.
    """

    kind: ClassVar[str] = "conv"
    keras_name: ClassVar[str] = "Conv2D"
    filters: int
    kernel: Pair
    stride: Pair = _ONE
    padding: Padding = "valid"
    dilation: Pair = _ONE
    groups: int = 1
    activation: str = "linear"
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class DepthwiseConv2D(_Padded):
    """A convolution in which every input channel has its own filters.

    Args:
        kernel, padding, dilation, activation, use_bias: as in :class:`Conv2D`.
        stride: S, the same across and down, since TensorFlow computes no other.
        multiplier: filters for each channel (Keras: depth_multiplier); D2 = D1·multiplier.
    """

    kind: ClassVar[str] = "depthwise"
    keras_name: ClassVar[str] = "DepthwiseConv2D"
    kernel: Pair
    stride: Pair = _ONE
    padding: Padding = "valid"
    dilation: Pair = _ONE
    multiplier: int = 1
    activation: str = "linear"
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class SeparableConv2D(_Padded):
    """A depthwise convolution, then a 1×1 convolution that mixes the channels.

    Args:
        filters: K, filters of the 1×1 convolution.
        kernel, padding, dilation, activation, use_bias: as in :class:`Conv2D`.
        stride: S, the same across and down, since TensorFlow computes no other.
        multiplier: filters for each channel in the depthwise part.
    """

    kind: ClassVar[str] = "separable"
    keras_name: ClassVar[str] = "SeparableConv2D"
    filters: int
    kernel: Pair
    stride: Pair = _ONE
    padding: Padding = "valid"
    dilation: Pair = _ONE
    multiplier: int = 1
    activation: str = "linear"
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class Conv2DTranspose(_Padded):
    """A transposed convolution: every input value stamps a scaled filter on the output.

    Args:
        filters, kernel, dilation, activation, use_bias: as in :class:`Conv2D`.
        stride: columns and rows between two stamps, so the output grows by about S.
        padding: "valid" keeps every stamp whole; "same" crops the output to W1·S. A number
            P has two meanings in the literature and is refused.
        output_padding: columns and rows that set the size of the output, each less than the
            stride; None for Keras's default.
    """

    kind: ClassVar[str] = "transposed"
    keras_name: ClassVar[str] = "Conv2DTranspose"
    filters: int
    kernel: Pair
    stride: Pair = _ONE
    padding: Padding = "valid"
    dilation: Pair = _ONE
    activation: str = "linear"
    use_bias: bool = True
    output_padding: Pair | None = None


@dataclass(frozen=True, slots=True)
class MaxPool2D(_Pooling):
    """Keeps the largest value of each window, in each channel separately.

    Args:
        pool: F, the size of the window in columns and rows.
        stride: S; by default the size of the window.
        padding: "valid", "same" (the padding never wins), or P zeros (which can win).
    """

    kind: ClassVar[str] = "maxpool"
    keras_name: ClassVar[str] = "MaxPooling2D"
    pool: Pair = _TWO
    stride: Pair = _AS_THE_POOL
    padding: Padding = "valid"


@dataclass(frozen=True, slots=True)
class AveragePool2D(_Pooling):
    """Takes the mean of each window, in each channel separately.

    Args:
        pool: F, the size of the window in columns and rows.
        stride: S; by default the size of the window.
        padding: "valid", "same" (the padding is not counted), or P zeros (counted).
    """

    kind: ClassVar[str] = "avgpool"
    keras_name: ClassVar[str] = "AveragePooling2D"
    pool: Pair = _TWO
    stride: Pair = _AS_THE_POOL
    padding: Padding = "valid"


@dataclass(frozen=True, slots=True)
class GlobalMaxPool2D:
    """Keeps the largest value of each channel."""

    kind: ClassVar[str] = "globalmax"
    keras_name: ClassVar[str] = "GlobalMaxPooling2D"


@dataclass(frozen=True, slots=True)
class GlobalAveragePool2D:
    """Takes the mean of each channel."""

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
    """Lays all values of a volume out in one row."""

    kind: ClassVar[str] = "flatten"
    keras_name: ClassVar[str] = "Flatten"


@dataclass(frozen=True, slots=True)
class Dense:
    """Every output value is a weighted sum of all input values.

    Args:
        units: the number of output values.
        activation: the function applied to every value, by its Keras name.
        use_bias: whether each unit adds a learned number.
    """

    kind: ClassVar[str] = "dense"
    keras_name: ClassVar[str] = "Dense"
    units: int
    activation: str = "linear"
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class Activation:
    """Applies a function to every value (softmax: to the values of a cell together).

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
        rate: the share, from 0 to less than 1.
    """

    kind: ClassVar[str] = "dropout"
    keras_name: ClassVar[str] = "Dropout"
    rate: float = 0.5


@dataclass(frozen=True, slots=True)
class BatchNormalization:
    """Normalizes each channel over a batch to mean 0 and deviation 1, then scales and shifts it."""

    kind: ClassVar[str] = "batchnorm"
    keras_name: ClassVar[str] = "BatchNormalization"


@dataclass(frozen=True, slots=True)
class Rescaling:
    """Multiplies every value and adds an offset, such as 1/255 to bring bytes to 0…1.

    Args:
        scale: the factor.
        offset: added afterwards.
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
