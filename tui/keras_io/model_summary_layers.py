"""A layer from its row in a `model.summary()`, by its shapes and number of parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tui.geometry.errors import GeometryError
from tui.geometry.layers import (
    Activation,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    Rescaling,
    SeparableConv2D,
    ZeroPadding2D,
)
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Padding, Pair, Shape, Volume
from tui.keras_io.layer_classes import LEFT_OUT

_LARGEST_STRIDE = 8
_LARGEST_POOL = 16
_FUNCTIONS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "Softmax": "softmax", "ELU": "elu"}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A row of a summary.

    Args:
        name: the layer's name.
        class_name: its class.
        output: its output shape.
        count: its number of parameters.
    """

    name: str
    class_name: str
    output: Shape
    count: int

    @property
    def label(self) -> str:
        """The layer as a sentence names it."""
        return f"{self.name} ({self.class_name})"


def layer_from_row(row: SummaryRow, shape: Shape, number: int) -> tuple[Layer | None, list[str]]:
    """Return the layer of a row.

    Args:
        row: the row.
        shape: the output of the row before.
        number: the position of the row, from 1.

    Returns:
        The layer, or None for one that is left out because it changes no shape; and notes on
        what was assumed.

    Raises:
        GeometryError: the calculator does not have such a layer, or its numbers do not follow
            from the row before.
    """
    candidates = list(_candidates(row, shape))
    if row.class_name in LEFT_OUT or row.class_name == "Identity":
        return None, [f"{row.label} changes no shape: left out."]
    if not candidates:
        raise GeometryError(
            f"this is a model.summary(), but layer {number}, {row.label}, cannot be read from it: "
            "with branches, or with layers of other kinds, give model.to_json() instead."
        )
    fitting = [layer for layer in candidates if _makes(layer, shape, row)]
    if not fitting:
        raise GeometryError(
            f"this is a model.summary(), but {row.output} with {row.count:,} parameters at layer "
            f"{number}, {row.label}, does not follow from {shape} before it: there are branches, "
            "or settings that a summary does not show. Give model.to_json() instead."
        )
    notes = []
    if isinstance(fitting[0], (MaxPool2D, AveragePool2D)):
        if len(fitting) > 1:
            notes.append(
                f"{row.label}: F = S = {fitting[0].pool.short} is assumed; a summary does not show "
                "it."
            )
    elif len(fitting) > 1:
        notes.append(f"{row.label}: several settings fit these numbers; the simplest is assumed.")
    if isinstance(fitting[0], Dropout):
        notes.append("A summary does not show the rates of Dropout: 0.5 is assumed.")
    if isinstance(fitting[0], Rescaling):
        notes.append(f"{row.label}: 1/255 is assumed; a summary does not show the factor.")
    return fitting[0], notes


def _makes(layer: Layer, shape: Shape, row: SummaryRow) -> bool:
    try:
        effect = apply_layer(layer, shape)
    except GeometryError:
        return False
    return effect.output == row.output and effect.parameters == row.count


def _candidates(row: SummaryRow, shape: Shape) -> Iterator[Layer]:
    """Yield layers that the row may be, the simplest first."""
    depth = shape.depth if isinstance(shape, Volume) else 0
    output = row.output
    filters = output.depth if isinstance(output, Volume) else output.size
    match row.class_name:
        case "Conv2D" | "Convolution2D" if depth:
            for bias, groups in product((True, False), (1,)):
                for kernel in _kernels(row.count - bias * filters, depth * filters):
                    for stride, padding in _strides_and_paddings():
                        yield Conv2D(filters, kernel, stride, padding, groups=groups, use_bias=bias)
        case "DepthwiseConv2D" if depth and filters % depth == 0:
            for bias in (True, False):
                for kernel in _kernels(row.count - bias * filters, filters):
                    for stride, padding in _strides_and_paddings():
                        yield DepthwiseConv2D(
                            kernel, stride, padding, multiplier=filters // depth, use_bias=bias
                        )
        case "SeparableConv2D" if depth:
            for bias in (True, False):
                for kernel in _kernels(row.count - bias * filters - depth * filters, depth):
                    for stride, padding in _strides_and_paddings():
                        yield SeparableConv2D(filters, kernel, stride, padding, use_bias=bias)
        case "Conv2DTranspose" if depth:
            for bias in (True, False):
                for kernel in _kernels(row.count - bias * filters, depth * filters):
                    for stride, padding in _strides_and_paddings():
                        yield Conv2DTranspose(filters, kernel, stride, padding, use_bias=bias)
        case "MaxPooling2D" | "AveragePooling2D":
            made = MaxPool2D if row.class_name == "MaxPooling2D" else AveragePool2D
            paddings: tuple[Padding, ...] = ("valid", "same")
            for padding in paddings:
                for size in range(1, _LARGEST_POOL + 1):
                    yield made(Pair(size, size), padding=padding)
            yield made(Pair(3, 3), Pair(2, 2))
            yield made(Pair(3, 3), Pair(2, 2), padding="same")
            for w, h in product(range(1, _LARGEST_POOL + 1), repeat=2):
                yield made(Pair(w, h))
        case "ZeroPadding2D" if isinstance(shape, Volume) and isinstance(output, Volume):
            w, h = output.width - shape.width, output.height - shape.height
            if w % 2 == 0 and h % 2 == 0:
                yield ZeroPadding2D(Pair(w // 2, h // 2))
        case "Dense":
            yield Dense(filters)
            yield Dense(filters, use_bias=False)
        case "Activation":
            yield Activation("linear")
        case "ReLU" | "LeakyReLU" | "Softmax" | "ELU":
            yield Activation(_FUNCTIONS[row.class_name])
        case "Flatten":
            yield Flatten()
        case "Dropout":
            yield Dropout()
        case "BatchNormalization" | "BatchNormalizationV1":
            yield BatchNormalization()
        case "GlobalMaxPooling2D":
            yield GlobalMaxPool2D()
        case "GlobalAveragePooling2D":
            yield GlobalAveragePool2D()
        case "Rescaling":
            yield Rescaling()


def _kernels(weights: int, each: int) -> Iterator[Pair]:
    """Yield filters with this number of weights: the square one, or all others."""
    if weights <= 0 or each <= 0 or weights % each:
        return
    cells = weights // each
    side = math.isqrt(cells)
    if side * side == cells:
        yield Pair(side, side)
        return
    for width in range(1, min(cells, 64) + 1):
        if cells % width == 0:
            yield Pair(width, cells // width)


def _strides_and_paddings() -> Iterator[tuple[Pair, Padding]]:
    paddings: tuple[Padding, ...] = ("valid", "same")
    for stride in range(1, _LARGEST_STRIDE + 1):
        for padding in paddings:
            yield Pair(stride, stride), padding
