"""One value of a layer's output, and the values and weights that it is computed from.

The products are computed again in float64 from the layer's real input and weights. The result goes
out together with the value that Keras computed, so that a difference is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from tui.inspection.answers import Traced
from tui.inspection.requests import Trace
from tui.inspector.image_preparation import picture_key
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.refusal import Refusal
from tui.inspector.tracing import other_values, sums_of_products
from tui.inspector.tracing.value_inputs import Array, Cell, Computation, Inputs, value_at

Kinds = keras.layers


def trace_value(network: OpenedNetwork, request: Trace) -> Traced:
    """Answer with what one value of a layer's output is computed from.

    Raises:
        Refusal: if there is no such layer or value.
    """
    layer = network.layer(request.layer)
    sources = sources_of(network, request.layer)
    arrays = tuple(_output_of(network, request.picture, source) for source in sources)
    output = network.activations(request.picture, request.layer)
    cell = Cell(request.x, request.y, request.channel)
    _check(layer.name, output, cell)
    if any(array.ndim not in (1, 3) for array in (*arrays, output)):
        arrays = ()
    found = computation(Inputs(layer, sources, arrays, output), cell) if arrays else None
    found = found or Computation("unknown")
    real = value_at(output, cell)
    return Traced(
        id=request.id,
        layer=request.layer,
        x=cell.x,
        y=cell.y,
        channel=cell.channel,
        rule=found.rule,
        sources=sources,
        output=real,
        computed=real if found.computed is None else found.computed,
        total=found.total,
        bias=found.bias,
        activation=found.activation,
        columns=tuple(found.columns),
        rows=tuple(found.rows),
        read=tuple(found.read),
        values=found.values.astype("<f4").tobytes(),
        weights=found.weights.astype("<f4").tobytes(),
        terms=tuple(found.terms),
        count=found.count,
        numbers=tuple(found.numbers),
    )


def sources_of(network: OpenedNetwork, position: int) -> tuple[int, ...]:
    """Return the positions of a layer's inputs, -1 for the image."""
    if network.graph is None:
        return (position - 1,)
    return network.graph.rows[position].sources


def _output_of(network: OpenedNetwork, picture: str, source: int) -> Array:
    if source >= 0:
        return network.activations(picture, source)
    picture_key(picture)  # says why a file cannot be read
    return network.preparation.array(picture)


def _check(name: str, output: Array, cell: Cell) -> None:
    if output.ndim == 3:
        height, width, depth = output.shape
        if not (0 <= cell.x < width and 0 <= cell.y < height):
            raise Refusal(
                f"{name} has no column {cell.x + 1}, row {cell.y + 1}: its output has {width} "
                f"columns and {height} rows.",
                "Choose a cell inside.",
            )
    else:
        depth = output.size
    if not 0 <= cell.channel < depth:
        what = "channel" if output.ndim == 3 else "unit"
        raise Refusal(
            f"There is no {what} {cell.channel}: {name} has {depth}.", f"Choose 0 to {depth - 1}."
        )


def computation(inputs: Inputs, cell: Cell) -> Computation | None:
    """Return how a value is computed; None for a layer without a known rule."""
    if getattr(inputs.layer, "data_format", "channels_last") != "channels_last":
        return None
    for kinds, rule in _RULES:
        if isinstance(inputs.layer, kinds):
            return rule(inputs, cell)
    return None


_RULES: list[tuple[Any, Callable[[Inputs, Cell], Computation | None]]] = [
    (Kinds.Conv2DTranspose, sums_of_products.transposed),
    (Kinds.SeparableConv2D, sums_of_products.separable),
    (Kinds.DepthwiseConv2D, sums_of_products.depthwise),
    (Kinds.Conv2D, sums_of_products.convolution),
    (Kinds.Dense, sums_of_products.dense),
    ((Kinds.MaxPooling2D, Kinds.AveragePooling2D), other_values.pooling),
    ((Kinds.GlobalMaxPooling2D, Kinds.GlobalAveragePooling2D), other_values.global_pooling),
    (Kinds.BatchNormalization, other_values.batch_normalization),
    (Kinds.Rescaling, other_values.rescaling),
    (
        (Kinds.Activation, Kinds.ReLU, Kinds.Softmax, Kinds.LeakyReLU, Kinds.ELU),
        other_values.function_of_value,
    ),
    ((Kinds.Flatten, Kinds.Reshape), other_values.reshape),
    (Kinds.ZeroPadding2D, other_values.zero_padding),
    (Kinds.Cropping2D, other_values.cropping),
    (Kinds.UpSampling2D, other_values.upsampling),
    (tuple(other_values.MERGES), other_values.merge),
    (Kinds.Concatenate, other_values.concatenate),
    (
        (
            Kinds.Dropout,
            Kinds.SpatialDropout2D,
            Kinds.GaussianDropout,
            Kinds.GaussianNoise,
            Kinds.ActivityRegularization,
            Kinds.Identity,
            Kinds.RandomFlip,
            Kinds.RandomRotation,
            Kinds.RandomZoom,
            Kinds.RandomTranslation,
            Kinds.RandomContrast,
        ),
        other_values.copy_of_value,
    ),
]
