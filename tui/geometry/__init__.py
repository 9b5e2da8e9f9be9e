"""What a layer does to W×H×D: shape, parameters, cost, receptive field, or why it does not fit.

Standard library only. `Network` is the value that everything else edits, shows or runs. W comes
before H everywhere, as in the course.
"""

from tui.geometry.axes import Axis, TransposedAxis, window_axis
from tui.geometry.backwards import Bounds, Solution, solve, solve_chain
from tui.geometry.effects import Effect, Window, window_of
from tui.geometry.errors import GeometryError
from tui.geometry.formula_text import FITS, Formula, fit_sentence, formula
from tui.geometry.graph import (
    Graph,
    GraphInput,
    GraphRow,
    GraphTotals,
    graph_field,
    graph_of_network,
    graph_totals,
)
from tui.geometry.historical import alexnet, lenet5, vgg16
from tui.geometry.layer_names import layer_names
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
from tui.geometry.nearest_fits import Change, nearest_fits
from tui.geometry.network import (
    FieldStep,
    Network,
    Row,
    Totals,
    field_of,
    network_names,
    network_totals,
    output_shape,
    trace_network,
)
from tui.geometry.network_json import from_dict, to_dict
from tui.geometry.one_line import format_layer, format_network, parse_layer, parse_network
from tui.geometry.output_layer import output_layer
from tui.geometry.presets import (
    PRESETS,
    Preset,
    batchnorm_network,
    course_network,
    small_network,
)
from tui.geometry.reach import AnyField
from tui.geometry.receptive_field import Box, ReceptiveField
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import (
    LARGEST,
    AnyShape,
    Block,
    Padding,
    Pair,
    Shape,
    Vector,
    Volume,
    shape_of,
    sides_of,
)
from tui.geometry.windows.convolution import convolve, window_at
from tui.geometry.windows.grids import Filters, Grid, Term, WindowSum, volume_of
from tui.geometry.windows.pooling import pool, pool_at
from tui.geometry.windows.ready_made_filters import KERNELS, Kernel
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
    "AnyField",
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
    "ReceptiveField",
    "Rescaling",
    "Row",
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
    "batchnorm_network",
    "convolve",
    "convolve_transposed",
    "course_network",
    "diagnose",
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
    "small_network",
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
