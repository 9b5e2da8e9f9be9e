"""The network in a `.keras` or HDF5 file that is to be trained: its description, read as data."""

from __future__ import annotations

import copy
import functools
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.geometry import Dropout, GeometryError, Graph, Layer, Network, Vector, Volume
from tui.keras_io.compiled_as import CompiledAs, UnusableCompile, compiled_as
from tui.keras_io.layer_classes import read_layer
from tui.keras_io.model_calls import model_calls
from tui.keras_io.model_json import is_model, load_json
from tui.keras_io.network_files import file_description
from tui.keras_io.older_keras import translate_config
from tui.keras_io.read_chain import network_from_config
from tui.keras_io.read_graph import graph_from_config

_SHAPES = ("batch_shape", "batch_input_shape")


@dataclass(frozen=True)
class FileNetwork:
    """The network in a file.

    Args:
        graph: its layers.
        layers: for each row of the graph the layer of the calculator that computes the same; None
            where there is none. One that works only while training is a Dropout of 0.
        chain: the same for the calculator; None where it is no plain chain.
        free: which of height and width the file leaves open, although a size was asked for.
        described: SHA-256 of the description.
        compiled: how it was compiled; None where that is not known or cannot be used.
        rate: the learning rate that it was compiled with.
        not_compiled: why there is no `compiled`, as the end of a sentence about the file.
    """

    graph: Graph
    layers: tuple[Layer | None, ...]
    chain: Network | None
    free: tuple[str, ...]
    described: str
    compiled: CompiledAs | None
    rate: float
    not_compiled: str

    @property
    def volume(self) -> Volume | None:
        """The image that it takes; None where it does not take one image."""
        shape = self.graph.inputs[0].shape
        return shape if len(self.graph.inputs) == 1 and isinstance(shape, Volume) else None


def file_network(path: Path, size: tuple[int, int] | None = None) -> FileNetwork:
    """Read the network in a file (blocking; what was read is kept while the file is the same).

    Args:
        path: a `.keras` file, or an HDF5 file of `model.save`.
        size: height and width of the images, for a file that leaves them open.

    Raises:
        GeometryError: there is no such file, or it cannot be read.
    """
    try:
        status = os.stat(path)
    except OSError:
        return _read(path, size)  # which says why it cannot be read
    key = status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns
    return _kept(path, size, key)


@functools.lru_cache(maxsize=16)
def _kept(path: Path, size: tuple[int, int] | None, key: tuple[int, ...]) -> FileNetwork:
    return _read(path, size)


def _read(path: Path, size: tuple[int, int] | None) -> FileNetwork:
    text = file_description(path)
    if isinstance(text, bytes):
        raise GeometryError(
            f"{path.name} describes a network without its weights: choose a .keras file, or an "
            "HDF5 file, of model.save."
        )
    data = translate_config(load_json(text))
    free = graph_from_config(data).inputs[0].free
    if size is not None and free:
        data = with_input_size(data, *size)
    graph = graph_from_config(data)
    try:
        chain = network_from_config(data).network
    except GeometryError:
        chain = None
    compiled, rate, not_compiled = None, 0.0, ""
    try:
        compiled, rate = compiled_as(data)
    except UnusableCompile as error:
        not_compiled = error.reason
    described = hashlib.sha256(text.encode()).hexdigest()
    layers = _calculator_layers(data, graph)
    return FileNetwork(graph, layers, chain, free, described, compiled, rate, not_compiled)


def _calculator_layers(data: Any, graph: Graph) -> tuple[Layer | None, ...]:
    found: list[Layer | None] = []
    for call, row in zip(model_calls(data).calls, graph.rows, strict=True):
        received = graph.source_shape(row.sources[0]) if len(row.sources) == 1 else None
        if not row.complete or not isinstance(received, Volume | Vector):
            found.append(None)
            continue
        try:
            layer, _ = read_layer(call.layer, 3 if isinstance(received, Volume) else 1)
        except GeometryError:
            found.append(None)
        else:
            found.append(layer if layer is not None else Dropout(0.0))
    return tuple(found)


def with_input_size(data: Any, height: int, width: int) -> Any:
    """Return the description of a model whose open height and width are these.

    Args:
        data: the values of its JSON, as Keras 2 or 3 writes it.
        height, width: of the images.

    >>> free = {"class_name": "Sequential", "config": {"layers": [
    ...   {"class_name": "InputLayer", "config": {"batch_shape": [None, None, 8, 3]}}]}}
    >>> fixed = with_input_size(free, 6, 4)
    >>> fixed["config"]["layers"][0]["config"]["batch_shape"]
    [None, 6, 8, 3]
    """
    changed = copy.deepcopy(data)
    _fix_size(changed, height, width)
    return changed


def _fix_size(model: Any, height: int, width: int) -> None:
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else config
    for place, layer in enumerate(layers if isinstance(layers, list) else []):
        if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict | list):
            continue
        if place == 0 and is_model(layer):
            _fix_size(layer, height, width)
        elif place == 0 or layer.get("class_name") == "InputLayer":
            for key in _SHAPES:
                shape = layer["config"].get(key) if isinstance(layer["config"], dict) else None
                if isinstance(shape, list) and len(shape) == 4:
                    sides = zip(shape[1:3], (height, width), strict=True)
                    shape[1:3] = [given if side is None else side for side, given in sides]
