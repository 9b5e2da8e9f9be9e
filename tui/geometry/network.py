"""A network: an input volume and its layers, followed row by row and back again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.layer_names import layer_names
from tui.geometry.layers import Layer
from tui.geometry.receptive_field import Box, ReceptiveField, back_through
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Shape, Volume, plane_of


@dataclass(frozen=True, slots=True)
class Network:
    """An input volume and the layers that follow, in order.

    Args:
        input: the volume the first layer receives.
        layers: the layers.
        names: of the layers in their file, empty where Keras is to give one; an empty tuple
            where it is to name all. They do not count when networks are compared.
    """

    input: Volume
    layers: tuple[Layer, ...] = ()
    names: tuple[str, ...] = dataclasses.field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One layer of a traced network.

    Args:
        index: position in `Network.layers`, from 0.
        name: the name Keras would give it: conv2d, conv2d_1, max_pooling2d, …
        layer: the layer.
        effect: what it does; None when it does not fit or waits.
        error: why it does not fit; None when it does or waits.
        waiting: whether an earlier layer does not fit, so that its input is not known.
        receptive_field: what one output value sees of the input; None where values differ in
            that or see all of it: after flatten, global pooling and dense layers, after a
            transposed layer, and where `effect` is None.
    """

    index: int
    name: str
    layer: Layer
    effect: Effect | None = None
    error: GeometryError | None = None
    waiting: bool = False
    receptive_field: ReceptiveField | None = None


def network_names(network: Network) -> tuple[str, ...]:
    """Return the names of a network's layers: from its file, else as Keras gives them."""
    return layer_names(network.layers, network.names)


def trace_network(network: Network) -> tuple[Row, ...]:
    """Follow the input through every layer.

    A layer that does not fit is a row with an error, and the rows after it wait.

    Args:
        network: the network.

    Returns:
        One row for each layer.

    >>> from tui.geometry.layers import Conv2D, MaxPool2D
    >>> from tui.geometry.shapes import Pair
    >>> layers = (Conv2D(16, Pair(3, 3)), MaxPool2D(Pair(2, 2)))
    >>> for row in trace_network(Network(Volume(150, 150, 3), layers)):
    ...     print(row.name, row.effect.output, row.receptive_field.size)
    conv2d 148×148×16 3×3
    max_pooling2d 74×74×16 4×4
    """
    rows: list[Row] = []
    shape: Shape | None = network.input
    field: ReceptiveField | None = ReceptiveField()
    names = network_names(network)
    for index, (name, layer) in enumerate(zip(names, network.layers, strict=True)):
        if shape is None:
            rows.append(Row(index, name, layer, waiting=True))
            continue
        try:
            effect = apply_layer(layer, shape)
        except GeometryError as error:
            rows.append(Row(index, name, layer, error=error))
            shape = None
            continue
        field = field.after_layer(effect) if field is not None else None
        rows.append(Row(index, name, layer, effect=effect, receptive_field=field))
        shape = effect.output
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the rows that fit.

    Args:
        parameters: all parameters.
        trainable: those that training changes.
        macs: multiply-and-add steps for one picture.
        activations: values that all layers put out together, for one picture.
        complete: whether every row fits, so that the sums are those of the whole network.
    """

    parameters: int
    trainable: int
    macs: int
    activations: int
    complete: bool

    def share(self, row: Row) -> float:
        """Return a row's share of all parameters, from 0 to 1.

        Args:
            row: of the same network; 0 where it has no parameters or could not be computed.
        """
        parameters = row.effect.parameters if row.effect else 0
        return parameters / self.parameters if self.parameters else 0.0


def network_totals(rows: Sequence[Row]) -> Totals:
    """Return the sums over traced rows.

    Args:
        rows: what :func:`trace_network` returned.

    Returns:
        The totals; rows that do not fit or wait count as 0.
    """
    effects = [row.effect for row in rows if row.effect is not None]
    return Totals(
        parameters=sum(effect.parameters for effect in effects),
        trainable=sum(effect.trainable for effect in effects),
        macs=sum(effect.macs for effect in effects),
        activations=sum(effect.output.size for effect in effects),
        complete=len(effects) == len(rows),
    )


def output_shape(network: Network) -> Shape | None:
    """Return the output shape of a network, or None when a layer does not fit.

    Args:
        network: the network.

    Returns:
        The last layer's output; the input itself when there are no layers.
    """
    rows = trace_network(network)
    if not rows:
        return network.input
    last = rows[-1].effect
    return last.output if last else None


@dataclass(frozen=True, slots=True)
class FieldStep:
    """The part of one layer's output that a traced value depends on.

    Args:
        index: the row whose output it is; -1 for the network's input.
        box: the part inside the output. On a vector, x counts the values and y is 0.
        unclipped: the same with the padding that was read.
    """

    index: int
    box: Box
    unclipped: Box


def field_of(rows: Sequence[Row], index: int, x: int, y: int = 0) -> tuple[FieldStep, ...]:
    """Trace one output value back through every earlier layer to the input.

    Args:
        rows: what :func:`trace_network` returned.
        index: the row whose output is traced.
        x, y: column and row of the value; on a vector, its position and 0.

    Returns:
        A step for the value itself, then for each earlier layer's output, and last for the
        input (index -1). All channels count as one.

    Raises:
        GeometryError: no such row, a row that does not fit, or a place outside its output.

    >>> from tui.geometry.one_line import parse_network
    >>> rows = trace_network(parse_network("8x8x1 conv:k=1,f=3,p=1 maxpool:f=2"))
    >>> for step in field_of(rows, 1, 0, 0):
    ...     print(step.index, step.box)
    1 Box(x0=0, y0=0, x1=0, y1=0)
    0 Box(x0=0, y0=0, x1=1, y1=1)
    -1 Box(x0=0, y0=0, x1=2, y1=2)
    """
    if not 0 <= index < len(rows):
        raise GeometryError(f"there is no row {index}: take one from 0 to {len(rows) - 1}.")
    effect = rows[index].effect
    if effect is None:
        raise GeometryError(f"row {index} ({rows[index].name}) does not fit: fix it first.")
    plane = plane_of(effect.output)
    if not (0 <= x < plane.w and 0 <= y < plane.h):
        raise GeometryError(
            f"column {x}, row {y} is outside the output {effect.output}: count from 0 to "
            f"{plane.w - 1} and {plane.h - 1}."
        )
    box = unclipped = Box(x, y, x, y)
    steps = [FieldStep(index, box, unclipped)]
    for row in reversed(rows[: index + 1]):
        assert row.effect is not None  # rows before one that fits fit
        box, unclipped = back_through(row.effect, box), back_through(row.effect, unclipped)
        box = box.clipped(plane_of(row.effect.input))
        steps.append(FieldStep(row.index - 1, box, unclipped))
    return tuple(steps)
