"""Judge an answer, and say why: the learner's own slip where it can be told."""

from __future__ import annotations

from tui.course.judging.chain import chain_steps, chain_text, judge_chain
from tui.course.judging.choice import choice_text, judge_choice
from tui.course.judging.predict import expected, judge_number, predict_steps
from tui.course.judging.solve import (
    given_text,
    judge_solve,
    read_settings,
    solve_steps,
    solve_text,
)
from tui.course.judging.verdict import Verdict
from tui.course.lesson.questions import ChainBlock, ChoiceBlock, PredictBlock, Question, SolveBlock

__all__ = [
    "Verdict",
    "expected",
    "given_text",
    "judge",
    "read_settings",
    "right_steps",
    "right_text",
]


def judge(block: Question, answer: str) -> Verdict:
    """Judge an answer to a question.

    Args:
        block: the question.
        answer: what was typed. For a prediction a whole number, perhaps with thousands
            separators; for a choice the number of the option (from 1), its letter (from a) or
            its text; for settings such as "S=4 P=0" or "4 0"; for a chain a number for each
            row with blanks between.

    Returns:
        The verdict.
    """
    match block:
        case PredictBlock():
            return judge_number(block, answer)
        case ChoiceBlock():
            return judge_choice(block, answer)
        case SolveBlock():
            return judge_solve(block, answer)
        case ChainBlock():
            return judge_chain(block, answer)


def right_text(block: Question) -> str:
    """Return a right answer as it may be typed: :func:`judge` finds it right.

    Args:
        block: the question.
    """
    match block:
        case PredictBlock():
            return f"{expected(block):,}"
        case ChoiceBlock():
            return choice_text(block)
        case SolveBlock():
            return solve_text(block)
        case ChainBlock():
            return chain_text(block)


def right_steps(block: Question) -> tuple[str, ...]:
    """Return the way to a right answer, in sentences.

    Args:
        block: the question.
    """
    match block:
        case PredictBlock():
            return predict_steps(block)
        case ChoiceBlock():
            return (f"{choice_text(block)}: {block.why[block.answer - 1]}",)
        case SolveBlock():
            return solve_steps(block)
        case ChainBlock():
            return chain_steps(block)
