"""Find the layer of a network that a message of Keras is about.

A message gives a name, numbers, or both. A name alone is not enough: Keras goes on counting from
one model to the next, so that `conv2d` is called `conv2d_1` in a second model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.geometry import (
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    MaxPool2D,
    Network,
    Pair,
    Row,
    SeparableConv2D,
    Shape,
    Vector,
    Volume,
    ZeroPadding2D,
    trace_network,
    window_of,
)
from tui.geometry.layer_names import snake_case
from tui.keras_io.errors.keras_shapes import KerasShape, are_compatible

WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)

Problem: TypeAlias = Literal["window", "axis", "rank", "groups", "stride-and-dilation", "output"]
"""The problem: a window that does not fit, the length of an axis, the number of axes, groups,
stride with dilation, or the output of the last layer."""


@dataclass(frozen=True, slots=True)
class LayerClues:
    """What a message says about a layer, by which the layer is found in a network.

    Args:
        problem: what the message is about.
        name: the layer's name, or the path of its operation; empty if unknown.
        class_name: the layer's class, in lower case; empty if unknown.
        received: the shape of the input; for "output" that of the output.
        expected: the expected shape; for "axis" and "rank" a single number.
        kernel: the window, in rows and columns.
        stride: the stride, in rows and columns.
        dilation: the dilation, in rows and columns.
        window_size: Fd, the size of the dilated window, on the axis where it does not fit.
        input_size: the size of the input on that axis, including any padding.
        filters: K.
        groups: the groups.
    """

    problem: Problem
    name: str = ""
    class_name: str = ""
    received: KerasShape = ()
    expected: KerasShape = ()
    kernel: KerasShape = ()
    stride: KerasShape = ()
    dilation: KerasShape = ()
    window_size: int | None = None
    input_size: int | None = None
    filters: int | None = None
    groups: int | None = None


@dataclass(frozen=True, slots=True)
class LocatedLayer:
    """A layer of a network, with its input.

    Args:
        row: the traced row.
        shape: the shape of its input in the network; None when an earlier layer does not fit.
        numbers_agree: whether the message's numbers are those of this row, so that the message
            came from this very network.
    """

    row: Row
    shape: Shape | None
    numbers_agree: bool

    @property
    def label(self) -> str:
        """The layer's name in a sentence."""
        return f"Layer {self.row.index + 1} ({self.row.name})"


def locate_layer(clues: LayerClues, network: Network | None) -> LocatedLayer | None:
    """Return the layer that a message is about.

    Args:
        clues: what the message says.
        network: the network that the message may have come from.

    Returns:
        The layer; None when no layer has the name and the numbers.
    """
    if network is None:
        return None
    # Of equal scores the first layer, but the last one where the message is about the output.
    prefer_last = clues.problem == "output"
    found: list[tuple[tuple[int, int, bool, int], LocatedLayer]] = []
    shape: Shape | None = network.input
    for row in trace_network(network):
        name_score = _name_score(clues, row)
        score = _NUMBER_SCORES[clues.problem](clues, row, shape)
        if (score == 2 and name_score >= 0) or (score == 1 and name_score > 0):
            located = LocatedLayer(row, shape, score == 2)
            found.append(
                (
                    (score, max(name_score, 1), row.error is not None, row.index * prefer_last),
                    located,
                )
            )
        shape = row.effect.output if row.effect else None
    if not found:
        return None
    return max(found, key=lambda pair: pair[0])[1]


def locate_weights(shape: KerasShape, network: Network | None) -> LocatedLayer | None:
    """Return the first layer of a network whose weights, without the bias, have a shape."""
    source: Shape | None = network.input if network is not None else None
    for row in trace_network(network) if network is not None else ():
        layer = row.layer
        sides: KerasShape = ()
        if isinstance(layer, Conv2D) and isinstance(source, Volume):
            depth = source.depth // max(layer.groups, 1)
            sides = (layer.kernel.h, layer.kernel.w, depth, layer.filters)
        elif isinstance(layer, Dense) and source is not None:
            values = source.depth if isinstance(source, Volume) else source.size
            sides = (values, layer.units)
        if sides and sides == shape:
            return LocatedLayer(row, source, True)
        source = row.effect.output if row.effect else None
    return None


def _name_score(clues: LayerClues, row: Row) -> int:
    """Return 3 for this very name, 2 for this name with another number, 1 for another layer of
    this class, 0 where the message has no name or one that the user chose, −1 for another class."""
    bases = {snake_case(row.layer.keras_name)}
    if isinstance(getattr(row.layer, "padding", None), Pair):
        bases.add(snake_case(ZeroPadding2D.keras_name))
    if clues.name:
        # The last part of a path is the operation, whose name may look like that of a layer.
        parts = clues.name.lower().split("/")
        parts = parts[:-1] or parts
        names = {part for part in parts if _base(part) in bases}
        if not names:
            return 0 if _is_custom_name(parts) else -1
        if row.name in names:
            return 3
        # TensorFlow may add a number of its own to the path of an operation.
        cut = {re.sub(r"_\d+$", "", part) for part in names} if "/" in clues.name else set()
        return 2 if row.name in cut else 1
    if clues.class_name:
        names = {name.replace("_", "") for name in bases}
        return 1 if clues.class_name.lower().replace("_", "") in names else -1
    return 0


