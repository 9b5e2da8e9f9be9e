"""Keras configurations as Keras 3 and Keras 2 write them, without Keras."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest

from tui.geometry import GeometryError
from tui.keras_io import read_network

Described = dict[str, Any]


def layer(class_name: str, name: str = "", /, **config: Any) -> Described:
    """Return one layer of a configuration."""
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name or class_name.lower(), **config},
        "registered_name": None,
    }


def conv(name: str = "conv", /, **config: Any) -> Described:
    """Return a Conv2D of 4 filters of 3×3, as far as nothing else is said."""
    return layer("Conv2D", name, **{"filters": 4, "kernel_size": [3, 3], **config})


def sequential(*layers: Described, shape: Any = (None, 8, 8, 3), name: str = "s") -> str:
    """Return the JSON of a Sequential; without an input layer when the shape is None."""
    first = [layer("InputLayer", "input", batch_shape=shape)] if shape else []
    config = {"name": name, "layers": [*first, *layers]}
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": config})


def functional(links: dict[str, list[str]], *layers: Described, old: bool = False) -> str:
    """Return the JSON of a Functional model; `links` names what each layer receives."""
    described = []
    for one in (layer("InputLayer", "input", batch_shape=[None, 8, 8, 3]), *layers):
        name = one["config"]["name"]
        sources = links.get(name, [])
        nodes: list[Any] = []
        if sources and old:
            nodes = [[[source, 0, 0, {}] for source in sources]]
        elif sources:
            tensors = [
                {"class_name": "__keras_tensor__", "config": {"keras_history": [source, 0, 0]}}
                for source in sources
            ]
            nodes = [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}]
        described.append({**one, "name": name, "inbound_nodes": nodes})
    last = layers[-1]["config"]["name"]
    outputs: list[Any] = [[last, 0, 0]] if old else [last, 0, 0]
    config = {"name": "f", "layers": described, "output_layers": outputs}
    return json.dumps({"class_name": "Functional", "config": config})


def archive(
    text: str | bytes, name: str = "config.json", method: int = zipfile.ZIP_STORED
) -> bytes:
    """Return a zip archive with one member."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as file:
        file.writestr("metadata.json", "{}")
        file.writestr(name, text)
    return held.getvalue()


def refused(source: str | bytes) -> str:
    """Return the one sentence with which a source is refused, quickly."""
    begun = time.monotonic()
    with pytest.raises(GeometryError) as caught:
        read_network(source)
    assert time.monotonic() - begun < 5
    message = caught.value.message
    assert message.isprintable() and len(message) < 700
    return message
