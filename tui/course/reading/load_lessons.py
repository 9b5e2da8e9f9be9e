"""Find and read lesson files; a damaged one is a problem, never an exception."""

from __future__ import annotations

import importlib.resources
import os
from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias

from tui.common.text import clean
from tui.course.lesson.lesson import Course, Lesson
from tui.course.lesson.page_height import crowded_pages
from tui.course.reading.lesson_file import parse_lesson
from tui.course.reading.lesson_links import dead_links
from tui.course.reading.problems import LessonError, LessonProblem

_LARGEST = 1_000_000
"""Bytes of a lesson file; those of the course have about 8,000."""
_FOLDER = "lessons"
"""The folder of the course: inside the package when installed, beside it in the source tree."""
VARIABLE = "CNN_TUI_LESSONS"
"""The environment variable with a folder of more lessons; --lessons sets it."""
Found: TypeAlias = tuple[Traversable, str] | LessonProblem
"""A lesson file with the name to show for it, or the problem with it."""


def extra_folder() -> Path | None:
    """Return the folder of more lessons from the environment; None when there is none."""
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return None
    try:
        return Path(named).expanduser().absolute()
    except (RuntimeError, OSError):  # ~somebody who does not exist; no folder to be in
        return Path(named)


def load_course(extra: Path | None = None) -> Course:
    """Read the lessons of the course, and those of another folder.

    Args:
        extra: a folder of more lesson files; None for the one from the environment.

    Returns:
        The lessons that could be read, by number, and what is wrong with the others.
    """
    return _read(_all_files(extra))


def _all_files(extra: Path | None = None) -> list[Found]:
    folder = extra if extra is not None else extra_folder()
    files = list(_own_files())
    if folder is not None:
        files += _files_in(folder, str(folder))
    return files


def check_lessons(place: Path | None = None) -> tuple[Course, tuple[LessonProblem, ...]]:
    """Check lessons as their author needs it.

    Args:
        place: a lesson file or a folder of them; None for the course and the folder from the
            environment.

    Returns:
        The course, and all problems: also pages that do not fit a terminal of 80×24, dead
        links, and numbers used twice.
    """
    around: list[Found] = []  # lessons that may be linked to, but are not checked
    if place is None:
        files = _all_files()
    elif place.is_file():
        files = [(place, str(place))]
        folder = str(place).rpartition("/")[0]
        around = list(_files_in(place.parent, folder))
    else:
        files = list(_files_in(place, str(place)))
    course = _read(files)
    own = _read(list(_own_files())).lessons
    linked = (*course.lessons, *_read(around).lessons, *own)
    problems = list(course.problems)
    if place is not None and not _is_own(place):
        problems += [twin for lesson in course.lessons for twin in _same_id(lesson, own)]
    for lesson in course.lessons:
        problems += crowded_pages(lesson)
        problems += dead_links(lesson, linked)
    problems += _number_twins(course)
    return course, tuple(sorted(problems))


def _number_twins(course: Course) -> Iterator[LessonProblem]:
    """Yield a problem for every number that is used twice in a folder."""
    first: dict[tuple[str, int], Lesson] = {}
    for lesson in course.lessons:
        folder = lesson.file.rpartition("/")[0]
        twin = first.setdefault((folder, lesson.number), lesson)
        if twin is not lesson:
            yield LessonProblem(
                lesson.file,
                1,
                f"the number {lesson.number} is already used by {twin.file}: give this file "
                "another one, so that their order is clear.",
            )


def _own_files() -> Iterator[Found]:
    folder = builtin_folder()
    if folder is None:
        yield LessonProblem(_FOLDER, 1, "the lessons are missing: install cnn-tui again.")
        return
    yield from _files_in(folder, _FOLDER)


def builtin_folder() -> Traversable | None:
    """Return the folder of the course; None when it is missing."""
    package = importlib.resources.files("tui")
    installed = package / _FOLDER
    if installed.is_dir():
        return installed
    # Beside an installed package a folder `lessons` may be anybody's.
    if isinstance(package, Path) and (package.parent / "pyproject.toml").is_file():
        source = package.parent / _FOLDER
        if source.is_dir():
            return source
    return None


def _files_in(folder: Traversable, shown: str) -> Iterator[Found]:
    """Yield the lesson files of a folder, in order, with the names to show for them."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        for entry in entries:
            wanted = entry.name.endswith(".md") and not entry.name.startswith((".", "README"))
            if wanted and entry.is_file():
                yield entry, f"{shown}/{entry.name}" if shown else entry.name
    except OSError as error:
        yield LessonProblem(
            clean(shown),
            1,
            f"the folder cannot be read: {clean(error.strerror or error)}. Give a readable folder "
            f"of lesson files with --lessons DIR or in {VARIABLE}.",
        )


def _read(files: list[Found]) -> Course:
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
        twins = list(_same_id(lesson, lessons))
        problems += twins
        if not twins:
            lessons.append(lesson)
    lessons.sort(key=lambda lesson: (lesson.number, lesson.file))
    return Course(tuple(lessons), tuple(sorted(problems)))


def _same_id(lesson: Lesson, lessons: Iterable[Lesson]) -> Iterator[LessonProblem]:
    """Yield a problem for every other lesson with the same id."""
    for other in lessons:
        if other.id == lesson.id:
            yield LessonProblem(
                lesson.file,
                lesson.line,
                f"the id {lesson.id!r} is already used by {other.file}: give each lesson its own "
                "id; this file is left out.",
            )


def _is_own(place: Path) -> bool:
    """Whether a path is the folder of the course or a file in it."""
    try:
        own = builtin_folder()
        folder = place.parent if place.is_file() else place
        return isinstance(own, Path) and own.resolve() == folder.resolve()
    except OSError:
        return False


def _read_file(entry: Traversable, name: str) -> Lesson:
    """Read a file.

    Raises:
        LessonError: it cannot be read or has problems.
    """
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
        reason = f"byte {data[error.start]:#04x} is not UTF-8: save the file as UTF-8."
        raise LessonError([LessonProblem(clean(name), line, reason)]) from error
