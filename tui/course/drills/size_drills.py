"""Drills on the width and height of an output, forwards and backwards."""

from __future__ import annotations

import dataclasses
from random import Random

from tui.course.drills.drill_questions import (
    DrillQuestion,
    UnsuitableNumbersError,
    bounds_at,
    pick,
    predict,
    solve,
)


def _fitted(random: Random, side: tuple[int, int], f: int, s: int, p: int) -> int:
    """Return a side that S divides exactly, or raise."""
    size = pick(random, side)
    size -= (size - f + 2 * p) % s
    if size < f or size < side[0]:
        raise UnsuitableNumbersError
    return size


def output_width(random: Random, level: int) -> DrillQuestion:
    """The width of an output: from plain windows to stride, padding and rectangles."""
    f = pick(random, bounds_at(level, (2, 5), (3, 7), (3, 7), (3, 9), (3, 11)))
    s = pick(random, bounds_at(level, (1, 1), (1, 1), (2, 3), (2, 4), (2, 5)))
    p = pick(random, bounds_at(level, (0, 0), (1, 3), (0, 0), (1, 4), (1, 5)))
    side = bounds_at(level, (6, 30), (8, 40), (12, 64), (20, 120), (60, 300))
    if level == 3:
        w = h = _fitted(random, side, f, s, p)
    else:
        w = pick(random, side)
        h = pick(random, side) if level == 5 else w
    k, d = random.choice((1, 4, 8, 16)), random.choice((1, 3))
    return predict("output-width", f"{w}x{h}x{d} conv:k={k},f={f},s={s},p={p}", "W2")


def output_height(random: Random, level: int) -> DrillQuestion:
    """The height of the output of an input that is not square."""
    side = bounds_at(level, (6, 30), (8, 40), (12, 80), (20, 160), (60, 300))
    w, h = pick(random, side), pick(random, side)
    fw = fh = pick(random, bounds_at(level, (2, 5), (3, 7), (3, 7), (3, 9), (3, 11)))
    sw = sh = pick(random, bounds_at(level, (1, 1), (1, 1), (2, 3), (2, 4), (2, 4)))
    p = pick(random, bounds_at(level, (0, 0), (1, 3), (0, 2), (1, 3), (1, 5)))
    if level >= 4:
        fw = pick(random, (2, 9))
    if level == 5:
        sw = pick(random, (1, 4))
    if w == h or (level >= 4 and fw == fh):
        raise UnsuitableNumbersError
    k, d = random.choice((1, 4, 8, 16)), random.choice((1, 3))
    line = f"{w}x{h}x{d} conv:k={k},f={fw}x{fh},s={sw}x{sh},p={p}"
    return predict("output-height", line, "H2")


def stride(random: Random, level: int) -> DrillQuestion:
    """The number of places of a window that moves by more than one."""
    f = pick(random, bounds_at(level, (2, 4), (2, 5), (3, 7), (3, 7), (3, 9)))
    s = pick(random, bounds_at(level, (2, 2), (2, 3), (2, 4), (2, 5), (2, 6)))
    p = pick(random, bounds_at(level, (0, 0), (0, 0), (0, 0), (1, 3), (0, 3)))
    side = bounds_at(level, (6, 24), (8, 40), (12, 64), (20, 120), (30, 240))
    exact = level in (1, 2, 5)
    w = _fitted(random, side, f, s, p) if exact else pick(random, side)
    if level < 5:
        return predict("stride", f"{w}x{w}x1 conv:k=1,f={f},s={s},p={p}", "W2")
    out = (w - f + 2 * p) // s + 1
    if out < 3:
        raise UnsuitableNumbersError
    return solve(
        "stride", f"{w}x{w}x1", f"conv:k=1,f={f},p={p}", (out, out), ("S",),
        f"Input {w}×{w}, F = {f}, P = {p}: which stride S gives {out}×{out}, dividing exactly?",
        hints=(
            "From its first place to its last the window moves by W1 − F + 2P columns.",
            f"That is {w} − {f} + 2·{p}, and it has to be {out - 1} steps.",
        ),
    )  # fmt: skip


def valid_and_same(random: Random, level: int) -> DrillQuestion:
    """The size of an output with Keras's two words for padding."""
    word = random.choice(("same", "valid"))
    f = pick(random, bounds_at(level, (2, 5), (2, 7), (2, 7), (2, 9), (2, 9)))
    s = pick(random, bounds_at(level, (1, 1), (2, 2), (2, 4), (2, 4), (2, 5)))
    if level == 1 and word == "same":
        s = 2  # with S = 1 the output is as wide as the input, which is in the question
    side = bounds_at(level, (6, 30), (8, 48), (12, 80), (20, 160), (40, 300))
    w, h = pick(random, side), pick(random, side)
    if level < 4:
        h = w
    elif w == h:
        raise UnsuitableNumbersError
    if level <= 2 and (w % s or (level == 2 and (w - f) % s)):
        raise UnsuitableNumbersError
    asks = random.choice(("W2", "H2")) if level >= 4 else "W2"
    if level == 5 and random.random() < 0.5:
        layer = f"maxpool:f={f},s={s},p={word}"
    else:
        layer = f"conv:k={random.choice((1, 8, 16))},f={f},s={s},p={word}"
    made = predict("valid-and-same", f"{w}x{h}x3 {layer}", "H2" if asks == "H2" else "W2")
    if word == "valid":
        return _said_valid(made)
    return made


