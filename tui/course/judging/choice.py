"""Judging an answer that was chosen."""

from __future__ import annotations

import re

from tui.common.text import clean
from tui.course.judging.verdict import Verdict, unread
from tui.course.lesson.questions import ChoiceBlock

LETTERS = "abcdefgh"


def judge_choice(block: ChoiceBlock, answer: str) -> Verdict:
    """Judge a choice; see :func:`tui.course.judge`."""
    chosen = _option(block, answer)
    if chosen is None:
        last = len(block.options)
        seen = f"“{clean(answer.strip(), 24)}” is none of the options: " if answer.strip() else ""
        sentence = f"{seen}choose one by its number, 1 to {last}."
        return unread(sentence[0].upper() + sentence[1:])
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
