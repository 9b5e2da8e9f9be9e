"""Networks to begin with, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tui.geometry import checks
from tui.geometry.historical import alexnet, lenet5, vgg16
from tui.geometry.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
)
from tui.geometry.network import Network
from tui.geometry.output_layer import output_layer
from tui.geometry.shapes import Padding, Pair, Volume

_POOL = MaxPool2D(Pair(2, 2))


def _conv(filters: int, size: int, activation: str = "relu", padding: Padding = "valid") -> Conv2D:
    return Conv2D(filters, Pair.square(size), padding=padding, activation=activation)


def course_network(
    input: Volume = Volume(150, 150, 3),  # noqa: A002, B008
    classes: int = 2,
) -> Network:
    """Return the network of the course's two notebooks.

    Three stages of a 3×3 convolution (16, 32, 64 filters, relu) and a 2×2 max pooling, then
    Flatten, Dense 512 and the output. Stages for which the input is too small are left out; an
    input of 3×3 keeps one convolution without pooling, and a smaller one none. So the network
    always fits.

    Args:
        input: the pictures' volume.
        classes: how many classes, at least 2.

    Returns:
        The network.

    Raises:
        GeometryError: fewer than two classes, or a volume out of range.

    >>> from tui.geometry.one_line import format_network
    >>> format_network(course_network(Volume(8, 8, 1), 10))
    '8x8x1 conv:k=16,f=3,a=relu maxpool:f=2 flatten dense:k=512,a=relu dense:k=10,a=softmax'
    """
    checks.sound_shape(input)
    side = min(input.width, input.height)
    layers: list[Layer] = []
    for filters in (16, 32, 64):
        if side < 4:  # a convolution leaves 1 of 3 columns, too few to pool
            break
        layers += [_conv(filters, 3), _POOL]
        side = (side - 2) // 2
    if not layers and side == 3:
        layers.append(_conv(16, 3))
    return Network(input, (*layers, Flatten(), Dense(512, "relu"), output_layer(classes)))


def small_network(
    input: Volume = Volume(8, 8, 1),  # noqa: A002, B008
    classes: int = 10,
) -> Network:
    """Return a small network for pictures of about 8×8 to 32×32, such as digits.

    Padding `same` keeps the few columns that there are. The pooling is left out where the input
    has only one column or row.

    Args:
        input: the pictures' volume.
        classes: how many classes, at least 2.

    Returns:
        The network.

    Raises:
        GeometryError: fewer than two classes, or a volume out of range.
    """
    checks.sound_shape(input)
    pool = (_POOL,) if min(input.width, input.height) >= 2 else ()
    return Network(
        input,
        (
            _conv(32, 3, padding="same"),
            _conv(64, 3, padding="same"),
            *pool,
            Flatten(),
            Dense(64, "relu"),
            output_layer(classes),
        ),
    )


def batchnorm_network(
    input: Volume = Volume(150, 150, 3),  # noqa: A002, B008
    classes: int = 2,
) -> Network:
    """Return the course's convolutions with BatchNormalization, and Dropout before each Dense.

    Each convolution is linear and without bias, because BatchNormalization adds one of its own; its
    ReLU follows. Source of this order: Ioffe, Szegedy, "Batch Normalization: Accelerating Deep
    Network Training by Reducing Internal Covariate Shift" (2015); of the Dropout of a half:
    Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"
    (2014). Padding `same` keeps the sides, so that every input of two pixels or more is pooled.

    Args:
        input: the pictures' volume.
        classes: how many classes, at least 2.

    Returns:
        The network.

    Raises:
        GeometryError: fewer than two classes, or a volume out of range.

    >>> from tui.geometry.one_line import format_network
    >>> print(format_network(batchnorm_network(Volume(2, 2, 1), 10)).replace(" dropout", chr(10)))
    2x2x1 conv:k=16,f=3,p=same,bias=no batchnorm activation:a=relu maxpool:f=2 flatten
    :rate=0.5 dense:k=128,a=relu
    :rate=0.5 dense:k=10,a=softmax
    """
    checks.sound_shape(input)
    side = min(input.width, input.height)
    layers: list[Layer] = []
    for filters in (16, 32, 64):
        if layers and side < 2:
            break
        conv = Conv2D(filters, Pair.square(3), padding="same", use_bias=False)
        layers += [conv, BatchNormalization(), Activation("relu")]
        layers += [_POOL] * (side >= 2)
        side //= 2
    dense = (Dropout(0.5), Dense(128, "relu"), Dropout(0.5), output_layer(classes))
    return Network(input, (*layers, Flatten(), *dense))


class BuildPreset(Protocol):
    """Builds a preset: in its own size, or for an input and a number of classes."""

    def __call__(self, input: Volume = ..., classes: int = ...) -> Network: ...  # noqa: A002


@dataclass(frozen=True, slots=True)
class Preset:
    """A network by name.

    Args:
        name: of the network.
        sentence: what it is for.
        build: `build()` returns it in its own size, `build(volume, classes)` in another.
        note: what to look at in it.
    """

    name: str
    sentence: str
    build: BuildPreset
    note: str = ""


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "course",
            "The course's network: three stages, then 512 units.",
            course_network,
            "99.7 % of the parameters lie in one Dense layer: see the column share.",
        ),
        Preset("small", "For small pictures, 8×8 to 32×32: two convolutions.", small_network),
        Preset(
            "batchnorm",
            "BatchNormalization after each convolution, and Dropout.",
            batchnorm_network,
            "BatchNormalization has four numbers for each channel. Two of them, the mean and the "
            "variance that validation uses, are not trained: they follow slowly, over some hundred "
            "batches.",
        ),
        Preset("lenet5", "LeNet-5 (1998): read cheques, 61,706 parameters.", lenet5),
        Preset(
            "alexnet",
            "AlexNet (2012): S = 4 first, and two groups.",
            alexnet,
            "The puzzle: the paper says 224×224, but (224 − 11)/4 + 1 = 54.25 is not a width. Its "
            "55 comes out with 227, or with 3 columns of zeros on one side. Type 224 and press d.",
        ),
        Preset(
            "vgg16",
            "VGG-16 (2014): only 3×3, and 138 million parameters.",
            vgg16,
            "Two 3×3 filters see 5×5 and three see 7×7, with fewer parameters: see the column "
            "field.",
        ),
    )
}
"""The presets by name."""
