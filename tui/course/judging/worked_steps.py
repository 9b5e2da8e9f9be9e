"""The steps to an answer, and its shortest arithmetic."""

from __future__ import annotations

from tui.geometry import Axis, Conv2D, Effect, Quantity, Volume, formula, right_answer


def answer_steps(asks: Quantity, effect: Effect) -> tuple[str, ...]:
    """Return the steps to an answer.

    Args:
        asks: what is asked.
        effect: what the layer does.

    Returns:
        One to four sentences; the last ends in the answer.

    >>> from tui.geometry import apply_layer, parse_layer
    >>> effect = apply_layer(parse_layer("conv:k=16,f=3"), Volume(150, 150, 3))
    >>> print(*answer_steps("parameters", effect), sep=chr(10))
    One filter has F·F·D1 = 3·3·3 = 27 weights.
    Each filter has one bias: 27 + 1 = 28.
    There are K = 16 filters: 28·16 = 448.
    """
    if asks in ("W2", "H2") and effect.axes is not None:
        axis = effect.axes[0 if asks == "W2" else 1]
        if not axis.same:
            return _axis_steps(axis, asks[0])
    layer, shape = effect.layer, effect.input
    if isinstance(layer, Conv2D) and isinstance(shape, Volume):
        if asks == "D2":
            return (
                "Each filter reads the whole depth of its input and makes one map.",
                f"There are K = {layer.filters:,} filters, so D2 = K = {layer.filters:,}.",
            )
        if asks == "parameters":
            return _parameter_steps(effect, layer, shape)
        if asks == "macs":
            return _mac_steps(effect, layer, shape)
    return (_written(asks, effect),)


def _written(asks: Quantity, effect: Effect) -> str:
    """Return the formula of a quantity with letters and numbers."""
    lines = formula(effect)
    text = {
        "W2": lines.width,
        "H2": lines.height,
        "D2": lines.depth,
        "parameters": lines.parameters,
        "macs": lines.macs,
    }[asks]
    return f"{text or f'{asks} = {right_answer(asks, effect):,}'}."


def _axis_steps(axis: Axis, sign: str) -> tuple[str, ...]:
    unit = "columns" if sign == "W" else "rows"
    steps = []
    if axis.before or axis.after:
        steps.append(
            f"With padding the input has {axis.size:,} + 2·{axis.before:,} = {axis.span:,} {unit}."
        )
    if axis.dilation > 1:
        steps.append(
            f"With dilation {axis.dilation} the filter reaches over Fd = "
            f"{axis.dilation}·({axis.kernel} − 1) + 1 = {axis.reach:,} {unit}."
        )
    steps.append(
        f"From its first place the window can move by {axis.span:,} − {axis.reach:,} = "
        f"{axis.room:,} {_counted(unit, axis.room)}."
    )
    moves = axis.room // axis.stride
    if axis.stride > 1:
        rest = f", {axis.unread:,} left over" if axis.unread else ""
        steps.append(
            f"It moves S = {axis.stride:,} at a time: {axis.room:,}/{axis.stride:,} gives "
            f"{moves:,} {_counted('moves', moves)}{rest}."
        )
    steps.append(f"The first place counts too: {sign}2 = {moves:,} + 1 = {axis.output:,}.")
    return tuple(steps)


def _counted(unit: str, count: int) -> str:
    return unit.removesuffix("s") if count == 1 else unit


def _weights(layer: Conv2D, shape: Volume) -> tuple[str, int]:
    """Return the arithmetic of the weights of one filter, and their number."""
    part = shape.depth // layer.groups
    square = layer.kernel.w == layer.kernel.h
    letters = "F·F·D1" if square else "Fw·Fh·D1"
    numbers = f"{layer.kernel.w}·{layer.kernel.h}·{shape.depth:,}"
    if layer.groups > 1:
        letters, numbers = f"{letters}/groups", f"{numbers}/{layer.groups:,}"
    count = layer.kernel.w * layer.kernel.h * part
    return f"{letters} = {numbers} = {count:,}", count


def _parameter_steps(effect: Effect, layer: Conv2D, shape: Volume) -> tuple[str, ...]:
    written, each = _weights(layer, shape)
    if layer.use_bias:
        bias = f"Each filter has one bias: {each:,} + 1 = {each + 1:,}."
    else:
        bias = "This layer has no biases."
    each += layer.use_bias
    return (
        f"One filter has {written} weights.",
        bias,
        f"There are K = {layer.filters:,} filters: "
        f"{each:,}·{layer.filters:,} = {effect.parameters:,}.",
    )


def _mac_steps(effect: Effect, layer: Conv2D, shape: Volume) -> tuple[str, ...]:
    written, each = _weights(layer, shape)
    output = effect.output
    assert isinstance(output, Volume)
    places = output.width * output.height
    return (
        f"One filter at one place multiplies {written} times.",
        f"It is used at W2·H2 = {output.width:,}·{output.height:,} = {places:,} places.",
        f"There are K = {layer.filters:,} filters: "
        f"{places:,}·{each:,}·{layer.filters:,} = {effect.macs:,}.",
    )


def arithmetic(asks: Quantity, effect: Effect) -> str:
    """Return the shortest arithmetic that gives an answer.

    It has numbers only, and terms that change nothing (P = 0, S = 1) are left out, so that it
    can be read before the letters have been taught.

    Args:
        asks: what is asked.
        effect: what the layer does.

    Returns:
        Such as "5 − 3 + 1 = 3"; for what has no short form, the whole formula.

    >>> from tui.geometry import apply_layer, parse_layer
    >>> arithmetic("W2", apply_layer(parse_layer("conv:k=1,f=3,s=2"), Volume(8, 8, 1)))
    '⌊(8 − 3)/2⌋ + 1 = 3'
    """
    if asks in ("W2", "H2") and effect.axes is not None:
        axis = effect.axes[0 if asks == "W2" else 1]
        if not axis.same:
            room = f"{axis.size:,} − {axis.reach:,}"
            room += f" + 2·{axis.before:,}" if axis.before else ""
            if axis.stride > 1:
                room = f"({room})/{axis.stride:,}"
                room = room if axis.fits else f"⌊{room}⌋"
            return f"{room} + 1 = {axis.output:,}"
    return _written(asks, effect).rstrip(".")
