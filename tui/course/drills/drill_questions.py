"""What all drill generators share: layers in words, questions, and when two are nearly alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from tui.course.judging.chain_numbers import answerable_rows
from tui.course.judging.settings_search import solutions
from tui.course.judging.worked_steps import answer_steps
from tui.course.lesson.questions import (
    ChainBlock,
    ChainQuantity,
    PredictBlock,
    Question,
    SolveBlock,
)
from tui.geometry import (
    AveragePool2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Effect,
    Flatten,
    GeometryError,
    Layer,
    MaxPool2D,
    Network,
    Padding,
    Pair,
    Quantity,
    SeparableConv2D,
    format_network,
    parse_layer,
    parse_network,
    right_answer,
    trace_network,
)

Key: TypeAlias = tuple[str | int, ...]
"""The words and numbers of a drill; similar keys mean similar drills."""


class UnsuitableNumbersError(Exception):
    """These random numbers make no good question; others have to be drawn."""


@dataclass(frozen=True, slots=True)
class DrillQuestion:
    """A question and its key."""

    question: Question
    key: Key


QuestionGenerator: TypeAlias = Callable[[Random, int], DrillQuestion]
"""Makes a question of a level, 1 to 5, from random numbers."""


def bounds_at(level: int, *values: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds for a level; the last ones hold for all higher levels."""
    return values[min(level, len(values)) - 1]


def pick(random: Random, bounds: tuple[int, int]) -> int:
    """Return a number within bounds, both included."""
    return random.randint(*bounds)


def drill_key(line: str) -> Key:
    """Return the key of a question on one line; the side of a square counts once.

    >>> drill_key("W2 28x28x1 conv:k=8,f=3")
    ('W# #x# conv:k=#,f=#', 2, 28, 1, 8, 3)
    """
    once = re.sub(r"(?<![\dx])(\d+)x\1(?!\d)", r"\1", line)
    return (re.sub(r"\d+", "#", once), *map(int, re.findall(r"\d+", once)))


