"""`cnn-tui lessons`: the list of lessons, and a check for those who write them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from tui.common.text import clean
from tui.course import (
    LESSONS_VARIABLE,
    SLUG,
    check_lessons,
    extra_folder,
    lesson_template,
    load_course,
)


def add_lessons(folder: str) -> None:
    """Add a folder of lessons to the course of this process; a usage error when it is none."""
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
    """List the lessons, check lesson files, or begin a new one."""
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


@lessons.command()
@click.argument("slug")
@click.option(
    "--in", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Where to put it; otherwise the folder of --lessons, or the one you are in.",
)  # fmt: skip
def new(slug: str, folder: Path | None) -> None:
    """Write a lesson to begin with: NN-SLUG.md, with every kind of block explained.

    SLUG is small letters, digits and hyphens, such as zero-padding. The number is the next free
    one behind the course.
    """
    if not SLUG.fullmatch(slug) or len(slug) > 60:
        raise click.UsageError(
            f"{clean(slug, 60)!r} is no name for a lesson: take small letters, digits and hyphens, "
            "such as zero-padding."
        )
    place = folder or extra_folder() or Path()
    if not place.is_dir():
        raise click.UsageError(f"There is no folder {clean(place, 200)}: make it first.")
    path = place / f"{_next_number(place):02}-{slug}.md"
    try:
        twins = sorted(found.name for found in place.glob(f"[0-9]*-{slug}.md"))
        if twins:
            raise click.UsageError(
                f"{clean(place / twins[0], 200)} is there already: take another name."
            )
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(lesson_template(slug))
    except OSError as error:
        reason = clean(error.strerror or error)
        raise click.UsageError(
            f"{clean(path, 200)} cannot be written: {reason}. Name a folder that you may write to."
        ) from error
    click.echo(f"{clean(path, 200)} is there. Edit it, and look at it with:")
    click.echo(f"  cnn-tui lessons check {clean(path, 200)}")
    click.echo(f"  cnn-tui --lessons {clean(place, 200)}")


def _next_number(place: Path) -> int:
    """Return the next free number behind the course and what is in a folder."""
    numbers = [lesson.number for lesson in load_course().lessons]
    numbers += [
        int(found.name.partition("-")[0])
        for found in place.glob("[0-9]*-*.md")
        if found.name.partition("-")[0].isdigit() and len(found.name.partition("-")[0]) <= 3
    ]
    return max(numbers, default=0) + 1
