"""The layers whose window slides over a volume: convolutions and poolings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

from tui.geometry.shapes import Padding, Pair

_ONE = Pair(1, 1)
_TWO = Pair(2, 2)
# Pooling steps by its own size unless told otherwise. The default is None, and is replaced
# as soon as the layer exists, so that whoever reads `stride` always finds a Pair.
_AS_THE_POOL = cast(Pair, None)


class _Padded:
    """Keeps P = 0 as "valid": one meaning has one value."""

    __slots__ = ()
    padding: Padding

    def __post_init__(self) -> None:
        if self.padding == (0, 0):
            object.__setattr__(self, "padding", "valid")


class _Pooling(_Padded):
    """Puts the pool's size where no stride was given."""

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
        filters: K, how many filters, and so the depth of the output.
        kernel: F, the size of each filter in columns and rows.
        stride: S, columns and rows the window moves at a time.
        padding: "valid", "same", or P columns and rows of zeros on every side.
        dilation: distance between the columns (rows) a filter reads; 1 is none.
        groups: into how many parts the depth is cut; each filter reads one part.
        activation: the function applied to every value, by its Keras name.
        use_bias: whether each filter adds a learnt number.
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
    """A convolution in which every input channel has filters of its own.

    Args:
        kernel, padding, dilation, activation, use_bias: as in :class:`Conv2D`.
        stride: S, the same across and down: TensorFlow computes no other.
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
        stride: S, the same across and down: TensorFlow computes no other.
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
    """A convolution run backwards: every input value stamps a scaled filter on the output.

    Args:
        filters, kernel, dilation, activation, use_bias: as in :class:`Conv2D`.
        stride: columns and rows between two stamps, so the output grows by about S.
        padding: "valid" keeps every stamp whole; "same" crops the output to W1·S. A number
            P has two meanings in the literature and is refused.
        output_padding: columns and rows that fix the size of the output, each less than the
            stride; None: as many as Keras takes by itself.
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
    """Keeps the largest value of each window, in every channel by itself.

    Args:
        pool: F, the size of the window in columns and rows.
        stride: S; the window's own size when not given.
        padding: "valid", "same" (the padding never wins), or P zeros (which can win).
    """

    kind: ClassVar[str] = "maxpool"
    keras_name: ClassVar[str] = "MaxPooling2D"
    pool: Pair = _TWO
    stride: Pair = _AS_THE_POOL
    padding: Padding = "valid"


@dataclass(frozen=True, slots=True)
class AveragePool2D(_Pooling):
    """Takes the mean of each window, in every channel by itself.

    Args:
        pool: F, the size of the window in columns and rows.
        stride: S; the window's own size when not given.
        padding: "valid", "same" (the padding is not counted), or P zeros (counted).
    """

    kind: ClassVar[str] = "avgpool"
    keras_name: ClassVar[str] = "AveragePooling2D"
    pool: Pair = _TWO
    stride: Pair = _AS_THE_POOL
    padding: Padding = "valid"
