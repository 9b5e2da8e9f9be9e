"""`cnn-tui lesson N --plain`: a lesson as text, its questions asked on standard input."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

import click

from tui.app.start import open_app
from tui.cli.asking import Score, ask, standard_input
from tui.common.text import clean, exact
from tui.course import (
    CalculatorBlock,
    CodeBlock,
    Lesson,
    LookBlock,
    Part,
    Prose,
    Question,
    TrainBlock,
    Verdict,
    load_course,
    record_answer,
    training_network,
)
from tui.course.lesson.markdown import plain_lines
from tui.geometry import Network, apply_layer, format_layer, format_network

_WIDTH = 78


@click.command()
@click.argument("which", metavar="N|SLUG")
@click.option("--plain", is_flag=True, help="Print it as text, without the app.")
def lesson(which: str, plain: bool) -> None:
    """Open one lesson; with --plain go through it as text.

    N is the lesson's number, SLUG its id or the name of its file. --plain is for a screen reader,
    a pipe, a dumb terminal: answers are read from standard input, one a line; h gives a hint, x
    shows the way, an empty line skips.
    """
    found = _find(which)
    if not plain:
        sys.exit(open_app(found.id, f"cnn-tui lesson {found.number} --plain"))
    score = Score()
    answers = standard_input()

    def save(question: Question, verdict: Verdict) -> str:
        return record_answer(found.id, question.id, verdict.correct, verdict.slip)

    click.echo(f"Lesson {found.number}: {found.title}")
    click.echo(found.summary)
    for number, page in enumerate(found.pages, start=1):
        click.echo(f"\nPage {number} of {len(found.pages)}: {page.heading}")
        for part in page.parts:
            if score.ended:
                break
            click.echo("")
            if part in page.questions:
                ask(part, answers, score, save)
            else:
                for line in part_lines(part):
                    click.echo(line)
        if score.ended:
            click.echo("The input has ended here.")
            break
    if any(page.questions for page in found.pages):
        click.echo(f"\n{score}")


def _find(which: str) -> Lesson:
    """Return the lesson that is meant, or say which there are."""
    course = load_course()
    for problem in course.problems:
        click.echo(f"left out: {problem}", err=True)
    word = which.strip().removesuffix(".md")
    for one in course.lessons:
        file = one.file.rpartition("/")[2].removesuffix(".md")
        names = {one.id, file, file.partition("-")[2], str(one.number), f"{one.number:02}"}
        if word in names:
            return one
    known = ", ".join(f"{one.number} {one.id}" for one in course.lessons) or "none"
    raise click.UsageError(f"There is no lesson {clean(which, 40)!r}. There are: {known}.")


def part_lines(part: Part) -> Iterator[str]:
    """Yield a part of a page as lines of plain text.

    Args:
        part: words, code, or a widget, which is described in a sentence with the command that
            does the same.
    """
    match part:
        case Prose():
            yield from plain_lines(part.markdown, _WIDTH)
        case CodeBlock():
            yield from (f"    {line}" for line in part.source.split("\n"))
        case CalculatorBlock():
            network = Network(part.input, (part.layer,))
            line = format_network(network)
            output = apply_layer(part.layer, part.input).output
            yield from _wrapped(
                f"A calculator stands here: {part.input} through {format_layer(part.layer)} makes "
                f"{output}. Change the numbers in:"
            )
            yield f"    cnn-tui calc {line}"
        case TrainBlock():
            yield from _wrapped(part.prompt)
            yield "A training runs here, in the app. From the shell:"
            for share in part.shares:
                yield f"    {_train(part, share)}"
        case LookBlock():
            yield from _wrapped(part.prompt)
            then = "".join(f", then {format_layer(layer)}" for layer in part.then)
            yield from _wrapped(
                f"The app shows the picture “{part.picture}” through {', '.join(part.filters)}"
                f"{then}. To see it, open Lessons in:"
            )
            yield "    cnn-tui"


def _train(part: TrainBlock, share: float) -> str:
    """The command that trains as the block does; a shell takes it as it is."""
    words = ["cnn-tui train", "--sample digits" if part.data == "digits" else "YOUR_FOLDER"]
    if part.network:
        words.append(f"--model '{format_network(training_network(part))}'")
    words += [f"--epochs {part.epochs}", f"--stop-when '{part.stop.replace(' ', '')}'"]
    words.append(f"--seed {part.seed}")
    if share != 1:
        words.append(f"--share {exact(share)}")
    return " ".join(words)


def _wrapped(text: str) -> list[str]:
    # Commands are copied from here: a word is never cut in two.
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
