"""What all generators use: questions made of a network, and when two are nearly alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from tui.course.drills.words import QUESTIONS, RULES, in_words
from tui.course.judging.chain_numbers import answerable
from tui.course.judging.solving import solutions
from tui.course.judging.steps import answer_steps
from tui.course.lesson.questions import (
    ChainBlock,
    ChainQuantity,
    PredictBlock,
    Question,
    SolveBlock,
)
from tui.geometry import (
    Effect,
    GeometryError,
    Network,
    Quantity,
    format_network,
    parse_layer,
    parse_network,
    right_answer,
    trace_network,
)

Key: TypeAlias = tuple[str | int, ...]
"""What a drill asks, in words and numbers: nearly the same key is nearly the same drill."""


class UnsuitableError(Exception):
    """These random numbers make no good question: draw again."""


@dataclass(frozen=True, slots=True)
class Made:
    """A question and its key."""

    question: Question
    key: Key


Maker: TypeAlias = Callable[[Random, int], Made]
"""Makes a question of a level, 1 to 5, from random numbers."""


def at(level: int, *values: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds for a level, the last for all beyond."""
    return values[min(level, len(values)) - 1]


def pick(random: Random, bounds: tuple[int, int]) -> int:
    """Return a number within bounds, both included."""
    return random.randint(*bounds)


def key_of(line: str) -> Key:
    """Return the key of a question written in one line; a square side counts once.

    >>> key_of("W2 28x28x1 conv:k=8,f=3")
    ('W# #x# conv:k=#,f=#', 2, 28, 1, 8, 3)
    """
    once = re.sub(r"(?<![\dx])(\d+)x\1(?!\d)", r"\1", line)
    return (re.sub(r"\d+", "#", once), *map(int, re.findall(r"\d+", once)))


def nearly_alike(one: Key, other: Key) -> bool:
    """Return whether two keys are the same but for one number, and that by little.

    Args:
        one, other: the keys.

    >>> nearly_alike(("W2", 28, 3), ("W2", 30, 3)), nearly_alike(("W2", 28, 3), ("W2", 40, 3))
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


def effects_of(network: Network) -> tuple[Effect, ...]:
    """Return what each layer does, or raise :class:`UnsuitableError`."""
    rows = trace_network(network)
    if any(row.effect is None for row in rows):
        raise UnsuitableError
    return tuple(row.effect for row in rows if row.effect is not None)


def predict(skill: str, line: str, asks: Quantity, *, key: Key | None = None) -> Made:
    """Return a number to predict.

    Args:
        skill: what it practises.
        line: the network in the one-line form.
        asks: what is asked.
        key: what tells it from others; None for all its numbers.
    """
    network = parse_network(line)
    effects = effects_of(network)
    try:
        right_answer(asks, effects[-1])
    except GeometryError as error:
        raise UnsuitableError from error
    if len(effects) == 1:
        layers = in_words(network.layers[0])
        question = QUESTIONS[asks]
    else:
        layers = "; then ".join(map(in_words, network.layers))
        question = QUESTIONS[asks].replace("does it learn", "do all layers learn together")
        question = question.replace("the output", "the last output")
    prompt = f"Input {network.input}; {layers}: {question}"
    hints = [RULES[asks]]
    if len(effects) == 1:
        hints += answer_steps(asks, effects[0])[:-1][:2]
    else:
        hints.append(f"The first layer puts out {effects[0].output}.")
    block = PredictBlock(f"drill-{skill}", network, effects, asks, prompt, tuple(hints))
    return Made(block, key or key_of(f"{asks} {format_network(network)}"))


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
) -> Made:
    """Return settings to find.

    Args:
        skill: what it practises.
        volume, layer: the input, and the layer with what is given, in the one-line form.
        goal: W2 and H2 that are wanted.
        free: what is to be found.
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
        raise UnsuitableError
    return Made(block, key_of(f"{' '.join(free)} {volume} {layer} {goal[0]}x{goal[1]}"))


def chain(skill: str, line: str, asks: ChainQuantity, prompt: str, hints: tuple[str, ...]) -> Made:
    """Return a number to find for every layer that has one.

    Args:
        skill: what it practises.
        line: the network in the one-line form.
        asks: what is asked of each row.
        prompt: the question.
        hints: from the rule to the numbers.
    """
    network = parse_network(line)
    effects = effects_of(network)
    rows = answerable(network, asks)
    if not rows:
        raise UnsuitableError
    block = ChainBlock(f"drill-{skill}", prompt, network, effects, asks, rows, hints)
    return Made(block, key_of(f"{asks} {format_network(network)}"))
