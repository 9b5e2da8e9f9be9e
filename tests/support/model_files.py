"""Model files that are only read: a `.keras` archive with a description and no weights."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def dense(units: int, activation: str, name: str = "dense") -> dict[str, Any]:
    """Return a Dense as Keras describes it."""
    return _layer("Dense", name, units=units, activation=activation)


def branched(
    shape: tuple[int | None, ...] = (8, 8, 1), units: int = 10, activation: str = "softmax"
) -> dict[str, Any]:
    """Return a model with two convolutions whose outputs are added, which rescales its images."""
    layers = [
        _input("image", shape),
        _called(_layer("Rescaling", "rescaling", scale=1 / 255), "image"),
        _called(_conv("left", 3), "rescaling"),
        _called(_conv("right", 5), "rescaling"),
        _called(_layer("Add", "add"), "left", "right"),
        _called(_layer("GlobalAveragePooling2D", "pool"), "add"),
        _called(dense(units, activation), "pool"),
    ]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "branched",
            "layers": layers,
            "input_layers": [["image", 0, 0]],
            "output_layers": [["dense", 0, 0]],
        },
    }


def chain(*layers: dict[str, Any], shape: tuple[int | None, ...] = (8, 8, 1)) -> dict[str, Any]:
    """Return a Sequential."""
    return {
        "module": "keras",
        "class_name": "Sequential",
        "registered_name": None,
        "config": {"name": "chain", "layers": [_input("image", shape), *layers]},
    }


def flatten() -> dict[str, Any]:
    """Return a Flatten as Keras describes it."""
    return _layer("Flatten", "flatten")


def compiled(
    model: dict[str, Any], optimizer: str = "AdamW", rate: object = 0.003, **loss: Any
) -> dict[str, Any]:
    """Return a model as it is described when it was compiled.

    Args:
        model: the description.
        optimizer: its class.
        rate: the learning rate.
        loss: `class_name` and arguments; by default categorical cross-entropy, by its name.
    """
    name = loss.pop("class_name", "")
    described: object = "categorical_crossentropy"
    if name:
        described = {"module": "keras.losses", "class_name": name, "config": loss}
    given = {"learning_rate": rate, "weight_decay": 0.01, "name": optimizer.lower()}
    return {
        **model,
        "compile_config": {
            "optimizer": {
                "module": "keras.optimizers",
                "class_name": optimizer,
                "config": given,
                "registered_name": None,
            },
            "loss": described,
            "metrics": ["accuracy"],
        },
    }


def write_model(path: Path, model: dict[str, Any]) -> Path:
    """Write a description as a `.keras` file and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.14.1"}))
    return path


def _layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "registered_name": None,
        "name": name,
        "config": {"name": name, "trainable": True, **config},
    }


def _conv(name: str, side: int) -> dict[str, Any]:
    return _layer("Conv2D", name, filters=4, kernel_size=[side, side], padding="same")


def _input(name: str, shape: tuple[int | None, ...]) -> dict[str, Any]:
    return _layer("InputLayer", name, batch_shape=[None, *shape]) | {"inbound_nodes": []}


def _called(layer: dict[str, Any], *sources: str) -> dict[str, Any]:
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None], "dtype": "float32", "keras_history": [source, 0, 0]},
        }
        for source in sources
    ]
    given = [tensors] if len(tensors) > 1 else tensors
    return {**layer, "inbound_nodes": [{"args": given, "kwargs": {}}]}
