"""Three networks of the history of image recognition."""

from __future__ import annotations

from tui.geometry.layers import AveragePool2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D
from tui.geometry.network import Network
from tui.geometry.output_layer import output_layer
from tui.geometry.shapes import Padding, Pair, Volume

_POOL = MaxPool2D(Pair(2, 2))


def _conv(filters: int, size: int, activation: str = "relu", padding: Padding = "valid") -> Conv2D:
    return Conv2D(filters, Pair.square(size), padding=padding, activation=activation)


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
