"""Drills with options: does it fit, and which layer breaks a chain?"""

from __future__ import annotations

from random import Random

from tui.course.drills.drill_questions import (
    DrillQuestion,
    Key,
    UnsuitableNumbersError,
    bounds_at,
    drill_key,
    layer_as_option,
    layer_in_words,
    pick,
)
from tui.course.lesson.questions import ChoiceBlock
from tui.geometry import (
    Effect,
    GeometryError,
    Network,
    Row,
    apply_layer,
    format_network,
    parse_network,
    trace_network,
)


def fits(random: Random, level: int) -> DrillQuestion:
    """Whether S divides, and what Keras does where it does not."""
    f = pick(random, bounds_at(level, (2, 4), (2, 5), (2, 7), (2, 7), (2, 9)))
    s = pick(random, bounds_at(level, (2, 2), (2, 3), (2, 4), (2, 4), (2, 5)))
    p = pick(random, bounds_at(level, (0, 0), (0, 0), (1, 3), (0, 3), (0, 4)))
    w = pick(random, bounds_at(level, (6, 24), (8, 40), (12, 80), (12, 120), (20, 240)))
    layer = f"conv:k=8,f={f},s={s},p={p}"
    if level >= 4 and random.random() < 0.25:
        # A window that does not fit at all: only there Keras stops.
        w = pick(random, (3, 9))
        f = w + 2 * p + pick(random, (1, 3))
        layer = f"conv:k=8,f={f},s={s},p={p}"
    elif level >= 4 and random.random() < 0.5:
        layer = f"maxpool:f={f},s={s}"
    network = parse_network(f"{w}x{w}x3 {layer}")
    made = network.layers[0]
    prompt = f"Input {network.input}; {layer_in_words(made)}: what happens in Keras?"
    key = drill_key(format_network(network))
    try:
        effect = apply_layer(made, network.input)
    except GeometryError as error:
        return _shuffled(random, prompt, _not_in(w, f, p, s, error.message), key)
    if effect.output == network.input:
        raise UnsuitableNumbersError
    return _shuffled(random, prompt, _options(effect), key)


def _options(effect: Effect) -> list[tuple[str, str]]:
    """Return the options with their reasons, the right one first."""
    assert effect.axes is not None
    axis = effect.axes[0]
    n, s, unread = axis.output, axis.stride, axis.unread
    of_all = f", of {axis.span} with the padding," if axis.before else ""
    quotient = f"({axis.size} − {axis.reach}{f' + 2·{axis.before}' if axis.before else ''})/{s}"
    columns = f"column{'s' * (unread != 1)}"
    if axis.fits:
        return [
            (
                f"W2 = {n}, and every column is read",
                f"{quotient} = {axis.room // s} is whole, so nothing is rounded: W2 = {n}.",
            ),
            (
                f"W2 = {n}, and the last column{of_all} is never read",
                f"{quotient} = {axis.room // s} is whole: the last place ends at the last column.",
            ),
            (
                f"W2 = {n - 1}, rounded down",
                f"{quotient} = {axis.room // s} is whole, so nothing is rounded. Did you count "
                "the first position too?",
            ),
            ("Keras stops with an error", f"it does not: {quotient} is a whole number."),
        ]
    return [
        (
            f"W2 = {n}, and the last {unread} columns{of_all} are never read"
            if unread > 1
            else f"W2 = {n}, and the last column{of_all} is never read",
            f"{quotient} is not a whole number. Keras rounds down to {axis.room // s} steps, so "
            f"W2 = {n}, and {unread} {columns} of the {axis.span} stay unread.",
        ),
        (
            f"W2 = {n + 1}, the last window hangs over the edge",
            "a window never hangs over the edge.",
        ),
        (
            f"W2 = {n}, and every column is read",
            f"{axis.room} is not divisible by S = {s}, so something is left over.",
        ),
        (
            "Keras stops with an error",
            "Keras stops only where the window does not fit at all; here it does fit.",
        ),
    ]


