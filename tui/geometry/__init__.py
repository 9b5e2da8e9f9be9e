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
from tui.geometry.graphs.fields import graph_field
from tui.geometry.graphs.graph import (
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
from tui.geometry.graphs.of_network import graph_of_network
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
from tui.geometry.mistakes.slips import QUANTITIES, Quantity, Slip, diagnose, right_answer, slips
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
from tui.geometry.receptive import Receptive
from tui.geometry.rules import apply_layer
from tui.geometry.sentences import FITS, fit_sentence
from tui.geometry.serial import from_dict, to_dict
from tui.geometry.shapes import LARGEST, Padding, Pair, Shape, Vector, Volume
from tui.geometry.tracing import Box, FieldStep, field_of
from tui.geometry.windows.convolution import convolve, window_at
from tui.geometry.windows.grids import Filters, Grid, Term, WindowSum, volume_of
from tui.geometry.windows.kernels import KERNELS, Kernel
from tui.geometry.windows.pooling import pool, pool_at
from tui.geometry.windows.transposed import convolve_transposed, stamps_at

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
    "graph_of_network",
    "graph_totals",
    "layer_names",
    "lenet5",
    "nearest_fits",
    "network_names",
    "network_totals",
    "output_layer",
    "output_shape",
    "parse_layer",
    "parse_network",
    "pool",
    "pool_at",
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
