"""Descriptions that other versions of Keras wrote, translated to Keras 3.

Keras 1 called filters `nb_filter` and a Conv2D `Convolution2D`; TensorFlow 1 called a class
`BatchNormalizationV1`; TensorFlow.js wraps the description in another. Names of layers, and all
that is not known, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tui.keras_io.model_json import (
    DEEPEST,
    MODEL_CLASSES,
    Config,
    config_in,
    is_layer,
    is_model,
    name_in,
)

_DEEPEST_LIST = 20
_WRAPPERS = ("modelTopology", "model_config")

CLASSES: Mapping[str, str] = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "Convolution2D": "Conv2D",
    "AtrousConvolution2D": "Conv2D",
    "Conv2DV1": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "DepthwiseConvolution2D": "DepthwiseConv2D",
    "MaxPool2D": "MaxPooling2D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "LayerNormalizationV1": "LayerNormalization",
    "DenseV1": "Dense",
    "DropoutV1": "Dropout",
    "FlattenV1": "Flatten",
}
"""Classes that have another name in Keras 3, and the same settings."""

_SETTINGS: Mapping[str, str] = {
    "nb_filter": "filters",
    "output_dim": "units",
    "subsample": "strides",
    "border_mode": "padding",
    "bias": "use_bias",
    "atrous_rate": "dilation_rate",
    "p": "rate",
    "sigma": "stddev",
}
_MERGES: Mapping[str, str] = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
}


def translate_config(data: object) -> object:
    """Return a description as Keras 3 would write it.

    Args:
        data: the values of a JSON text: a model, or a wrapper of TensorFlow.js or of an HDF5 file.

    >>> old = {"class_name": "Sequential", "config": [{"class_name": "Convolution2D", "config":
    ...     {"nb_filter": 4, "nb_row": 3, "nb_col": 5, "border_mode": "same"}}]}
    >>> translate_config(old)["config"][0]["class_name"]
    'Conv2D'
    >>> translate_config(old)["config"][0]["config"]
    {'filters': 4, 'padding': 'same', 'kernel_size': [3, 5]}
    """
    for key in _WRAPPERS:
        if (
            isinstance(data, Mapping)
            and "class_name" not in data
            and isinstance(data.get(key), Mapping)
        ):
            data = data[key]
    return (
        _model(data, 0)
        if isinstance(data, Mapping) and data.get("class_name") in MODEL_CLASSES
        else data
    )


def _model(model: Config, depth: int) -> Config:
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else config
    if depth > DEEPEST or not isinstance(layers, list) or not all(map(is_layer, layers)):
        return model  # the reader reports what is wrong
    made = [_model(one, depth + 1) if is_model(one) else _layer(one) for one in layers]
    if not isinstance(config, Mapping):
        return {**model, "config": made}
    inside = {name_in(one) for one in layers if is_model(one)}
    uses: dict[str, int] = {}
    wiring = [[one.get("inbound_nodes") for one in layers], config.get("output_layers")]
    for name, use in _references(wiring):
        uses[name] = min(use, uses.get(name, use))
    late = {name for name in inside if uses.get(name, 0) > 0}
    if late:
        made = [
            {**one, "inbound_nodes": _one_less(one["inbound_nodes"], late, 0)}
            if isinstance(one.get("inbound_nodes"), list)
            else one
            for one in made
        ]
        config = {**config, "output_layers": _one_less(config.get("output_layers"), late, 0)}
    return {**model, "config": {**config, "layers": made}}


def _references(wiring: object) -> Iterator[tuple[str, int]]:
    """Yield the layers and nodes that Keras 2 names as sources."""
    waiting = [wiring]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            if _is_reference(value):
                yield value[0], value[1]
            waiting += value
        elif isinstance(value, Mapping):
            waiting += value.values()


def _is_reference(value: list[Any]) -> bool:
    return len(value) in (3, 4) and isinstance(value[0], str) and isinstance(value[1], int)


def _one_less(value: Any, late: set[str], depth: int) -> Any:
    """Count the nodes of models inside the model from 0: Keras 2 began at 1."""
    if not isinstance(value, list) or depth > _DEEPEST_LIST:
        return value
    made = [_one_less(one, late, depth + 1) for one in value]
    if _is_reference(value) and value[0] in late:
        made[1] = value[1] - 1
    return made


def _layer(layer: Config) -> Config:
    name, config = layer["class_name"], config_in(layer)
    if name == "Merge" and isinstance(config.get("mode"), str) and config["mode"] in _MERGES:
        kept = {key: config[key] for key in ("name", "trainable") if key in config}
        if config["mode"] == "concat":
            kept["axis"] = config.get("concat_axis", -1)
        return {**layer, "class_name": _MERGES[config["mode"]], "config": kept}
    new_name = CLASSES.get(name, name)
    settings: Config = _keras1(config) if _is_keras1(config) else config
    if name == "LeakyReLU" and "negative_slope" not in settings and "alpha" in settings:
        settings = {**settings, "negative_slope": settings["alpha"]}
    if new_name == name and settings is config:
        return layer
    return {**layer, "class_name": new_name, "config": settings}


def _is_keras1(config: Config) -> bool:
    old = ("nb_filter", "nb_row", "output_dim", "border_mode", "subsample", "dim_ordering", "p")
    return any(key in config for key in old)


def _keras1(config: Config) -> dict[str, Any]:
    words = {_SETTINGS.get(key, key): value for key, value in config.items()}
    if "nb_row" in words and "nb_col" in words:
        words["kernel_size"] = [words.pop("nb_row"), words.pop("nb_col")]
    ordering = words.pop("dim_ordering", None)
    if ordering == "th":
        words["data_format"] = "channels_first"
    return words
