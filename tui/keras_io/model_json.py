"""The JSON that describes a Keras model: read with limits, and what each part of it holds.

Such a text may come from anybody, so nothing in it is taken for granted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from tui.geometry.errors import GeometryError, escaped, shown

MOST_CHARACTERS = 4_000_000
"""The longest text that is read. The description of a hundred layers is a twentieth of it."""
MODEL_CLASSES = ("Sequential", "Functional", "Model")
"""The classes of Keras that hold layers."""
DEEPEST = 8
"""How many models may hold one another."""

_DEEPEST_JSON = 100  # a model within a model within a model reaches 20

Config: TypeAlias = Mapping[str, Any]
"""The description of a layer or a model, or its settings."""


def load_json(text: str) -> object:
    """Return the values of a JSON text.

    Args:
        text: the text.

    Returns:
        Mappings, lists, strings, finite numbers, True, False and None.

    Raises:
        GeometryError: it is too long, nested too deeply, not JSON, or holds a number that is not
            finite.

    >>> load_json('{"input": [8, 8, 1]}')
    {'input': [8, 8, 1]}
    """
    if len(text) > MOST_CHARACTERS:
        raise GeometryError(
            f"the text has {len(text):,} characters: a network is described in fewer than "
            f"{MOST_CHARACTERS:,}. Give its architecture alone, without weights."
        )
    try:
        values: object = json.loads(text, parse_constant=_finite, parse_float=_finite)
        _check_depth(values)
    except GeometryError:
        raise
    except RecursionError:
        raise GeometryError(
            "the JSON is nested too deeply to be a network: give what model.to_json() returns."
        ) from None
    except json.JSONDecodeError as error:
        raise GeometryError(
            f"this is not JSON: {error.msg} in line {error.lineno}, column {error.colno}. Give the "
            "whole text that model.to_json() returns."
        ) from None
    except ValueError:  # an integer of more digits than Python is willing to read
        raise GeometryError(
            "a number in the JSON has thousands of digits: give what model.to_json() returns."
        ) from None
    return values


def _check_depth(values: object) -> None:
    """Raise RecursionError for values nested so deeply that a recursive function could fail."""
    level = [values]
    for _ in range(_DEEPEST_JSON):
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise RecursionError


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise GeometryError(f"the JSON holds {escaped(text)}: every number must be finite.")
    return number


def is_layer(value: object) -> bool:
    """Return whether a value describes a layer."""
    return isinstance(value, Mapping) and isinstance(value.get("class_name"), str)


def is_model(layer: Config) -> bool:
    """Return whether a layer holds layers itself."""
    return layer["class_name"] in MODEL_CLASSES


def model_in(data: object) -> Config:
    """Return values that describe a model.

    Raises:
        GeometryError: they describe something else.
    """
    if not isinstance(data, Mapping) or data.get("class_name") not in MODEL_CLASSES:
        received = data.get("class_name") if isinstance(data, Mapping) else data
        raise GeometryError(
            f"{shown(received)} is not a Keras model that can be read: Sequential and Functional "
            "are."
        )
    return data


def layers_in(model: Config) -> list[Config]:
    """Return the layers of a model in the order in which they are written.

    Raises:
        GeometryError: it has no list of layers.
    """
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else config
    if not isinstance(layers, list) or not all(is_layer(layer) for layer in layers):
        raise GeometryError(
            f'the model "{escaped(name_in(model))}" has no list of layers: give the whole text '
            "that model.to_json() returns."
        )
    return layers


def is_sequential(model: Config) -> bool:
    """Return whether a model's layers follow each other in the order in which they are written."""
    # The oldest Keras wrote a Sequential as a bare list.
    return model["class_name"] == "Sequential" or not isinstance(model.get("config"), Mapping)


def config_in(described: Config) -> Config:
    """Return the settings of a layer or a model."""
    config = described.get("config")
    return config if isinstance(config, Mapping) else {}


def name_in(described: Config) -> str:
    """Return the name of a layer or a model."""
    return str(described.get("name") or config_in(described).get("name") or "unnamed")


def module_in(layer: Config) -> str:
    """Return the module of a layer's class; empty where an older Keras did not write it."""
    registered = layer.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        return registered  # a class of the user's own, registered under package>name
    module = layer.get("module")
    return module if isinstance(module, str) else ""


def input_shape_in(model: Config, layers: list[Config]) -> list[Any] | None:
    """Return the input shape of a model, wherever this version of Keras wrote it."""
    first = layers[0] if layers else {}
    config = config_in(model)
    shapes = [
        *(config_in(first).get(key) for key in ("batch_shape", "batch_input_shape")),
        config.get("build_input_shape"),
        built_shape_in(model),
        built_shape_in(first),
    ]
    return next((shape for shape in shapes if isinstance(shape, list)), None)


def built_shape_in(described: Config) -> object:
    """Return the input shape for which a layer or a model was built, where it is written."""
    build = described.get("build_config")
    return build.get("input_shape") if isinstance(build, Mapping) else None
