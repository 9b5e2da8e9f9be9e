"""What Keras writes of a layer or a model, taken out of its JSON with care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from tui.geometry.errors import GeometryError, shown

MODELS = ("Sequential", "Functional", "Model")
"""The classes of Keras that hold layers."""
DEEPEST = 8
"""Models inside models."""

Described: TypeAlias = Mapping[str, Any]
"""A layer or a model as Keras describes it."""


def is_layer(layer: object) -> bool:
    """Say whether a value describes a layer."""
    return isinstance(layer, Mapping) and isinstance(layer.get("class_name"), str)


def is_model(described: Described) -> bool:
    """Say whether a layer holds layers itself."""
    return described["class_name"] in MODELS


def layers_in(model: Described) -> list[Described]:
    """Return the layers of a model, in the order in which they are written.

    Raises:
        GeometryError: it has none.
    """
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else config
    if not isinstance(layers, list) or not all(is_layer(layer) for layer in layers):
        raise GeometryError(
            f'the model "{said(name_of(model))}" has no list of layers: give the whole text that '
            "model.to_json() returns."
        )
    return layers


def is_sequential(model: Described) -> bool:
    """Say whether a model's layers follow each other as they are written."""
    # The oldest Keras wrote a Sequential as a bare list.
    return model["class_name"] == "Sequential" or not isinstance(model.get("config"), Mapping)


def config_in(described: Described) -> Described:
    """Return the settings of a layer or a model."""
    config = described.get("config")
    return config if isinstance(config, Mapping) else {}


def name_of(described: Described) -> str:
    """Return the name of a layer or a model."""
    return str(described.get("name") or config_in(described).get("name") or "unnamed")


def said(name: object) -> str:
    """Return a name as it may stand in a message."""
    return shown(str(name)[:100])[1:-1]


def module_of(described: Described) -> str:
    """Return where a layer's class is from; empty where an older Keras did not say."""
    registered = described.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        return registered  # a class of the user's own, registered under package>name
    module = described.get("module")
    return module if isinstance(module, str) else ""


def written_shape(model: Described, layers: list[Described]) -> list[Any] | None:
    """Return the shape that a model receives, from whichever place this Keras wrote it to."""
    first = layers[0] if layers else {}
    config = config_in(model)
    places = [
        *(config_in(first).get(key) for key in ("batch_shape", "batch_input_shape")),
        config.get("build_input_shape"),
        _built(model),
        _built(first),
    ]
    return next((place for place in places if isinstance(place, list)), None)


def _built(described: Described) -> object:
    build = described.get("build_config")
    return build.get("input_shape") if isinstance(build, Mapping) else None
