"""Read the questions of a lesson with numbers: predict, chain and solve blocks."""

from __future__ import annotations

import re

from tui.course.drills.make_drill import SKILLS
from tui.course.judging.chain_numbers import CHAIN_QUANTITIES, answerable_rows, no_answer_reason
from tui.course.judging.settings_search import LETTERS, bounds_text, settable, solutions
from tui.course.lesson.questions import (
    ChainBlock,
    ChainQuantity,
    PredictBlock,
    SolveBlock,
)
from tui.course.reading.layer_fields import INPUT, LAYER, read_layer, read_network
from tui.course.reading.toml_fields import Fields
from tui.geometry import (
    QUANTITIES,
    GeometryError,
    Layer,
    Network,
    Quantity,
    Volume,
    parse_layer,
    right_answer,
)
from tui.geometry.errors import did_you_mean, shown


def read_hints(fields: Fields) -> tuple[str, ...]:
    """Read the hints of a question."""
    return fields.texts("hints", '["Count the places.", "Now add one."]', maximum=4)


def read_explain(fields: Fields) -> str:
    """Read the sentence that is added once the answer is right."""
    return fields.text("explain", '"…"', required=False)


def read_skill(fields: Fields) -> str:
    """Read the skill that a question tests; empty when it is missing or has no drills."""
    skill = fields.name("skill", required=False)
    if skill and skill not in SKILLS:
        fields.add(f"is {shown(skill)}: {did_you_mean(skill, SKILLS)}.", "skill")
        return ""
    return skill


def read_predict(fields: Fields) -> PredictBlock | None:
    """Read a predict block; None when an essential key is wrong."""
    block_id = fields.name("id")
    found = read_layer(fields, chain=True)
    word = fields.text("asks", '"W2"')
    prompt = fields.text("prompt", '"How wide is the output?"')
    hints, explain = read_hints(fields), read_explain(fields)
    weights, skill = fields.boolean("weights", default=True), read_skill(fields)
    fields.refuse("answer", "does not belong in predict: the answer is calculated. Remove it.")
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
    return PredictBlock(
        block_id, network, effects, asks, prompt, hints, explain, fields.line, weights, skill
    )


def read_chain(fields: Fields) -> ChainBlock | None:
    """Read a chain block; None when an essential key is wrong."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"How wide is the output of each layer?"')
    found = read_network(fields)
    word = fields.text("asks", '"W2"')
    asks: ChainQuantity | None = next((name for name in CHAIN_QUANTITIES if name == word), None)
    if word and asks is None:
        fields.add(f"is {shown(word)}: {did_you_mean(word, CHAIN_QUANTITIES)}.", "asks")
    count = len(found[1]) if found else 0
    given = fields.numbers("rows", "[1, 2]", minimum=1, maximum=count) if found else ()
    if not found:
        fields.skip("rows")
    hints, explain, skill = read_hints(fields), read_explain(fields), read_skill(fields)
    fields.refuse("answer", "does not belong in chain: the answers are calculated. Remove it.")
    if found is None or asks is None:
        return None
    network, effects = found
    rows = _rows(fields, network, asks, given)
    if not rows:
        return None
    return ChainBlock(
        block_id, prompt, network, effects, asks, rows, hints, explain, fields.line, skill
    )


def _rows(
    fields: Fields, network: Network, asks: ChainQuantity, given: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the layers asked about, all that have an answer by default; empty when wrong."""
    possible = answerable_rows(network, asks)
    if not given:
        if not possible:
            fields.add(f"has no answer in any layer: {no_answer_reason(network, asks, 1)}", "asks")
        return possible
    if len(set(given)) != len(given):
        fields.add(f"is {shown(list(given))}: name each layer once.", "rows")
    for row in given:
        if row not in possible:
            fields.add(
                f"has {row}, where {asks} has no answer: {no_answer_reason(network, asks, row)}",
                "rows",
            )
            return ()
    return tuple(sorted(set(given)))


