"""Judge an answer, and say why: the learner's own slip where it can be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.course.model import ChoiceBlock, PredictBlock, Question
from tui.course.numbers import NotANumber, read_number
from tui.course.steps import answer_steps, arithmetic
from tui.geometry import Effect, Slip, Volume, diagnose, right_answer
from tui.text import clean


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about an answer.

    Args:
        correct: whether it is right.
        understood: whether it could be read at all; if not, it does not count as wrong.
        sentence: why it is right, what went wrong, or what to type.
        slip: the name of the slip, such as "forgot-2p"; None when no slip explains it.
        steps: the way to the right answer, to be shown when it is asked for. Gives it away.
    """

    correct: bool
    understood: bool
    sentence: str
    slip: str | None = None
    steps: tuple[str, ...] = ()


def judge(block: Question, answer: str) -> Verdict:
    """Judge an answer to a question.

    Args:
        block: the question.
        answer: what was typed. For a prediction a whole number, perhaps with thousands
            separators; for a choice the number of the option (from 1), its letter (from a) or
            its text.

    Returns:
        The verdict.
    """
    if isinstance(block, PredictBlock):
        return _judge_number(block, answer)
    return _judge_choice(block, answer)


def _judge_number(block: PredictBlock, answer: str) -> Verdict:
    try:
        given = read_number(answer)
    except NotANumber as error:
        return Verdict(correct=False, understood=False, sentence=str(error))
    right = expected(block)
    steps = _steps(block)
    if given == right:
        sentence = f"Right: {_why(block)}. {block.explain}".strip()
        return Verdict(correct=True, understood=True, sentence=sentence, steps=steps)
    slip = _slip(block, given)
    if slip is not None:
        return Verdict(False, True, slip.sentence, slip.name, steps)
    sentence = f"{given:,} is not right, and none of the usual slips leads to it."
    return Verdict(False, True, f"{sentence} Try a hint, or follow the steps.", None, steps)


def expected(block: PredictBlock) -> int:
    """Return the right answer to a prediction, calculated.

    Args:
        block: the question.

    Returns:
        W2, H2 or D2 of the last layer's output; parameters or MACs of all layers together.
    """
    if block.asks in ("parameters", "macs"):
        return sum(right_answer(block.asks, effect) for effect in block.effects)
    return right_answer(block.asks, block.effect)


def _sums(block: PredictBlock) -> bool:
    return block.asks in ("parameters", "macs") and len(block.effects) > 1


def _why(block: PredictBlock) -> str:
    if _sums(block):
        terms = " + ".join(f"{right_answer(block.asks, effect):,}" for effect in block.effects)
        return f"{terms} = {expected(block):,}"
    return arithmetic(block.asks, block.effect)


def _steps(block: PredictBlock) -> tuple[str, ...]:
    if len(block.effects) == 1:
        return answer_steps(block.asks, block.effect)
    if _sums(block):
        return (*_each_layer(block, lambda effect: arithmetic(block.asks, effect)), _why(block))
    return (
        *_each_layer(block, lambda effect: f"{effect.input} becomes {effect.output}"),
        f"{block.asks} = {expected(block):,}.",
    )


def _each_layer(block: PredictBlock, say: Callable[[Effect], str]) -> tuple[str, ...]:
    return tuple(
        f"Layer {number}, {effect.layer.keras_name}: {say(effect)}."
        for number, effect in enumerate(block.effects, start=1)
    )


def _slip(block: PredictBlock, given: int) -> Slip | None:
    """Find the slip that explains a wrong answer, also one of stopping half-way."""
    if not _sums(block):
        found = diagnose(block.asks, block.effect, given)
        if found is not None:
            return found
    if len(block.effects) > 1:
        for number, effect in enumerate(block.effects, start=1):
            if _sums(block) or number < len(block.effects):
                what = _alone(block, effect, given)
                if what:
                    return Slip(
                        "one-layer-only",
                        given,
                        f"That is layer {number} alone, {effect.layer.keras_name}. {what}",
                    )
    return None


def _alone(block: PredictBlock, effect: Effect, given: int) -> str:
    """Say what to do with the answer of one layer; empty when it is not the one given."""
    if not _sums(block) and not isinstance(effect.output, Volume):
        return ""  # a vector has no width
    if right_answer(block.asks, effect) != given:
        return ""
    if _sums(block):
        return "Add up all the layers."
    return f"Its output goes on through the layers after it: {block.asks} of the last is asked."


def _judge_choice(block: ChoiceBlock, answer: str) -> Verdict:
    chosen = _option(block, answer)
    if chosen is None:
        last = len(block.options)
        seen = f"“{clean(answer.strip(), 24)}” is none of the options: " if answer.strip() else ""
        sentence = f"{seen}choose one by its number, 1 to {last}."
        return Verdict(False, False, sentence[0].upper() + sentence[1:])
    right = chosen == block.answer
    return Verdict(right, True, f"{'Right' if right else 'No'}: {block.why[chosen - 1]}")


def _option(block: ChoiceBlock, answer: str) -> int | None:
    """Return the number of the option meant, from 1."""
    typed = answer.strip().casefold().rstrip(".)")
    last = len(block.options)
    numbers = {str(number): number for number in range(1, last + 1)}
    letters = {chr(ord("a") + number - 1): number for number in range(1, last + 1)}
    texts = {option.casefold(): n for n, option in enumerate(block.options, start=1)}
    return (texts | letters | numbers).get(typed)