_OLD_BASES = {
    "convolution2d": "conv2d",
    "maxpooling2d": "max_pooling2d",
    "averagepooling2d": "average_pooling2d",
    "zeropadding2d": "zero_padding2d",
}
"""How Keras 1 named its layers."""
_KERAS_BASES = (
    frozenset(snake_case(layer.keras_name) for layer in (*WINDOWS, Conv2DTranspose, ZeroPadding2D))
    | {"dense", "flatten", "batch_normalization"}
    | {"global_max_pooling2d", "global_average_pooling2d"}
)


def _base(name: str) -> str:
    base = re.sub(r"(_\d+)+$", "", name)
    return _OLD_BASES.get(base, base)


def _is_custom_name(parts: list[str]) -> bool:
    """Whether the user named the layer, so that the name does not give its class."""
    return not any(_base(part) in _KERAS_BASES for part in parts)


def plane_of(received: KerasShape) -> Pair | None:
    """Return width and height of a shape that Keras printed."""
    if len(received) != 4 or received[1] is None or received[2] is None:
        return None
    return Pair(received[2], received[1])


def zero_padding(row: Row) -> Pair:
    """Return the P of a layer that gets a ZeroPadding2D before it in Keras."""
    p = getattr(row.layer, "padding", None)
    return p if isinstance(p, Pair) and not isinstance(row.layer, ZeroPadding2D) else Pair(0, 0)


def _window(clues: LayerClues, row: Row, shape: Shape | None) -> int:
    if not isinstance(row.layer, WINDOWS):
        return 0
    window = window_of(row.layer)
    kernel, dilation = window.kernel, window.dilation
    if clues.kernel and clues.kernel != (kernel.h, kernel.w):
        return 0
    if clues.window_size not in (
        None,
        *(d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True)),
    ):
        return 0
    if isinstance(shape, Volume) and clues.received[3:] not in ((), (None,), (shape.depth,)):
        return 0
    plane = plane_of(clues.received)
    p = zero_padding(row)
    if plane is None and clues.input_size is not None and isinstance(shape, Volume):
        return 2 * (clues.input_size in (shape.width + 2 * p.w, shape.height + 2 * p.h))
    if plane is None or not isinstance(shape, Volume):
        return 1
    return 2 if plane == (shape.width + 2 * p.w, shape.height + 2 * p.h) else 1


def _axis(clues: LayerClues, row: Row, shape: Shape | None) -> int:
    if shape is None:
        return 0
    last = shape.depth if isinstance(shape, Volume) else shape.size
    return 2 if clues.expected == (last,) else 0


def _rank(clues: LayerClues, row: Row, shape: Shape | None) -> int:
    if clues.kernel and not clues.name:
        # Images without a depth arrive at the first layer, a vector after Flatten.
        possible = isinstance(shape, Vector) if len(clues.received) == 2 else row.index == 0
        return 2 if possible and _window(clues, row, None) else 0
    axes = 4 if isinstance(shape, Volume) else 2
    are_compatible = shape is not None and len(clues.received) == axes and row.error is not None
    if are_compatible and isinstance(shape, Vector):
        return 2 if clues.received[-1] in (shape.size, None) else 1
    return 1


def _groups(clues: LayerClues, row: Row, shape: Shape | None) -> int:
    layer = row.layer
    if not isinstance(layer, Conv2D) or layer.groups != clues.groups:
        return 0
    if clues.filters is not None:
        return 2 if layer.filters == clues.filters else 0
    depth = clues.received[-1] if clues.received else None
    return 2 if isinstance(shape, Volume) and depth in (None, shape.depth) else 0


def _stride_and_dilation(clues: LayerClues, row: Row, shape: Shape | None) -> int:
    layer = row.layer
    if not isinstance(layer, (Conv2D, Conv2DTranspose)):
        return 0
    pairs = ((clues.stride, layer.stride), (clues.dilation, layer.dilation))
    return (
        2 if all(names in ((), (pair.h, pair.w)) and max(pair) > 1 for names, pair in pairs) else 0
    )


def _output(clues: LayerClues, row: Row, shape: Shape | None) -> int:
    """Score a layer with units whose output is the output in the message."""
    units = getattr(row.layer, "units", None)
    if units is None or clues.received[-1:] != (units,):
        return 0
    made = row.effect.output if row.effect else None
    if len(clues.received) == 4 and made is not None:
        sides = (made.height, made.width, made.depth) if isinstance(made, Volume) else (made.size,)
        return 2 * are_compatible(clues.received[1:], sides)
    return 2


_NUMBER_SCORES: dict[str, Callable[[LayerClues, Row, Shape | None], int]] = {
    "window": _window,
    "axis": _axis,
    "rank": _rank,
    "groups": _groups,
    "stride-and-dilation": _stride_and_dilation,
    "output": _output,
}
"""How well a row agrees with a message: 2 if the numbers agree, 1 if they may, 0 if not."""
