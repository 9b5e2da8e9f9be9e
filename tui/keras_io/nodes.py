"""From where each layer of a Keras description gets its input: its nodes, checked and in order."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.geometry.errors import GeometryError, shown
from tui.keras_io.described import Described, config_in, name_of, said

Key = tuple[int, int]
"""A use of a layer: the layer's place in the list, and which use of it."""

_MOST_SIDES = 8


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value that a layer receives.

    Args:
        layer: name of the layer that made it.
        node: which use of that layer.
        place: which of the outputs of that use.
        told: its shape without the batch, where the description tells it.
    """

    layer: str
    node: int
    place: int
    told: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Node:
    """One use of a layer.

    Args:
        tensors: what it receives, in order.
        plain: whether all else that it is called with is single numbers and words.
    """

    tensors: tuple[Tensor, ...]
    plain: bool


def nodes_of(layer: Described) -> list[Node]:
    """Return the uses of a layer, in the old and the new way of writing them."""
    nodes = layer.get("inbound_nodes")
    if nodes is None:
        return []
    if not isinstance(nodes, list):
        raise GeometryError(
            f'layer "{said(name_of(layer))}" has inbound_nodes = {shown(nodes)}: a list belongs '
            "there. Give the whole text that model.to_json() returns."
        )
    return [_node(node) for node in nodes]


def tensors_in(value: object) -> tuple[Tensor, ...]:
    """Return the values named in a list such as Keras's `output_layers`, in order."""
    return _node(value).tensors


def _node(value: object) -> Node:
    found: list[Tensor] = []
    plain = True
    waiting: list[object] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            if one.get("class_name") == "__keras_tensor__":
                found.append(_tensor(config_in(one)))
            else:
                plain &= "class_name" not in one
                waiting += reversed(list(one.values()))
        elif isinstance(one, list):
            if _is_triple(one):
                found.append(Tensor(one[0], one[1], one[2], None))
                waiting += reversed(one[3:])
            else:
                waiting += reversed(one)
    return Node(tuple(found), plain)


def _is_triple(value: list[Any]) -> bool:
    return (
        len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(number, int) for number in value[1:3])
    )


def _tensor(config: Described) -> Tensor:
    history = config.get("keras_history")
    if not isinstance(history, list) or not _is_triple(history):
        raise GeometryError(
            f"a layer receives {shown(history)}, which names no layer's output: give the whole "
            "text that model.to_json() returns."
        )
    return Tensor(history[0], history[1], history[2], told_shape(config.get("shape")))


def told_shape(value: object) -> tuple[int, ...] | None:
    """Return a shape without the batch, where all its sides are given."""
    if not isinstance(value, list) or not 1 < len(value) <= _MOST_SIDES:
        return None
    sides = value[1:]
    sound = all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in sides)
    return tuple(sides) if sound else None


def in_order(
    layers: Sequence[Described], nodes: Sequence[Sequence[Node]], outputs: Sequence[Tensor]
) -> list[Key]:
    """Return the uses that the outputs need, each after all that it receives.

    Args:
        layers: a model's, as they are written.
        nodes: the uses of each of them; an input has none.
        outputs: the model's; when there are none, whatever nothing receives.

    Returns:
        Layer by layer as they are written, as far as that can be; inputs are left out.

    Raises:
        GeometryError: a layer that is not there, or that waits for itself.
    """
    find = Finder(layers, nodes)
    sources = {
        (place, use): {find.key(tensor, layers[place]) for tensor in node.tensors}
        for place, several in enumerate(nodes)
        for use, node in enumerate(several)
    }
    wanted = {find.key(tensor, None) for tensor in outputs}
    if not wanted:
        wanted = set(sources) - set().union(*sources.values())
    needed: set[Key] = set()
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key in sources and key not in needed:
            needed.add(key)
            waiting += sources[key]
    after: dict[Key, list[Key]] = {}
    lacking = {}
    for key in needed:
        held = {source for source in sources[key] if source in sources}
        lacking[key] = len(held)
        for source in held:
            after.setdefault(source, []).append(key)
    ready = [key for key, count in lacking.items() if not count]
    heapq.heapify(ready)
    order: list[Key] = []
    while ready:
        key = heapq.heappop(ready)
        order.append(key)
        for following in after.get(key, ()):
            lacking[following] -= 1
            if not lacking[following]:
                heapq.heappush(ready, following)
    if len(order) < len(needed):
        place, _ = min(needed - set(order))
        raise GeometryError(
            f'layer "{said(name_of(layers[place]))}" waits for its own output: in a network that '
            "can be read, no layer feeds one before it."
        )
    return order


class Finder:
    """Finds the use of a layer that made a value."""

    def __init__(self, layers: Sequence[Described], nodes: Sequence[Sequence[Node]]) -> None:
        """Make it.

        Raises:
            GeometryError: two layers have one name.
        """
        self._layers, self._nodes = layers, nodes
        self._places: dict[str, int] = {}
        for place, layer in enumerate(layers):
            name = name_of(layer)
            if name in self._places:
                raise GeometryError(
                    f'two layers have the name "{said(name)}": give each one a name of its own.'
                )
            self._places[name] = place

    def key(self, tensor: Tensor, by: Described | None) -> Key:
        """Return the use of the layer that made a value.

        Args:
            tensor: the value.
            by: the layer that receives it; None for the model's outputs.

        Raises:
            GeometryError: there is no such layer, or it is not used so often.
        """
        who = f'layer "{said(name_of(by))}" receives' if by is not None else "the model puts out"
        place = self._places.get(tensor.layer)
        if place is None:
            raise GeometryError(
                f'{who} the output of "{said(tensor.layer)}", and there is no such layer: give '
                "the whole text that model.to_json() returns."
            )
        uses = len(self._nodes[place])
        if not 0 <= tensor.node < max(uses, 1) or tensor.place < 0:
            raise GeometryError(
                f"{who} output {shown(tensor.place)} of use {shown(tensor.node)} of "
                f'"{said(tensor.layer)}", which is used {uses} time{"s" * (uses != 1)}: give the '
                "whole text that model.to_json() returns."
            )
        if not uses and self._layers[place]["class_name"] != "InputLayer":
            raise GeometryError(
                f'{who} the output of "{said(tensor.layer)}" '
                f"({said(self._layers[place]['class_name'])}), which receives nothing itself: "
                "give the whole text that model.to_json() returns."
            )
        return place, tensor.node
