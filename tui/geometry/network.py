"""A network: an input volume and its layers, traced row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.layers import Layer
from tui.geometry.names import snake_case
from tui.geometry.receptive import Receptive, grow
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Shape, Volume


@dataclass(frozen=True, slots=True)
class Network:
    """An input volume and the layers that follow, in order.

    Args:
        input: the volume the first layer receives.
        layers: the layers.
        names: what a file calls each layer, empty where it is to have Keras's own name; none at
            all where no layer has one. Two networks are equal whatever their layers are called.
    """

    input: Volume
    layers: tuple[Layer, ...] = ()
    names: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One layer of a traced network.

    Args:
        index: position in `Network.layers`, from 0.
        name: the name Keras would give it: conv2d, conv2d_1, max_pooling2d, …
        layer: the layer.
        effect: what it does; None when it does not fit or waits.
        error: why it does not fit; None when it does or waits.
        waiting: whether an earlier layer does not fit, so that nothing can be said.
        receptive: what one output value sees of the input; None where no one answer
            holds for every value: after flatten, global pooling and dense layers, after a
            transposed layer, and where `effect` is None.
    """

    index: int
    name: str
    layer: Layer
    effect: Effect | None = None
    error: GeometryError | None = None
    waiting: bool = False
    receptive: Receptive | None = None


def layer_names(layers: Sequence[Layer]) -> tuple[str, ...]:
    """Return the names Keras gives layers by itself in a fresh program.

    Args:
        layers: the layers, in order.

    Returns:
        One name a layer, all different.

    >>> from tui.geometry.layers import Dense, Flatten
    >>> layer_names([Flatten(), Dense(512), Dense(1)])
    ('flatten', 'dense', 'dense_1')
    """
    seen: dict[str, int] = {}
    names = []
    for layer in layers:
        base = snake_case(layer.keras_name)
        count = seen.get(base, 0)
        seen[base] = count + 1
        names.append(f"{base}_{count}" if count else base)
    return tuple(names)


def network_names(network: Network) -> tuple[str, ...]:
    """Return what a network's layers are called: as their file has it, else as Keras would.

    Returns:
        One name a layer, all different.

    >>> from tui.geometry.layers import Dense, Flatten
    >>> network_names(Network(Volume(8, 8, 1), (Flatten(), Dense(9), Dense(2)), ("", "a", "")))
    ('flatten', 'a', 'dense')
    """
    kept = network.names
    if len(kept) != len(network.layers) or not any(kept):
        return layer_names(network.layers)
    found = [name if name not in kept[:index] else "" for index, name in enumerate(kept)]
    taken = set(found)
    seen: dict[str, int] = {}
    for index, layer in enumerate(network.layers):
        base = snake_case(layer.keras_name)
        while not found[index]:
            count = seen.get(base, 0)
            seen[base] = count + 1
            name = f"{base}_{count}" if count else base
            if name not in taken:
                found[index] = name
                taken.add(name)
    return tuple(found)


def trace_network(network: Network) -> tuple[Row, ...]:
    """Follow the input through every layer.

    A layer that does not fit is a row with an error; the rows after it wait.

    Args:
        network: the network.

    Returns:
        One row for each layer.

    >>> from tui.geometry.layers import Conv2D, MaxPool2D
    >>> from tui.geometry.shapes import Pair
    >>> layers = (Conv2D(16, Pair(3, 3)), MaxPool2D(Pair(2, 2)))
    >>> for row in trace_network(Network(Volume(150, 150, 3), layers)):
    ...     print(row.name, row.effect.output, row.receptive.size)
    conv2d 148×148×16 3×3
    max_pooling2d 74×74×16 4×4
    """
    rows: list[Row] = []
    shape: Shape | None = network.input
    receptive: Receptive | None = Receptive()
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
        receptive = grow(receptive, effect)
        rows.append(Row(index, name, layer, effect=effect, receptive=receptive))
        shape = effect.output
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the rows that could be computed.

    Args:
        parameters: all parameters.
        trainable: those that training changes.
        macs: multiply-and-add steps for one picture.
        activations: values that all layers put out together, for one picture.
        complete: whether every row fits, so that the sums are the whole network's.
    """

    parameters: int
    trainable: int
    macs: int
    activations: int
    complete: bool

    def share(self, row: Row) -> float:
        """Return a row's part of all parameters.

        Args:
            row: a row of the same network.

        Returns:
            From 0 to 1; 0 when the row has no parameters or could not be computed.
        """
        return self._part(row.effect.parameters if row.effect else 0, self.parameters)

    @staticmethod
    def _part(value: int, total: int) -> float:
        return value / total if total else 0.0


def network_totals(rows: Sequence[Row]) -> Totals:
    """Return the sums over traced rows.

    Args:
        rows: what :func:`trace_network` returned.

    Returns:
        The totals; rows that do not fit or wait count nothing.
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
    """Return the shape a network puts out, or None when a layer does not fit.

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
