"""Programs to complete, in the shell: asked in plain text, and written to a file."""

from __future__ import annotations

import asyncio
import shlex
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import click

from tui.cli.complete import complete_program
from tui.cli.lessons.ask_question import Score
from tui.code_client.messages import RunResult
from tui.code_client.runner import CodeRunner, RunnerError
from tui.common.text import clean
from tui.course import WriteBlock, read_progress, record_answer, record_note, record_program
from tui.course.exercises import (
    EXERCISES,
    WrittenExercise,
    fill_in,
    is_empty,
    saved_exercise,
    saved_notebook,
)
from tui.geometry.errors import did_you_mean
from tui.runs.export.export_file import ExportError, write_whole
from tui.runs.process.needs import program_problem

_WIDTH = 78
_LONGEST = 4000
NOTEBOOK = "notebook"
"""What `lessons write` calls the whole notebook."""


def ask_program(block: WriteBlock, lesson_id: str, answers: TextIO, score: Score) -> None:
    """Ask for the missing lines of a program until they are right, skipped or shown.

    Args:
        block: the exercise.
        lesson_id: the lesson it stands in.
        answers: where the lines come from: several end with an empty one; `h`, `x` and an empty
            line are taken as they are for other questions.
        score: is counted in.
    """
    exercise = block.exercise
    known = read_progress().programs
    for line in program_lines(exercise, known):
        click.echo(line)
    if problem := program_problem():  # before somebody writes what cannot be run
        click.echo(problem, err=True)
        score.skipped += 1
        return
    hints = tries = 0
    while True:
        typed = _read(answers, exercise.lines == 1)
        if typed is None:
            score.ended = True
            return
        if not answers.isatty():
            click.echo("\n".join(clean(line) for line in typed.split("\n")))
        word = typed.strip().casefold()
        if word in ("", "x"):
            score.skipped += not tries
            if word == "x":
                click.echo(textwrap.indent(exercise.solution, "    "))
                score.warn_once(record_note(lesson_id, block.id, "shown"))
            return
        if word == "h":
            hints = min(hints + 1, len(exercise.hints))
            click.echo(f"Hint {hints} of {len(exercise.hints)}: {exercise.hints[hints - 1]}")
            score.warn_once(record_note(lesson_id, block.id, "hint"))
            continue
        if is_empty(typed):
            continue
        try:
            result = _run(exercise, typed, known)
        except RunnerError as error:
            click.echo(clean(error), err=True)
            score.skipped += not tries
            return
        for line in result_lines(result):
            click.echo(line)
        judged = result.judged
        message = record_program(block.id, typed, correct=judged.correct)
        if judged.counts:
            message = (
                record_answer(lesson_id, block.id, judged.correct, judged.slip or None) or message
            )
            score.asked += not tries
            score.right += judged.correct and not tries
            tries += 1
        score.warn_once(message)
        if judged.correct:
            return


def program_lines(exercise: WrittenExercise, answers: Mapping[str, str] | None = None) -> list[str]:
    """Return the lines that ask for the missing lines of a program."""
    program = fill_in(exercise, "___", answers)
    lines = textwrap.wrap(f"Question: {exercise.prompt}", _WIDTH)
    lines += [f"    {line}".rstrip() for line in program.text.splitlines()]
    lines += textwrap.wrap(
        "Type the line that stands where ___ is."
        if exercise.lines == 1
        else "Type the lines that stand where ___ is, and an empty line behind the last.",
        _WIDTH,
    )
    return [*lines, "(h gives a hint, x shows the answer, an empty line skips.)"]


def result_lines(result: RunResult) -> list[str]:
    """Return what came of a program as lines of text."""
    judged = result.judged
    lines = [f"    {line}" for line in result.output.splitlines()]
    word = "Right: " if judged.correct else "No: " if judged.counts else "Not judged: "
    lines += textwrap.wrap(f"{word}{judged.sentence}", _WIDTH, break_long_words=False)
    lines += [clean(judged.error)] if judged.error else []
    if judged.explanation:
        lines += textwrap.wrap(judged.explanation, _WIDTH, break_long_words=False)
    return lines


def _run(exercise: WrittenExercise, typed: str, known: Mapping[str, str]) -> RunResult:
    async def run() -> RunResult:
        runner = CodeRunner()
        try:
            return await runner.run(exercise.name, fill_in(exercise, typed, known))
        finally:
            await runner.close()

    click.echo("Running the program …", err=True)
    return asyncio.run(run())


def _read(answers: TextIO, single: bool) -> str | None:
    """Return the lines that were typed; None where the input has ended."""
    lines: list[str] = []
    while True:
        click.echo("> " if not lines else ". ", nl=False)
        line = answers.readline(_LONGEST)
        if not line:
            click.echo("")
            return "\n".join(lines) if lines else None
        bare = line.rstrip("\n")
        if single or (not lines and bare.strip().casefold() in ("", "h", "x")):
            return bare
        if not bare.strip():
            return "\n".join(lines)
        lines.append(bare)


@click.command("write")
@click.argument("name", required=False, shell_complete=complete_program)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
              help="Write it to FILE instead of printing it.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@click.option("--solution", is_flag=True, help="Take the solutions instead of your own lines.")
def write_program(name: str | None, output: Path | None, force: bool, solution: bool) -> None:
    """Write a program of the lessons with your lines in it.

    NAME is an exercise, or notebook for the whole notebook; without NAME all are listed. Where you
    have not written anything yet, the solution stands.

    \b
    For example:
      cnn-tui lessons write
      cnn-tui lessons write notebook -o notebook.py
    """
    if name is None:
        for exercise in EXERCISES.values():
            click.echo(f"{exercise.name:<22}{exercise.title}")
        click.echo(f"{NOTEBOOK:<22}The whole notebook, as a file that runs")
        return
    if name != NOTEBOOK and name not in EXERCISES:
        raise click.UsageError(
            f"There is no exercise {clean(name, 60)!r}: "
            f"{did_you_mean(name, (*EXERCISES, NOTEBOOK))}."
        )
    progress = read_progress()
    answers = {} if solution else dict(progress.programs)
    if name == NOTEBOOK:
        program = saved_notebook(answers, answers)
    else:
        draft = "" if solution else progress.drafts.get(name, "")
        program = saved_exercise(EXERCISES[name], answers.get(name) or draft, answers)
    for note in () if solution else program.notes:
        click.echo("\n".join(textwrap.wrap(clean(note), _WIDTH)), err=True)
    if output is None:
        click.echo(program.text, nl=False)
        return
    try:
        write_whole(output, program.text.encode("utf-8", "replace"), force=force)
    except ExportError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"Written: {clean(output.absolute(), 300)}")
    if name == NOTEBOOK:
        click.echo(
            f"Run it with: python {shlex.quote(clean(output.name, 100))} FOLDER\n"
            "FOLDER is your folder of pictures. It contains the folders train and validation, and "
            "each of these contains one folder of pictures for each of the two classes."
        )
