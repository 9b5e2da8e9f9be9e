"""A number to predict, and an answer to choose."""

from __future__ import annotations

from tui.course.judging.typed_number import NotANumber, read_number
from tui.course.lesson.questions import ChoiceBlock, PredictBlock
from tui.course.reading.blocks.layers import read_layer
from tui.course.reading.fields import Fields
from tui.geometry import QUANTITIES, GeometryError, Quantity, right_answer
from tui.geometry.errors import did_you_mean, shown


def read_hints(fields: Fields) -> tuple[str, ...]:
    """Read the hints that every kind of question may have."""
    return fields.texts("hints", '["Count the places.", "Now add one."]', most=4)


def read_explain(fields: Fields) -> str:
    """Read what is added once the answer is right."""
    return fields.text("explain", '"…"', required=False)


def read_predict(fields: Fields) -> PredictBlock | None:
    """Read a number to predict."""
    block_id = fields.name("id")
    found = read_layer(fields, chain=True)
    word = fields.text("asks", '"W2"')
    prompt = fields.text("prompt", '"How wide is the output?"')
    hints, explain = read_hints(fields), read_explain(fields)
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


def read_choice(fields: Fields) -> ChoiceBlock | None:
    """Read an answer to choose."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"What does a filter read?"')
    options = fields.texts("options", '["one channel", "all channels"]', least=2, most=6)
    answer = fields.number("answer", "1", least=1, most=max(len(options), 1))
    why = fields.texts("why", '["It reads more.", "Yes: it is as deep as its input."]', least=2)
    hints = read_hints(fields)
    if not options or not why:
        return None
    if len(why) != len(options):
        fields.add(
            f"has {len(why)} sentences for {len(options)} options: write one for each.", "why"
        )
    if len({option.casefold() for option in options}) != len(options):
        fields.add("has the same text twice: every option must differ.", "options")
    if all(map(_is_number, options)):
        fields.add(
            "are all numbers: ask for a number with a predict block, which calculates the answer.",
            "options",
        )
    return ChoiceBlock(block_id, prompt, options, answer, why, hints, fields.line)


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except NotANumber:
        return False
    return True
