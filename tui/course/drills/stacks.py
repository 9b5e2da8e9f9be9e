"""Drills on pooling and on what a stack of layers sees."""

from __future__ import annotations

from random import Random

from tui.course.drills.making import Made, UnsuitableError, at, chain, effects_of, pick, predict
from tui.geometry import Quantity, parse_network


def pooling(random: Random, level: int) -> Made:
    """What does a pooling leave?"""
    kind = random.choice(("maxpool", "avgpool")) if level > 1 else "maxpool"
    side = at(level, (4, 30), (9, 60), (12, 80), (20, 160), (30, 120))
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
            raise UnsuitableError
    else:
        k = random.choice((8, 16, 32))
        line = f"{w}x{w}x3 conv:k={k},f={pick(random, (2, 5))} maxpool:f={pick(random, (2, 3))}"
        line += f" conv:k={2 * k},f=3 maxpool:f=2"
        return chain(
            "pooling", line, "W2",
            f"Input {w}×{w}×3: how wide is each layer's output, from top to bottom?",
            (
                "A convolution of F takes F − 1 columns away (S = 1, P = 0).",
                "A pooling with S = F divides by F and rounds down.",
            ),
        )  # fmt: skip
    return predict("pooling", f"{w}x{h}x{d} {kind}:f={f},s={s}", asks)


_FIELD_HINTS: tuple[str, ...] = (
    "Begin with r = 1 and the jump j = 1: each value sees itself.",
    "Each layer adds (F − 1)·j to r. Only afterwards its stride multiplies j.",
)


def receptive_field(random: Random, level: int) -> Made:
    """How many input columns does a value of each layer depend on?"""
    layers = []
    for index in range((2, 3, 4, 4, 5)[level - 1]):
        f = pick(random, at(level, (2, 7), (2, 5), (2, 5), (2, 7), (2, 5)))
        if level >= 2 and index % 2:
            layers.append(f"maxpool:f={pick(random, (2, 2 if level == 2 else 3))}")
        elif level >= 4 and random.random() < 0.5:
            layers.append(f"conv:k=8,f={f},s=2")
        elif level == 5:
            layers.append(f"conv:k=8,f={f},d={pick(random, (1, 3))}")
        else:
            layers.append(f"conv:k=8,f={f}")
    line = f"{random.choice((300, 320, 360, 400))}x300x1 {' '.join(layers)}"
    effects_of(parse_network(line))
    hints = _FIELD_HINTS
    if level == 5:
        hints = (*hints, "A filter with dilation d reaches over Fd = d·(F − 1) + 1: take Fd for F.")
    return chain(
        "receptive-field", line, "receptive-field",
        "What is the receptive field of each layer, from top to bottom? One number a layer.",
        hints,
    )  # fmt: skip
