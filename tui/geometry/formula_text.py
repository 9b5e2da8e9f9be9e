"""The arithmetic of a layer written out as on paper, and in a sentence whether it fits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tui.geometry.axes import Axis, TransposedAxis
from tui.geometry.effects import Effect
from tui.geometry.layers import (
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    MaxPool2D,
    SeparableConv2D,
    ZeroPadding2D,
)
from tui.geometry.shapes import Vector, Volume


@dataclass(frozen=True, slots=True)
class Formula:
    """The arithmetic of one layer as text; empty where there is nothing to calculate.

    Args:
        width: W2.
        height: H2.
        depth: D2; for a vector, its number of values.
        parameters: their number.
        macs: multiply-and-add steps for one picture.
    """

    width: str = ""
    height: str = ""
    depth: str = ""
    parameters: str = ""
    macs: str = ""


def plain_fraction(value: Fraction) -> str:
    """Return an exact fraction as a short decimal or a mixed number.

    >>> plain_fraction(Fraction(147, 2)), plain_fraction(Fraction(146, 3))
    ('73.5', '48 2/3')
    """
    if value.denominator == 1:
        return f"{value.numerator:,}"
    if 1000 % value.denominator == 0:
        return f"{float(value):,.3f}".rstrip("0")
    if value < 0:
        return f"−{plain_fraction(-value)}"
    whole, rest = divmod(value.numerator, value.denominator)
    return f"{whole:,} {rest}/{value.denominator}" if whole else f"{rest}/{value.denominator}"


def _room_terms(axis: Axis, *, pooling: bool) -> tuple[str, str]:
    """Return W1 − F + 2P in letters (with a W for the axis) and in numbers.

    Args:
        axis: the axis.
        pooling: whether it is a pooling layer, whose formula has no P unless one is set.

    Returns:
        The letters and the numbers.

    >>> from tui.geometry.axes import window_axis
    >>> _room_terms(window_axis(150, 3), pooling=False)
    ('W1 − F + 2P', '150 − 3 + 2·0')
    """
    f = "Fd" if axis.dilation > 1 else "F"
    letters, numbers = f"W1 − {f}", f"{axis.size:,} − {axis.reach:,}"
    if axis.same:
        return letters + " + P", numbers + f" + {axis.before + axis.after}"
    if axis.before or not pooling:
        return letters + " + 2P", numbers + f" + 2·{axis.before}"
    return letters, numbers


def _window(axis: Axis, sign: str, *, pooling: bool) -> str:
    """Return the line for one axis of a sliding window."""
    if axis.same:
        text = f"{sign}2 = ⌈{sign}1/S⌉ = ⌈{axis.size:,}/{axis.stride}⌉ = {axis.output:,}"
        left, right = ("left", "right") if sign == "W" else ("above", "below")
        return f"{text}, padded {axis.before} {left} + {axis.after} {right}"
    letters, numbers = _room_terms(axis, pooling=pooling)
    letters = letters.replace("W1", f"{sign}1")
    dilated = ""
    if axis.dilation > 1:
        dilated = f"Fd = {axis.dilation}·({axis.kernel} − 1) + 1 = {axis.reach}; "
    if axis.fits:
        return (
            f"{dilated}{sign}2 = ({letters})/S + 1 = ({numbers})/{axis.stride} + 1"
            f" = {axis.output:,}"
        )
    return (
        f"{dilated}{sign}2 = ⌊({letters})/S⌋ + 1 = ⌊({numbers})/{axis.stride}⌋ + 1"
        f" = ⌊{plain_fraction(axis.quotient)}⌋ + 1 = {axis.output:,}"
    )


def _transposed_axis(axis: TransposedAxis, sign: str) -> str:
    """Return the line for one axis of a transposed layer."""
    more = axis.output_padding
    if axis.same and more is None:
        return f"{sign}2 = {sign}1·S = {axis.size:,}·{axis.stride} = {axis.output:,}"
    f = "Fd" if axis.dilation > 1 else "F"
    dilated = ""
    if axis.dilation > 1:
        dilated = f"Fd = {axis.dilation}·({axis.kernel} − 1) + 1 = {axis.reach}; "
    if more is not None:
        last, rest = (f"({f} mod 2)", axis.reach % 2) if axis.same else (f, axis.reach)
        return (
            f"{dilated}{sign}2 = ({sign}1 − 1)·S + {last} + OP = ({axis.size:,} − 1)·{axis.stride}"
            f" + {rest} + {more} = {axis.output:,}"
        )
    return (
        f"{dilated}{sign}2 = ({sign}1 − 1)·S + max({f}, S) = ({axis.size:,} − 1)·{axis.stride}"
        f" + max({axis.reach}, {axis.stride}) = {axis.output:,}"
    )


def formula(effect: Effect) -> Formula:
    """Return the arithmetic of one layer as text.

    Args:
        effect: what :func:`tui.geometry.apply_layer` returned.

    Returns:
        A line for each quantity, with the floor and the fraction where S does not divide.

    >>> from tui.geometry.rules import apply_layer
    >>> from tui.geometry.shapes import Pair
    >>> lines = formula(apply_layer(Conv2D(16, Pair(3, 3)), Volume(150, 150, 3)))
    >>> print(lines.width, lines.depth, lines.parameters, lines.macs, sep=chr(10))
    W2 = (W1 − F + 2P)/S + 1 = (150 − 3 + 2·0)/1 + 1 = 148
    D2 = K = 16
    (3·3·3 + 1)·16 = 448
    148·148·16·27 = 9,462,528
    """
    layer = effect.layer
    width = height = ""
    pooling = isinstance(layer, (MaxPool2D, AveragePool2D))
    if effect.axes:
        width = _window(effect.axes[0], "W", pooling=pooling)
        height = _window(effect.axes[1], "H", pooling=pooling)
    elif effect.transposed:
        width, height = (
            _transposed_axis(effect.transposed[0], "W"),
            _transposed_axis(effect.transposed[1], "H"),
        )
    elif isinstance(layer, ZeroPadding2D) and isinstance(effect.output, Volume):
        p, out, shape = layer.padding, effect.output, effect.input
        assert isinstance(shape, Volume)
        width = f"W2 = W1 + 2P = {shape.width:,} + 2·{p.w} = {out.width:,}"
        height = f"H2 = H1 + 2P = {shape.height:,} + 2·{p.h} = {out.height:,}"
    elif isinstance(effect.output, Volume):
        width, height = f"W2 = W1 = {effect.output.width:,}", f"H2 = H1 = {effect.output.height:,}"
    return Formula(width, height, _depth(effect), *_counts(effect))


def _depth(effect: Effect) -> str:
    layer, shape, output = effect.layer, effect.input, effect.output
    match layer:
        case Conv2D() | SeparableConv2D() | Conv2DTranspose():
            return f"D2 = K = {layer.filters:,}"
        case DepthwiseConv2D() if isinstance(shape, Volume) and isinstance(output, Volume):
            return f"D2 = D1·M = {shape.depth:,}·{layer.multiplier} = {output.depth:,}"
        case Flatten() if isinstance(shape, Volume):
            return f"W1·H1·D1 = {shape.width:,}·{shape.height:,}·{shape.depth:,} = {shape.size:,}"
        case GlobalMaxPool2D() | GlobalAveragePool2D() if isinstance(output, Vector):
            return f"D1 = {output.size:,}"
        case Dense():
            sign = "D2 = " if isinstance(output, Volume) else ""
            return f"{sign}units = {layer.units:,}"
    return f"D2 = D1 = {output.depth:,}" if isinstance(output, Volume) else f"{output.size:,}"


def _counts(effect: Effect) -> tuple[str, str]:
    """Return the lines for the parameters and the multiply-adds."""
    layer, shape, output = effect.layer, effect.input, effect.output
    total, macs = f" = {effect.parameters:,}", f" = {effect.macs:,}"
    depth = shape.depth if isinstance(shape, Volume) else shape.size
    if isinstance(layer, BatchNormalization):
        return f"4·{depth:,}{total}", "0"
    if isinstance(layer, Dense):
        cells = f"{output.width:,}·{output.height:,}·" if isinstance(output, Volume) else ""
        return (
            _with_bias(f"{depth:,}", layer.use_bias, f"{layer.units:,}") + total,
            f"{cells}{depth:,}·{layer.units:,}{macs}",
        )
    if not isinstance(layer, (Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose)):
        return "0", "0"
    assert isinstance(shape, Volume) and isinstance(output, Volume)
    f = f"{layer.kernel.w}·{layer.kernel.h}"
    area = layer.kernel.w * layer.kernel.h
    places = f"{output.width:,}·{output.height:,}"
    if isinstance(layer, Conv2D):
        part = f"{depth:,}/{layer.groups}" if layer.groups > 1 else f"{depth:,}"
        weights = _with_bias(f"{f}·{part}", layer.use_bias, f"{layer.filters:,}")
        each = area * (depth // layer.groups)
        return weights + total, f"{places}·{layer.filters:,}·{each:,}{macs}"
    if isinstance(layer, DepthwiseConv2D):
        weights = _with_bias(f, layer.use_bias, f"{output.depth:,}")
        return weights + total, f"{places}·{output.depth:,}·{area:,}{macs}"
    if isinstance(layer, SeparableConv2D):
        between = f"{depth * layer.multiplier:,}"
        mix = _with_bias(between, layer.use_bias, f"{layer.filters:,}")
        both = f"({area:,}·{between} + {between}·{layer.filters:,})"
        return f"{f}·{between} + {mix}{total}", f"{places}·{both}{macs}"
    weights = _with_bias(f"{f}·{depth:,}", layer.use_bias, f"{layer.filters:,}")
    places = f"{shape.width:,}·{shape.height:,}"
    return weights + total, f"{places}·{layer.filters:,}·{area * depth:,}{macs}"


def _with_bias(weights: str, use_bias: bool, filters: str) -> str:
    return f"({weights} + 1)·{filters}" if use_bias else f"{weights}·{filters}"


FITS = "fits exactly"


def fit_sentence(effect: Effect) -> str:
    """Return whether the windows fit exactly, and what Keras does if they do not.

    Args:
        effect: what :func:`tui.geometry.apply_layer` returned.

    Returns:
        "fits exactly", or a sentence for each axis that does not fit; one for both axes when
        their numbers are the same.

    >>> from tui.geometry.rules import apply_layer
    >>> from tui.geometry.layers import MaxPool2D
    >>> from tui.geometry.shapes import Pair, Volume
    >>> print(fit_sentence(apply_layer(MaxPool2D(Pair(2, 2)), Volume(37, 36, 32))))
    W: S = 2 does not divide 37 − 2 = 35: the formula gives 18.5, not an integer. Keras rounds \
