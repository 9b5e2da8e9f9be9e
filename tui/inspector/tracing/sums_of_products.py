"""Values that are sums of products: of convolutions and of dense layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tui.geometry.axes import TransposedAxis
from tui.inspector.tracing.value_inputs import (
    ACROSS_CHANNELS,
    MOST_TERMS,
    Array,
    Cell,
    Computation,
    Inputs,
    activated,
    activation_name,
    to_array,
    values_under,
    window_places,
)


def _finish(
    layer: Any, found: Computation, channel: int, all_totals: Callable[[], Array]
) -> Computation:
    """Add the bias and apply the activation.

    Args:
        layer: with `bias` and `activation`.
        found: with the sum of the products as its total.
        channel: index of the filter or unit.
        all_totals: returns the sums of all channels, without the bias.
    """
    variable = getattr(layer, "bias", None)
    bias = to_array(variable) if variable is not None else None
    found.bias = float(bias[channel]) if bias is not None else 0.0
    found.total += found.bias
    found.activation = activation_name(layer)
    if found.activation in ACROSS_CHANNELS:
        totals = all_totals().astype(np.float64)
        totals = totals if bias is None else totals + bias
        totals[channel] = found.total
        found.computed = activated(layer, totals, channel)
    else:
        found.computed = activated(layer, np.array([found.total]), 0)
    return found


def convolution(inputs: Inputs, cell: Cell) -> Computation:
    layer, array = inputs.layer, inputs.arrays[0]
    kernel = to_array(layer.kernel)
    rows, columns = window_places(layer, array.shape, "kernel_size", cell)
    patch = values_under(array, rows, columns)
    reads = kernel.shape[2]
    per_group = kernel.shape[3] // (array.shape[2] // reads)
    first = cell.channel // per_group * reads

    def totals() -> Array:
        parts = [
            np.tensordot(
                patch[..., start : start + reads],
                kernel[..., number * per_group : (number + 1) * per_group],
                3,
            )
            for number, start in enumerate(range(0, array.shape[2], reads))
        ]
        return np.concatenate(parts)

    return _window_sum(
        layer,
        cell.channel,
        patch[..., first : first + reads],
        kernel[..., cell.channel],
        range(first, first + reads),
        (rows, columns),
        totals,
    )


def _window_sum(
    layer: Any,
    channel: int,
    patch: Array,
    kernel: Array,
    read: Sequence[int],
    places: tuple[Sequence[int], Sequence[int]],
    totals: Callable[[], Array],
) -> Computation:
    """Return a sum of products, patch and kernel being (rows, columns, channels)."""
    weights = kernel.astype(np.float64)
    found = Computation(
        "window sum",
        total=float((patch * weights).sum()),
        rows=places[0],
        columns=places[1],
        read=tuple(read),
        values=patch.transpose(2, 0, 1),
        weights=weights.transpose(2, 0, 1),
        count=patch.size,
    )
    return _finish(layer, found, channel, totals)


def depthwise(inputs: Inputs, cell: Cell) -> Computation:
    layer, array = inputs.layer, inputs.arrays[0]
    kernel = to_array(layer.kernel)
    rows, columns = window_places(layer, array.shape, "kernel_size", cell)
    patch = values_under(array, rows, columns)
    channel, number = divmod(cell.channel, kernel.shape[3])
    return _window_sum(
        layer,
        cell.channel,
        patch[..., channel : channel + 1],
        kernel[:, :, channel : channel + 1, number],
        (channel,),
        (rows, columns),
        lambda: np.einsum("ijc,ijcm->cm", patch, kernel).reshape(-1),
    )


def separable(inputs: Inputs, cell: Cell) -> Computation:
    """Return the sum with one kernel: the depthwise kernels times the pointwise weights."""
    layer, array = inputs.layer, inputs.arrays[0]
    depthwise, pointwise = to_array(layer.depthwise_kernel), to_array(layer.pointwise_kernel)[0, 0]
    rows, columns = window_places(layer, array.shape, "kernel_size", cell)
    patch = values_under(array, rows, columns)
    mixed = pointwise.reshape(depthwise.shape[2], depthwise.shape[3], -1).astype(np.float64)
    found = _window_sum(
        layer,
        cell.channel,
        patch,
        np.einsum("ijcm,cm->ijc", depthwise, mixed[..., cell.channel]),
        range(array.shape[2]),
        (rows, columns),
        lambda: np.einsum("ijc,ijcm,cmk->k", patch, depthwise, mixed),
    )
    return dataclasses.replace(found, rule="separable")


def transposed(inputs: Inputs, cell: Cell) -> Computation:
    layer, array = inputs.layer, inputs.arrays[0]
    kernel = to_array(layer.kernel)  # (rows, columns, filters, channels)
    extra = layer.output_padding
    extra = (extra, extra) if extra is None or isinstance(extra, int) else tuple(extra)
    taps: list[tuple[list[int], list[int]]] = []
    for axis, place in ((0, cell.y), (1, cell.x)):
        along = TransposedAxis(
            int(array.shape[axis]),
            int(layer.kernel_size[axis]),
            int(layer.strides[axis]),
            int(layer.dilation_rate[axis]),
            layer.padding == "same",
            extra[axis],
        )
        read, used = [], []
        for tap in range(along.kernel):
            source, rest = divmod(place + along.crop - tap * along.dilation, along.stride)
            if rest == 0 and 0 <= source < along.size:
                read.append(source)
                used.append(tap)
        taps.append((read, used))
    (rows, down), (columns, across) = taps
    patch = values_under(array, rows, columns)
    part = kernel[np.ix_(down, across)]
    return _window_sum(
        layer,
        cell.channel,
        patch,
        part[:, :, cell.channel, :],
        range(array.shape[2]),
        (rows, columns),
        lambda: np.einsum("ijc,ijkc->k", patch, part),
    )


def dense(inputs: Inputs, cell: Cell) -> Computation:
    layer, array = inputs.layer, inputs.arrays[0]
    kernel = to_array(layer.kernel)
    values = array[cell.y, cell.x] if array.ndim == 3 else array
    weights = kernel[:, cell.channel].astype(np.float64)
    products = values.astype(np.float64) * weights
    order = np.argsort(-np.abs(np.nan_to_num(products)), kind="stable")[:MOST_TERMS]
    found = Computation(
        "sum",
        total=float(products.sum()),
        terms=[inputs.term(Cell(cell.x, cell.y, int(at)), float(weights[at])) for at in order],
        count=len(values),
    )
    return _finish(layer, found, cell.channel, lambda: values @ kernel)
