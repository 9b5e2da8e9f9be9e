"""Make a block of each kind from its text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from tui.course.fields import Fields
from tui.course.model import (
    CALCULATOR_FIELDS,
    CalculatorBlock,
    ChoiceBlock,
    CodeBlock,
    LaterBlock,
    Part,
    PredictBlock,
)
from tui.course.numbers import NotANumber, read_number
from tui.course.problems import LessonProblem
from tui.course.source import Chunk
from tui.geometry import (
    QUANTITIES,
    Effect,
    GeometryError,
    Network,
    Quantity,
    Volume,
    parse_layer,
    parse_network,
    right_answer,
    trace_network,
)
from tui.geometry.errors import did_you_mean, shown
from tui.text import clean

LATER: Mapping[str, str] = {
    "solve": "Here you will work backwards: given the output, find F, S and P that make it.",
    "chain": "Here you will follow a picture through several layers, one row for each.",
    "train": "Here you will train this network and watch its curves.",
    "look": "Here you will look at the feature maps of a trained network.",
}
"""Kinds of blocks that are read but not yet shown as widgets."""

_INPUT, _LAYER = '"5x5x1"', '"conv:k=1,f=3"'


def safe_lines(text: str) -> str:
    """Return a text of several lines with every control character made visible."""
    return "\n".join(clean(line.expandtabs(4)) for line in text.split("\n")).strip("\n")


def _network(fields: Fields, *, chain: bool = False) -> tuple[Network, tuple[Effect, ...]] | None:
    """Read `input` and `layer`, or `network`, and apply the layers."""
    both = fields.has("input") or fields.has("layer")
    key = "layer"
    try:
        if chain and fields.has("network"):
            key = "network"
            if both:
                fields.add("stands beside input or layer: keep one way of saying it.", key)
            for other in ("input", "layer"):
                fields.text(other, _INPUT, required=False)
            network = parse_network(fields.text(key, '"5x5x1 conv:k=1,f=3"'))
        else:
            volume, layer = fields.text("input", _INPUT), fields.text("layer", _LAYER)
            if not volume or not layer:
                return None
            key = "input"
            size = Volume.parse(volume)
            key = "layer"
            network = Network(size, (parse_layer(layer),))
    except GeometryError as error:
        fields.add(f"cannot be read: {error.message}", key)
        return None
    rows = trace_network(network)
    for row in rows:
        if row.error is not None:
            fields.add(f"does not fit: {row.error.message}", key)
            return None
    if not rows:
        fields.add("has no layer: write one behind the input, such as conv:k=1,f=3.", key)
        return None
    return network, tuple(row.effect for row in rows if row.effect is not None)


def _calculator(fields: Fields) -> CalculatorBlock | None:
    found = _network(fields)
    fixed = fields.texts("fixed", '["K", "P"]', most=len(CALCULATOR_FIELDS))
    for name in fixed:
        if name not in CALCULATOR_FIELDS:
            fields.add(f"has {shown(name)}: {did_you_mean(name, CALCULATOR_FIELDS)}.", "fixed")
    if found is None:
        return None
    network, _ = found
    return CalculatorBlock(network.input, network.layers[0], fixed, fields.line)


def _predict(fields: Fields) -> PredictBlock | None:
    block_id = fields.name("id")
    found = _network(fields, chain=True)
    word = fields.text("asks", '"W2"')
    prompt = fields.text("prompt", '"How wide is the output?"')
    hints = fields.texts("hints", '["Count the places.", "Now add one."]', most=4)
    explain = fields.text("explain", '"…"', required=False)
    fields.refuse("answer", "is not for a predict: the answer is calculated. Take it out.")
    asks: Quantity | None = next((name for name in QUANTITIES if name == word), None)
    if word and asks is None:
        fields.add(f"is {shown(word)}: {did_you_mean(word, QUANTITIES)}.", "asks")
    if found is None or asks is None:
        return None
    network, effects = found
    try:
        right_answer(asks, effects[-1])
    except GeometryError as error:
        fields.add(f"has no answer: {error.message}", "asks")
        return None
    return PredictBlock(block_id, network, effects, asks, prompt, hints, explain, fields.line)


def _choice(fields: Fields) -> ChoiceBlock | None:
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"What does a filter read?"')
    options = fields.texts("options", '["one channel", "all channels"]', least=2, most=6)
    answer = fields.number("answer", "1", least=1, most=max(len(options), 1))
    why = fields.texts("why", '["It reads more.", "Yes: it is as deep as its input."]', least=2)
    if not options or not why:
        return None
    if len(why) != len(options):
        fields.add(
            f"has {len(why)} sentences for {len(options)} options: write one for each.", "why"
        )
    if len(set(options)) != len(options):
        fields.add("has the same text twice: every option must differ.", "options")
    if all(map(_is_number, options)):
        fields.add(
            "are all numbers: ask for a number with a predict block, which calculates the answer.",
            "options",
        )
    return ChoiceBlock(block_id, prompt, options, answer, why, fields.line)


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except NotANumber:
        return False
    return True


_READERS: Mapping[str, Callable[[Fields], Part | None]] = {
    "calculator": _calculator,
    "predict": _predict,
    "choice": _choice,
}
KINDS = (*_READERS, *LATER, "code")
"""Every word that may stand behind a fence."""


def read_block(chunk: Chunk, file: str) -> tuple[Part | None, list[LessonProblem]]:
    """Return the block a fenced chunk describes.

    Args:
        chunk: the lines between the fences.
        file: the file they stand in.

    Returns:
        The block, None when something essential is wrong, and the problems.
    """
    opening = chunk.line - 1
    if not chunk.closed:
        cure = f"{chunk.kind} is never closed: write ``` on a line of its own behind it."
        return None, [LessonProblem(file, opening, cure)]
    if chunk.kind == "code":
        return _code(chunk, file)
    if chunk.kind not in KINDS:
        cure = f"no block is called {shown(chunk.kind)}: {did_you_mean(chunk.kind, KINDS)}."
        return None, [LessonProblem(file, opening, cure)]
    fields = Fields(chunk, chunk.kind, file)
    if not fields.sound:
        return None, fields.problems
    if chunk.kind in LATER:
        # Its keys are not decided yet, so none is refused.
        name = fields.name("id", required=False)
        return LaterBlock(chunk.kind, LATER[chunk.kind], name, opening), fields.problems
    block = _READERS[chunk.kind](fields)
    fields.finish()
    return block, fields.problems


def _code(chunk: Chunk, file: str) -> tuple[Part | None, list[LessonProblem]]:
    try:
        ast.parse(chunk.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = chunk.line + ((getattr(error, "lineno", None) or 1) - 1)
        reason = clean(getattr(error, "msg", None) or error, 100)
        cure = f"code is no Python: {reason}. Mend it, or take a fence without a word for text."
        return None, [LessonProblem(file, line, cure)]
    return CodeBlock(safe_lines(chunk.text), chunk.line - 1), []
