"""Work backwards: the settings that lead from an input to a wanted output."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from tui.course.lesson.questions import SolveBlock
from tui.geometry import (
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    Effect,
    GeometryError,
    Layer,
    MaxPool2D,
    Pair,
    SeparableConv2D,
    Volume,
    apply_layer,
    window_of,
)

LETTERS = ("K", "F", "S", "P")
"""The settings that can be asked for."""
BOUNDS: Mapping[str, tuple[int, int]] = {"F": (1, 31), "S": (1, 16), "P": (0, 15)}
"""First and last value that is tried; a right answer beyond them counts too."""
_COMMON_FILTER = 11
_WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)
_FIELDS = {"K": "filters", "F": "kernel", "S": "stride", "P": "padding"}

Settings = tuple[tuple[str, int], ...]
"""Values of the free settings, in the order of `free`."""


def settable(layer: Layer) -> tuple[str, ...]:
    """Return which settings of a layer can be asked for.

    >>> from tui.geometry import parse_layer
    >>> settable(parse_layer("conv:k=1,f=3")), settable(parse_layer("maxpool:f=2"))
    (('K', 'F', 'S', 'P'), ('F', 'S', 'P'))
    """
    if not isinstance(layer, _WINDOWS):
        return ()
    return LETTERS if isinstance(layer, (Conv2D, SeparableConv2D)) else LETTERS[1:]


def with_settings(block: SolveBlock, settings: Settings) -> Layer:
    """Return the layer of a question with values for its free settings.

    Args:
        block: the question.
        settings: the values.

    The stride of a pooling layer follows its window where it is not asked for, as in Keras.
    """
    layer = block.layer
    changes: dict[str, Any] = {
        _FIELDS[letter]: value if letter == "K" else Pair.square(value)
        for letter, value in settings
    }
    if isinstance(layer, (MaxPool2D, AveragePool2D)) and "kernel" in changes:
        changes["pool"] = changes.pop("kernel")
        if layer.stride == layer.pool:
            changes.setdefault("stride", changes["pool"])
    changed: Layer = dataclasses.replace(cast("Any", layer), **changes)
    return changed


def effect_of(block: SolveBlock, settings: Settings) -> Effect:
    """Return the effect of the layer with some settings.

    Args:
        block: the question.
        settings: the values.

    Raises:
        GeometryError: it does not fit.
    """
    return apply_layer(with_settings(block, settings), block.input)


def reaches(block: SolveBlock, effect: Effect, *, strict: bool | None = None) -> bool:
    """Return whether an effect is what the question asks for.

    Args:
        block: the question.
        effect: of some settings.
        strict: whether S must divide exactly; None for what the question says.
    """
    output = effect.output
    if not isinstance(output, Volume) or tuple(output.plane) != block.goal:
        return False
    if block.depth is not None and output.depth != block.depth:
        return False
    return effect.fits or not (block.strict if strict is None else strict)


@lru_cache(maxsize=256)
def solutions(block: SolveBlock, *, strict: bool | None = None) -> tuple[Settings, ...]:
    """Return all right settings within the bounds, the simplest first.

    Exact ones come before rounded ones, then small S, small P, small F; filters larger than
    those in use come last.

    Args:
        block: the question.
        strict: whether S must divide exactly; None for what the question says.
    """
    # The order of the nesting makes the simplest settings come first.
    nesting: tuple[str, ...] = ("K", "S", "P", "F")
    ranges = [
        [(letter, value) for value in _values(block, letter)]
        for letter in nesting
        if letter in block.free
    ]
    exact: list[Settings] = []
    rounded: list[Settings] = []
    for combination in itertools.product(*ranges):
        values = dict(combination)
        settings = tuple((letter, values[letter]) for letter in block.free)
        layer = with_settings(block, settings)
        if not _sides_match(block, layer):
            continue
        try:
            effect = apply_layer(layer, block.input)
        except GeometryError:
            continue
        if reaches(block, effect, strict=strict):
            (exact if effect.fits else rounded).append(settings)
    for found in (exact, rounded):
        found.sort(key=lambda settings: dict(settings).get("F", 1) > _COMMON_FILTER)
    return (*exact, *rounded)


def _values(block: SolveBlock, letter: str) -> range:
    if letter == "K":
        return range(block.depth or 1, (block.depth or 1) + 1)
    low, high = BOUNDS[letter]
    return range(low, high + 1)


def _sides_match(block: SolveBlock, layer: Layer) -> bool:
    """Whether the sides are right, by the arithmetic of the axes alone: a quick first test."""
    assert isinstance(layer, _WINDOWS)
    axes = window_of(layer).axes(block.input.plane)
    return all(
        axis.room >= 0 and axis.output == goal for axis, goal in zip(axes, block.goal, strict=True)
    )


def settings_text(settings: Settings) -> str:
    """Return settings as a learner types them.

    >>> settings_text((("S", 4), ("P", 0)))
    'S=4 P=0'
    """
    return " ".join(f"{letter}={value}" for letter, value in settings)


def bounds_text(free: tuple[str, ...]) -> str:
    """Return the bounds that were tried, in words.

    >>> bounds_text(("S", "P"))
    'S from 1 to 16 and P from 0 to 15'
    """
    parts = [
        f"{letter} from {BOUNDS[letter][0]} to {BOUNDS[letter][1]}" if letter in BOUNDS else letter
        for letter in free
    ]
    return " and ".join(parts)
