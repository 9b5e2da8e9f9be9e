"""Judge an answer to any question, and give the correct answer with its working."""

from __future__ import annotations

import re

from tui.common.text import clean
from tui.course.judging.judge_chain import chain_steps, chain_text, judge_chain
from tui.course.judging.judge_count import judge_count
from tui.course.judging.judge_line import judge_line, line_steps
from tui.course.judging.judge_number import expected_number, judge_number, predict_steps
from tui.course.judging.judge_settings import (
    judge_solve,
    solve_steps,
    solve_text,
)
from tui.course.judging.verdict import Verdict, unreadable
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
        case ExpectBlock():
            return judge_expectation(block, answer)
        case SolveBlock():
            return judge_solve(block, answer)
        case ChainBlock():
            return judge_chain(block, answer)
        case CountBlock():
            return judge_count(block, answer)
        case FixBlock():
            return judge_line(block, answer)


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
        case ExpectBlock():
            return f"{LETTERS[0]}) {block.options[0]}"
        case SolveBlock():
            return solve_text(block)
        case ChainBlock():
            return chain_text(block)
        case CountBlock():
            return f"{block.answer:,}"
        case FixBlock():
            return block.accepted[0]


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
        case ExpectBlock():
            return ("No option is right or wrong yet: choose what you expect, then train.",)
        case SolveBlock():
            return solve_steps(block)
        case ChainBlock():
            return chain_steps(block)
        case CountBlock():
            return block.steps
        case FixBlock():
            return line_steps(block)


LETTERS = "abcdefgh"


def judge_choice(block: ChoiceBlock, answer: str) -> Verdict:
    """Judge a choice; see :func:`tui.course.judge`."""
    chosen = chosen_option(block.options, answer)
    if chosen is None:
        return _no_option(block.options, answer)
    right = chosen == block.answer
    return Verdict(right, True, f"{'Right' if right else 'No'}: {block.why[chosen - 1]}")


def judge_expectation(block: ExpectBlock, answer: str) -> Verdict:
    """Take what a learner expects: any option counts."""
    if chosen_option(block.options, answer) is None:
        return _no_option(block.options, answer)
    return Verdict(True, True, "Kept. After the training, the result is shown next to it.")


def _no_option(options: tuple[str, ...], answer: str) -> Verdict:
    seen = f"“{clean(answer.strip(), 24)}” is not an option: " if answer.strip() else ""
    sentence = f"{seen}choose one by its letter or its number, 1 to {len(options)}."
    return unreadable(sentence[0].upper() + sentence[1:])


def choice_text(block: ChoiceBlock) -> str:
    """Return the right option with its letter."""
    return f"{LETTERS[block.answer - 1]}) {block.options[block.answer - 1]}"


def chosen_option(options: tuple[str, ...], answer: str) -> int | None:
    """Return the number of the option meant, from 1."""
    typed = answer.strip().casefold()
    texts = {option.casefold(): n for n, option in enumerate(options, start=1)}
    for number, letter in enumerate(LETTERS[: len(options)], start=1):
        written = rf"({letter}|{number})[.)]?(\s+{re.escape(options[number - 1].casefold())})?"
        if re.fullmatch(written, typed):
            return number
    return texts.get(typed) or texts.get(typed.rstrip(".)"))
