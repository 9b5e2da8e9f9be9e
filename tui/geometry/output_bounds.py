"""The bounds of the values that each layer puts out, for any picture.

A probability lies between 0 and 1, and the probabilities of all classes sum to 1. Whether the last
values of a network can be probabilities follows from its layers alone: a layer with weights can
give any number, an activation bounds it, and later layers may widen the bounds again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tui.geometry.layers import (
    Activation,
    AveragePool2D,
    BatchNormalization,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    Rescaling,
    ZeroPadding2D,
)
from tui.geometry.network import Network, trace_network
from tui.geometry.shapes import Shape, Vector, Volume

_FAR = 700.0
"""Beyond this, exp overflows a float."""


@dataclass(frozen=True, slots=True)
class OutputBounds:
    """The bounds of all values that a layer puts out.

    Args:
        low: no value is lower.
        high: no value is higher.
        above_low: whether `low` itself is never reached, such as the 0 of a sigmoid.
        sums_to_one: whether the values of one cell are the probabilities of a softmax, or their
            mean over cells.
        constant: whether the values are the same for every picture.
        constant_from: position of the layer that makes them so; -1 where they are not constant.
        relu_at: position of a ReLU, or an activation like it, with no weights behind it; -1 where
            there is none.
        dropped: whether values are dropped at random behind the last activation.

    >>> from tui.geometry import parse_network
    >>> output_bounds(parse_network("2x2x1 flatten dense:k=3,a=sigmoid"))[-1].high
    1.0
    """

    low: float = -math.inf
    high: float = math.inf
    above_low: bool = False
    sums_to_one: bool = False
    constant: bool = False
    constant_from: int = -1
    relu_at: int = -1
    dropped: bool = False

    @property
    def probabilities(self) -> bool:
        """Whether each value lies between 0 and 1."""
        return self.low >= 0 and self.high <= 1


def output_bounds(network: Network, pixels: OutputBounds | None = None) -> tuple[OutputBounds, ...]:
    """Return the bounds behind each layer, up to the first that does not fit.

    Args:
        network: the network.
        pixels: the bounds of its input; none by default.
    """
    found: list[OutputBounds] = []
    values = pixels or OutputBounds()
    shape: Shape = network.input
    for row in trace_network(network):
        if row.effect is None:
            break
        depth = shape.size if isinstance(shape, Vector) else shape.depth
        after = _bounds_after(row.layer, values, shape, row.index)
        function = getattr(row.layer, "activation", None)
        if isinstance(row.layer, Activation):
            function = row.layer.function
        elif function is not None:
            output = row.effect.output
            depth = output.size if isinstance(output, Vector) else output.depth
        if function is not None:
            after = _activated(function, after, depth, row.index)
        if after.low == after.high and not after.constant:
            after = replace(after, constant=True, constant_from=row.index)
        found.append(after)
        values, shape = after, row.effect.output
    return tuple(found)


def _bounds_after(layer: Layer, values: OutputBounds, shape: Shape, index: int) -> OutputBounds:
    """Return the bounds behind a layer without its activation."""
    match layer:
        case Activation():
            return values
        case Dropout():
            return replace(values, dropped=True) if layer.rate > 0 else values
        case Flatten():
            one_cell = isinstance(shape, Vector) or shape.plane.w * shape.plane.h == 1
            return replace(values, sums_to_one=values.sums_to_one and one_cell)
        case AveragePool2D() | GlobalAveragePool2D():
            return values
        case MaxPool2D() | GlobalMaxPool2D():
            one_cell = isinstance(shape, Volume) and shape.plane.w * shape.plane.h == 1
            return replace(values, sums_to_one=values.sums_to_one and one_cell)
        case ZeroPadding2D():
            low, high = min(values.low, 0.0), max(values.high, 0.0)
            return replace(values, low=low, high=high, above_low=False, sums_to_one=False)
        case Rescaling():
            return _rescaled(layer, values)
        case BatchNormalization():
            return OutputBounds(constant=values.constant, constant_from=values.constant_from)
    # All other layers have weights, and can give any number.
    return OutputBounds(constant=values.constant, constant_from=values.constant_from)


def _rescaled(layer: Rescaling, values: OutputBounds) -> OutputBounds:
    if layer.scale == 0:
        return replace(values, low=layer.offset, high=layer.offset, sums_to_one=False)
    ends = sorted(layer.scale * end + layer.offset for end in (values.low, values.high))
    return replace(
        values,
        low=ends[0],
        high=ends[1],
        above_low=values.above_low and layer.scale > 0,
        sums_to_one=values.sums_to_one and layer.offset == 0 and layer.scale == 1,
    )


def _exp(value: float) -> float:
    return math.inf if value > _FAR else math.exp(value)


def _sigmoid(value: float) -> float:
    return 1 / (1 + _exp(-value))


def _clip(low: float, high: float) -> Callable[[float], float]:
    return lambda value: min(max(value, low), high)


_RISING: Mapping[str, Callable[[float], float]] = {
    "linear": lambda value: value,
    "relu": lambda value: max(value, 0.0),
    "relu6": _clip(0.0, 6.0),
    "leaky_relu": lambda value: max(value, 0.2 * value),
    "elu": lambda value: value if value > 0 else _exp(value) - 1,
    "celu": lambda value: value if value > 0 else _exp(value) - 1,
    "selu": lambda value: 1.0507 * (value if value > 0 else 1.67326 * (_exp(value) - 1)),
    "sigmoid": _sigmoid,
    "hard_sigmoid": lambda value: _clip(0.0, 1.0)(value / 6 + 0.5),
    "tanh": math.tanh,
    "hard_tanh": _clip(-1.0, 1.0),
    "softsign": lambda value: value / (1 + abs(value)) if math.isfinite(value) else _sign(value),
    "exponential": _exp,
    "softplus": lambda value: value if value > _FAR else math.log1p(_exp(value)),
    "log_sigmoid": lambda value: value if value < -_FAR else -math.log1p(_exp(-value)),
}
"""Activations that never fall: they turn the bounds before them into the bounds behind them."""
_DIPPING = {
    "gelu": -0.17,
    "silu": -0.2785,
    "swish": -0.2785,
    "mish": -0.3089,
    "hard_silu": -0.375,
    "hard_swish": -0.375,
}
"""Activations that fall to a lowest value before they rise, with that value, rounded down."""
_NEVER_REACHED = frozenset({"sigmoid", "softmax", "exponential", "softplus"})
"""Activations that approach 0 and never reach it."""
_FLAT = frozenset({"relu", "relu6"})


def _sign(value: float) -> float:
    return math.copysign(1.0, value)


def _activated(name: str, values: OutputBounds, depth: int, index: int) -> OutputBounds:
    """Return the bounds behind an activation; softmax runs over the `depth` values of a cell."""
    if name == "linear":
        return values
    if name in ("softmax", "log_softmax"):
        return _softmax(name, values, depth)
    if name in _DIPPING:
        high = values.high if values.high > 0 else 0.0
        return OutputBounds(
            _DIPPING[name], high, constant=values.constant, constant_from=values.constant_from
        )
    rise = _RISING.get(name)
    if rise is None:  # an activation that is not known yet may give any number
        return OutputBounds(constant=values.constant, constant_from=values.constant_from)
    low, high = rise(values.low), rise(values.high)
    same = name == "relu" and values.low >= 0
    return replace(
        values,
        low=low,
        high=high,
        above_low=(name in _NEVER_REACHED and values.low == -math.inf) or values.above_low,
        sums_to_one=values.sums_to_one and same,
        relu_at=index if name in _FLAT and values.low < 0 else values.relu_at,
        dropped=values.dropped and same,
    )


def _softmax(name: str, values: OutputBounds, depth: int) -> OutputBounds:
    low = high = 1.0  # over a single value
    if depth > 1:
        spread = values.high - values.low
        low, high = (1 / (1 + (depth - 1) * _exp(one)) for one in (spread, -spread))
    if name == "log_softmax":
        low, high = (math.log(low) if low > 0 else -math.inf), math.log(high)
        return OutputBounds(low, high, constant=values.constant, constant_from=values.constant_from)
    return replace(values, low=low, high=high, above_low=low == 0, sums_to_one=True, dropped=False)