def _said_valid(made: DrillQuestion) -> DrillQuestion:
    """Return a question that says `valid`, which is stored as P = 0 in a layer."""
    prompt = made.question.prompt
    said = (
        prompt.replace("P = 0", "padding valid")
        if "P = 0" in prompt
        else prompt.replace(": how", ", padding valid: how")
    )
    return DrillQuestion(dataclasses.replace(made.question, prompt=said), made.key)


def dilation(random: Random, level: int) -> DrillQuestion:
    """The size of an output with dilation."""
    d = pick(random, bounds_at(level, (2, 2), (2, 3), (2, 4), (2, 5), (2, 6)))
    f = pick(random, bounds_at(level, (2, 3), (3, 5), (3, 5), (3, 7), (3, 7)))
    p = pick(random, bounds_at(level, (0, 0), (0, 0), (1, 4), (1, 6), (1, 8)))
    side = bounds_at(level, (8, 30), (16, 48), (20, 80), (40, 160), (60, 300))
    w, h = pick(random, side), pick(random, side)
    if level < 4:
        line = f"{w}x{w}x1 conv:k=1,f={f},p={p},d={d}"
        return predict("dilation", line, "W2")
    across, up = pick(random, (2, 5)), pick(random, (2, 7))
    dw = d if level < 5 else across
    if w == h or (level == 5 and dw == d):
        raise UnsuitableNumbersError
    line = f"{w}x{h}x1 conv:k=1,f={up}x{f},p={p},d={dw}x{d}"
    return predict("dilation", line, "H2")


def same_padding(random: Random, level: int) -> DrillQuestion:
    """The padding that keeps or halves the size."""
    w = pick(random, bounds_at(level, (6, 30), (12, 60), (32, 120), (32, 160), (32, 240)))
    if level == 5:
        f, w = pick(random, (3, 12)), w - w % 2
        half = w // 2
        return solve(
            "same-padding", f"{w}x{w}x3", f"conv:k=8,f={f},s=2", (half, half), ("P",),
            f"Input {w}×{w}, F = {f}, S = 2: which P halves the size to {half}×{half}? (Keras "
            "rounds down.)",
            strict=False,
            hints=(
                f"{half} places are {half - 1} steps of 2, perhaps with a column left over.",
                f"{w} − {f} + 2P has to be {2 * half - 2} or {2 * half - 1}.",
            ),
        )  # fmt: skip
    f = 2 * pick(random, bounds_at(level, (1, 3), (1, 5), (3, 10), (1, 4))) + 1
    layer, said, reach = f"conv:k=8,f={f}", f"F = {f}", f
    if level == 4:
        d = pick(random, (2, 4))
        reach = d * (f - 1) + 1
        layer, said = f"{layer},d={d}", f"{said}, dilation {d}"
        if reach > 31:
            raise UnsuitableNumbersError
    step = "S = 1" if level > 1 else "moving by one"  # at level 1 P may be 1 too
    return solve(
        "same-padding", f"{w}x{w}x3", layer, (w, w), ("P",),
        f"Input {w}×{w}, {said}, {step}: which P keeps the output at {w}×{w}?",
        hints=(
            "Without padding the output is F − 1 columns narrower than the input"
            + (", here Fd − 1." if level == 4 else "."),
            f"2P has to give back {reach} − 1 columns.",
        ),
    )  # fmt: skip


def backwards(random: Random, level: int) -> DrillQuestion:
    """The settings that lead from an input to an output."""
    side = bounds_at(level, (6, 30), (8, 60), (12, 100), (20, 160), (40, 300))
    f = pick(random, bounds_at(level, (2, 6), (2, 9), (2, 9), (3, 11), (3, 11)))
    s = pick(random, bounds_at(level, (1, 1), (1, 2), (2, 4), (2, 4), (2, 5)))
    p = pick(random, bounds_at(level, (0, 0), (0, 2), (0, 2), (0, 3), (0, 4)))
    w = pick(random, side)
    w -= (w - f + 2 * p) % s
    out = (w - f + 2 * p) // s + 1
    if w < max(f, side[0]) or out < 3 or out == w:
        raise UnsuitableNumbersError
    free: tuple[str, ...]
    if level <= 2:
        free = ("F",) if level == 1 or random.random() < 0.5 else ("P",)
    elif level == 3:
        free = ("S",) if random.random() < 0.5 else ("F",)
    else:
        free = ("S", "P") if level == 4 else ("F", "S")
    given = {"F": f, "S": s, "P": p}
    keys = {"F": "f", "S": "s", "P": "p"}
    kept = {letter: value for letter, value in given.items() if letter not in free}
    words = [f"{keys[letter]}={value}" for letter, value in kept.items()]
    if "F" in free:
        words.append("f=1")
    said = ", ".join(f"{letter} = {value}" for letter, value in kept.items())
    many = "Which " + " and ".join(free)
    return solve(
        "backwards", f"{w}x{w}x3", f"conv:k=8,{','.join(words)}", (out, out), free,
        f"{many} lead{'s' * (len(free) == 1)} from {w}×{w} to {out}×{out} exactly, with {said}?",
        hints=(
            f"{out} places are 1 and {out - 1} steps, so W1 − F + 2P = {out - 1}·S.",
            f"With what is given: {_equation(w, given, free)} = {out - 1}"
            f"{'·S' if 'S' in free else f'·{s}'}.",
        ),
    )  # fmt: skip


def _equation(w: int, given: dict[str, int], free: tuple[str, ...]) -> str:
    f = "F" if "F" in free else str(given["F"])
    p = "2P" if "P" in free else f"2·{given['P']}"
    return f"{w} − {f} + {p}"
