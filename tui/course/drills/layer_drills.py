"""Drills on depth, parameters, MACs, pooling and receptive fields."""

from __future__ import annotations

import dataclasses
import itertools
from random import Random

from tui.course.drills.drill_questions import (
    DrillQuestion,
    Key,
    UnsuitableNumbersError,
    bounds_at,
    chain,
    network_effects,
    pick,
    predict,
)
from tui.geometry import Quantity, parse_network

_KINDS = ("vertical edges", "horizontal edges", "corners")
_SIZES = (4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128)


def _filters(random: Random, bounds: tuple[int, int]) -> int:
    return random.choice([size for size in _SIZES if bounds[0] <= size <= bounds[1]])


def depth(random: Random, level: int) -> DrillQuestion:
    """The depth of the output of a convolution, of pooling, or of both."""
    w = pick(random, bounds_at(level, (8, 16), (8, 40), (12, 64), (30, 100), (30, 160)))
    d = random.choice(input_depths(level))
    k = pick(random, bounds_at(level, (2, 12), (2, 24), (4, 48), (8, 64), (8, 128)))
    f = pick(random, bounds_at(level, (2, 3), (3, 5), (2, 5), (3, 5), (3, 7)))
    if k == d:
        raise UnsuitableNumbersError
    if level <= 2:
        return _depth_of_groups(random, level, f"{w}x{w}x{d}", k, f)
    key: Key | None = None
    layer = f"conv:k={k},f={f}"
    if level == 3:
        layer, word = random.choice(((layer, "conv"), (f"maxpool:f={f}", "pool")))
        key = (word, d, k if word == "conv" else f)
    elif level == 4:
        layer = f"conv:k={k},f={f} maxpool:f=2"
        key = ("conv pool", d, k)
    elif level == 5:
        more = pick(random, (2, 4))
        layer, word = random.choice(
            (
                (f"depthwise:f={f},m={more}", "depthwise"),
                (f"separable:k={k},f={f}", "separable"),
                (f"conv:k={k},f={f} maxpool:f=2 conv:k={k * 2},f=3", "conv pool conv"),
            )
        )
        key = (word, d, more if word == "depthwise" else k)
    return predict("depth", f"{w}x{w}x{d} {layer}", "D2", key=key)


def _depth_of_groups(
    random: Random, level: int, volume: str, filters: int, size: int
) -> DrillQuestion:
    """Ask for the depth behind groups of filters: a number K would be the answer itself."""
    kinds = _KINDS[: level + 1]
    if filters <= len(kinds):
        raise UnsuitableNumbersError
    cuts = sorted(random.sample(range(1, filters), len(kinds) - 1))
    counts = [end - start for start, end in itertools.pairwise([0, *cuts, filters])]
    groups = [f"{count} for {kind}" for count, kind in zip(counts, kinds, strict=True)]
    prompt = (
        f"Input {volume.replace('x', '×')}. Of the {size}×{size} filters of a Conv2D there are "
        f"{', '.join(groups[:-1])} and {groups[-1]}: how deep is its output, D2?"
    )
    depth = int(volume.rpartition("x")[2])
    made = predict(
        "depth", f"{volume} conv:k={filters},f={size}", "D2", key=("depth", depth, filters)
    )
    return DrillQuestion(dataclasses.replace(made.question, prompt=prompt), made.key)


def input_depths(level: int) -> tuple[int, ...]:
    """Return the depths that an input may have at a level."""
    return ((1, 3), (1, 3), (3, 8, 16, 32), (3, 8, 16), (3, 8, 16, 24, 32))[level - 1]


def parameters(random: Random, level: int) -> DrillQuestion:
    """The number of parameters of a layer."""
    w = pick(random, bounds_at(level, (6, 20), (8, 40), (12, 64), (20, 100), (30, 200)))
    f = pick(random, bounds_at(level, (2, 3), (2, 5), (2, 5), (2, 7), (2, 5)))
    k = _filters(random, bounds_at(level, (4, 10), (4, 16), (8, 64), (8, 64), (8, 64)))
    d = random.choice(((1, 2, 3), (3,), (4, 8, 16, 32), (3, 4, 8, 16), (3, 4, 8))[level - 1])
    layer = f"conv:k={k},f={f}"
    if level == 4:
        height = pick(random, (1, 7))
        if height == f:
            raise UnsuitableNumbersError
        layer = f"conv:k={k},f={f}x{height}" + random.choice(("", ",bias=no"))
    elif level == 5:
        layer += f" maxpool:f=2 conv:k={_filters(random, (8, 64))},f=3"
    line = f"{w}x{w}x{d} {layer}"
    return predict("parameters", line, "parameters", key=_count_key(line, d, k, f))


def _count_key(line: str, *numbers: int) -> Key:
    """Return a key without the size of the picture, which does not matter here."""
    return ("no bias" if "bias=no" in line else line.count(":"), *numbers)


