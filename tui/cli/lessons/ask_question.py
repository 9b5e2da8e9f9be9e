"""Ask a course question as plain text: on a terminal, through a pipe, for a screen reader."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TextIO

import click

from tui.common.text import clean
from tui.course import (
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    ExpectBlock,
    FixBlock,
    PredictBlock,
    Question,
    SolveBlock,
    Verdict,
    chain_answers,
    given_settings,
    judge,
    solution_steps,
    solution_text,
)
from tui.keras_io import keras_call

_LONGEST = 400
LETTERS = "abcdefgh"

Save = Callable[[Question, Verdict, str], str]
"""Saves a verdict on a question and the answer as it was typed; returns a message, or nothing."""
Help = Literal["hint", "shown"]
"""Help with a question: a hint was read, or the answer was shown."""
SaveHelp = Callable[[Question, Help], str]
"""Saves that help was taken with a question; returns a message, or nothing."""


@dataclass(slots=True)
class Score:
    """The score of a session.

    Args:
        right: questions answered correctly at the first try.
        asked: questions that were answered.
        skipped: questions that were skipped or whose solution was shown.
        ended: whether the input ended.
        messages: messages about saving progress that were printed; each is printed once.
    """

    right: int = 0
    asked: int = 0
    skipped: int = 0
    ended: bool = False
    messages: set[str] = field(default_factory=set)

    def warn_once(self, message: str) -> None:
        """Print a message about saving progress, unless it is empty or was printed before."""
        if message and message not in self.messages:
            self.messages.add(message)
            click.echo(message, err=True)

    def __str__(self) -> str:
        return f"{self.right} of {self.asked} right at the first try" + (
            f", {self.skipped} skipped" if self.skipped else ""
        )


def standard_input() -> TextIO:
    """Return standard input with undecodable bytes replaced; empty if it is closed."""
    stream: object = sys.stdin
    if not isinstance(stream, io.TextIOWrapper):
        return stream if isinstance(stream, io.StringIO) else io.StringIO()
    stream.reconfigure(errors="replace")
    return stream


def ask(
    question: Question,
    answers: TextIO,
    score: Score,
    save: Save,
    save_help: SaveHelp = lambda *_: "",
) -> None:
    """Ask one question until it is answered correctly, skipped or its solution is shown.

    Args:
        question: the question.
        answers: the answers, one per line: `h` gives a hint, `x` shows the answer, an empty line
            skips, the end of the file ends it.
        score: is updated.
        save: called with each answer.
        save_help: called with each hint, and when the answer is shown.
    """
    for line in question_lines(question):
        click.echo(line)
    echo = not answers.isatty()
    hints = tries = 0
    last: Verdict | None = None
    while True:
        click.echo("> ", nl=False)
        line = answers.readline(_LONGEST)
        if not line:
            click.echo("")
            score.ended = True
            return
        typed = line.strip()
        if echo:
            click.echo(clean(typed))
        word = typed.casefold()
        if word in ("", "x"):
            score.skipped += not tries
            if word == "x":
                _show(question)
                score.warn_once(save_help(question, "shown"))
            return
        if word == "h":
            hints = _hint(question, hints)
            if question.hints:
                score.warn_once(save_help(question, "hint"))
            continue
        verdict = judge(question, typed)
        if not verdict.understood:
            click.echo(verdict.sentence)
            continue
        # The same wrong answer once more is one slip, not two.
        message = save(question, verdict, typed) if verdict.correct or verdict != last else ""
        last = verdict
        score.warn_once(message)
        if not isinstance(question, ExpectBlock):
            score.asked += not tries
            score.right += verdict.correct and not tries
        tries += 1
        click.echo(_judged(question, verdict))
        if verdict.correct:
            return


def question_lines(question: Question) -> list[str]:
    """Return the lines that ask a question and explain how to type the answer."""
    lines = [f"Question: {question.prompt}"]
    match question:
        case PredictBlock() | CountBlock():
            lines.append("Type a whole number.")
        case FixBlock():
            lines += [f"    {line}" for line in question.before]
            lines.append(f"  > {question.wrong}")
            lines += [f"    {line}" for line in question.after]
            lines.append("Type the line behind > as it should be.")
        case ChoiceBlock():
            lines += chart_lines(question)
            lines += [f"  {letter}) {option}" for letter, option in _options(question)]
            lines.append("Type the letter or the number of an option.")
        case ExpectBlock():
            lines += [f"  {letter}) {option}" for letter, option in _options(question)]
            lines.append(
                "Type the letter or the number of an option; nothing is right or wrong before the "
                "training."
            )
        case SolveBlock():
            given = ", ".join(filter(None, (f"Input {question.input}", given_settings(question))))
            lines.append(f"  {given}; wanted {_goal(question)}")
            each = "a number for" if len(question.free) == 1 else "a number each for"
            lines.append(f"Type {each} {_written(question)}.")
        case ChainBlock():
            lines += chain_lines(question)
            lines.append(
                f"Type {len(question.rows)} numbers with a blank between, one for each ? above."
            )
    lines.append("(h gives a hint, x shows the answer, an empty line skips.)")
    return lines


def chart_lines(block: ChoiceBlock) -> list[str]:
    """Return the charts of a choice as rows of numbers, a chart after the other."""
    lines = []
    for letter, curves in zip(LETTERS, block.charts, strict=False):
        for curve in curves:
            numbers = " ".join(f"{value:g}" for value in curve.values)
            lines.append(f"  chart {letter}, {curve.metric} by epoch: {numbers}")
    return lines


def chain_lines(block: ChainBlock, *, solved: bool = False) -> list[str]:
    """Return the rows of a chain, with a question mark for each number asked for.

    Args:
        block: the chain.
        solved: whether to show the numbers instead of the question marks.
    """
    lines = [f"  input    {block.network.input}"]
    right = dict(zip(block.rows, chain_answers(block), strict=True))
    for number, effect in enumerate(block.effects, start=1):
        if number not in right:
            found = str(effect.output)
        else:
            found = f"{right[number]:,}" if solved else "?"
        layer = keras_call(effect.layer)
        lines.append(f"  layer {number}  {layer}: {block.asks if number in right else ''} {found}")
    return [line.replace(":  ", ": ") for line in lines]


def _written(question: SolveBlock) -> str:
    """Return the settings asked for, in the order in which plain numbers are read."""
    *first, last = question.free
    return f"{', '.join(first)} and {last}" if first else last


def _goal(question: SolveBlock) -> str:
    width, height = question.goal
    return f"{width}×{height}" + (f"×{question.depth}" if question.depth else "")


def _options(question: ChoiceBlock | ExpectBlock) -> list[tuple[str, str]]:
    return list(zip(LETTERS, question.options, strict=False))


def _hint(question: Question, given: int) -> int:
    """Print the next hint; return how many were given."""
    count = len(question.hints)
    if not count:
        click.echo("There is no hint here; x shows the answer.")
        return 0
    given = min(given + 1, count)
    click.echo(f"Hint {given} of {count}: {question.hints[given - 1]}")
    return given


def _show(question: Question) -> None:
    for step in solution_steps(question):
        click.echo(step)
    if not isinstance(question, (ChoiceBlock, ExpectBlock, FixBlock)):
        click.echo(f"Answer: {solution_text(question)}")


def _judged(question: Question, verdict: Verdict) -> str:
    if not verdict.row_results or verdict.correct:
        return verdict.sentence
    assert isinstance(question, ChainBlock)
    marks = [
        f"layer {row} {'right' if good else 'wrong'}"
        for row, good in zip(question.rows, verdict.row_results, strict=True)
    ]
    return f"{verdict.sentence}\n({', '.join(marks)})"
