"""A description of an older Keras, as Keras 3 takes it: known layers, and none of their history."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import keras

_LEFT_OUT = ("_initializer", "_regularizer", "_constraint")
"""The weights come from the file, and nothing is trained."""
_MODELS = ("Sequential", "Functional", "Model")


def is_older(data: Any) -> bool:
    """Say whether a description is one that Keras 3 does not take as it is: without modules."""
    layers = _layers(data)
    return any("module" not in one for one in layers)


def _layers(model: Mapping[str, Any]) -> list[Any]:
    config = model["config"]
    layers: list[Any] = config["layers"] if isinstance(config, Mapping) else config
    return layers


def as_keras3(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's description in the words of Keras 3.

    Args:
        model: a description that `tui.geometry` has read, with known layers only.
    """
    config = model["config"] if isinstance(model["config"], Mapping) else {}
    layers = [
        as_keras3(one) if one["class_name"] in _MODELS else _layer(one) for one in _layers(model)
    ]
    name = config.get("name") or model.get("name")
    made: dict[str, Any] = {"name": name} if name else {}
    if model["class_name"] == "Sequential" or not config:
        shape = _input_shape(_layers(model))
        if shape is not None and layers[0]["class_name"] != "InputLayer":
            given = {"class_name": "InputLayer", "config": {"batch_shape": shape}}
            layers.insert(0, {"module": "keras.layers", "registered_name": None, **given})
        for layer in layers:
            layer.pop("inbound_nodes", None)
        return _described("keras", "Sequential", {**made, "layers": layers})
    for layer, old in zip(layers, _layers(model), strict=True):
        layer["name"] = old.get("name") or old["config"]["name"]
        layer["inbound_nodes"] = old.get("inbound_nodes", [])
    made |= {"layers": layers}
    made |= {key: config[key] for key in ("input_layers", "output_layers") if key in config}
    return _described("keras.src.models.functional", "Functional", made)


def _described(module: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _input_shape(layers: list[Any]) -> Any:
    first = layers[0] if layers else {}
    return first.get("config", {}).get("batch_input_shape") if isinstance(first, Mapping) else None


def _layer(layer: Mapping[str, Any]) -> dict[str, Any]:
    name, config = layer["class_name"], dict(layer["config"])
    if name == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config["batch_input_shape"]
    axis = config.get("axis")
    if name == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    taken = {*inspect.signature(getattr(keras.layers, name).__init__).parameters, "name"}
    kept = {
        key: value
        for key, value in config.items()
        if key in taken and not key.endswith(_LEFT_OUT) and key != "dtype"
    }
    return _described("keras.layers", name, kept)
