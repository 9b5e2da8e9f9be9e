"""Read the questions of a lesson with options: choice and expect blocks."""

from __future__ import annotations

import math

from tui.course.judging.typed_number import NotANumber, read_number
from tui.course.lesson.questions import ChoiceBlock, Curve, ExpectBlock
from tui.course.reading.question_reader import read_hints, read_skill
from tui.course.reading.toml_fields import Fields
from tui.geometry.errors import did_you_mean, shown

METRICS = ("loss", "val_loss", "accuracy", "val_accuracy")
_LETTERS = "abcd"
_LONGEST = 100
"""Epochs of a chart in a lesson."""


def read_choice(fields: Fields) -> ChoiceBlock | None:
    """Read a choice block; None when an essential key is wrong."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"What does a filter read?"')
    charts = _charts(fields)
    if charts and not fields.has("options"):
        fields.skip("options")
        options = tuple(f"chart {letter}" for letter in _LETTERS[: len(charts)])
    else:
        options = _options(fields)
    if charts and len(charts) != len(options):
        fields.add(
            f"has {len(charts)} charts for {len(options)} options: write one for each.", "charts"
        )
    answer = fields.number("answer", "1", minimum=1, maximum=max(len(options), 1))
    why = fields.texts("why", '["It reads more.", "Yes: it is as deep as its input."]', minimum=2)
    hints, skill = read_hints(fields), read_skill(fields)
    if not options or not why:
        return None
    if len(why) != len(options):
        fields.add(
            f"has {len(why)} sentences for {len(options)} options: write one for each.", "why"
        )
    return ChoiceBlock(block_id, prompt, options, answer, why, hints, fields.line, skill, charts)


def read_expect(fields: Fields) -> ExpectBlock | None:
    """Read an expect block; None when an essential key is wrong."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"Which of the two accuracies will be higher?"')
    options = _options(fields)
    training = fields.name("training")
    hints = read_hints(fields)
    for key in ("answer", "why"):
        fields.refuse(
            key, "does not belong in expect: what comes of the training is compared. Remove it."
        )
    if not options:
        return None
    return ExpectBlock(block_id, prompt, options, training, hints, fields.line)


def _options(fields: Fields) -> tuple[str, ...]:
    options = fields.texts("options", '["one channel", "all channels"]', minimum=2, maximum=6)
    if len({option.casefold() for option in options}) != len(options):
        fields.add("has the same text twice: every option must be different.", "options")
    if options and all(map(_is_number, options)):
        fields.add(
            "has only numbers: ask for a number with a predict block, which calculates the answer.",
            "options",
        )
    return options


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except NotANumber:
        return False
    return True


def _charts(fields: Fields) -> tuple[tuple[Curve, ...], ...]:
    """Read the charts of a choice; empty when there are none, or when one is wrong."""
    example = "[{loss = [0.9, 0.4], val_loss = [0.8, 0.6]}, {loss = [0.9, 0.8]}]"
    given = fields.tables("charts", example, minimum=2, maximum=len(_LETTERS))
    charts = []
    for number, table in enumerate(given, start=1):
        curves = []
        for metric, values in table.items():
            if metric not in METRICS:
                fields.add(
                    f"has the curve {shown(metric)} in chart {number}: "
                    f"{did_you_mean(metric, METRICS)}.",
                    "charts",
                )
                return ()
            if not _is_curve(values):
                fields.add(
                    f"has {shown(values)} as {metric} in chart {number}: write 2 to {_LONGEST} "
                    "numbers, one for each epoch, such as [0.9, 0.4].",
                    "charts",
                )
                return ()
            curves.append(Curve(metric, tuple(map(float, values))))
        if not 1 <= len(curves) <= 2:
            fields.add(
                f"has {len(curves)} curves in chart {number}: write a metric, or a metric and "
                "its val_ one.",
                "charts",
            )
            return ()
        charts.append(tuple(curves))
    return tuple(charts)


def _is_curve(values: object) -> bool:
    return (
        isinstance(values, list)
        and 2 <= len(values) <= _LONGEST
        and all(
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and math.isfinite(value)
            and abs(value) < 1e9
            for value in values
        )
    )
