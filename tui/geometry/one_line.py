"""A network as one line of text, to type, paste and write in a lesson.

`150x150x3 conv:k=16,f=3,a=relu maxpool:f=2 flatten dense:k=1,a=sigmoid`: the input volume,
then one word for each layer. Keras's names are read too, and every line that is written is read
back as the same network.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tui.geometry.errors import GeometryError, did_you_mean, escaped, shown
from tui.geometry.layer_settings import SETTINGS, Setting
from tui.geometry.layers import ACTIVATIONS, KINDS, Layer
from tui.geometry.network import Network
from tui.geometry.shapes import Volume


def _normalized(name: str) -> str:
    return name.lower().replace("_", "")


_ALIASES: Mapping[str, str] = {
    **{_normalized(layer.keras_name): kind for kind, layer in KINDS.items()},
    **{_normalized(layer.__name__): kind for kind, layer in KINDS.items()},
    **{kind: kind for kind in KINDS},
    "pool": "maxpool",
    "act": "activation",
    "pad": "zeropad",
    "bn": "batchnorm",
    "rescale": "rescaling",
    "convt": "transposed",
    "gap": "globalavg",
    "gmp": "globalmax",
}


def parse_layer(word: str) -> Layer:
    """Read one layer from its word in the one-line form.

    Args:
        word: a layer's short or Keras name, then perhaps a colon and settings, such as
            `conv:k=16,f=3x5,s=2,p=same,d=1,g=1,a=relu,bias=no`.

    Returns:
        The layer. Its numbers are checked when it is applied, not here.

    Raises:
        GeometryError: an unknown or missing name or setting, or a value that cannot be read.

    >>> parse_layer("Conv2D:filters=16,kernel_size=3") == parse_layer("conv:k=16,f=3")
    True
    """
    name, _, rest = word.strip().partition(":")
    kind = _ALIASES.get(_normalized(name))
    if kind is None:
        function = name.lower()
        if function in ACTIVATIONS:
            raise GeometryError(
                f"no layer is called {shown(name)}, which is an activation: write "
                f"activation:a={function}, or a={function} in the layer before it."
            )
        raise GeometryError(f"no layer is called {shown(name)}: {did_you_mean(name, KINDS)}.")
    settings = SETTINGS[kind]
    values: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        setting, text = _setting_of(kind, settings, part)
        if setting.field in values:
            raise GeometryError(
                f"{kind} has {shown(part)}, but {setting.key}= was set before: keep one.",
                field=_error_field(setting),
            )
        values[setting.field] = setting.read(text, _error_field(setting))
    for field in dataclasses.fields(KINDS[kind]):
        required = field.default is dataclasses.MISSING
        if required and field.name not in values:
            key = next(setting.key for setting in settings if setting.field == field.name)
            raise GeometryError(
                f"{shown(word)} lacks {field.name}: write {kind}:{key}=3 or another number.",
                field=field.name,
            )
    return KINDS[kind](**values)


def _error_field(setting: Setting) -> str:
    return {"pool": "kernel", "function": "activation", "use_bias": "bias"}.get(
        setting.field, setting.field
    )


def _setting_of(kind: str, settings: tuple[Setting, ...], part: str) -> tuple[Setting, str]:
    key, equals, text = (piece.strip() for piece in part.partition("="))
    if not settings:
        raise GeometryError(f"{kind} takes no settings, but got {shown(part)}: leave it out.")
    keys = [setting.key for setting in settings]
    for setting in settings:
        if key.lower() == setting.key or key.lower() in setting.names:
            if not equals or not text:
                raise GeometryError(
                    f"{kind} has {shown(part)} without a value: write {setting.key}=…",
                    field=_error_field(setting),
                )
            return setting, text
    hint = did_you_mean(key, keys)
    raise GeometryError(f"{kind} has no setting {shown(part)}: {hint}.")


def format_layer(layer: Layer) -> str:
    """Write one layer as its word in the one-line form, without settings at their defaults.

    Args:
        layer: the layer.

    Returns:
        A word that :func:`parse_layer` reads back as an equal layer.

    >>> from tui.geometry.layers import Conv2D, MaxPool2D
    >>> from tui.geometry.shapes import Pair
    >>> format_layer(Conv2D(16, Pair(3, 5), padding="same", activation="relu"))
    'conv:k=16,f=3x5,p=same,a=relu'
    >>> format_layer(MaxPool2D(Pair(3, 3), stride=Pair(2, 2)))
    'maxpool:f=3,s=2'
    """
    defaults = {field.name: field.default for field in dataclasses.fields(layer)}
    if "pool" in defaults:
        # A pool is always written, and its stride only where it differs.
        defaults |= {"pool": dataclasses.MISSING, "stride": getattr(layer, "pool", None)}
    if layer.kind in {"activation", "dropout", "rescaling", "zeropad"}:
        # These layers always show their first setting.
        defaults[SETTINGS[layer.kind][0].field] = dataclasses.MISSING
    parts = [
        f"{setting.key}={setting.write(value)}"
        for setting in SETTINGS[layer.kind]
        if (value := getattr(layer, setting.field)) != defaults[setting.field]
    ]
    return f"{layer.kind}:{','.join(parts)}" if parts else layer.kind


def parse_network(text: str) -> Network:
    """Read a network from its one-line form.

    Args:
        text: the input volume, then one word for each layer, separated by spaces.

    Returns:
        The network. Whether its layers fit is for :func:`tui.geometry.trace_network`.

    Raises:
        GeometryError: the text cannot be read; the message names the word.

    >>> network = parse_network("150x150x3 conv:k=16,f=3 flatten")
    >>> str(network.input), len(network.layers)
    ('150×150×3', 2)
    """
    words = text.split()
    if not words:
        raise GeometryError(
            "the line is empty: begin with the input volume, such as 150x150x3, then layers "
            "such as conv:k=16,f=3."
        )
    volume = Volume.parse(words[0])
    layers = []
    for number, word in enumerate(words[1:], start=1):
        try:
            layers.append(parse_layer(word))
        except GeometryError as error:
            raise GeometryError(
                f"layer {number} ({escaped(word)}): {error.message}", field=error.field
            ) from None
    return Network(volume, tuple(layers))


def format_network(network: Network) -> str:
    """Write a network in its one-line form.

    Args:
        network: the network.

    Returns:
        A line that :func:`parse_network` reads back as an equal network.

    >>> format_network(parse_network("28x28x1 Conv2D:filters=8,kernel_size=3,padding=valid"))
    '28x28x1 conv:k=8,f=3'
    """
    volume = network.input
    head = f"{volume.width}x{volume.height}x{volume.depth}"
    return " ".join([head, *map(format_layer, network.layers)])
