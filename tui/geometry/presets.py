"""Networks to begin with: the course's, one for digits, and three historical ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tui.geometry import checks
from tui.geometry.layers import AveragePool2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D
from tui.geometry.network import Network
from tui.geometry.shapes import Padding, Pair, Volume

_POOL = MaxPool2D(Pair(2, 2))


def _conv(filters: int, size: int, activation: str = "relu", padding: Padding = "valid") -> Conv2D:
    return Conv2D(filters, Pair.square(size), padding=padding, activation=activation)


def output_layer(classes: int) -> Dense:
    """Return the last layer for a number of classes.

    Args:
        classes: how many classes, at least 2.

    Returns:
        One sigmoid unit for two classes, else a softmax unit for each.

    Raises:
        GeometryError: fewer than two classes.
    """
    checks.whole_number(classes, "classes", least=2)
    return Dense(1, "sigmoid") if classes == 2 else Dense(classes, "softmax")


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


def digits_network(
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


def lenet5(
    input: Volume = Volume(32, 32, 1),  # noqa: A002, B008
    classes: int = 10,
) -> Network:
    """Return LeNet-5 in its usual modern form, with plain average pooling and a softmax output.

    Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
    recognition" (1998); its partial connections and trained subsampling are left out.

    Args:
        input: the pictures' volume; the paper's is 32×32×1.
        classes: how many classes, at least 2.

    Returns:
        The network.
    """
    pool = AveragePool2D(Pair(2, 2))
    return Network(
        input,
        (
            _conv(6, 5, "tanh"),
            pool,
            _conv(16, 5, "tanh"),
            pool,
            Flatten(),
            Dense(120, "tanh"),
            Dense(84, "tanh"),
            output_layer(classes),
        ),
    )


def alexnet(
    input: Volume | int = 227,  # noqa: A002
    classes: int = 1000,
) -> Network:
    """Return AlexNet with the two groups of the paper, without its local normalization.

    The paper says 224×224, where S = 4 does not divide 224 − 11; with 227 everything fits.
    Source: Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional
    neural networks" (2012).

    Args:
        input: the side of a square colour picture, or a volume.
        classes: how many classes, at least 2.

    Returns:
        The network.
    """
    volume = input if isinstance(input, Volume) else Volume(input, input, 3)
    pool = MaxPool2D(Pair(3, 3), stride=Pair(2, 2))
    one, three = Pair(1, 1), Pair(3, 3)
    dense: tuple[Layer, ...] = (Dense(4096, "relu"), Dropout(0.5))
    return Network(
        volume,
        (
            Conv2D(96, Pair(11, 11), stride=Pair(4, 4), activation="relu"),
            pool,
            Conv2D(256, Pair(5, 5), padding=Pair(2, 2), groups=2, activation="relu"),
            pool,
            Conv2D(384, three, padding=one, activation="relu"),
            Conv2D(384, three, padding=one, groups=2, activation="relu"),
            Conv2D(256, three, padding=one, groups=2, activation="relu"),
            pool,
            Flatten(),
            *dense,
            *dense,
            output_layer(classes),
        ),
    )


def vgg16(
    input: Volume = Volume(224, 224, 3),  # noqa: A002, B008
    classes: int = 1000,
) -> Network:
    """Return VGG-16 (configuration D).

    Source: Simonyan, Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2014).

    Args:
        input: the pictures' volume; the paper's is 224×224×3.
        classes: how many classes, at least 2.

    Returns:
        The network.
    """
    layers: list[Layer] = []
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [_conv(filters, 3, padding="same")] * times + [_POOL]
    return Network(
        input,
        (*layers, Flatten(), Dense(4096, "relu"), Dense(4096, "relu"), output_layer(classes)),
    )


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
        Preset("digits", "A small network for digits of 8×8 to 32×32.", digits_network),
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
