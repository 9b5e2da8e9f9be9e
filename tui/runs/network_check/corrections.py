"""Correcting a network that cannot learn: the nearest one that can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tui.datasets import LoaderSettings
from tui.datasets.loader.loader_settings import CHANNELS
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
from tui.runs.network_check.pixel_range import is_well_scaled, with_rescaling
from tui.runs.settings.findings import Finding, network_difference

_BEHIND = (Activation, BatchNormalization, Dropout, Flatten, Rescaling)
"""Layers after the last Dense that belong to the end of the network."""
_HIDDEN = ("relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "swish", "tanh")
"""Activations of a hidden layer: a network that ends in one lacks its last layer."""
_ACTIVE = (Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose, Dense)
"""Layers with weights and an activation argument."""
_SOFTMAX = ("softmax", "log_softmax")
_RELU = ("relu", "relu6")


def input_volume(settings: LoaderSettings) -> Volume:
    """Return the volume of an image as it is loaded."""
    height, width = settings.target_size
    return Volume(width, height, settings.channels)


def output_count(settings: LoaderSettings) -> int:
    """Return the number of outputs that these labels need."""
    return 1 if settings.class_mode == "binary" else len(settings.classes)


def last_layer(settings: LoaderSettings) -> Dense:
    """Return the last layer that these labels need."""
    binary = settings.class_mode == "binary"
    return Dense(output_count(settings), "sigmoid" if binary else "softmax")


def loading(volume: Volume) -> str:
    """Return how to load images for a network's input.

    >>> loading(Volume(28, 20, 1))
    'target size 20x28 and colour mode grayscale'
    """
    modes = {channels: mode for mode, channels in CHANNELS.items()}
    size, mode = f"target size {volume.height}x{volume.width}", modes.get(volume.depth)
    return f"{size} and colour mode {mode}" if mode else size


def corrected_network(
    network: Network,
    settings: LoaderSettings,
    judge: Callable[[Network], Sequence[Finding]],
    features: Volume | None = None,
) -> Network | None:
    """Return the nearest network that passes the checks, or None.

    One without any finding is preferred to one with remarks.

    Args:
        network: one that does not pass.
        settings: the loader.
        judge: returns the findings about a network.
        features: the output of its backbone; None: it gets the images themselves.
    """
    remarked, asked = None, any(finding.severity != "remark" for finding in judge(network))
    for one in _nearest(network, settings, features):
        found = judge(one)
        if not found:
            return one
        if asked and remarked is None and all(each.severity == "remark" for each in found):
            remarked = one
    return remarked


def correction_sentence(otherwise: str, before: Network, after: Network | None) -> str:
    """Return what to do, in a sentence.

    Args:
        otherwise: an alternative, in a sentence; may be empty.
        before: the network.
        after: the corrected network, if there is one.
    """
    if after is None:
        alone = otherwise.removeprefix("Or ")
        return alone[:1].upper() + alone[1:]
    return f"Change {network_difference(before, after)}. {otherwise}".rstrip()


def _nearest(
    network: Network, settings: LoaderSettings, features: Volume | None
) -> Iterator[Network]:
    """Yield changed networks, those with the smallest changes first."""
    fitted = Network(features or input_volume(settings), network.layers)
    begun = (
        [fitted]
        if features is not None or is_well_scaled(fitted, settings)
        else [*with_rescaling(fitted, settings), fitted]
    )
    for one in begun:
        for layers in _endings(one.layers, last_layer(settings)):
            yield Network(one.input, layers)


def _endings(layers: tuple[Layer, ...], last: Dense) -> Iterator[tuple[Layer, ...]]:
    yield layers  # only the input may be wrong
    yield (*layers, Flatten())
    for change in (_without_softmax, _without_relu):
        for place in reversed(range(_end(layers) + 1)):
            yield (*layers[:place], change(layers[place]), *layers[place + 1 :])
    yield from _other_ends(layers, last)
    # Several things may be wrong at once.
    end = max(_end(layers), 0)
    no_softmax = (*map(_without_softmax, layers[:end]), *layers[end:])
    unbounded = tuple(one for one in layers if not _bounds_probabilities(one))
    no_relu = tuple(map(_without_relu, no_softmax))
    for one in (
        no_softmax,
        _without_single_units(no_softmax),
        tuple(map(_widened, no_softmax)),
        unbounded,
        no_relu,
    ):
        yield one
        yield from _other_ends(one, last)


def _end(layers: tuple[Layer, ...]) -> int:
    """Return the index of the last layer that is not in `_BEHIND`; -1: none."""
    place = len(layers) - 1
    while place >= 0 and isinstance(layers[place], _BEHIND):
        place -= 1
    return place


def _other_ends(layers: tuple[Layer, ...], last: Dense) -> Iterator[tuple[Layer, ...]]:
    place = _end(layers)
    dense = layers[place] if place >= 0 else None
    if not isinstance(dense, Dense):
        bare = len(layers)
        while bare > 0 and _bounds_probabilities(layers[bare - 1]):
            bare -= 1
        if bare < len(layers):  # the old last activation would come before the new last layer
            yield from _other_ends(layers[:bare], last)
        yield (*layers, Activation(last.activation))
        yield (*layers, last)
        yield (*layers, Flatten(), last)
        yield (*layers[: place + 1], last)
        yield (*layers[: place + 1], Flatten(), last)
        return
    behind, before = layers[place + 1 :], layers[:place]
    for start in (before, _flattened(before)):
        if dense.activation in _HIDDEN and dense.units != last.units:
            yield (*start, *layers[place:], last)  # the last layer is missing
        flat = start and isinstance(start[-1], Flatten)
        kept = [one for one in behind if not (flat and isinstance(one, Flatten))]
        yield (*start, replace(dense, units=last.units), *kept)
        yield (*start, replace(last, use_bias=dense.use_bias))


def _bounds_probabilities(layer: Layer) -> bool:
    """Return whether a layer is an activation for the end of a network."""
    return isinstance(layer, Activation) and layer.function not in (*_HIDDEN, "linear")


def _without_softmax(layer: Layer) -> Layer:
    """Return a layer with a ReLU instead of a softmax, which belongs to the end.

    A Dense of one unit becomes linear: if its ReLU gave 0 for every image, it would never learn
        again.
    """
    if isinstance(layer, Activation) and layer.function in _SOFTMAX:
        return Activation("relu")
    if isinstance(layer, _ACTIVE) and layer.activation in _SOFTMAX:
        return replace(layer, activation="linear" if _one_unit(layer) else "relu")
    return layer


def _without_relu(layer: Layer) -> Layer:
    """Return a layer without its ReLU."""
    if isinstance(layer, Activation) and layer.function in _RELU:
        return Activation("linear")
    if isinstance(layer, _ACTIVE) and layer.activation in _RELU:
        return replace(layer, activation="linear")
    return layer


def _one_unit(layer: Layer) -> bool:
    return isinstance(layer, Dense) and layer.units == 1


def _without_single_units(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers without each Dense of one unit before the end."""
    end = _end(layers)
    return tuple(one for place, one in enumerate(layers) if place >= end or not _one_unit(one))


def _widened(layer: Layer) -> Layer:
    """Return a layer of one filter with sixteen, like the course's first layer."""
    if isinstance(layer, Conv2D | SeparableConv2D | Conv2DTranspose) and layer.filters == 1:
        return replace(layer, filters=16)
    return layer


def _flattened(before: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers before the last Dense, with a Flatten before their last Dense layers."""
    place = len(before)
    while place > 0 and isinstance(before[place - 1], (Dense, Activation, Dropout)):
        place -= 1
    while place < len(before) and not isinstance(before[place], Dense):
        place += 1
    return (*before[:place], Flatten(), *before[place:])
