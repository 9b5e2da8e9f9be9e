"""Judge a number that is not a layer's, such as the steps of an epoch."""

from __future__ import annotations

from tui.course.judging.question_numbers import numbers_in
from tui.course.judging.typed_number import NotANumber, read_number
from tui.course.judging.verdict import Verdict, unreadable
from tui.course.lesson.questions import CountBlock


def judge_count(block: CountBlock, answer: str) -> Verdict:
    """Judge a number; see :func:`tui.course.judge`."""
    try:
        given = read_number(answer)
    except NotANumber as error:
        return unreadable(str(error))
    if given == block.answer:
        return Verdict(True, True, f"Right: {block.steps[-1]}", steps=block.steps)
    for slip in block.slips:
        if slip.value == given:
            return Verdict(False, True, slip.sentence, slip.name, block.steps)
    if given in numbers_in(block.prompt):
        sentence = f"{given:,} is a number of the question, not what is asked for."
        return Verdict(False, True, sentence, "gave-given-number", block.steps)
    sentence = f"{given:,} is not right, and none of the usual mistakes leads to it."
    return Verdict(False, True, f"{sentence} Try a hint, or look at the steps.", None, block.steps)