down to 18 and never reads the last column. H: fits exactly.
    """
    if effect.fits or effect.axes is None:
        return FITS
    across, down = effect.axes
    pooling = isinstance(effect.layer, (MaxPool2D, AveragePool2D))
    if across == down:
        return _unread_text(across, "columns and rows", pooling)
    parts = [
        f"{sign}: {FITS + '.' if axis.fits else _unread_text(axis, unit, pooling)}"
        for sign, axis, unit in (("W", across, "columns"), ("H", down, "rows"))
    ]
    return " ".join(parts)


def _unread_text(axis: Axis, unit: str, pooling: bool) -> str:
    _, numbers = _room_terms(axis, pooling=pooling)
    many = f"{axis.unread:,} " if axis.unread != 1 else ""
    last = f"the last {many}{_counted(unit, axis.unread)}"
    padded = axis.unread - axis.unread_real
    if padded and axis.unread_real:
        last += f" ({padded} of padding, {axis.unread_real} of the input)"
    elif padded:
        last += ", all padding"
    return (
        f"S = {axis.stride} does not divide {numbers} = {axis.room:,}: the formula gives "
        f"{plain_fraction(axis.quotient + 1)}, not an integer. Keras rounds down to "
        f"{axis.output:,} and never reads {last}."
    )


def _counted(unit: str, count: int) -> str:
    """Return a unit such as `columns and rows`, in the singular for one.

    >>> _counted("columns and rows", 1)
    'column and row'
    """
    if count != 1:
        return unit
    return " and ".join(word.removesuffix("s") for word in unit.split(" and "))