_GOAL = re.compile(r"([0-9]{1,7})[x×]([0-9]{1,7})(?:[x×]([0-9]{1,7}))?")
_NEEDED = {"kernel": ("F", "f=1"), "pool": ("F", "f=1"), "filters": ("K", "k=1")}
"""Settings that a layer needs, by field: the letter, and a value to put in while it is free."""


def read_solve(fields: Fields) -> SolveBlock | None:
    """Read a solve block; None when an essential key is wrong or no settings reach the goal."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"Which S and P lead there?"')
    volume = _volume(fields)
    free = _free_settings(fields)
    layer = _layer(fields, free)
    goal = _goal(fields)
    strict = fields.boolean("strict", default=True)
    hints, explain, skill = read_hints(fields), read_explain(fields), read_skill(fields)
    fields.refuse("answer", "does not belong in solve: right answers are calculated. Remove it.")
    if volume is None or not free or layer is None or goal is None:
        return None
    lacking = [letter for letter in free if letter not in settable(layer)]
    if lacking:
        known = ", ".join(settable(layer)) or "none"
        fields.add(
            f"has {lacking[0]!r}, which {layer.keras_name} does not have: this layer has {known}.",
            "free",
        )
        return None
    width, height, depth = goal
    if "K" in free and depth is None:
        fields.add(f'lacks the depth, which is K: write "{width}x{height}x16".', "goal")
        return None
    block = SolveBlock(
        block_id, prompt, volume, layer, (width, height), free, depth, strict, hints, explain,
        fields.line, skill,
    )  # fmt: skip
    if not solutions(block):
        fields.add(f"cannot be reached: {_why_not(block)}", "goal")
        return None
    return block


def _volume(fields: Fields) -> Volume | None:
    text = fields.text("input", INPUT)
    try:
        return Volume.parse(text) if text else None
    except GeometryError as error:
        fields.add(f"cannot be read: {error.message}", "input")
        return None


def _free_settings(fields: Fields) -> tuple[str, ...]:
    free = fields.texts("free", '["S", "P"]', minimum=1, maximum=len(LETTERS))
    unknown = [letter for letter in free if letter not in LETTERS]
    if unknown:
        fields.add(f"has {shown(unknown[0])}: {did_you_mean(unknown[0].upper(), LETTERS)}.", "free")
        return ()
    if len(set(free)) != len(free):
        fields.add("names a setting twice: name each one once.", "free")
        return ()
    return free


def _layer(fields: Fields, free: tuple[str, ...]) -> Layer | None:
    """Read the layer; a setting that it needs may be missing when it is free."""
    text = fields.text("layer", LAYER)
    while text:
        try:
            return parse_layer(text)
        except GeometryError as error:
            letter, word = _NEEDED.get(error.field or "", ("", ""))
            if letter not in free or word[:2] in text.lower():
                fields.add(f"cannot be read: {error.message}", "layer")
                return None
            text += ("," if ":" in text else ":") + word
    return None


def _goal(fields: Fields) -> tuple[int, int, int | None] | None:
    text = fields.text("goal", '"55x55"')
    if not text:
        return None
    match = _GOAL.fullmatch(text.lower().replace(" ", ""))
    if match is None or "0" in (numbers := [str(int(n)) for n in match.groups() if n]):
        fields.add(
            f'is {shown(text)}: write the width and height that are wanted, such as "55x55", or '
            'the depth too, such as "55x55x96".',
            "goal",
        )
        return None
    width, height, *rest = map(int, numbers)
    return width, height, rest[0] if rest else None


def _why_not(block: SolveBlock) -> str:
    width, height = block.goal
    wanted = f"{width}×{height}" + (f"×{block.depth}" if block.depth else "")
    reason = (
        f"no {bounds_text(block.free)} leads from {block.input} to {wanted}"
        f"{' with S dividing exactly' if block.strict else ''}."
    )
    if block.strict and solutions(block, strict=False):
        return f"{reason} Rounding down does: write strict = false, or change the goal."
    return f"{reason} Change the goal, the input or what is given."
