"""Find the lesson files and read them; a damaged one is a problem, never an exception."""

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
"""Bytes of a lesson file; ours have about 8,000."""
_FOLDER = "lessons"
"""Where the program's own are: in the package once it is installed, beside it in the source."""
VARIABLE = "CNN_TUI_LESSONS"
"""Names a folder of more lessons; the option --lessons sets it."""
Found: TypeAlias = tuple[Traversable, str] | LessonProblem
"""A lesson file with its name to show, or why there is none."""


def extra_folder() -> Path | None:
    """Return the folder of more lessons that the environment names; None when it names none."""
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return None
    try:
        return Path(named).expanduser().absolute()
    except (RuntimeError, OSError):  # ~somebody who does not exist; no folder to be in
        return Path(named)


def load_course(extra: Path | None = None) -> Course:
    """Read the lessons that come with the program, and perhaps a teacher's own.

    Args:
        extra: a folder of more lesson files; None for the one that the environment names.

    Returns:
        The lessons that can be taught from, by number, and what is wrong with the others.
    """
    return _read(_all_files(extra))


def _all_files(extra: Path | None = None) -> list[Found]:
    folder = extra if extra is not None else extra_folder()
    files = list(_own_files())
    if folder is not None:
        files += _files_in(folder, str(folder))
    return files


def check_lessons(place: Path | None = None) -> tuple[Course, tuple[LessonProblem, ...]]:
    """Read lessons as their author does: everything that should be mended is a problem.

    Args:
        place: a lesson file or a folder of them; None for the program's own, and for those
            that the environment adds.

    Returns:
        The course, and its problems together with the pages that ask for more room than a
        terminal of 80×24 has, the links that lead nowhere, and the numbers given twice.
    """
    around: list[Found] = []  # lessons that are linked to, and not checked
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
        problems += [twin for lesson in course.lessons for twin in _twins(lesson, own)]
    for lesson in course.lessons:
        problems += crowded_pages(lesson)
        problems += dead_links(lesson, linked)
    problems += _number_twins(course)
    return course, tuple(sorted(problems))


def _number_twins(course: Course) -> Iterator[LessonProblem]:
    """Yield a problem for every number that two files of one folder have."""
    first: dict[tuple[str, int], Lesson] = {}
    for lesson in course.lessons:
        folder = lesson.file.rpartition("/")[0]
        twin = first.setdefault((folder, lesson.number), lesson)
        if twin is not lesson:
            yield LessonProblem(
                lesson.file,
                1,
                f"the number {lesson.number} was taken by {twin.file}: give this file another one, "
                "or nobody can tell which comes first.",
            )


def _own_files() -> Iterator[Found]:
    folder = builtin_folder()
    if folder is None:
        yield LessonProblem(
            _FOLDER, 1, "the lessons are not installed: install cnn-tui again, with its data."
        )
        return
    yield from _files_in(folder, _FOLDER)


def builtin_folder() -> Traversable | None:
    """Return the folder of the program's own lessons; None where it was installed without."""
    package = importlib.resources.files("tui")
    installed = package / _FOLDER
    if installed.is_dir():
        return installed
    # Beside an installed package there may be anybody's lessons.
    if isinstance(package, Path) and (package.parent / "pyproject.toml").is_file():
        source = package.parent / _FOLDER
        if source.is_dir():
            return source
    return None


def _files_in(folder: Traversable, shown: str) -> Iterator[Found]:
    """Yield every Markdown file of a folder with its name to show, in order."""
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
            f"the folder cannot be read: {clean(error.strerror or error)}. Name a folder of lesson "
            f"files that you may read, with --lessons DIR or in {VARIABLE}.",
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
        twins = list(_twins(lesson, lessons))
        problems += twins
        if not twins:
            lessons.append(lesson)
    lessons.sort(key=lambda lesson: (lesson.number, lesson.file))
    return Course(tuple(lessons), tuple(sorted(problems)))


def _twins(lesson: Lesson, lessons: Iterable[Lesson]) -> Iterator[LessonProblem]:
    """Yield a problem for every lesson that has the same id."""
    for other in lessons:
        if other.id == lesson.id:
            yield LessonProblem(
                lesson.file,
                lesson.line,
                f"the id {lesson.id!r} was taken by {other.file}: give each lesson one of its "
                "own; this file is left out.",
            )


def _is_own(place: Path) -> bool:
    """Whether a file or folder is the program's own, which may be named by its path too."""
    try:
        own = builtin_folder()
        folder = place.parent if place.is_file() else place
        return isinstance(own, Path) and own.resolve() == folder.resolve()
    except OSError:
        return False


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
