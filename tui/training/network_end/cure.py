"""The nearest network that can learn: what has to change at the end of one that cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tui.datasets import LoaderSettings
from tui.datasets.settings import CHANNELS
from tui.geometry import (
    Activation,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    Layer,
    Network,
    Rescaling,
    SeparableConv2D,
    Volume,
)
from tui.training.findings import changed_words

_BEHIND = (Activation, BatchNormalization, Dropout, Flatten, Rescaling)
"""Layers behind the last Dense that belong to the network's end."""
_HIDDEN = ("relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "swish", "tanh")
"""Activations of a hidden layer: an end with one of them and other units lacks its last layer."""
_ACTIVE = (Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose, Dense)
"""Layers with weights, which have an activation of their own."""
_SOFTMAX = ("softmax", "log_softmax")


def input_volume(settings: LoaderSettings) -> Volume:
    """Return the volume of one image as the loader delivers it."""
    height, width = settings.target_size
    return Volume(width, height, settings.channels)


def outputs(settings: LoaderSettings) -> int:
    """Return how many numbers the network's last layer must give for these labels."""
    return 1 if settings.class_mode == "binary" else len(settings.classes)


def last_layer(settings: LoaderSettings) -> Dense:
    """Return the last layer that these labels need."""
    binary = settings.class_mode == "binary"
    return Dense(outputs(settings), "sigmoid" if binary else "softmax")


def loading(volume: Volume) -> str:
    """Return how to load images as a network takes them.

    >>> loading(Volume(28, 20, 1))
    'target size 20x28 and colour mode grayscale'
    """
    modes = {channels: mode for mode, channels in CHANNELS.items()}
    size, mode = f"target size {volume.height}x{volume.width}", modes.get(volume.depth)
    return f"{size} and colour mode {mode}" if mode else size


def cured(
    network: Network, settings: LoaderSettings, good: Callable[[Network], bool]
) -> Network | None:
    """Return the network that is nearest to one and passes, or None.

    Args:
        network: one that does not.
        settings: the loader.
        good: whether a network passes.
    """
    return next((one for one in _nearest(network, settings) if good(one)), None)


def cure_sentence(otherwise: str, before: Network, after: Network | None) -> str:
    """Return what to do in a sentence.

    Args:
        otherwise: what else can be done, in a sentence; may be empty.
        before: the network.
        after: the corrected one.
    """
    if after is None:
        return otherwise
    return f"Change {changed_words(before, after)}. {otherwise}".rstrip()


def _nearest(network: Network, settings: LoaderSettings) -> Iterator[Network]:
    """Yield changed networks, those with the least change first."""
    for layers in _endings(network.layers, last_layer(settings)):
        yield Network(input_volume(settings), layers)


def _endings(layers: tuple[Layer, ...], last: Dense) -> Iterator[tuple[Layer, ...]]:
    yield layers  # the input alone may be wrong
    yield (*layers, Flatten())
    for place in range(len(layers) - 1):
        yield (*layers[:place], _with_relu(layers[place]), *layers[place + 1 :])
    yield from _other_ends(layers, last)
    # Several things are wrong at once.
    yield from _other_ends(tuple(map(_with_relu, layers)), last)


def _other_ends(layers: tuple[Layer, ...], last: Dense) -> Iterator[tuple[Layer, ...]]:
    place = len(layers) - 1
    while place >= 0 and isinstance(layers[place], _BEHIND):
        place -= 1
    dense = layers[place] if place >= 0 else None
    if not isinstance(dense, Dense):
        yield (*layers, Activation(last.activation))
        yield (*layers, last)
        yield (*layers, Flatten(), last)
        yield (*layers[: place + 1], last)
        yield (*layers[: place + 1], Flatten(), last)
        return
    behind, before = layers[place + 1 :], layers[:place]
    for start in (before, _flattened(before)):
        if dense.activation in _HIDDEN and dense.units != last.units:
            yield (*start, *layers[place:], last)  # the last layer was forgotten
        flat = start and isinstance(start[-1], Flatten)
        kept = [one for one in behind if not (flat and isinstance(one, Flatten))]
        yield (*start, replace(dense, units=last.units), *kept)
        yield (*start, replace(last, use_bias=dense.use_bias))


def _with_relu(layer: Layer) -> Layer:
    """Return a layer with a ReLU in the place of a softmax, which belongs to the end."""
    if isinstance(layer, Activation) and layer.function in _SOFTMAX:
        return Activation("relu")
    if isinstance(layer, _ACTIVE) and layer.activation in _SOFTMAX:
        return replace(layer, activation="relu")
    return layer


def _flattened(before: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers before the last Dense, with a Flatten before the Dense that end them."""
    place = len(before)
    while place > 0 and isinstance(before[place - 1], (Dense, Activation, Dropout)):
        place -= 1
    while place < len(before) and not isinstance(before[place], Dense):
        place += 1
    return (*before[:place], Flatten(), *before[place:])
