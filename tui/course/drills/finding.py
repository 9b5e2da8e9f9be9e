"""Drills that work backwards."""

from __future__ import annotations

from random import Random

from tui.course.drills.making import Made, UnsuitableError, at, pick, solve


def same_padding(random: Random, level: int) -> Made:
    """Which P keeps the size?"""
    w = pick(random, at(level, (6, 30), (12, 60), (32, 120), (32, 160), (32, 240)))
    if level == 5:
        f, w = pick(random, (3, 12)), w - w % 2
        half = w // 2
        return solve(
            "same-padding", f"{w}x{w}x3", f"conv:k=8,f={f},s=2", (half, half), ("P",),
            f"Input {w}×{w}, F = {f}, S = 2: which P halves the size to {half}×{half}? (Keras "
            "rounds down.)",
            strict=False,
            hints=(
                f"{half} places are {half - 1} steps of 2, perhaps with one column left over.",
                f"{w} − {f} + 2P has to be {2 * half - 2} or {2 * half - 1}.",
            ),
        )  # fmt: skip
    f = 2 * pick(random, at(level, (1, 3), (1, 5), (3, 10), (1, 4))) + 1
    layer, said, reach = f"conv:k=8,f={f}", f"F = {f}", f
    if level == 4:
        d = pick(random, (2, 4))
        reach = d * (f - 1) + 1
        layer, said = f"{layer},d={d}", f"{said}, dilation {d}"
        if reach > 31:
            raise UnsuitableError
    return solve(
        "same-padding", f"{w}x{w}x3", layer, (w, w), ("P",),
        f"Input {w}×{w}, {said}, S = 1: which P keeps the output at {w}×{w}?",
        hints=(
            "Without padding the output is F − 1 columns narrower than the input"
            + (", here Fd − 1." if level == 4 else "."),
            f"2P has to give back {reach} − 1 columns.",
        ),
    )  # fmt: skip


def backwards(random: Random, level: int) -> Made:
    """Which settings lead from the input to the output?"""
    side = at(level, (6, 30), (8, 60), (12, 100), (20, 160), (40, 300))
    f = pick(random, at(level, (2, 6), (2, 9), (2, 9), (3, 11), (3, 11)))
    s = pick(random, at(level, (1, 1), (1, 2), (2, 4), (2, 4), (2, 5)))
    p = pick(random, at(level, (0, 0), (0, 2), (0, 2), (0, 3), (0, 4)))
    w = pick(random, side)
    w -= (w - f + 2 * p) % s
    out = (w - f + 2 * p) // s + 1
    if w < max(f, side[0]) or out < 3 or out == w:
        raise UnsuitableError
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
