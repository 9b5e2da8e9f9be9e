"""What a layer does to a shape, as a value: output, cost, and what is left unread."""

from __future__ import annotations

from dataclasses import dataclass

from tui.geometry.axes import Axis, TransposedAxis, window_axis
from tui.geometry.layers import AveragePool2D, Layer, MaxPool2D, WindowLayer
from tui.geometry.shapes import Padding, Pair, Shape

_NONE = Pair(0, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """The settings that decide where a window stands, under one name for all layers.

    Args:
        kernel: F; the pool size of a pooling layer.
        stride: S.
        padding: "valid", "same" or P.
        dilation: 1 for pooling.
    """

    kernel: Pair
    stride: Pair
    padding: Padding
    dilation: Pair

    def axes(self, plane: Pair) -> tuple[Axis, Axis]:
        """Return the window's arithmetic across and down an input.

        Args:
            plane: width and height of the input.

        >>> window = Window(Pair(3, 5), Pair(1, 1), Pair(1, 2), Pair(1, 1))
        >>> [axis.output for axis in window.axes(Pair(8, 9))]
        [8, 9]
        """
        across, down = (
            window_axis(
                plane[index],
                self.kernel[index],
                stride=self.stride[index],
                padding=self.padding if isinstance(self.padding, str) else self.padding[index],
                dilation=self.dilation[index],
            )
            for index in (0, 1)
        )
        return across, down


def window_of(layer: WindowLayer) -> Window:
    """Return the window of a convolution or pooling layer.

    Args:
        layer: any layer with a sliding window that is not transposed.
    """
    if isinstance(layer, (MaxPool2D, AveragePool2D)):
        return Window(layer.pool, layer.stride, layer.padding, Pair(1, 1))
    return Window(layer.kernel, layer.stride, layer.padding, layer.dilation)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one layer does to one input.

    Args:
        layer: the layer.
        input: the shape it receives.
        output: the shape it puts out.
        parameters: all its weights, as Keras's count_params counts them.
        trainable: those that training changes (batch normalization keeps half fixed).
        macs: multiply-and-add steps for one picture. Only weights count: pooling,
            activations, normalization and biases are 0.
        unread: columns at the right and rows at the bottom of the padded input that no
            window reaches.
        unread_real: how many of them belong to the input and not to the padding.
        pad_before: columns of zeros at the left, rows at the top.
        pad_after: columns of zeros at the right, rows at the bottom.
        fits: whether S divides on both axes, so that nothing is rounded.
        axes: the arithmetic of the width and of the height, for a sliding window.
        transposed: the same, for a transposed layer.
        note: a sentence on something allowed that is seldom meant; else empty.
    """

    layer: Layer
    input: Shape
    output: Shape
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    unread: Pair = _NONE
    unread_real: Pair = _NONE
    pad_before: Pair = _NONE
    pad_after: Pair = _NONE
    fits: bool = True
    axes: tuple[Axis, Axis] | None = None
    transposed: tuple[TransposedAxis, TransposedAxis] | None = None
    note: str = ""
