"""A layer from its line in a `model.summary()`: what follows from sizes and parameters."""

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
class Written:
    """A line of a summary.

    Args:
        name: the layer's name.
        class_name: its class.
        output: the shape that it puts out.
        count: its parameters.
    """

    name: str
    class_name: str
    output: Shape
    count: int

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return f"{self.name} ({self.class_name})"


def layer_from(row: Written, shape: Shape, number: int) -> tuple[Layer | None, list[str]]:
    """Return the layer of a line.

    Args:
        row: the line.
        shape: what the line before puts out.
        number: its place, from 1.

    Returns:
        The layer, None where it is one that changes no shape and is left out; and notes on
        what does not follow from the line.

    Raises:
        GeometryError: the layer has no place here, or does not follow the line before.
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
            notes.append(f"{row.label}: F = S = {fitting[0].pool.short} is taken; a summary does "
                         "not say it.")  # fmt: skip
    elif len(fitting) > 1:
        notes.append(f"{row.label}: several settings make these numbers; the plainest is taken.")
    if isinstance(fitting[0], Dropout):
        notes.append("The rates of Dropout do not stand in a summary: 0.5 is taken.")
    if isinstance(fitting[0], Rescaling):
        notes.append(f"{row.label}: 1/255 is taken; a summary does not say the factor.")
    return fitting[0], notes


def _makes(layer: Layer, shape: Shape, row: Written) -> bool:
    try:
        effect = apply_layer(layer, shape)
    except GeometryError:
        return False
    return effect.output == row.output and effect.parameters == row.count


def _candidates(row: Written, shape: Shape) -> Iterator[Layer]:
    """Layers that the line may be, the plainest first."""
    depth = shape.depth if isinstance(shape, Volume) else 0
    output = row.output
    filters = output.depth if isinstance(output, Volume) else output.size
    match row.class_name:
        case "Conv2D" | "Convolution2D" if depth:
            for bias, groups in product((True, False), (1,)):
                for kernel in _kernels(row.count - bias * filters, depth * filters):
                    for stride, padding in _ways():
                        yield Conv2D(filters, kernel, stride, padding, groups=groups, use_bias=bias)
        case "DepthwiseConv2D" if depth and filters % depth == 0:
            for bias in (True, False):
                for kernel in _kernels(row.count - bias * filters, filters):
                    for stride, padding in _ways():
                        yield DepthwiseConv2D(
                            kernel, stride, padding, multiplier=filters // depth, use_bias=bias
                        )
        case "SeparableConv2D" if depth:
            for bias in (True, False):
                for kernel in _kernels(row.count - bias * filters - depth * filters, depth):
                    for stride, padding in _ways():
                        yield SeparableConv2D(filters, kernel, stride, padding, use_bias=bias)
        case "Conv2DTranspose" if depth:
            for bias in (True, False):
                for kernel in _kernels(row.count - bias * filters, depth * filters):
                    for stride, padding in _ways():
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
    """Filters of so many cells: the square one, or all others."""
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


def _ways() -> Iterator[tuple[Pair, Padding]]:
    paddings: tuple[Padding, ...] = ("valid", "same")
    for stride in range(1, _LARGEST_STRIDE + 1):
        for padding in paddings:
            yield Pair(stride, stride), padding
