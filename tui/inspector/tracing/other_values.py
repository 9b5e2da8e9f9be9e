"""Values that are no sums of products: of pooling, normalizing, copying and merging layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import keras
import numpy as np

from tui.inspection.traced_terms import TraceRule
from tui.inspector.tracing.value_inputs import (
    ACROSS_CHANNELS,
    MOST_TERMS,
    Array,
    Cell,
    Computation,
    Inputs,
    activation_name,
    to_array,
    values_under,
    window_places,
)

Kinds = keras.layers


def pooling(inputs: Inputs, cell: Cell) -> Computation:
    array = inputs.arrays[0]
    largest = isinstance(inputs.layer, Kinds.MaxPooling2D)
    rows, columns = window_places(inputs.layer, array.shape, "pool_size", cell)
    values = values_under(array, rows, columns)[..., cell.channel]
    inside = np.array(
        [
            [0 <= row < array.shape[0] and 0 <= column < array.shape[1] for column in columns]
            for row in rows
        ]
    )
    total = float(values[inside].max() if largest else values[inside].mean())
    return Computation(
        "window maximum" if largest else "window mean",
        computed=total,
        total=total,
        rows=rows,
        columns=columns,
        read=(cell.channel,),
        values=values[None],
        count=int(inside.sum()),
    )


def global_pooling(inputs: Inputs, cell: Cell) -> Computation:
    array = inputs.arrays[0]
    largest = isinstance(inputs.layer, Kinds.GlobalMaxPooling2D)
    plane = array[..., cell.channel].astype(np.float64)
    size = plane.size
    ordered = -plane if largest else -np.abs(plane)
    order = np.argsort(np.nan_to_num(ordered).reshape(-1), kind="stable")[:MOST_TERMS]
    total = float(plane.max() if largest else plane.mean())
    return Computation(
        "maximum" if largest else "mean",
        computed=total,
        total=total,
        terms=[
            inputs.term(
                Cell(int(at) % plane.shape[1], int(at) // plane.shape[1], cell.channel),
                1.0 if largest else 1 / size,
            )
            for at in order
        ],
        count=size,
    )


def batch_normalization(inputs: Inputs, cell: Cell) -> Computation | None:
    layer = inputs.layer
    if layer.axis not in (-1, inputs.arrays[0].ndim):
        return None
    term = inputs.term(cell)
    at = cell.channel
    mean, variance = float(layer.moving_mean[at]), float(layer.moving_variance[at])
    gamma = float(layer.gamma[at]) if layer.scale else 1.0
    beta = float(layer.beta[at]) if layer.center else 0.0
    epsilon = float(layer.epsilon)
    computed = gamma * (term.value - mean) / float(np.sqrt(variance + epsilon)) + beta
    names = ("mean", "variance", "epsilon", "gamma", "beta")
    numbers = zip(names, (mean, variance, epsilon, gamma, beta), strict=True)
    return Computation(
        "batch normalization", computed, computed, terms=[term], count=1, numbers=tuple(numbers)
    )


def rescaling(inputs: Inputs, cell: Cell) -> Computation | None:
    layer = inputs.layer
    if np.ndim(layer.scale) or np.ndim(layer.offset):
        return None
    scale, offset = float(layer.scale), float(layer.offset)
    term = inputs.term(cell, scale)
    computed = term.value * scale + offset
    return Computation(
        "rescaling",
        computed,
        computed,
        terms=[term],
        count=1,
        numbers=(("scale", scale), ("offset", offset)),
    )


def function_of_value(inputs: Inputs, cell: Cell) -> Computation:
    """Return a layer that applies a function: to a value, or to the values of a cell."""
    layer, array = inputs.layer, inputs.arrays[0]
    whole = array[cell.y, cell.x] if array.ndim == 3 else array
    name = activation_name(layer) or type(layer).__name__
    if isinstance(layer, Kinds.Softmax) and layer.axis not in (-1, array.ndim):
        return Computation("unknown", terms=[inputs.term(cell)], count=1)
    together = isinstance(layer, Kinds.Softmax) or name in ACROSS_CHANNELS
    given = whole if together else whole[cell.channel : cell.channel + 1]
    given = keras.ops.convert_to_tensor(given[None], "float32")
    values = to_array(layer(given))[0]
    term = inputs.term(cell)
    return Computation(
        "function",
        float(values[cell.channel if together else 0]),
        term.value,
        activation=name,
        terms=[term],
        count=1,
    )


def copy_of_value(inputs: Inputs, cell: Cell) -> Computation | None:
    """Return a layer that passes its input on when it does not train."""
    if inputs.arrays[0].shape != inputs.output.shape:
        return None
    return _copied(inputs, cell)


def _copied(inputs: Inputs, cell: Cell, source: int = 0) -> Computation:
    term = inputs.term(cell, source=source)
    return Computation("copy", term.value, term.value, terms=[term], count=1)


def reshape(inputs: Inputs, cell: Cell) -> Computation:
    array = inputs.arrays[0]
    index = cell.channel
    if inputs.output.ndim == 3:
        index += (cell.y * inputs.output.shape[1] + cell.x) * inputs.output.shape[2]
    before = Cell(0, 0, index)
    if array.ndim == 3:
        rest, channel = divmod(index, array.shape[2])
        before = Cell(rest % array.shape[1], rest // array.shape[1], channel)
    return dataclasses.replace(_copied(inputs, before), rule="flatten")


def zero_padding(inputs: Inputs, cell: Cell) -> Computation:
    (top, _), (left, _) = inputs.layer.padding
    return _moved(inputs, Cell(cell.x - left, cell.y - top, cell.channel))


def cropping(inputs: Inputs, cell: Cell) -> Computation:
    (top, _), (left, _) = inputs.layer.cropping
    return _moved(inputs, Cell(cell.x + left, cell.y + top, cell.channel))


def _moved(inputs: Inputs, before: Cell) -> Computation:
    height, width = inputs.arrays[0].shape[:2]
    if 0 <= before.x < width and 0 <= before.y < height:
        return _copied(inputs, before)
    return Computation("padding", 0.0)


def upsampling(inputs: Inputs, cell: Cell) -> Computation | None:
    if inputs.layer.interpolation != "nearest":
        return None
    down, across = inputs.layer.size
    return _copied(inputs, Cell(cell.x // across, cell.y // down, cell.channel))


MERGES: dict[type, tuple[TraceRule, Callable[[Array], float]]] = {
    Kinds.Add: ("addition", lambda values: float(values.sum())),
    Kinds.Subtract: ("difference", lambda values: float(values[0] - values[1])),
    Kinds.Multiply: ("product", lambda values: float(values.prod())),
    Kinds.Average: ("mean", lambda values: float(values.mean())),
    Kinds.Maximum: ("maximum", lambda values: float(values.max())),
    Kinds.Minimum: ("minimum", lambda values: float(values.min())),
}


def merge(inputs: Inputs, cell: Cell) -> Computation | None:
    """Return a layer that combines the values of several layers at one place."""
    rule, combine = MERGES[type(inputs.layer)]
    shape, terms = inputs.output.shape, []
    weight = -1.0 if rule == "difference" else 1.0
    if rule == "mean":
        weight = 1 / len(inputs.arrays)
    for source, array in enumerate(inputs.arrays):
        if array.ndim != len(shape):
            return None
        # A side of 1 is used for all places of the others.
        x, y = (
            (cell.x if array.shape[1] > 1 else 0, cell.y if array.shape[0] > 1 else 0)
            if array.ndim == 3
            else (0, 0)
        )
        channel = cell.channel if array.shape[-1] > 1 else 0
        first = rule == "difference" and source == 0
        terms.append(inputs.term(Cell(x, y, channel), 1.0 if first else weight, source))
    computed = combine(np.array([term.value for term in terms]))
    return Computation(rule, computed, computed, terms=terms, count=len(terms))


def concatenate(inputs: Inputs, cell: Cell) -> Computation | None:
    if inputs.layer.axis not in (-1, inputs.output.ndim):
        return None
    first = 0
    for source, array in enumerate(inputs.arrays):
        if cell.channel < first + array.shape[-1]:
            return _copied(inputs, Cell(cell.x, cell.y, cell.channel - first), source)
        first += array.shape[-1]
    return None