def nearly_same(one: Key, other: Key) -> bool:
    """Return whether two keys are the same, or differ slightly in one number.

    >>> nearly_same(("W2", 28, 3), ("W2", 30, 3)), nearly_same(("W2", 28, 3), ("W2", 40, 3))
    (True, False)
    """
    if len(one) != len(other):
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(differing) > 1:
        return False
    for a, b in differing:
        if isinstance(a, str) or isinstance(b, str):
            return False
        if abs(a - b) > max(1, max(a, b) // 10):
            return False
    return True


def network_effects(network: Network) -> tuple[Effect, ...]:
    """Return the effect of each layer.

    Raises:
        UnsuitableNumbersError: a layer does not fit.
    """
    rows = trace_network(network)
    if any(row.effect is None for row in rows):
        raise UnsuitableNumbersError
    return tuple(row.effect for row in rows if row.effect is not None)


def predict(skill: str, line: str, asks: Quantity, *, key: Key | None = None) -> DrillQuestion:
    """Return a number to predict.

    Args:
        skill: that it practises.
        line: the network in the one-line form.
        asks: the quantity asked for.
        key: of the drill; None for one made of all its numbers.
    """
    network = parse_network(line)
    effects = network_effects(network)
    try:
        right_answer(asks, effects[-1])
    except GeometryError as error:
        raise UnsuitableNumbersError from error
    if len(effects) == 1:
        layers = layer_in_words(network.layers[0])
        question = QUESTIONS[asks]
    else:
        layers = "; then ".join(map(layer_in_words, network.layers))
        question = QUESTIONS[asks].replace("does it learn", "do all layers learn together")
        question = question.replace("the output", "the last output")
    prompt = f"Input {network.input}; {layers}: {question}"
    hints = [RULES[asks]]
    if len(effects) == 1:
        hints += answer_steps(asks, effects[0])[:-1][:2]
    else:
        hints.append(f"The first layer puts out {effects[0].output}.")
    block = PredictBlock(f"drill-{skill}", network, effects, asks, prompt, tuple(hints))
    return DrillQuestion(block, key or drill_key(f"{asks} {format_network(network)}"))


def solve(
    skill: str,
    volume: str,
    layer: str,
    goal: tuple[int, int],
    free: tuple[str, ...],
    prompt: str,
    *,
    strict: bool = True,
    hints: tuple[str, ...] = (),
) -> DrillQuestion:
    """Return settings to find.

    Args:
        skill: that it practises.
        volume, layer: the input, and the layer with its given settings, in the one-line form.
        goal: the wanted W2 and H2.
        free: the settings to find.
        prompt: the question.
        strict: whether S must divide.
        hints: from the rule to the numbers.
    """
    network = parse_network(f"{volume} {layer}")
    block = SolveBlock(
        f"drill-{skill}", prompt, network.input, parse_layer(layer), goal, free,
        strict=strict, hints=hints,
    )  # fmt: skip
    if not solutions(block):
        raise UnsuitableNumbersError
    return DrillQuestion(block, drill_key(f"{' '.join(free)} {volume} {layer} {goal[0]}x{goal[1]}"))


def chain(
    skill: str,
    line: str,
    asks: ChainQuantity,
    prompt: str,
    hints: tuple[str, ...],
    *,
    rows: tuple[int, ...] = (),
) -> DrillQuestion:
    """Return a number to find for every layer that has one.

    Args:
        skill: that it practises.
        line: the network in the one-line form.
        asks: the quantity asked for.
        prompt: the question.
        hints: from the rule to the numbers.
        rows: the layers asked about, from 1; empty for all that have an answer.
    """
    network = parse_network(line)
    effects = network_effects(network)
    rows = rows or answerable_rows(network, asks)
    if not rows:
        raise UnsuitableNumbersError
    block = ChainBlock(f"drill-{skill}", prompt, network, effects, asks, rows, hints)
    return DrillQuestion(block, drill_key(f"{asks} {format_network(network)}"))


QUESTIONS: dict[Quantity, str] = {
    "W2": "how wide is the output, W2?",
    "H2": "how high is the output, H2?",
    "D2": "how deep is the output, D2?",
    "parameters": "how many parameters does it learn?",
    "macs": "how many multiply-and-add steps (MACs) does one picture take?",
}
RULES: dict[Quantity, str] = {
    "W2": "W2 = (W1 − F + 2P)/S + 1, the division rounded down.",
    "H2": "H2 = (H1 − F + 2P)/S + 1, the division rounded down. Height is the second number.",
    "D2": "Each filter makes one map. Pooling works on each channel separately.",
    "parameters": "One filter: its width times its height times the input's depth, and one bias.",
    "macs": "Every weight is multiplied once at every place of the output. A bias is only added.",
}


def layer_in_words(layer: Layer) -> str:
    """Return a layer's settings in words, without those at their defaults.

    >>> from tui.geometry import parse_layer
    >>> layer_in_words(parse_layer("conv:k=8,f=3,s=2,p=1"))
    'K = 8 filters, F = 3, S = 2, P = 1'
    >>> layer_in_words(parse_layer("maxpool:f=2"))
    'max pooling, F = 2, S = 2'
    """
    match layer:
        case Conv2D():
            parts = [f"K = {layer.filters:,} filter{'s' * (layer.filters != 1)}"]
            parts += [f"F = {layer.kernel.short}", f"S = {layer.stride.short}"]
            parts += _padding(layer.padding)
            if layer.dilation != Pair(1, 1):
                parts.append(f"dilation {layer.dilation.short}")
            if layer.groups > 1:
                parts.append(f"{layer.groups} groups")
            if not layer.use_bias:
                parts.append("no bias")
            return ", ".join(parts)
        case DepthwiseConv2D():
            each = f"{layer.multiplier} filter{'s' * (layer.multiplier != 1)} a channel"
            return f"depthwise, {each}, F = {layer.kernel.short}"
        case SeparableConv2D():
            return f"separable, K = {layer.filters:,} filters, F = {layer.kernel.short}"
        case MaxPool2D() | AveragePool2D():
            name = "max pooling" if isinstance(layer, MaxPool2D) else "average pooling"
            parts = [name, f"F = {layer.pool.short}", f"S = {layer.stride.short}"]
            return ", ".join(parts + (_padding(layer.padding) if layer.padding != "valid" else []))
        case Dense():
            return f"Dense with {layer.units:,} unit{'s' * (layer.units != 1)}"
        case Flatten():
            return "Flatten"
    return layer.keras_name


def layer_as_option(layer: Layer) -> str:
    """Return a layer as an option: its Keras name and its main settings.

    >>> from tui.geometry import parse_layer
    >>> layer_as_option(parse_layer("conv:k=8,f=3"))
    'Conv2D, 8 filters of 3×3'
    >>> layer_as_option(parse_layer("maxpool:f=3,s=2"))
    'MaxPooling2D 3×3, S = 2'
    """
    match layer:
        case Conv2D():
            text = f"Conv2D, {layer.filters:,} filter{'s' * (layer.filters != 1)} of {layer.kernel}"
            return text + (f", S = {layer.stride.short}" if layer.stride != Pair(1, 1) else "")
        case MaxPool2D() | AveragePool2D():
            text = f"{layer.keras_name} {layer.pool}"
            return text + (f", S = {layer.stride.short}" if layer.stride != layer.pool else "")
    return layer_in_words(layer)


def _padding(padding: Padding) -> list[str]:
    if isinstance(padding, Pair):
        return [f"P = {padding.short}"]
    return ["padding same" if padding == "same" else "P = 0"]
