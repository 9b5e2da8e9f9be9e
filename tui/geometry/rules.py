"""The rule of each layer: the settings that it can have, and its output for a shape.

Sources: the course's W2 = (W1 − F + 2P)/S + 1 and D2 = K; for `same`, transposed layers and
parameter counts, Keras's own `compute_output_shape` and `count_params`, against which every
rule here is tested.
"""

from __future__ import annotations

from tui.geometry import checks
from tui.geometry.axes import Axis, TransposedAxis
from tui.geometry.effects import Effect, window_of
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
    WindowLayer,
    ZeroPadding2D,
)
from tui.geometry.shapes import LARGEST, Pair, Shape, Vector, Volume


def apply_layer(layer: Layer, shape: Shape) -> Effect:
    """Return what a layer does to a shape.

    Args:
        layer: the layer.
        shape: the shape it receives.

    Returns:
        The effect.

    Raises:
        GeometryError: the layer cannot have these settings or this input.

    >>> effect = apply_layer(Conv2D(16, Pair(3, 3)), Volume(150, 150, 3))
    >>> str(effect.output), effect.parameters, effect.macs
    ('148×148×16', 448, 9462528)
    """
    shape = checks.sound_shape(shape)
    match layer:
        case Conv2D() | DepthwiseConv2D() | SeparableConv2D() | MaxPool2D() | AveragePool2D():
            effect = _slide(layer, checks.volume_for(layer.keras_name, shape))
        case Conv2DTranspose():
            effect = _transposed(layer, checks.volume_for(layer.keras_name, shape))
        case GlobalMaxPool2D() | GlobalAveragePool2D():
            volume = checks.volume_for(layer.keras_name, shape)
            effect = Effect(layer, shape, Vector(volume.depth))
        case ZeroPadding2D():
            effect = _pad(layer, checks.volume_for(layer.keras_name, shape))
        case Flatten():
            size = shape.size
            effect = Effect(layer, shape, Vector(size))
        case Dense():
            effect = _connect(layer, shape)
        case _:
            effect = _keep(layer, shape)
    output = effect.output
    if isinstance(output, Volume) and max(*output.plane, output.depth) > LARGEST:
        raise GeometryError(
            f"{layer.keras_name} would turn {shape} into {output}: no side may be larger than "
            f"{LARGEST:,}. Take a smaller stride, padding or multiplier."
        )
    return effect


def _slide(layer: WindowLayer, volume: Volume) -> Effect:
    """Apply a convolution or a pooling: windows on two independent axes."""
    window = window_of(layer)
    name = "pool" if isinstance(layer, (MaxPool2D, AveragePool2D)) else "filter"
    checks.whole_pair(window.kernel, "kernel")
    checks.whole_pair(window.stride, "stride")
    checks.padding_value(window.padding)
    checks.whole_pair(window.dilation, "dilation")
    depth, parameters, per_cell = _weights(layer, volume.depth)
    if isinstance(layer, Conv2D):
        checks.stride_or_dilation(layer)
    elif isinstance(layer, (DepthwiseConv2D, SeparableConv2D)):
        checks.equal_strides(layer)
    across, down = window.axes(volume.plane)
    if min(across.room, down.room) < 0:
        # Report the axis with less room: its cure cures the other too.
        index = 0 if across.room <= down.room else 1
        raise _too_large(name, "WH"[index], (across, down)[index])
    output = Volume(across.output, down.output, depth)
    return Effect(
        layer,
        volume,
        output,
        parameters=parameters,
        trainable=parameters,
        macs=output.width * output.height * per_cell,
        unread=Pair(across.unread, down.unread),
        unread_real=Pair(across.unread_real, down.unread_real),
        pad_before=Pair(across.before, down.before),
        pad_after=Pair(across.after, down.after),
        fits=across.fits and down.fits,
        axes=(across, down),
    )


