"""Slips in the depth, the number of parameters and the multiply-and-add steps."""

from __future__ import annotations

from collections.abc import Iterator

from tui.geometry.effects import Effect
from tui.geometry.layers import (
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    MaxPool2D,
    SeparableConv2D,
)
from tui.geometry.shapes import Volume

Found = Iterator[tuple[str, int, str]]
"""Name, value and sentence of each slip; the caller drops those that give the right answer."""


def depth_slips(effect: Effect) -> Found:
    """Yield the slips in D2."""
    shape, layer = effect.input, effect.layer
    if not isinstance(shape, Volume):
        return
    d1 = shape.depth
    match layer:
        case Conv2D() | SeparableConv2D() | Conv2DTranspose():
            k = layer.filters
            yield (
                "gave-d1",
                d1,
                f"You gave D1, the input's depth. Each of the K = {k} filters makes one map, "
                "however deep it reads, so D2 = K.",
            )
            yield (
                "multiplied-d1",
                d1 * k,
                "You multiplied D1·K. A filter adds up all channels it reads into one map, so "
                "D2 = K.",
            )
            yield "gave-f", layer.kernel.w, "You gave F. The depth is the number of filters, K."
        case DepthwiseConv2D():
            yield (
                "gave-multiplier",
                layer.multiplier,
                f"Each channel has that many filters, and there are D1 = {d1} channels.",
            )
            yield (
                "gave-d1",
                d1,
                f"Each channel has {layer.multiplier} filters, so D2 = D1·{layer.multiplier}.",
            )
        case MaxPool2D() | AveragePool2D():
            yield (
                "halved-depth",
                -(-d1 // layer.pool.w),
                "You pooled the depth too. The window moves over width and height only, in "
                "every channel separately: D2 = D1.",
            )
            yield "gave-f", layer.pool.w, "You gave F. Pooling keeps the depth: D2 = D1."
            yield "gave-1", 1, "Pooling does not add the channels up: D2 = D1."
        case Dense():
            yield "gave-d1", d1, "Dense puts out one value for each unit."


def parameter_slips(effect: Effect) -> Found:
    """Yield the slips in the number of parameters."""
    layer, shape, output = effect.layer, effect.input, effect.output
    if isinstance(layer, Dense):
        yield from _dense_slips(effect, layer)
    if not (isinstance(shape, Volume) and isinstance(output, Volume)):
        return
    d1 = shape.depth
    match layer:
        case Conv2D() | Conv2DTranspose():
            groups = layer.groups if isinstance(layer, Conv2D) else 1
            area, k, part = layer.kernel.w * layer.kernel.h, layer.filters, d1 // groups
            bias = int(layer.use_bias)
            yield from _bias_slips(area * part * k, k, bias, "filter")
            yield (
                "forgot-d1",
                (area + bias) * k,
                f"You left out D1. A filter is as deep as what it reads: {layer.kernel} by {part}.",
            )
            yield (
                "forgot-k",
                area * part + bias,
                f"That is one filter. There are K = {k}: multiply.",
            )
            yield (
                "gave-d1",
                (area * part + bias) * d1,
                f"You took D1 = {d1} filters. There are K = {k}.",
            )
            if groups > 1:
                yield (
                    "forgot-groups",
                    (area * d1 + bias) * k,
                    f"With {groups} groups a filter reads only D1/groups = {part} channels.",
                )
            yield (
                "forgot-f-squared",
                (layer.kernel.w * part + bias) * k,
                f"A filter has Fw·Fh = {area} weights for each channel, not {layer.kernel.w}.",
            )
            yield from _size_slips(output)
        case DepthwiseConv2D():
            area = layer.kernel.w * layer.kernel.h
            yield from _bias_slips(area * output.depth, output.depth, int(layer.use_bias), "map")
            yield (
                "counted-like-conv",
                (area * d1 + layer.use_bias) * output.depth,
                "That is an ordinary convolution. Here a filter reads one channel only.",
            )
            yield from _size_slips(output)
        case SeparableConv2D():
            area, k = layer.kernel.w * layer.kernel.h, layer.filters
            between = d1 * layer.multiplier
            yield from _bias_slips((area + k) * between, k, int(layer.use_bias), "filter")
            yield (
                "counted-like-conv",
                (area * d1 + layer.use_bias) * k,
                "That is an ordinary convolution. Here the window and the mixing of channels "
                "are counted separately, and added.",
            )
            yield (
                "forgot-mixing",
                area * between,
                "You left out the 1×1 filters that mix the channels.",
            )
        case MaxPool2D() | AveragePool2D():
            area = layer.pool.w * layer.pool.h
            nothing = "Pooling learns nothing: it has no filters, only a rule. 0 parameters."
            for value in (area, area * d1, area + 1, (area + 1) * d1, (area * d1 + 1) * d1):
                yield "pooling-has-none", value, nothing
            yield from _size_slips(output)


def _bias_slips(weights: int, filters: int, bias: int, what: str) -> Found:
    if bias:
        yield (
            "forgot-bias",
            weights,
            f"You left out the bias: each {what} has one more number, {filters:,} in all.",
        )
        yield (
            "one-bias",
            weights + 1,
            f"You counted one bias for the whole layer. Each {what} has its own: {filters:,}.",
        )
    else:
        yield (
            "counted-bias",
            weights + filters,
            "You counted biases, but this layer has none (bias=no).",
        )


def _size_slips(output: Volume) -> Found:
    yield (
        "gave-output-values",
        output.size,
        f"Those are the values it puts out, {output}. Parameters are what it learns, and do "
        "not depend on the width and height of the picture.",
    )


def _dense_slips(effect: Effect, layer: Dense) -> Found:
    shape = effect.input
    inputs = shape.depth if isinstance(shape, Volume) else shape.size
    yield from _bias_slips(inputs * layer.units, layer.units, int(layer.use_bias), "unit")
    yield (
        "one-bias-each-input",
        inputs * (layer.units + 1),
        f"You counted a bias for each input. Each of the {layer.units:,} units has one.",
    )
    yield (
        "added-instead",
        inputs + layer.units,
        "You added. Every unit is connected to every input: multiply.",
    )
    yield "forgot-units", inputs + 1, f"That is one unit. There are {layer.units:,}: multiply."


def macs_slips(effect: Effect) -> Found:
    """Yield the slips in the number of multiply-and-add steps."""
    layer, shape, output = effect.layer, effect.input, effect.output
    if effect.macs:
        yield (
            "gave-parameters",
            effect.parameters,
            "Those are the parameters. Every weight is used again at each place the window "
            "stands: multiply by W2·H2.",
        )
    if isinstance(shape, Volume) and isinstance(output, Volume):
        match layer:
            case Conv2D():
                area, part = layer.kernel.w * layer.kernel.h, shape.depth // layer.groups
                places = output.width * output.height
                yield (
                    "forgot-k",
                    places * area * part,
                    f"That is one filter. There are K = {layer.filters}: multiply.",
                )
                yield (
                    "forgot-d1",
                    places * area * layer.filters,
                    f"You left out D1. Each filter reads {part} channels at every place.",
                )
                yield (
                    "forgot-places",
                    area * part * layer.filters,
                    f"That is one place. The window stands at W2·H2 = {places:,}.",
                )
                yield (
                    "used-input-size",
                    shape.width * shape.height * layer.filters * area * part,
                    f"You took W1·H1. The window stands at W2·H2 = {output.width}·"
                    f"{output.height} places, fewer or more than the input has columns and rows.",
                )
                yield (
                    "counted-bias",
                    places * layer.filters * (area * part + 1),
                    "You counted the bias. It is added, not multiplied.",
                )
                if layer.groups > 1:
                    yield (
                        "forgot-groups",
                        effect.macs * layer.groups,
                        f"With {layer.groups} groups a filter reads only {part} channels.",
                    )
            case MaxPool2D() | AveragePool2D():
                area = layer.pool.w * layer.pool.h
                yield (
                    "pooling-has-none",
                    output.size * area,
                    "Pooling compares or adds, but multiplies nothing: 0.",
                )
                yield (
                    "pooling-has-none",
                    output.size,
                    "Pooling compares or adds, but multiplies nothing: 0.",
                )
    yield (
        "counted-twice",
        2 * effect.macs,
        "You counted the multiplication and the addition separately. One MAC is both.",
    )
