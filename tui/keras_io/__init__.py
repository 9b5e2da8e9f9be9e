"""Keras as data: files, graphs, code, and error messages. Keras is never imported."""

from tui.keras_io.model_summary import is_summary
from tui.keras_io.read_any import read_graph, read_network
from tui.keras_io.read_chain import Imported, network_from_keras
from tui.keras_io.read_graph import graph_from_keras
from tui.keras_io.write_code import keras_call, keras_code, keras_input_shape, keras_layers

__all__ = [
    "Imported",
    "graph_from_keras",
    "is_summary",
    "keras_call",
    "keras_code",
    "keras_input_shape",
    "keras_layers",
    "network_from_keras",
    "read_graph",
    "read_network",
]
