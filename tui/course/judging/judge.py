"""Judge an answer to any question, and give the correct answer with its working."""

from __future__ import annotations

import re

from tui.common.text import clean
from tui.course.judging.judge_chain import chain_steps, chain_text, judge_chain
from tui.course.judging.judge_number import expected_number, judge_number, predict_steps
from tui.course.judging.judge_settings import (
    judge_solve,
    solve_steps,
    solve_text,
)
from tui.course.judging.verdict import Verdict, unreadable
from tui.course.lesson.questions import ChainBlock, ChoiceBlock, PredictBlock, Question, SolveBlock


def judge(block: Question, answer: str) -> Verdict:
    """Judge an answer to a question.

    Args:
        block: the question.
        answer: what was typed. For a prediction a whole number, perhaps with thousands
            separators; for a choice the number of the option (from 1), its letter (from a) or
            its text; for settings such as "S=4 P=0" or "4 0"; for a chain a number for each
            row, separated by blanks.

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


def solution_text(block: Question) -> str:
    """Return a right answer as a learner may type it.

    Args:
        block: the question.
    """
    match block:
        case PredictBlock():
            return f"{expected_number(block):,}"
        case ChoiceBlock():
            return choice_text(block)
        case SolveBlock():
            return solve_text(block)
        case ChainBlock():
            return chain_text(block)


def solution_steps(block: Question) -> tuple[str, ...]:
    """Return the steps to a right answer, a sentence each.

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


LETTERS = "abcdefgh"


def judge_choice(block: ChoiceBlock, answer: str) -> Verdict:
    """Judge a choice; see :func:`tui.course.judge`."""
    chosen = _option(block, answer)
    if chosen is None:
        last = len(block.options)
        seen = f"“{clean(answer.strip(), 24)}” is not an option: " if answer.strip() else ""
        sentence = f"{seen}choose one by its number, 1 to {last}."
        return unreadable(sentence[0].upper() + sentence[1:])
    right = chosen == block.answer
    return Verdict(right, True, f"{'Right' if right else 'No'}: {block.why[chosen - 1]}")


def choice_text(block: ChoiceBlock) -> str:
    """Return the right option with its letter."""
    return f"{LETTERS[block.answer - 1]}) {block.options[block.answer - 1]}"


def _option(block: ChoiceBlock, answer: str) -> int | None:
    """Return the number of the option meant, from 1."""
    typed = answer.strip().casefold()
    texts = {option.casefold(): n for n, option in enumerate(block.options, start=1)}
    for number, letter in enumerate(LETTERS[: len(block.options)], start=1):
        written = (
            rf"({letter}|{number})[.)]?(\s+{re.escape(block.options[number - 1].casefold())})?"
        )
        if re.fullmatch(written, typed):
            return number
    return texts.get(typed) or texts.get(typed.rstrip(".)"))
