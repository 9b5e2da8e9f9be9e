"""A network as Keras builds it: classes with their arguments, and code to read and run.

Here W×H is turned round into Keras's rows and columns.
"""

from __future__ import annotations

from typing import Any

from tui.geometry.layers import (
    Activation,
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Layer,
    MaxPool2D,
    Rescaling,
    SeparableConv2D,
    ZeroPadding2D,
)
from tui.geometry.network import Network, network_names
from tui.geometry.shapes import Pair, Volume

_PADDING_SUFFIX = "_padding"
_POSITIONAL = {"filters", "kernel_size", "pool_size", "units", "rate", "scale"}
"""Arguments that come first in their layer and are written without their name."""


def keras_layers(network: Network) -> list[tuple[str, dict[str, Any]]]:
    """Return what to build with Keras, layer by layer.

    A number P becomes two steps: a ZeroPadding2D named after the layer it serves
    (`conv2d_padding`), then the layer itself with `valid`.

    Args:
        network: the network; whether it fits is not checked.

    Returns:
        For each step the name of a class in `keras.layers` and its keyword arguments, with
        `name` equal to the name in :func:`tui.geometry.trace_network`. Arguments at Keras's
        own default are left out.

    >>> from tui.geometry.one_line import parse_network
    >>> for step in keras_layers(parse_network("9x9x1 conv:k=4,f=3,p=1 flatten")):
    ...     print(step)
    ('ZeroPadding2D', {'name': 'conv2d_padding', 'padding': 1})
    ('Conv2D', {'name': 'conv2d', 'filters': 4, 'kernel_size': 3})
    ('Flatten', {'name': 'flatten'})
    """
    plan: list[tuple[str, dict[str, Any]]] = []
    for name, layer in zip(network_names(network), network.layers, strict=True):
        padding = None if isinstance(layer, ZeroPadding2D) else getattr(layer, "padding", None)
        if isinstance(padding, Pair):
            argument = {"name": name + _PADDING_SUFFIX, "padding": _rows_first(padding)}
            plan.append((ZeroPadding2D.keras_name, argument))
        plan.append((layer.keras_name, {"name": name} | _arguments(layer)))
    return plan


def keras_input_shape(network: Network) -> tuple[int, int, int]:
    """Return the input shape in Keras's order: rows, columns, channels.

    Args:
        network: the network.

    Returns:
        (H, W, D), for `keras.Input(shape=...)`.
    """
    volume = network.input
    return (volume.height, volume.width, volume.depth)


def _rows_first(pair: Pair) -> int | tuple[int, int]:
    return pair.w if pair.w == pair.h else (pair.h, pair.w)


def _arguments(layer: Layer) -> dict[str, Any]:
    """Return the keyword arguments of a layer that differ from Keras's defaults."""
    arguments: dict[str, Any] = {}
    match layer:
        case Conv2D() | SeparableConv2D() | Conv2DTranspose():
            arguments = {"filters": layer.filters, "kernel_size": _rows_first(layer.kernel)}
        case DepthwiseConv2D():
            arguments = {"kernel_size": _rows_first(layer.kernel)}
        case MaxPool2D() | AveragePool2D():
            arguments = {"pool_size": _rows_first(layer.pool)}
            if layer.stride != layer.pool:
                arguments["strides"] = _rows_first(layer.stride)
            if layer.padding == "same":
                arguments["padding"] = "same"
        case ZeroPadding2D():
            arguments = {"padding": _rows_first(layer.padding)}
        case Dense():
            arguments = {"units": layer.units}
        case Activation():
            arguments = {"activation": layer.function}
        case Dropout():
            arguments = {"rate": layer.rate}
        case Rescaling():
            arguments = {"scale": layer.scale}
            if layer.offset:
                arguments["offset"] = layer.offset
    if isinstance(layer, (Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose)):
        if layer.stride != (1, 1):
            arguments["strides"] = _rows_first(layer.stride)
        if layer.padding == "same":
            arguments["padding"] = "same"
        if layer.dilation != (1, 1):
            arguments["dilation_rate"] = _rows_first(layer.dilation)
    if isinstance(layer, Conv2DTranspose) and layer.output_padding is not None:
        arguments["output_padding"] = _rows_first(layer.output_padding)
    if isinstance(layer, Conv2D) and layer.groups != 1:
        arguments["groups"] = layer.groups
    if isinstance(layer, (DepthwiseConv2D, SeparableConv2D)) and layer.multiplier != 1:
        arguments["depth_multiplier"] = layer.multiplier
    if isinstance(layer, (Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose, Dense)):
        if layer.activation != "linear":
            arguments["activation"] = layer.activation
        if not layer.use_bias:
            arguments["use_bias"] = False
    return arguments


def keras_code(network: Network) -> str:
    """Return a short program that builds the network with Keras.

    Args:
        network: the network.

    Returns:
        Python source that leaves the model in the variable `model`.

    >>> from tui.geometry.one_line import parse_network
    >>> print(keras_code(parse_network("28x28x1 conv:k=8,f=3,a=relu flatten dense:k=10")))
    import keras
    from keras import layers
    <BLANKLINE>
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),  # rows, columns, channels
            layers.Conv2D(filters=8, kernel_size=3, activation="relu"),
            layers.Flatten(),
            layers.Dense(units=10),
        ]
    )
    <BLANKLINE>
    """
    lines = [
        "import keras",
        "from keras import layers",
        "",
        "model = keras.Sequential(",
        "    [",
        f"        keras.Input(shape={keras_input_shape(network)}),  # rows, columns, channels",
    ]
    lines += [f"        layers.{call}," for call in layer_calls(network)]
    return "\n".join([*lines, "    ]", ")", ""])


def layer_calls(network: Network) -> list[str]:
    """Return the call that makes each of a network's layers with Keras.

    >>> from tui.geometry.one_line import parse_network
    >>> layer_calls(parse_network("8x8x1 flatten dense:k=10"))
    ['Flatten()', 'Dense(units=10)']
    """
    calls, kept = [], {name for name in network.names if name}
    for class_name, arguments in keras_layers(network):
        name = arguments.pop("name")
        if name in kept:
            arguments["name"] = name
        said = ", ".join(f"{key}={_literal(value)}" for key, value in arguments.items())
        calls.append(f"{class_name}({said})")
    return calls


def keras_call(layer: Layer) -> str:
    """Return a layer as it is usually written in Keras, on one line.

    A number P is written as the ZeroPadding2D that stands before the layer.

    >>> from tui.geometry.one_line import parse_layer
    >>> keras_call(parse_layer("conv:k=16,f=3x5,p=1")), keras_call(parse_layer("maxpool:f=3,s=2"))
    ('ZeroPadding2D(padding=1), Conv2D(16, (5, 3))', 'MaxPooling2D(3, strides=2)')
    """
    calls = []
    for class_name, arguments in keras_layers(Network(Volume(1, 1, 1), (layer,))):
        values = [
            _literal(value) if key in _POSITIONAL else f"{key}={_literal(value)}"
            for key, value in arguments.items()
            if key != "name"
        ]
        calls.append(f"{class_name}({', '.join(values)})")
    return ", ".join(calls)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float) and value == 1 / 255:
        return "1 / 255"  # what a reader would write
    return repr(value)