def macs(random: Random, level: int) -> DrillQuestion:
    """The number of MACs of a layer."""
    side = bounds_at(level, (5, 8), (6, 12), (8, 20), (10, 32), (20, 64))
    w, h = pick(random, side), pick(random, side)
    f = pick(random, bounds_at(level, (2, 3), (2, 3), (2, 5), (3, 5), (3, 5)))
    k = pick(random, bounds_at(level, (1, 4), (2, 8), (4, 16), (8, 32), (8, 32)))
    d = random.choice(((1,), (1, 3), (3,), (3, 8), (3, 8))[level - 1])
    if level < 4:
        h = w
    layer = f"conv:k={k},f={f}"
    if level >= 3:
        layer += f",s={pick(random, (1, 2))},p={random.choice(('0', '1', 'same'))}"
    if level == 5:
        layer += f" conv:k={pick(random, (8, 32))},f=3"
    return predict("macs", f"{w}x{h}x{d} {layer}", "macs")


def flatten_dense(random: Random, level: int) -> DrillQuestion:
    """The number of parameters of Dense layers after Flatten."""
    w = pick(random, bounds_at(level, (2, 5), (3, 8), (4, 12), (4, 20), (12, 40)))
    d = random.choice(((1, 2), (2, 4, 8), (8, 16, 32), (8, 16, 32, 64), (1, 3))[level - 1])
    units = random.choice(
        ((2, 3, 4, 5, 10), (4, 5, 8, 10), (10, 16, 32), (32, 64, 128), (32, 64))[level - 1]
    )
    volume = f"{w}x{w}x{d}"
    if level < 4:
        return predict("flatten-dense", f"{volume} flatten dense:k={units}", "parameters")
    last = random.choice((1, 5, 10))
    if level == 4:
        line = f"{volume} flatten dense:k={units} dense:k={last}"
        return predict("flatten-dense", line, "parameters")
    k = _filters(random, (8, 32))
    line = f"{volume} conv:k={k},f=3 maxpool:f=2 flatten dense:k={units} dense:k={last}"
    said = volume.replace("x", "×")
    return chain(
        "flatten-dense", line, "parameters",
        f"Input {said}: how many parameters does each layer have, from top to bottom?",
        (
            "Layers without weights have 0: pooling and Flatten.",
            "Dense has one weight for each input and each unit, and a bias for each unit.",
            "The output of Flatten has W·H·D values: work out the size after pooling first.",
        ),
    )  # fmt: skip


def pooling(random: Random, level: int) -> DrillQuestion:
    """The output and the parameters of pooling."""
    kind = random.choice(("maxpool", "avgpool")) if level > 1 else "maxpool"
    side = bounds_at(level, (4, 30), (9, 60), (12, 80), (20, 160), (30, 120))
    w, h = pick(random, side), pick(random, side)
    d = random.choice((1, 3, 8, 16, 32))
    f, s = 2, 2
    asks: Quantity = "W2"
    if level == 1:
        w -= w % 2
        h = w
    elif level == 2:
        f = s = pick(random, (2, 4))
        h = w
        asks = random.choice(("W2", "W2", "D2", "parameters"))
    elif level == 3:
        f, s = pick(random, (2, 5)), pick(random, (1, 3))
        h = w
    elif level == 4:
        f, s = pick(random, (2, 5)), pick(random, (1, 4))
        asks = random.choice(("W2", "H2"))
        if w == h:
            raise UnsuitableNumbersError
    else:
        k = random.choice((8, 16, 32))
        line = f"{w}x{w}x3 conv:k={k},f={pick(random, (2, 5))} maxpool:f={pick(random, (2, 3))}"
        line += f" conv:k={2 * k},f=3 maxpool:f=2"
        return chain(
            "pooling", line, "W2",
            f"Input {w}×{w}×3: how wide is each layer's output, from top to bottom?",
            (
                "A convolution of F takes F − 1 columns away (S = 1, P = 0).",
                "Pooling with S = F divides by F and rounds down.",
            ),
        )  # fmt: skip
    return predict("pooling", f"{w}x{h}x{d} {kind}:f={f},s={s}", asks)


_FIELD_HINTS: tuple[str, ...] = (
    "Begin with r = 1 and the jump j = 1: each value sees itself.",
    "Each layer adds (F − 1)·j to r. Only then its stride multiplies j.",
)


def receptive_field(random: Random, level: int) -> DrillQuestion:
    """The receptive field of each layer."""
    layers = []
    for index in range((2, 3, 4, 4, 5)[level - 1]):
        f = pick(random, bounds_at(level, (2, 7), (2, 5), (2, 5), (2, 7), (2, 5)))
        if level >= 2 and index % 2:
            layers.append(f"maxpool:f={pick(random, (2, 2 if level == 2 else 3))}")
        elif level >= 4 and random.random() < 0.5:
            layers.append(f"conv:k=8,f={f},s=2")
        elif level == 5:
            layers.append(f"conv:k=8,f={f},d={pick(random, (1, 3))}")
        else:
            layers.append(f"conv:k=8,f={f}")
    line = f"{random.choice((300, 320, 360, 400))}x300x1 {' '.join(layers)}"
    network_effects(parse_network(line))
    hints = _FIELD_HINTS
    if level == 1:  # the first layer's field is its F
        return chain(
            "receptive-field", line, "receptive-field",
            "What is the receptive field of the last layer?", hints, rows=(len(layers),),
        )  # fmt: skip
    if level == 5:
        hints = (
            *hints,
            "With dilation d a filter reaches over Fd = d·(F − 1) + 1: use Fd for F.",
        )
    return chain(
        "receptive-field", line, "receptive-field",
        "What is the receptive field of each layer, from top to bottom? One number a layer.",
        hints,
    )  # fmt: skip
