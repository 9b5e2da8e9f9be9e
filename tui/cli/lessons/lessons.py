"""`cnn-tui lessons` and `lesson`: list, check and begin lessons, and read one as text."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from tui.cli.complete import complete_lesson
from tui.cli.lessons.ask_question import Help, Score, ask, standard_input
from tui.cli.lessons.write_program import ask_program, write_program
from tui.common.text import clean, exact
from tui.course import (
    LESSONS_VARIABLE,
    SLUG,
    CalculatorBlock,
    CodeBlock,
    ExpectBlock,
    Lesson,
    LookBlock,
    Part,
    Prose,
    Question,
    TrainBlock,
    Verdict,
    WriteBlock,
    check_lessons,
    extra_folder,
    lesson_template,
    load_course,
    question_skill,
    record_answer,
    record_note,
    training_network,
)
from tui.course.judging.judge import chosen_option
from tui.course.lesson.markdown import plain_lines
from tui.geometry import Network, apply_layer, format_layer, format_network


def add_lessons(folder: str) -> None:
    """Add a folder of lessons to the course of this process.

    Raises:
        click.UsageError: if it is not a folder.
    """
    path = Path(folder).absolute()
    if not path.is_dir():
        what = "is no folder" if path.exists() else "is not there"
        raise click.UsageError(
            f"--lessons {clean(folder, 200)}: this {what}. Name a folder of lesson files; "
            "cnn-tui lessons new makes a first one."
        )
    os.environ[LESSONS_VARIABLE] = str(path)


@click.group(invoke_without_command=True)
@click.pass_context
def lessons(context: click.Context) -> None:
    """List the lessons, check lesson files, or create a new one.

    \b
    For example:
      cnn-tui lessons
    """
    if context.invoked_subcommand is not None:
        return
    course = load_course()
    for lesson in course.lessons:
        click.echo(f"{lesson.number:>2}  {lesson.title}  ({lesson.minutes} min)")
        click.echo(f"    {lesson.summary}")
    if not course.lessons:
        click.echo("There are no lessons.")
    for problem in course.problems:
        click.echo(f"left out: {problem}", err=True)


@lessons.command()
@click.argument("place", metavar="[DIR|FILE]", required=False, type=click.Path(path_type=Path))
def check(place: Path | None) -> None:
    """Check the lesson files in DIR, and print each problem on a line.

    Without DIR the program's own lessons are checked; a single FILE is also accepted. Exit status:
    0 no problems, 1 problems.

    \b
    For example:
      cnn-tui lessons check my-lessons
    """
    course, problems = check_lessons(place)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    pages = sum(len(lesson.pages) for lesson in course.lessons)
    if not course.lessons:
        raise click.ClickException("There is no lesson file here: call one 01-first-lesson.md.")
    count = len(course.lessons)
    click.echo(f"{count} lesson{'s' * (count != 1)}, {pages} pages: nothing is wrong.")


@lessons.command()
@click.argument("slug")
@click.option(
    "--in", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Where to put it; by default the folder of --lessons, or the current one.",
)  # fmt: skip
def new(slug: str, folder: Path | None) -> None:
    """Create a lesson to start from: NN-SLUG.md, with every kind of block explained.

    SLUG has lower-case letters, digits and hyphens, such as zero-padding. The number NN is the
    next free one after the course.

    \b
    For example:
      cnn-tui lessons new edges --in my-lessons
    """
    if not SLUG.fullmatch(slug) or len(slug) > 60:
        raise click.UsageError(
            f"{clean(slug, 60)!r} is not a name for a lesson: use lower-case letters, digits and "
            "hyphens, such as zero-padding."
        )
    place = folder or extra_folder() or Path()
    if not place.is_dir():
        raise click.UsageError(f"There is no folder {clean(place, 200)}: make it first.")
    path = place / f"{_next_number(place):02}-{slug}.md"
    try:
        twins = sorted(found.name for found in place.glob(f"[0-9]*-{slug}.md"))
        if twins:
            raise click.UsageError(
                f"{clean(place / twins[0], 200)} is there already: choose another name."
            )
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(lesson_template(slug))
    except OSError as error:
        reason = clean(error.strerror or error)
        raise click.UsageError(
            f"{clean(path, 200)} cannot be written: {reason}. Name a folder that you may write to."
        ) from error
    click.echo(f"{clean(path, 200)} is created. Edit it, and check and open it with:")
    click.echo(f"  cnn-tui lessons check {clean(path, 200)}")
    click.echo(f"  cnn-tui --lessons {clean(place, 200)}")


def _next_number(place: Path) -> int:
    """Return the next free number after the lessons of the course and of a folder."""
    numbers = [lesson.number for lesson in load_course().lessons]
    numbers += [
        int(found.name.partition("-")[0])
        for found in place.glob("[0-9]*-*.md")
        if found.name.partition("-")[0].isdigit() and len(found.name.partition("-")[0]) <= 3
    ]
    return max(numbers, default=0) + 1


lessons.add_command(write_program)

_WIDTH = 78


@click.command()
@click.argument("which", metavar="N|SLUG", shell_complete=complete_lesson)
@click.option("--plain", is_flag=True, help="Print it as text, without the app.")
def lesson(which: str, plain: bool) -> None:
    """Open a lesson; with --plain, go through it as text.

    N is the lesson's number, SLUG its id or the name of its file. --plain is for a screen reader,
    a pipe or a simple terminal: answers are read from standard input, one per line; h gives a hint,
    x shows the answer, an empty line skips.

    \b
    For example:
      cnn-tui lesson 6
      cnn-tui lesson padding --plain
    """
    found = _find(which)
    if not plain:
        from tui.app.start import open_app

        sys.exit(open_app(found.id, f"cnn-tui lesson {found.number} --plain"))
    score = Score()
    answers = standard_input()

    begun: set[str] = set()

    def save(question: Question, verdict: Verdict, typed: str) -> str:
        if isinstance(question, ExpectBlock):
            number = chosen_option(question.options, typed) or 1
            record_note(found.id, question.id, "expected", question.options[number - 1])
        # As in a drill only the first try counts for the skill.
        skill = "" if question.id in begun else question_skill(question)
        begun.add(question.id)
        return record_answer(found.id, question.id, verdict.correct, verdict.slip, skill=skill)

    def save_help(question: Question, kind: Help) -> str:
        if isinstance(question, ExpectBlock):
            return ""
        message = record_note(found.id, question.id, kind)
        if kind == "shown" and question.id not in begun and (skill := question_skill(question)):
            begun.add(question.id)
            message = record_note(found.id, question.id, "skill-wrong", skill) or message
        return message

    click.echo(f"Lesson {found.number}: {found.title}")
    click.echo(found.summary)
    for number, page in enumerate(found.pages, start=1):
        click.echo(f"\nPage {number} of {len(found.pages)}: {page.heading}")
        for part in page.parts:
            if score.ended:
                break
            click.echo("")
            if isinstance(part, WriteBlock):
                ask_program(part, found.id, answers, score)
            elif part in page.questions:
                ask(part, answers, score, save, save_help)
            else:
                for line in part_lines(part):
                    click.echo(line)
        if score.ended:
            click.echo("The input has ended here.")
            break
    if any(page.tasks for page in found.pages):
        click.echo(f"\n{score}")


def _find(which: str) -> Lesson:
    """Return the lesson with a number, id or file name.

    Raises:
        click.UsageError: if there is none; the message lists them all.
    """
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
        part: text, code, or a widget, which is replaced by a sentence and the command that does
            the same.
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
                f"A calculator is here: {part.input} through {format_layer(part.layer)} makes "
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
    """Return the shell command that trains as the block does."""
    words = ["cnn-tui train", "--sample digits" if part.data == "digits" else "YOUR_FOLDER"]
    if part.network:
        words.append(f"--model '{format_network(training_network(part))}'")
    words += [f"--epochs {part.epochs}", f"--stop-when '{part.stop.replace(' ', '')}'"]
    words.append(f"--seed {part.seed}")
    if share != 1:
        words.append(f"--share {exact(share)}")
    return " ".join(words)


def _wrapped(text: str) -> list[str]:
    # Commands are copied from here, so words are not broken.
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
