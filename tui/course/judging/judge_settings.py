"""Judge settings that were asked for."""

from __future__ import annotations

import re

from tui.common.text import clean, in_words
from tui.course.judging.settings_search import (
    Settings,
    effect_of,
    reaches,
    settings_text,
    solutions,
)
from tui.course.judging.verdict import Verdict, unreadable
from tui.course.judging.worked_steps import arithmetic
from tui.course.lesson.questions import SolveBlock
from tui.geometry import (
    LARGEST,
    AveragePool2D,
    Conv2D,
    Effect,
    GeometryError,
    MaxPool2D,
    Pair,
    Quantity,
    Volume,
    diagnose,
    fit_sentence,
    window_of,
)

_TOKEN = re.compile(r"[a-z]+|[-−–]?[0-9]+(?:\.[0-9]+)?|\S")
_NAMES = {"stride": "s", "padding": "p", "filter": "f", "kernel": "f", "filters": "k"}
_LEAST = {"K": 1, "F": 1, "S": 1, "P": 0}


def judge_solve(block: SolveBlock, answer: str) -> Verdict:
    """Judge settings; see :func:`tui.course.judge`."""
    settings = read_settings(block, answer)
    if isinstance(settings, str):
        return unreadable(settings)
    steps = solve_steps(block)
    try:
        effect = effect_of(block, settings)
    except GeometryError as error:
        return Verdict(False, True, f"{_listed(settings)} cannot be: {error.message}", None, steps)
    made = f"{_all_settings(effect, settings)} gives {_output_text(block, effect)}"
    if reaches(block, effect):
        sentence = f"Right: {made}. {block.explain}".strip()
        return Verdict(True, True, sentence, None, steps)
    if reaches(block, effect, strict=False):
        wanted = "Here S has to divide exactly."
        return Verdict(False, True, f"{fit_sentence(effect)} {wanted}", "does-not-divide", steps)
    sentence, slip = _wrong(block, effect, settings, made)
    return Verdict(False, True, sentence, slip, steps)


def solve_text(block: SolveBlock) -> str:
    """Return the simplest right settings as a learner types them."""
    return settings_text(solutions(block)[0])


def given_settings(block: SolveBlock) -> str:
    """Return the settings of the window that are given.

    Args:
        block: the question.

    Returns:
        Such as "F = 11, P = 0"; empty when none is.
    """
    layer = block.layer
    pooling = isinstance(layer, (MaxPool2D, AveragePool2D))
    window = window_of(layer)  # type: ignore[arg-type]
    parts = []
    if "F" not in block.free:
        parts.append(f"F = {_pair(window.kernel)}")
    if "S" not in block.free:
        follows = pooling and "F" in block.free and window.stride == window.kernel
        parts.append("S = F" if follows else f"S = {_pair(window.stride)}")
    if "P" not in block.free and (window.padding != "valid" or not pooling):
        padding = window.padding
        value = _pair(padding) if isinstance(padding, Pair) else "0"
        parts.append("P = same" if padding == "same" else f"P = {value}")
    if window.dilation != Pair(1, 1):
        parts.append(f"dilation = {_pair(window.dilation)}")
    return ", ".join(parts)


def solve_steps(block: SolveBlock) -> tuple[str, ...]:
    """Return the steps to the simplest right settings, a sentence each."""
    found = solutions(block)
    effect = effect_of(block, found[0])
    steps = []
    assert effect.axes is not None
    for sign, axis in zip("WH", effect.axes, strict=True):
        if axis.same or (sign == "H" and effect.axes[0] == axis):
            continue
        taken = f"{axis.output - 1:,}·S"
        room = f"{sign}1 − {'F' if axis.dilation == 1 else 'Fd'} + 2P"
        steps.append(
            f"{sign}2 = {axis.output:,} places: the first, and {axis.output - 1:,} steps of S. So "
            + (f"{room} = {taken}." if block.strict else f"{room} is {taken}, or up to S − 1 more.")
        )
    steps.append(f"{_all_settings(effect, found[0])} is right: {_output_text(block, effect)}.")
    others = [_listed(settings) for settings in found[1:4]]
    if others:
        more = f", and {len(found) - 4:,} more" if len(found) > 4 else ""
        steps.append(f"Also right: {'; '.join(others)}{more}.")
    return tuple(steps)


