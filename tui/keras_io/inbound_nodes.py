"""Where each layer of a Functional model gets its inputs: its inbound nodes, checked and sorted.

Keras writes a node for each call of a layer. A shared layer has several.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.geometry.errors import GeometryError, escaped, shown
from tui.keras_io.model_json import Config, config_in, name_in

Key = tuple[int, int]
"""A call of a layer: the layer's position in the list, and which of its calls, from 0."""

_MOST_SIDES = 8


@dataclass(frozen=True, slots=True)
class Tensor:
    """An output of a layer, as another layer or the model refers to it.

    Args:
        layer: name of the layer that made it.
        node: which call of that layer, from 0.
        index: which output of that call, from 0.
        shape: its shape without the batch, where it is written.
    """

    layer: str
    node: int
    index: int
    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Node:
    """One call of a layer.

    Args:
        tensors: its inputs, in order.
        plain: whether all its other arguments are numbers and strings.
    """

    tensors: tuple[Tensor, ...]
    plain: bool


def nodes_of(layer: Config) -> list[Node]:
    """Return the calls of a layer, as Keras 2 or Keras 3 writes them."""
    nodes = layer.get("inbound_nodes")
    if nodes is None:
        return []
    if not isinstance(nodes, list):
        raise GeometryError(
            f'layer "{escaped(name_in(layer))}" has inbound_nodes = {shown(nodes)}, which has '
            "to be a list. Give the whole text that model.to_json() returns."
        )
    return [_node(node) for node in nodes]


def tensors_in(value: object) -> tuple[Tensor, ...]:
    """Return the tensors in a list such as Keras's `output_layers`, in order."""
    return _node(value).tensors


def _node(value: object) -> Node:
    tensors: list[Tensor] = []
    plain = True
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            if item.get("class_name") == "__keras_tensor__":
                tensors.append(_tensor(config_in(item)))
            else:
                plain &= "class_name" not in item
                stack += reversed(list(item.values()))
        elif isinstance(item, list):
            if _is_reference(item):
                tensors.append(Tensor(item[0], item[1], item[2], None))
                stack += reversed(item[3:])
            else:
                stack += reversed(item)
    return Node(tuple(tensors), plain)


def _is_reference(value: list[Any]) -> bool:
    """Return whether a list is [layer, node, output], perhaps with keyword arguments behind."""
    return (
        len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(number, int) for number in value[1:3])
    )


def _tensor(config: Config) -> Tensor:
    history = config.get("keras_history")
    if not isinstance(history, list) or not _is_reference(history):
        raise GeometryError(
            f"a layer receives {shown(history)}, which does not name the output of a layer: give "
            "the whole text that model.to_json() returns."
        )
    return Tensor(history[0], history[1], history[2], without_batch(config.get("shape")))


def without_batch(shape: object) -> tuple[int, ...] | None:
    """Return a written shape without the batch; None unless all its sides are known."""
    if not isinstance(shape, list) or not 1 < len(shape) <= _MOST_SIDES:
        return None
    sides = shape[1:]
    sound = all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in sides)
    return tuple(sides) if sound else None


def sorted_calls(
    layers: Sequence[Config], nodes: Sequence[Sequence[Node]], outputs: Sequence[Tensor]
) -> list[Key]:
    """Return the calls that the outputs depend on, each after all that it receives.

    Args:
        layers: of a model, as they are written.
        nodes: the calls of each of them; an input layer has none.
        outputs: the model's; where there are none, all that no layer receives.

    Returns:
        In the written order, as far as the dependencies allow; without input layers.

    Raises:
        GeometryError: a layer is missing, or depends on its own output.
    """
    lookup = CallLookup(layers, nodes)
    sources = {
        (position, number): {lookup.key(tensor, layers[position]) for tensor in node.tensors}
        for position, calls in enumerate(nodes)
        for number, node in enumerate(calls)
    }
    ends = {lookup.key(tensor, None) for tensor in outputs}
    if not ends:
        ends = set(sources) - set().union(*sources.values())
    needed: set[Key] = set()
    stack = list(ends)
    while stack:
        key = stack.pop()
        if key in sources and key not in needed:
            needed.add(key)
            stack += sources[key]
    receivers: dict[Key, list[Key]] = {}
    missing = {}
    for key in needed:
        calls_before = {source for source in sources[key] if source in sources}
        missing[key] = len(calls_before)
        for source in calls_before:
            receivers.setdefault(source, []).append(key)
    ready = [key for key, count in missing.items() if not count]
    heapq.heapify(ready)
    order: list[Key] = []
    while ready:
        key = heapq.heappop(ready)
        order.append(key)
        for receiver in receivers.get(key, ()):
            missing[receiver] -= 1
            if not missing[receiver]:
                heapq.heappush(ready, receiver)
    if len(order) < len(needed):
        position, _ = min(needed - set(order))
        raise GeometryError(
            f'layer "{escaped(name_in(layers[position]))}" depends on its own output: a network '
            "with a loop cannot be read."
        )
    return order


class CallLookup:
    """Finds the call of a layer that made a tensor.

    Raises:
        GeometryError: two layers have the same name.
    """

    def __init__(self, layers: Sequence[Config], nodes: Sequence[Sequence[Node]]) -> None:
        self._layers, self._nodes = layers, nodes
        self._positions: dict[str, int] = {}
        for position, layer in enumerate(layers):
            name = name_in(layer)
            if name in self._positions:
                raise GeometryError(
                    f'two layers have the name "{escaped(name)}": give each its own name.'
                )
            self._positions[name] = position

    def key(self, tensor: Tensor, receiver: Config | None) -> Key:
        """Return the call that made a tensor.

        Args:
            tensor: the tensor.
            receiver: the layer that receives it; None for an output of the model.

        Raises:
            GeometryError: there is no such layer, call or output.
        """
        who = (
            f'layer "{escaped(name_in(receiver))}" receives'
            if receiver is not None
            else "the model puts out"
        )
        name = escaped(tensor.layer)
        position = self._positions.get(tensor.layer)
        if position is None:
            raise GeometryError(
                f'{who} the output of "{name}", and there is no such layer: give the whole text '
                "that model.to_json() returns."
            )
        count = len(self._nodes[position])
        if not 0 <= tensor.node < max(count, 1) or tensor.index < 0:
            raise GeometryError(
                f'{who} output {shown(tensor.index)} of call {shown(tensor.node)} of "{name}", '
                f"which is called {count} time{'s' * (count != 1)}: give the whole text that "
                "model.to_json() returns."
            )
        class_name = self._layers[position]["class_name"]
        if not count and class_name != "InputLayer":
            raise GeometryError(
                f'{who} the output of "{name}" ({escaped(class_name)}), which receives nothing '
                "itself: give the whole text that model.to_json() returns."
            )
        return position, tensor.node
