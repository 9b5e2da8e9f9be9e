"""What a layer does to W×H×D: shapes, parameters, cost, receptive field, and why not.

Standard library only. `Network` is the one value everything else edits, shows or runs; W
comes before H everywhere, as in the course.
"""

from tui.geometry.axes import Axis, TransposedAxis, window_axis
from tui.geometry.backwards import Bounds, Solution, solve, solve_chain
from tui.geometry.effects import Effect, Window, window_of
from tui.geometry.errors import GeometryError
from tui.geometry.fits import Change, nearest_fits
from tui.geometry.formulas import Formula, formula
from tui.geometry.graph import (
    AnyShape,
    Block,
    Graph,
    GraphInput,
    GraphRow,
    GraphTotals,
    Seen,
    graph_totals,
    shape_of,
    sides_of,
)
from tui.geometry.graph_of_network import graph_of_network
from tui.geometry.graph_seen import graph_field
from tui.geometry.grids import Filters, Grid, Term, WindowSum, volume_of
from tui.geometry.keras_graph import graph_from_keras
from tui.geometry.keras_import import Imported, network_from_keras
from tui.geometry.keras_plan import keras_code, keras_input_shape, keras_layers
from tui.geometry.keras_summary import is_summary
from tui.geometry.kernels import KERNELS, Kernel
from tui.geometry.layers import (
    ACTIVATIONS,
    KINDS,
    Activation,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    ConvLayer,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    GlobalPoolLayer,
    Layer,
    MaxPool2D,
    PoolLayer,
    Rescaling,
    SeparableConv2D,
    WindowLayer,
    ZeroPadding2D,
)
from tui.geometry.network import (
    Network,
    Row,
    Totals,
    layer_names,
    network_names,
    network_totals,
    output_shape,
    trace_network,
)
from tui.geometry.oneline import format_layer, format_network, parse_layer, parse_network
from tui.geometry.pooling import pool, pool_at
from tui.geometry.presets import (
    PRESETS,
    Preset,
    alexnet,
    course_network,
    digits_network,
    lenet5,
    output_layer,
    vgg16,
)
from tui.geometry.reading import read_graph, read_network
from tui.geometry.receptive import Receptive
from tui.geometry.rules import apply_layer
from tui.geometry.sentences import FITS, fit_sentence
from tui.geometry.serial import from_dict, to_dict
from tui.geometry.shapes import LARGEST, Padding, Pair, Shape, Vector, Volume
from tui.geometry.slips import QUANTITIES, Quantity, Slip, diagnose, right_answer, slips
from tui.geometry.tracing import Box, FieldStep, field_of
from tui.geometry.transposed import convolve_transposed, stamps_at
from tui.geometry.windows import convolve, window_at

__all__ = [
    "ACTIVATIONS",
    "FITS",
    "KERNELS",
    "KINDS",
    "LARGEST",
    "PRESETS",
    "QUANTITIES",
    "Activation",
    "AnyShape",
    "AveragePool2D",
    "Axis",
    "BatchNormalization",
    "Block",
    "Bounds",
    "Box",
    "Change",
    "Conv2D",
    "Conv2DTranspose",
    "ConvLayer",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Effect",
    "FieldStep",
    "Filters",
    "Flatten",
    "Formula",
    "GeometryError",
    "GlobalAveragePool2D",
    "GlobalMaxPool2D",
    "GlobalPoolLayer",
    "Graph",
    "GraphInput",
    "GraphRow",
    "GraphTotals",
    "Grid",
    "Imported",
    "Kernel",
    "Layer",
    "MaxPool2D",
    "Network",
    "Padding",
    "Pair",
    "PoolLayer",
    "Preset",
    "Quantity",
    "Receptive",
    "Rescaling",
    "Row",
    "Seen",
    "SeparableConv2D",
    "Shape",
    "Slip",
    "Solution",
    "Term",
    "Totals",
    "TransposedAxis",
    "Vector",
    "Volume",
    "Window",
    "WindowLayer",
    "WindowSum",
    "ZeroPadding2D",
    "alexnet",
    "apply_layer",
    "convolve",
    "convolve_transposed",
    "course_network",
    "diagnose",
    "digits_network",
    "field_of",
    "fit_sentence",
    "format_layer",
    "format_network",
    "formula",
    "from_dict",
    "graph_field",
    "graph_from_keras",
    "graph_of_network",
    "graph_totals",
    "is_summary",
    "keras_code",
    "keras_input_shape",
    "keras_layers",
    "layer_names",
    "lenet5",
    "nearest_fits",
    "network_from_keras",
    "network_names",
    "network_totals",
    "output_layer",
    "output_shape",
    "parse_layer",
    "parse_network",
    "pool",
    "pool_at",
    "read_graph",
    "read_network",
    "right_answer",
    "shape_of",
    "sides_of",
    "slips",
    "solve",
    "solve_chain",
    "stamps_at",
    "to_dict",
    "trace_network",
    "vgg16",
    "volume_of",
    "window_at",
    "window_axis",
    "window_of",
]
