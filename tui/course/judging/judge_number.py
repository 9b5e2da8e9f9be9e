"""Judge a predicted number."""

from __future__ import annotations

from collections.abc import Callable

from tui.course.judging.question_numbers import question_number_slip
from tui.course.judging.typed_number import NotANumber, read_number
from tui.course.judging.verdict import Verdict, unreadable
from tui.course.judging.worked_steps import answer_steps, arithmetic
from tui.course.lesson.questions import PredictBlock
from tui.geometry import Effect, Slip, Volume, diagnose, right_answer, slips


def judge_number(block: PredictBlock, answer: str) -> Verdict:
    """Judge a predicted number; see :func:`tui.course.judge`."""
    try:
        given = read_number(answer)
    except NotANumber as error:
        return unreadable(str(error))
    right = expected_number(block)
    steps = predict_steps(block)
    if given == right:
        sentence = f"Right: {_why(block)}. {block.explain}".strip()
        return Verdict(correct=True, understood=True, sentence=sentence, steps=steps)
    slip = _slip(block, given)
    if slip is not None:
        return Verdict(False, True, slip.sentence, slip.name, steps)
    sentence = f"{given:,} is not right, and none of the usual mistakes leads to it."
    return Verdict(False, True, f"{sentence} Try a hint, or look at the steps.", None, steps)


def expected_number(block: PredictBlock) -> int:
    """Return the right answer to a prediction.

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
        return f"{terms} = {expected_number(block):,}"
    return arithmetic(block.asks, block.effect)


def predict_steps(block: PredictBlock) -> tuple[str, ...]:
    """Return the steps to the answer, a sentence each."""
    if len(block.effects) == 1:
        return answer_steps(block.asks, block.effect)
    if _sums(block):
        return (*_each_layer(block, lambda effect: arithmetic(block.asks, effect)), _why(block))
    return (
        *_each_layer(block, lambda effect: f"{effect.input} becomes {effect.output}"),
        f"{block.asks} = {expected_number(block):,}.",
    )


def _each_layer(block: PredictBlock, say: Callable[[Effect], str]) -> tuple[str, ...]:
    return tuple(
        f"Layer {number}, {effect.layer.keras_name}: {say(effect)}."
        for number, effect in enumerate(block.effects, start=1)
    )


def _slip(block: PredictBlock, given: int) -> Slip | None:
    """Return the slip that explains a wrong answer; None when none does."""
    if not _sums(block):
        found = diagnose(block.asks, block.effect, given)
        if found is not None:
            return found
    if len(block.effects) > 1:
        for number, effect in enumerate(block.effects, start=1):
            if _sums(block) or number < len(block.effects):
                what = _what_remains(block, effect, given)
                if what:
                    return Slip(
                        "one-layer-only",
                        given,
                        f"That is layer {number} alone, {effect.layer.keras_name}. {what}",
                    )
    in_sum = _slip_in_a_sum(block, given) if _sums(block) else None
    return in_sum or question_number_slip(block.asks, block.effects, block.prompt, given)


def _slip_in_a_sum(block: PredictBlock, given: int) -> Slip | None:
    """Return the slip made in one layer of a sum, or in all of them; None when none fits."""
    off = given - expected_number(block)
    found = {
        number: slips(block.asks, effect) for number, effect in enumerate(block.effects, start=1)
    }
    for number, effect in enumerate(block.effects, start=1):
        right = right_answer(block.asks, effect)
        for slip in found[number]:
            if slip.value - right == off:
                name = effect.layer.keras_name
                return Slip(slip.name, given, f"Layer {number}, {name}: {slip.sentence}")
    for name in dict.fromkeys(slip.name for each in found.values() for slip in each):
        same = [
            (slip, right_answer(block.asks, block.effects[number - 1]))
            for number, each in found.items()
            for slip in each
            if slip.name == name
        ]
        if len(same) > 1 and sum(slip.value - right for slip, right in same) == off:
            return Slip(name, given, f"The same mistake in every layer. {same[0][0].sentence}")
    return None


def _what_remains(block: PredictBlock, effect: Effect, given: int) -> str:
    """Return what to do with the number of one layer; empty when it was not given."""
    if not _sums(block) and not isinstance(effect.output, Volume):
        return ""  # a vector has no width
    if right_answer(block.asks, effect) != given:
        return ""
    if _sums(block):
        return "Add up all the layers."
    return f"Its output goes through the layers after it: the question is {block.asks} of the last."
