"""Which skill with drills a question of a lesson tests."""

from __future__ import annotations

from tui.course.judging.chain_numbers import RECEPTIVE_FIELD
from tui.course.lesson.questions import (
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    ExpectBlock,
    FixBlock,
    PredictBlock,
    Question,
    SolveBlock,
)
from tui.geometry import AveragePool2D, Conv2D, Flatten, MaxPool2D, Pair

_SKILLS = {
    "W2": "output-width",
    "H2": "output-height",
    "D2": "depth",
    "parameters": "parameters",
    "macs": "macs",
    RECEPTIVE_FIELD: "receptive-field",
}


def question_skill(question: Question) -> str:
    """Return the skill that a question tests, as its lesson names it or by what it asks.

    Returns:
        One of :data:`tui.course.SKILLS`; empty for a choice that names none, and a prediction of
        a training.
    """
    match question:
        case ExpectBlock() | CountBlock() | FixBlock():
            return ""
        case ChoiceBlock():
            return question.skill
        case SolveBlock():
            return question.skill or "backwards"
        case PredictBlock() | ChainBlock():
            return question.skill or _by_quantity(question)


def _by_quantity(question: PredictBlock | ChainBlock) -> str:
    layers = question.network.layers
    if question.asks == "parameters" and any(isinstance(layer, Flatten) for layer in layers):
        return "flatten-dense"
    if len(layers) == 1 and question.asks in ("W2", "H2", "D2"):
        layer = layers[0]
        if isinstance(layer, (MaxPool2D, AveragePool2D)):
            return "pooling"
        if isinstance(layer, Conv2D) and question.asks == "W2":
            if layer.dilation != Pair(1, 1):
                return "dilation"
            if layer.padding == "same":
                return "same-padding"
            if layer.stride != Pair(1, 1):
                return "stride"
    return _SKILLS[question.asks]