def read_settings(block: SolveBlock, answer: str) -> Settings | str:
    """Return the settings that were typed, right or wrong.

    Args:
        block: the question.
        answer: such as "S=4 P=0", or numbers in the order of `free`: "4 0".

    Returns:
        The settings, or a sentence on what to type when they cannot be read.
    """
    typed = answer.strip()
    form = "as a number" if len(block.free) == 1 else "as numbers"
    cure = f"type {in_words(block.free)} {form}, such as {_example(block)}"
    if not typed:
        return f"{cure[0].upper()}{cure[1:]}."
    seen = f"“{clean(typed, 24)}”"
    if len(typed) > 80:
        return f"{seen} is longer than any answer here: {cure}."
    tokens = _TOKEN.findall(re.sub(r"[=:,;]", " ", typed.casefold()))
    values: dict[str, int] = {}
    loose: list[int] = []
    letter = ""
    for token in tokens:
        if token.isascii() and token.isalpha():
            if letter:
                return f"{letter} has no number: {cure}."
            letter = _NAMES.get(token, token).upper()
            if letter not in block.free:
                return f"“{clean(token, 12)}” is not asked for: {cure}."
            if letter in values:
                return f"{letter} is given twice: {cure}."
            continue
        if not (token.isascii() and token.isdigit()) or len(token) > 7:
            return f"“{clean(token, 12)}” is not a whole number from 0 up: {cure}."
        if letter:
            values[letter] = int(token)
            letter = ""
        else:
            loose.append(int(token))
    if letter:
        return f"{letter} has no number: {cure}."
    if loose and values:
        return f"{seen} mixes numbers with and without a letter: {cure}."
    if loose:
        if len(loose) != len(block.free):
            count = f"{len(loose)} number{'s' * (len(loose) != 1)}"
            return f"{seen} has {count}: {cure}."
        values = dict(zip(block.free, loose, strict=True))
    for letter in block.free:
        if letter not in values:
            return f"{letter} is missing: {cure}."
        if not _LEAST[letter] <= values[letter] <= LARGEST:
            return f"{letter} = {values[letter]:,} cannot be: take {_LEAST[letter]} to {LARGEST:,}."
    return tuple((letter, values[letter]) for letter in block.free)


def _example(block: SolveBlock) -> str:
    """Return wrong settings that show how an answer is written."""
    right = set(solutions(block))
    for start in range(2, 12):
        settings = tuple((letter, start + i) for i, letter in enumerate(block.free))
        if settings not in right:
            break
    return settings_text(settings)


def _listed(settings: Settings) -> str:
    return ", ".join(f"{letter} = {value:,}" for letter, value in settings)


def _all_settings(effect: Effect, settings: Settings) -> str:
    """Return all settings of the window as text, and K where it was asked for."""
    layer = effect.layer
    assert not isinstance(layer, Conv2D) or layer.filters
    window = window_of(layer)  # type: ignore[arg-type]
    parts = [f"K = {value:,}" for letter, value in settings if letter == "K"]
    parts += [f"F = {_pair(window.kernel)}", f"S = {_pair(window.stride)}"]
    if isinstance(window.padding, Pair):
        parts.append(f"P = {_pair(window.padding)}")
    elif window.padding == "same":
        parts.append("P = same")
    elif not isinstance(layer, (MaxPool2D, AveragePool2D)) or "P" in dict(settings):
        parts.append("P = 0")
    if window.dilation != Pair(1, 1):
        parts.append(f"dilation = {_pair(window.dilation)}")
    return ", ".join(parts)


def _pair(pair: Pair) -> str:
    return f"{pair.w:,}" if pair.w == pair.h else str(pair)


def _output_text(block: SolveBlock, effect: Effect) -> str:
    """Return W2 with its arithmetic, and H2 and D2 where they differ or matter."""
    output = effect.output
    assert isinstance(output, Volume)
    parts = [_equation("W2", effect)]
    if effect.axes is not None and effect.axes[0] != effect.axes[1]:
        parts.append(_equation("H2", effect))
    if block.depth is not None and "K" in block.free:
        parts.append(f"D2 = {output.depth:,}")
    return in_words(parts)


def _equation(asks: Quantity, effect: Effect) -> str:
    text = arithmetic(asks, effect)
    return text if text.startswith(asks) else f"{asks} = {text}"


def _wrong(
    block: SolveBlock, effect: Effect, settings: Settings, made: str
) -> tuple[str, str | None]:
    """Return what wrong settings give instead, with the slip behind them, and the slip's name."""
    output = effect.output
    assert isinstance(output, Volume)
    for asks, got, wanted in (
        ("W2", output.width, block.goal[0]),
        ("H2", output.height, block.goal[1]),
    ):
        if got == wanted:
            continue
        quantity: Quantity = "W2" if asks == "W2" else "H2"
        sentence = f"{made}, {_off(got, wanted)}"
        if asks == "H2" or (effect.axes and effect.axes[0] != effect.axes[1]):
            sentence += f" for {asks}"
        slip = diagnose(quantity, effect, wanted)
        if slip is not None and slip.name in ("gave-input", "swapped-w-h"):
            slip = None
        way = _direction(block, effect, settings, larger=got < wanted)
        parts = [f"{sentence}."]
        if slip is not None:
            parts.append(slip.sentence)
        if way:
            parts.append(way)
        return " ".join(parts), slip.name if slip else None
    wanted_depth = block.depth or 0
    slip = diagnose("D2", effect, wanted_depth)
    sentence = f"{made}, but D2 has to be {wanted_depth:,}: each filter makes one map."
    return sentence, slip.name if slip else None


def _off(got: int, wanted: int) -> str:
    difference = abs(got - wanted)
    count = "one" if difference == 1 else f"{difference:,}"
    return f"{count} too {'many' if got > wanted else 'few'}"


def _direction(block: SolveBlock, effect: Effect, settings: Settings, *, larger: bool) -> str:
    """Return which of the free settings to make larger or smaller."""
    values = dict(settings)
    moves = []
    for letter in ("S", "F", "P"):
        up = (letter == "P") == larger
        if letter in values and (up or values[letter] > _LEAST[letter]):
            moves.append(f"a {'larger' if up else 'smaller'} {letter}")
    if not moves:
        return ""
    return f"Try {' or '.join(moves)}."
