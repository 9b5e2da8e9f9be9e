"""`cnn-tui lessons`: the list of lessons, and a check for those who write them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tui.course import check_lessons, load_course


@click.group(invoke_without_command=True)
@click.pass_context
def lessons(context: click.Context) -> None:
    """List the lessons, or check lesson files."""
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
@click.argument("place", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def check(place: Path | None) -> None:
    """Say what is wrong with the lesson files of DIR, one line each.

    Without DIR the program's own lessons are checked; a single file will do too. Exit status:
    0 nothing is wrong, 1 something is.
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
