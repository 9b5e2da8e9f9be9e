"""`cnn-tui progress`: show what was learnt, and export it to another machine."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from tui.common.streams import json_text
from tui.common.text import clean
from tui.course import (
    SKILLS,
    Course,
    ExchangeError,
    LearnerProgress,
    Lesson,
    export_progress,
    import_progress,
    lesson_mark,
    load_course,
    read_progress,
    slip_label,
)
from tui.course.progress.progress_export import LARGEST, is_export

_SLIPS = 5


@click.command()
@click.option(
    "--export", "target", metavar="FILE", help="Write it to FILE as JSON; - is standard output."
)
@click.option(
    "--import",
    "source",
    metavar="FILE",
    help="Add the progress in FILE to this one; - reads standard input.",
)
def progress(target: str | None, source: str | None) -> None:
    """Show the course: lessons done, drills due, and frequent mistakes.

    \b
    For example:
      cnn-tui progress
      cnn-tui progress --export mine.json
    """
    if target is not None and source is not None:
        raise click.UsageError("--export and --import cannot be combined: choose one.")
    if target is not None:
        _export(target)
    elif source is not None:
        _import(source)
    else:
        view, course = read_progress(), load_course()
        click.echo("\n".join(report(course, view, time.time())))
        if view.message:
            click.echo(view.message, err=True)


def report(course: Course, view: LearnerProgress, now: float) -> Iterator[str]:
    """Yield the lines of the overview.

    Args:
        course: the lessons.
        view: the learner's progress.
        now: seconds since 1970.
    """
    yield "Lessons   ✓ done   ◐ begun   · not yet"
    for lesson in course.lessons:
        yield _lesson_line(lesson, view)
    due = view.due(now)
    yield ""
    if not view.drills:
        yield "Drills    none answered yet: cnn-tui drills"
    else:
        known = [skill for skill in SKILLS if skill in view.skills]
        waiting = sum(1 for skill in known if skill in due)
        yield f"Drills    {view.drills:,} answered, {waiting} of {len(known)} skills due"
        for skill in known:
            state = view.skills[skill]
            when = "due now" if skill in due else f"due in {_days(state.due_at - now)}"
            yield (
                f"  {skill:<19} box {state.box} of 5, level {state.level}, "
                f"{state.right} of {state.tries} right, {when}"
            )
    if view.slips:
        yield ""
        yield "Frequent mistakes"
        for name, count in list(view.slips.items())[:_SLIPS]:
            yield f"  {count:>3} × {slip_label(name)}"


def _lesson_line(lesson: Lesson, view: LearnerProgress) -> str:
    solved = view.solved(lesson.id)
    asked = [task.id for task in lesson.tasks]
    right = sum(1 for name in asked if name in solved)
    count = f"   {right} of {len(asked)} right" if asked else ""
    here = ""
    if view.bookmark is not None and view.bookmark.lesson == lesson.id:
        here = f", you are on page {min(view.bookmark.page + 1, len(lesson.pages))}"
    return f"  {lesson_mark(lesson, view)} {lesson.number:>2}  {lesson.title}{count}{here}"


def _days(seconds: float) -> str:
    days = max(-(-int(seconds) // 86_400), 1)
    return f"{days} day{'s' * (days != 1)}"


def _export(target: str) -> None:
    data, message = export_progress()
    if message:
        click.echo(message, err=True)
    if not data:
        sys.exit(1)
    if target == "-":
        click.echo(json_text(data.decode()), nl=False)
        return
    path = Path(target)
    shown = clean(path, 200)
    try:
        if path.is_dir() or (path.exists() and not is_export(path.read_bytes()[:200])):
            raise click.UsageError(
                f"{shown} exists and is not exported progress: name another file."
            )
        # Written to a temporary file, then renamed: a full disk leaves the old export intact.
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.UsageError(
            f"{shown} cannot be written: {clean(reason)}. Name a file in a folder that you may "
            "write to."
        ) from error
    click.echo(f"Progress is written to {shown}.")


def _import(source: str) -> None:
    shown = "standard input" if source == "-" else clean(source, 200)
    try:
        if source == "-":
            given: object = sys.stdin
            data = given.buffer.read(LARGEST + 1) if isinstance(given, io.TextIOWrapper) else b""
        else:
            with open(source, "rb") as stream:
                data = stream.read(LARGEST + 1)
        count, message = import_progress(data)
    except (OSError, ValueError) as error:
        if isinstance(error, ExchangeError):
            reason = f"{shown} is not exported progress: {error}."
        else:
            why = clean(getattr(error, "strerror", None) or error)
            reason = f"{shown} cannot be read: {why}."
        raise click.UsageError(
            f"{reason} Name a file that cnn-tui progress --export wrote."
        ) from error
    if message:
        click.echo(message, err=True)
        if not count:
            sys.exit(1)
    summary = f"{count:,} answers were new" if count != 1 else "1 answer was new"
    click.echo(f"{summary}; answers that were here already are not counted twice.")
