"""Which layer of a network a message of Keras is about.

A message says a name, numbers, or both. Names alone do not tell: Keras counts on from one
model to the next, so that `conv2d` of a second model is called `conv2d_1`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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
from tui.keras_io.errors.complaint import Complaint
from tui.keras_io.errors.shapes import Sides, same

WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)


@dataclass(frozen=True, slots=True)
class Place:
    """A layer of a network, with what it receives there.

    Args:
        row: the traced row.
        shape: the shape it receives in the network; None when an earlier layer fails.
        same: whether the message's numbers are those of this row, so that the message
            came from this network as it is.
    """

    row: Row
    shape: Shape | None
    same: bool

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return f"Layer {self.row.index + 1} ({self.row.name})"


def find_place(complaint: Complaint, network: Network | None) -> Place | None:
    """Return the layer that a message is about.

    Args:
        complaint: the message.
        network: the network it may have come from.

    Returns:
        The place, or None when no layer has the name and the numbers.
    """
    if network is None:
        return None
    # Of equals the first, except where it is the output that is spoken of.
    last = complaint.sort == "output"
    found: list[tuple[tuple[int, int, bool, int], Place]] = []
    shape: Shape | None = network.input
    for row in trace_network(network):
        named = _named(complaint, row)
        score = _AGREE[complaint.sort](complaint, row, shape)
        if (score == 2 and named >= 0) or (score == 1 and named > 0):
            place = Place(row, shape, score == 2)
            found.append(((score, max(named, 1), row.error is not None, row.index * last), place))
        shape = row.effect.output if row.effect else None
    if not found:
        return None
    return max(found, key=lambda pair: pair[0])[1]


def weights_place(shape: Sides, network: Network | None) -> Place | None:
    """Return the first layer of a network whose weights, without the bias, have a shape."""
    source: Shape | None = network.input if network is not None else None
    for row in trace_network(network) if network is not None else ():
        layer = row.layer
        sides: Sides = ()
        if isinstance(layer, Conv2D) and isinstance(source, Volume):
            depth = source.depth // max(layer.groups, 1)
            sides = (layer.kernel.h, layer.kernel.w, depth, layer.filters)
        elif isinstance(layer, Dense) and source is not None:
            values = source.depth if isinstance(source, Volume) else source.size
            sides = (values, layer.units)
        if sides and sides == shape:
            return Place(row, source, True)
        source = row.effect.output if row.effect else None
    return None


def _named(complaint: Complaint, row: Row) -> int:
    """3: this very name; 2: this name but for a number behind it; 1: another layer of this
    class; 0: no name is said, or the learner's own; −1: another class."""
    bases = {snake_case(row.layer.keras_name)}
    if isinstance(getattr(row.layer, "padding", None), Pair):
        bases.add(snake_case(ZeroPadding2D.keras_name))
    if complaint.name:
        # The last part of a path is the operation, whose name may look like a layer's.
        parts = complaint.name.lower().split("/")
        parts = parts[:-1] or parts
        said = {part for part in parts if _base(part) in bases}
        if not said:
            return 0 if _own_name(parts) else -1
        if row.name in said:
            return 3
        # In the path of an operation TensorFlow may add a number of its own.
        cut = {re.sub(r"_\d+$", "", part) for part in said} if "/" in complaint.name else set()
        return 2 if row.name in cut else 1
    if complaint.class_name:
        said = {name.replace("_", "") for name in bases}
        return 1 if complaint.class_name.lower().replace("_", "") in said else -1
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


def _own_name(parts: list[str]) -> bool:
    """Whether the learner named the layer, so that the name says nothing of its class."""
    return not any(_base(part) in _KERAS_BASES for part in parts)


def plane_of(received: Sides) -> Pair | None:
    """Return width and height of a shape as Keras prints it."""
    if len(received) != 4 or received[1] is None or received[2] is None:
        return None
    return Pair(received[2], received[1])


def padded(row: Row) -> Pair:
    """Return the P of a layer that Keras pads with a ZeroPadding2D before it."""
    p = getattr(row.layer, "padding", None)
    return p if isinstance(p, Pair) and not isinstance(row.layer, ZeroPadding2D) else Pair(0, 0)


def _window(complaint: Complaint, row: Row, shape: Shape | None) -> int:
    if not isinstance(row.layer, WINDOWS):
        return 0
    window = window_of(row.layer)
    kernel, dilation = window.kernel, window.dilation
    if complaint.kernel and complaint.kernel != (kernel.h, kernel.w):
        return 0
    if complaint.reach not in (
        None,
        *(d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True)),
    ):
        return 0
    if isinstance(shape, Volume) and complaint.received[3:] not in ((), (None,), (shape.depth,)):
        return 0
    plane = plane_of(complaint.received)
    p = padded(row)
    if plane is None and complaint.side is not None and isinstance(shape, Volume):
        return 2 * (complaint.side in (shape.width + 2 * p.w, shape.height + 2 * p.h))
    if plane is None or not isinstance(shape, Volume):
        return 1
    return 2 if plane == (shape.width + 2 * p.w, shape.height + 2 * p.h) else 1


def _axis(complaint: Complaint, row: Row, shape: Shape | None) -> int:
    if shape is None:
        return 0
    last = shape.depth if isinstance(shape, Volume) else shape.size
    return 2 if complaint.expected == (last,) else 0


def _rank(complaint: Complaint, row: Row, shape: Shape | None) -> int:
    if complaint.kernel and not complaint.name:
        # Pictures without a depth arrive at the first layer, a vector behind Flatten.
        there = isinstance(shape, Vector) if len(complaint.received) == 2 else row.index == 0
        return 2 if there and _window(complaint, row, None) else 0
    axes = 4 if isinstance(shape, Volume) else 2
    same = shape is not None and len(complaint.received) == axes and row.error is not None
    if same and isinstance(shape, Vector):
        return 2 if complaint.received[-1] in (shape.size, None) else 1
    return 1


def _groups(complaint: Complaint, row: Row, shape: Shape | None) -> int:
    layer = row.layer
    if not isinstance(layer, Conv2D) or layer.groups != complaint.groups:
        return 0
    if complaint.filters is not None:
        return 2 if layer.filters == complaint.filters else 0
    depth = complaint.received[-1] if complaint.received else None
    return 2 if isinstance(shape, Volume) and depth in (None, shape.depth) else 0


def _both(complaint: Complaint, row: Row, shape: Shape | None) -> int:
    layer = row.layer
    if not isinstance(layer, (Conv2D, Conv2DTranspose)):
        return 0
    pairs = ((complaint.stride, layer.stride), (complaint.dilation, layer.dilation))
    return 2 if all(said in ((), (pair.h, pair.w)) and max(pair) > 1 for said, pair in pairs) else 0


def _output(complaint: Complaint, row: Row, shape: Shape | None) -> int:
    """The last layer with units that puts out what the message calls the output."""
    units = getattr(row.layer, "units", None)
    if units is None or complaint.received[-1:] != (units,):
        return 0
    made = row.effect.output if row.effect else None
    if len(complaint.received) == 4 and made is not None:
        sides = (made.height, made.width, made.depth) if isinstance(made, Volume) else (made.size,)
        return 2 * same(complaint.received[1:], sides)
    return 2


_AGREE: dict[str, Callable[[Complaint, Row, Shape | None], int]] = {
    "window": _window,
    "axis": _axis,
    "rank": _rank,
    "groups": _groups,
    "stride-and-dilation": _both,
    "output": _output,
}
"""How far a row agrees with a message: 2 in its numbers, 1 as far as can be told, 0 not."""