def _not_in(w: int, f: int, p: int, s: int, message: str) -> list[tuple[str, str]]:
    """Return the options for a window larger than the padded input, the right one first."""
    span = w + 2 * p
    return [
        ("Keras stops with an error", f"the window does not fit: {message}"),
        (
            "W2 = 0, an empty output",
            "an output of 0 columns would hold no values, and Keras makes no such output.",
        ),
        (
            "W2 = 1, the window just fits",
            f"compare F = {f} with the padded input: {w} + 2·{p} = {span} columns.",
        ),
        (
            f"W2 = {max(f - span, 2)}, Keras pads what is missing",
            f"Keras adds only the padding that you name: P = {p}.",
        ),
    ]


def which_layer_breaks(random: Random, level: int) -> DrillQuestion:
    """Which layer of a chain does not fit its input."""
    count = (2, 3, 3, 4, 5)[level - 1]
    w = pick(random, bounds_at(level, (5, 9), (8, 16), (12, 28), (16, 48), (20, 64)))
    h = w if level < 4 else pick(random, (16, 48))
    d = random.choice((1, 3))
    layers = []
    for index in range(count):
        f = pick(random, bounds_at(level, (2, 6), (2, 7), (3, 9), (3, 9), (3, 11)))
        if index % 2 and level > 1:
            layers.append(f"maxpool:f={pick(random, (2, 3))}")
        else:
            s = f",s={pick(random, (2, 3))}" if level >= 3 and random.random() < 0.4 else ""
            layers.append(f"conv:k={random.choice((8, 16))},f={f}{s}")
    if level >= 4 and random.random() < 0.3:
        layers.insert(pick(random, (1, count - 1)), "flatten")
        layers = layers[:5]
    network = parse_network(f"{w}x{h}x{d} {' '.join(layers)}")
    rows = trace_network(network)
    broken = next((row for row in rows if row.error is not None), None)
    if broken is None and random.random() < 0.8:
        raise UnsuitableNumbersError  # chains in which every layer fits are rare
    if broken is not None and broken.index == 0 and len(rows) > 1 and random.random() < 0.6:
        raise UnsuitableNumbersError
    options = (
        *(f"layer {row.index + 1}: {layer_as_option(row.layer)}" for row in rows),
        "none: every layer fits",
    )
    answer = len(options) if broken is None else broken.index + 1
    why = (*(_why(row) for row in rows), _none(network, broken))
    block = ChoiceBlock(
        "drill-which-layer-breaks",
        f"The input is {network.input}. Which layer does not fit its input?",
        options,
        answer,
        why,
        (
            "Follow the size from the top: write down the output of each layer.",
            "A window has to fit into its input, and it needs a volume W×H×D to move over.",
        ),
    )
    return DrillQuestion(block, drill_key(format_network(network)))


def _why(row: Row) -> str:
    if row.error is not None:
        return row.error.message
    if row.effect is not None:
        return f"layer {row.index + 1} turns {row.effect.input} into {row.effect.output}."
    return f"nothing reaches layer {row.index + 1}: look further up."


def _none(network: Network, broken: Row | None) -> str:
    if broken is not None:
        return "one of the layers does not fit: follow the size from the top."
    last = trace_network(network)[-1].effect
    assert last is not None
    return f"the output of the last layer is {last.output}, and every layer fits."


def _shuffled(
    random: Random, prompt: str, options: list[tuple[str, str]], key: Key
) -> DrillQuestion:
    """Return a question with its options in random order; the first one given is right."""
    order = list(range(len(options)))
    random.shuffle(order)
    block = ChoiceBlock(
        "drill-fits",
        prompt,
        tuple(options[index][0] for index in order),
        order.index(0) + 1,
        tuple(options[index][1] for index in order),
        (
            "Work out W1 − F + 2P, the columns that the window can move by. Does S divide them?",
            "Where it does not divide, Keras rounds down; it stops only where no window fits.",
        ),
    )
    return DrillQuestion(block, key)