def _too_large(name: str, sign: str, axis: Axis) -> GeometryError:
    """Return why a window does not fit in, with three cures."""
    wide = "wide" if sign == "W" else "high"
    reach = f"{axis.kernel} {wide}"
    if axis.dilation > 1:
        reach += f" and reaches {axis.reach} with dilation {axis.dilation}"
    padded = f", {axis.span} with P = {axis.before}" if axis.before else ""
    largest = (axis.span - 1) // axis.dilation + 1
    need = -(-(axis.reach - axis.size) // 2)
    return GeometryError(
        f"the {name} is {reach}, but the input is only {axis.size} {wide}{padded}: take "
        f"F ≤ {largest}, P ≥ {need}, or {sign}1 ≥ {axis.reach - 2 * axis.before}.",
        field="kernel",
    )


def _weights(layer: WindowLayer, depth: int) -> tuple[int, int, int]:
    """Return output depth, parameters, and multiply-adds for one output position."""
    match layer:
        case Conv2D():
            filters = checks.whole_number(layer.filters, "filters")
            checks.whole_number(layer.groups, "groups")
            checks.function_and_bias(layer.activation, layer.use_bias)
            for count, what in ((depth, "the input's depth D1"), (filters, "the filters K")):
                if count % layer.groups:
                    raise GeometryError(
                        f"groups = {layer.groups} does not divide {what} = {count}: take a "
                        f"number that divides both {depth} and {filters}, such as 1.",
                        field="groups",
                    )
            weights = layer.kernel.w * layer.kernel.h * (depth // layer.groups) * filters
            return filters, weights + filters * layer.use_bias, weights
        case DepthwiseConv2D():
            out = depth * checks.whole_number(layer.multiplier, "multiplier")
            checks.function_and_bias(layer.activation, layer.use_bias)
            weights = layer.kernel.w * layer.kernel.h * out
            return out, weights + out * layer.use_bias, weights
        case SeparableConv2D():
            filters = checks.whole_number(layer.filters, "filters")
            between = depth * checks.whole_number(layer.multiplier, "multiplier")
            checks.function_and_bias(layer.activation, layer.use_bias)
            weights = layer.kernel.w * layer.kernel.h * between + between * filters
            return filters, weights + filters * layer.use_bias, weights
        case _:
            return depth, 0, 0


def _transposed(layer: Conv2DTranspose, volume: Volume) -> Effect:
    """Apply a transposed convolution."""
    checks.whole_pair(layer.kernel, "kernel")
    checks.whole_pair(layer.stride, "stride")
    checks.whole_pair(layer.dilation, "dilation")
    checks.padding_value(layer.padding)
    filters = checks.whole_number(layer.filters, "filters")
    checks.function_and_bias(layer.activation, layer.use_bias)
    if isinstance(layer.padding, Pair):
        raise GeometryError(
            f"padding {layer.padding} on a transposed layer could mean adding zeros or cutting "
            'the output: take "valid" or "same", or put ZeroPadding2D before it.',
            field="padding",
        )
    checks.stride_or_dilation(layer)
    checks.output_padding_value(layer)
    same, more = layer.padding == "same", layer.output_padding
    across, down = (
        TransposedAxis(
            volume.plane[i],
            layer.kernel[i],
            layer.stride[i],
            layer.dilation[i],
            same,
            None if more is None else more[i],
        )
        for i in (0, 1)
    )
    for axis in (across, down):
        checks.computable_output_padding(axis)
    weights = layer.kernel.w * layer.kernel.h * volume.depth * filters
    return Effect(
        layer,
        volume,
        Volume(across.output, down.output, filters),
        parameters=weights + filters * layer.use_bias,
        trainable=weights + filters * layer.use_bias,
        macs=volume.width * volume.height * weights,
        transposed=(across, down),
    )


def _pad(layer: ZeroPadding2D, volume: Volume) -> Effect:
    p = checks.whole_pair(layer.padding, "padding", least=0)
    output = Volume(volume.width + 2 * p.w, volume.height + 2 * p.h, volume.depth)
    return Effect(layer, volume, output, pad_before=p, pad_after=p)


def _connect(layer: Dense, shape: Shape) -> Effect:
    """Apply a dense layer: to a vector or, as Keras does, to each cell of a volume separately."""
    units = checks.whole_number(layer.units, "units")
    checks.function_and_bias(layer.activation, layer.use_bias)
    inputs = shape.depth if isinstance(shape, Volume) else shape.size
    parameters = (inputs + layer.use_bias) * units
    if isinstance(shape, Vector):
        return Effect(
            layer, shape, Vector(units), parameters, trainable=parameters, macs=inputs * units
        )
    cells = shape.width * shape.height
    return Effect(
        layer,
        shape,
        Volume(shape.width, shape.height, units),
        parameters,
        trainable=parameters,
        macs=cells * inputs * units,
        note=f"Dense works on each of the {shape.plane} cells separately, like a 1×1 convolution. "
        "Put Flatten before it to let it see the whole picture.",
    )


def _keep(layer: Layer, shape: Shape) -> Effect:
    """Apply a layer that keeps the shape."""
    match layer:
        case Activation():
            checks.activation_name(layer.function)
        case Dropout():
            rate = checks.number(layer.rate, "rate")
            if not 0 <= rate < 1:
                raise GeometryError(
                    f"rate is {rate:g}: take a share from 0 to less than 1, such as 0.5; "
                    "1 would drop everything.",
                    field="rate",
                )
        case Rescaling():
            checks.number(layer.scale, "scale")
            checks.number(layer.offset, "offset")
        case BatchNormalization():
            # Scale and shift are learnt; the moving mean and variance are only kept.
            depth = shape.depth if isinstance(shape, Volume) else shape.size
            return Effect(layer, shape, shape, 4 * depth, trainable=2 * depth)
        case _:
            raise GeometryError(f"{layer!r:.60} is not a layer of this program.")
    return Effect(layer, shape, shape)
