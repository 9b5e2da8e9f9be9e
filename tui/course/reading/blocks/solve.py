"""Settings to find."""

from __future__ import annotations

import re

from tui.course.judging.solving import LETTERS, bounds_text, settable, solutions
from tui.course.lesson.questions import SolveBlock
from tui.course.reading.blocks.layers import INPUT, LAYER
from tui.course.reading.blocks.questions import read_explain, read_hints
from tui.course.reading.fields import Fields
from tui.geometry import GeometryError, Layer, Volume, parse_layer
from tui.geometry.errors import did_you_mean, shown

_GOAL = re.compile(r"([0-9]{1,7})[x×]([0-9]{1,7})(?:[x×]([0-9]{1,7}))?")
_NEEDED = {"kernel": ("F", "f=1"), "pool": ("F", "f=1"), "filters": ("K", "k=1")}
"""What a layer cannot be without, by its field: the setting it is, and any value for it."""


def read_solve(fields: Fields) -> SolveBlock | None:
    """Read settings to find. Nothing may lead there that cannot be found, so one way is sought."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"Which S and P lead there?"')
    volume = _volume(fields)
    free = _free(fields)
    layer = _layer(fields, free)
    goal = _goal(fields)
    strict = fields.truth("strict", default=True)
    hints, explain = read_hints(fields), read_explain(fields)
    fields.refuse("answer", "is not for a solve: every right answer is found. Take it out.")
    if volume is None or not free or layer is None or goal is None:
        return None
    lacking = [letter for letter in free if letter not in settable(layer)]
    if lacking:
        known = ", ".join(settable(layer)) or "none"
        fields.add(
            f"has {lacking[0]!r}, which {layer.keras_name} has not: of this layer can be found "
            f"{known}.",
            "free",
        )
        return None
    width, height, depth = goal
    if "K" in free and depth is None:
        fields.add(f'lacks the depth that K makes: write "{width}x{height}x16".', "goal")
        return None
    block = SolveBlock(
        block_id, prompt, volume, layer, (width, height), free, depth, strict, hints, explain,
        fields.line,
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


def _free(fields: Fields) -> tuple[str, ...]:
    free = fields.texts("free", '["S", "P"]', least=1, most=len(LETTERS))
    unknown = [letter for letter in free if letter not in LETTERS]
    if unknown:
        fields.add(f"has {shown(unknown[0])}: {did_you_mean(unknown[0].upper(), LETTERS)}.", "free")
        return ()
    if len(set(free)) != len(free):
        fields.add("has a setting twice: name each one once.", "free")
        return ()
    return free


def _layer(fields: Fields, free: tuple[str, ...]) -> Layer | None:
    """Read the layer; what it cannot be without may be missing when it is to be found."""
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
