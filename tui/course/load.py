"""Find the lesson files and read them; a damaged one is a problem, never an exception."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from tui.course.model import Course, Lesson
from tui.course.parse import parse_lesson
from tui.course.problems import LessonError, LessonProblem
from tui.course.room import crowded_pages
from tui.text import clean

_LARGEST = 1_000_000
"""Bytes of a lesson file; ours have about 8,000."""
_PACKAGE = "lessons"


def load_course(extra: Path | None = None) -> Course:
    """Read the lessons that come with the program, and perhaps a teacher's own.

    Args:
        extra: a folder of more lesson files.

    Returns:
        The lessons that can be taught from, by number, and what is wrong with the others.
    """
    files = list(_own_files())
    if extra is not None:
        files += _files_in(extra, str(extra))
    return _read(files)


def check_lessons(place: Path | None = None) -> tuple[Course, tuple[LessonProblem, ...]]:
    """Read lessons as their author does: everything that should be mended is a problem.

    Args:
        place: a lesson file or a folder of them; None for the program's own.

    Returns:
        The course, and its problems together with the pages that ask for more room than a
        terminal of 80×24 has.
    """
    if place is None:
        files = list(_own_files())
    elif place.is_file():
        files = [(place, str(place))]
    else:
        files = list(_files_in(place, str(place)))
    course = _read(files)
    crowded = [problem for lesson in course.lessons for problem in crowded_pages(lesson)]
    return course, tuple(sorted([*course.problems, *crowded]))


def _own_files() -> Iterator[tuple[Traversable, str] | LessonProblem]:
    try:
        folder = importlib.resources.files(_PACKAGE)
    except ModuleNotFoundError:
        yield LessonProblem(
            _PACKAGE, 1, "the lessons are not installed: install cnn-tui again, with its data."
        )
        return
    yield from _files_in(folder, _PACKAGE)


def _files_in(folder: Traversable, shown: str) -> Iterator[tuple[Traversable, str] | LessonProblem]:
    """Yield every Markdown file of a folder with its name to show, in order."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        for entry in entries:
            wanted = entry.name.endswith(".md") and not entry.name.startswith((".", "README"))
            if wanted and entry.is_file():
                yield entry, f"{shown}/{entry.name}"
    except OSError as error:
        yield LessonProblem(
            clean(shown),
            1,
            f"the folder cannot be read: {clean(error.strerror or error)}. Name a folder of "
            "lesson files that you may read.",
        )


def _read(files: list[tuple[Traversable, str] | LessonProblem]) -> Course:
    lessons: list[Lesson] = []
    problems: list[LessonProblem] = []
    for found in files:
        if isinstance(found, LessonProblem):
            problems.append(found)
            continue
        try:
            lesson = _read_file(*found)
        except LessonError as error:
            problems += error.problems
            continue
        twin = next((other for other in lessons if other.id == lesson.id), None)
        if twin is None:
            lessons.append(lesson)
        else:
            problems.append(
                LessonProblem(
                    lesson.file,
                    1,
                    f"the id {lesson.id!r} was taken by {twin.file}: give each lesson one of its "
                    "own; this file is left out.",
                )
            )
    lessons.sort(key=lambda lesson: (lesson.number, lesson.file))
    return Course(tuple(lessons), tuple(sorted(problems)))


def _read_file(entry: Traversable, name: str) -> Lesson:
    """Read one file, or raise a :class:`LessonError`."""
    try:
        with entry.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise LessonError(
                [LessonProblem(clean(name), 1, f"is larger than {_LARGEST:,} bytes: divide it.")]
            )
        return parse_lesson(data.decode("utf-8"), name)
    except OSError as error:
        reason = f"cannot be read: {clean(error.strerror or error)}. Make it readable."
        raise LessonError([LessonProblem(clean(name), 1, reason)]) from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        reason = f"byte {data[error.start]:#04x} is no UTF-8: save the file as UTF-8."
        raise LessonError([LessonProblem(clean(name), line, reason)]) from error
