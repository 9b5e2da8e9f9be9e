"""The description of a foreign model: checked, and converted to the format of Keras 3."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import keras

from tui.common.text import clean
from tui.keras_io.graph_layers import LAYERS as KNOWN
from tui.keras_io.merging_and_shaping import OPERATIONS
from tui.keras_worker.refusal import Refusal

LAYERS = frozenset({*KNOWN, "InputLayer"})
MODELS = frozenset({"Sequential", "Functional", "Model"})
_MODEL_MODULES = frozenset(
    {"keras", "keras.models", "keras.src.models.functional", "keras.src.models.sequential"}
)
# Layers in keras.applications, and operations such as x / 127.5 on symbolic values.
_OTHER_MODULES = {
    "keras.src.applications.convnext": frozenset({"LayerScale"}),
    "keras.src.applications.inception_resnet_v2": frozenset({"CustomScaleLayer"}),
    "keras.src.ops.numpy": OPERATIONS,
}
_OBJECT_MODULES = frozenset({"keras.initializers", "keras.regularizers", "keras.constraints"})
# How it was built and compiled is not needed, and would use unchecked sizes.
_DROPPED = frozenset({"build_config", "compile_config", "build_input_shape"})


def checked_config(value: Any) -> Any:
    """Return a description without what is not needed, after checking its classes.

    Args:
        value: parsed JSON of a model that `tui.geometry` has read.

    Raises:
        Refusal: if it names a class that is not a known layer, initializer or the like.
    """
    if isinstance(value, list):
        return [checked_config(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" in value:
        _check(value)
    return {key: checked_config(item) for key, item in value.items() if key not in _DROPPED}


def _check(value: dict[str, Any]) -> None:
    name, module = value["class_name"], value.get("module")
    if name == "Lambda":
        raise Refusal(
            "It has a Lambda layer, which is Python code, and code from a file is never run here.",
            "Replace it by a layer such as Rescaling.",
        )
    known = (
        (name == "__keras_tensor__" and module is None)
        or (module == "keras" and name == "DTypePolicy")
        or (module in _MODEL_MODULES and name in MODELS)
        or (module == "keras.layers" and name in LAYERS)
        or (isinstance(module, str) and name in _OTHER_MODULES.get(module, ()))
        or module in _OBJECT_MODULES
    )
    if not known or value.get("registered_name") not in (None, name):
        place = f" of {clean(module, 40)}" if module else ""
        raise Refusal(
            f"It has {clean(name, 40)}{place}, which is not one of Keras's own layers.",
            "Only Keras's own layers are run here, never code from a file.",
        )


_OBJECTS = {
    "_initializer": "keras.initializers",
    "_regularizer": "keras.regularizers",
    "_constraint": "keras.constraints",
}
"""The module of the objects among a layer's settings, by the ending of their names."""
_MODELS = ("Sequential", "Functional", "Model")


def is_keras2(data: Any) -> bool:
    """Return whether a description is in the format of Keras 1 or 2, without modules."""
    layers = _layers(data)
    return any("module" not in one for one in layers)


def _layers(model: Mapping[str, Any]) -> list[Any]:
    config = model["config"]
    layers: list[Any] = config["layers"] if isinstance(config, Mapping) else config
    return layers


def to_keras3(model: Mapping[str, Any], *, trained: bool = False) -> dict[str, Any]:
    """Convert a model's description to the format of Keras 3.

    Args:
        model: a description that `tui.geometry` has read, with known layers only.
        trained: whether it is to be trained, so that initializers, regularizers and constraints
            are needed.

    Raises:
        Refusal: if one of these is not Keras's.
    """
    config = model["config"] if isinstance(model["config"], Mapping) else {}
    layers = [
        to_keras3(one, trained=trained) if one["class_name"] in _MODELS else _layer(one, trained)
        for one in _layers(model)
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


def _layer(layer: Mapping[str, Any], trained: bool) -> dict[str, Any]:
    name, config = layer["class_name"], dict(layer["config"])
    if name == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config["batch_input_shape"]
    axis = config.get("axis")
    if name == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    taken = {*inspect.signature(getattr(keras.layers, name).__init__).parameters, "name"}
    kept = {
        key: _object(key, value)
        for key, value in config.items()
        if key in taken and key != "dtype" and (trained or not _module_of(key))
    }
    return _described("keras.layers", name, kept)


def _module_of(key: str) -> str:
    """Return the module of the class of a setting; empty where it is not of a class."""
    return next((module for end, module in _OBJECTS.items() if key.endswith(end)), "")


def _object(key: str, value: Any) -> Any:
    """Return a layer's setting, with the module of the class that it describes."""
    module = _module_of(key)
    if not module or not isinstance(value, Mapping) or "class_name" not in value:
        return value
    name = value["class_name"]
    if not isinstance(getattr(getattr(keras, module.split(".")[1]), str(name), None), type):
        raise Refusal(
            f"It has {clean(name, 40)} of {module}, which this Keras does not have.",
            "Save the model again with model.save, or choose another file.",
        )
    config = value.get("config")
    return _described(module, str(name), dict(config) if isinstance(config, Mapping) else {})
