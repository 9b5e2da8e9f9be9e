"""A network from a text or a file of any readable form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tui.geometry.errors import GeometryError, escaped, shown
from tui.geometry.graph import Graph, graph_of_network
from tui.geometry.network_json import from_dict
from tui.geometry.one_line import parse_network
from tui.keras_io.model_json import load_json
from tui.keras_io.model_summary import is_summary, network_from_summary
from tui.keras_io.older_keras import translate_config
from tui.keras_io.read_chain import MOST_LAYERS, Imported, keras_text, network_from_config
from tui.keras_io.read_graph import graph_from_config

_LONGEST_LINE = 100_000
_PYTHON = re.compile(r"^\s*(import|from)\s+\w|keras\.(Sequential|Model)|Sequential\(", re.M)


def read_network(source: str | bytes, name: str = "") -> Imported:
    """Read a network in any of five forms.

    Args:
        source: a line such as `28x28x1 flatten dense:k=10`, the JSON of
            :func:`tui.geometry.to_dict`, the JSON of Keras's `model.to_json()`, the table of
            `model.summary()`, or the bytes of a `.keras` file. Text may be given as bytes in UTF-8.
        name: the beginning of messages, such as a file's name.

    Returns:
        The network, and notes on what was not kept.

    Raises:
        GeometryError: it is none of these, or cannot be read.

    >>> read_network("8x8x1 maxpool:f=2") == read_network(
    ...     b'{"input": [8, 8, 1], "layers": [{"kind": "maxpool", "pool": [2, 2]}]}'
    ... )
    True
    """
    with _naming(name):
        return _read(keras_text(source).strip())


def read_graph(source: str | bytes, name: str = "") -> Graph:
    """Read any model, with branches or without, in any form of :func:`read_network`.

    Args:
        source, name: as in :func:`read_network`.

    Raises:
        GeometryError: it is none of these, or its layers are not connected in a way that Keras
            could compute.

    >>> [row.name for row in read_graph("8x8x1 flatten dense:k=2").rows]
    ['flatten', 'dense']
    """
    with _naming(name):
        text = keras_text(source).strip()
        data = _json(text)
        if _is_keras(data):
            return graph_from_config(data)
        found = _read(text)
        return graph_of_network(found.network, found.notes)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Begin error messages with a name, if there is one."""
    try:
        yield
    except GeometryError as error:
        if not name:
            raise
        raise GeometryError(f"{escaped(name)}: {error.message}", field=error.field) from None


def _is_keras(data: object) -> bool:
    """Return whether values are a description of Keras, perhaps inside one of TensorFlow.js."""
    data = translate_config(data)
    return isinstance(data, Mapping) and "class_name" in data


def _json(text: str) -> object:
    """Return the values of a JSON text; None for any other text."""
    if not text.startswith(("{", "[", '"')):
        return None
    data = load_json(text)
    if isinstance(data, str) and data.lstrip().startswith("{"):
        data = load_json(data)  # json.dump(model.to_json(), file): a text within a text
    return data


def _read(text: str) -> Imported:
    data = _json(text)
    if data is not None:
        return _from_json(data)
    if is_summary(text):
        return network_from_summary(text)
    if _PYTHON.search(text[:_LONGEST_LINE]):
        raise GeometryError(
            "this is Python code, which is not run here: run it yourself, and give the output of "
            'print(model.to_json()), or a file of model.save("name.keras").'
        )
    if len(text) > _LONGEST_LINE:
        raise GeometryError(
            f"the text has {len(text):,} characters: a network on one line has at most "
            f"{_LONGEST_LINE:,}, such as 28x28x1 conv:k=8,f=3 flatten dense:k=10."
        )
    network = parse_network(text)
    if len(network.layers) > MOST_LAYERS:
        raise _too_many(len(network.layers))
    return Imported(network)


def _too_many(count: int) -> GeometryError:
    return GeometryError(f"the network has {count:,} layers: at most {MOST_LAYERS} are read.")


def _from_json(data: object) -> Imported:
    if _is_keras(data):
        return network_from_config(data)
    if isinstance(data, Mapping) and "layers" in data and "input" in data:
        layers = data["layers"]
        if isinstance(layers, list) and len(layers) > MOST_LAYERS:
            raise _too_many(len(layers))
        return Imported(from_dict(data))
    if isinstance(data, Mapping) and isinstance(data.get("modelTopology"), Mapping):
        raise GeometryError(
            "this is a graph model of TensorFlow.js: operations, not layers of Keras. There is "
            "no way back to them: go to the program that made the model, and save it there with "
            'model.save("model.keras").'
        )
    raise GeometryError(
        f"{shown(data)} does not describe a network: give an object with input and layers, or the "
        "output of Keras's model.to_json()."
    )
