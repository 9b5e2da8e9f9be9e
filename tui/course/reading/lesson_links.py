"""Links in a lesson: to pages, to other lessons and to the web."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from tui.course.lesson.lesson import Lesson, Page
from tui.course.lesson.markdown import Reference, references
from tui.course.lesson.page_blocks import Prose
from tui.course.reading.problems import LessonProblem
from tui.geometry.errors import shown

_LESSON = re.compile(r"lesson:(?P<id>[a-z0-9-]+)(#(?P<anchor>[^#\s]+))?")
_FILE = re.compile(r"(?P<file>[0-9]{2,3}-[a-z0-9-]+\.md)?(#(?P<anchor>[^#\s]+))?")
_WEB = re.compile(r"https://[^\s/]+\S*")
_CURE = (
    "link to https://…, to lesson:ID, to a lesson file in the same folder such as 05-padding.md, "
    "or to #the-heading-of-a-page"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link.

    Args:
        target: as it is written.
        line: of its file.
    """

    target: str
    line: int


def anchor_of(heading: str) -> str:
    """Return the anchor of a page, by which links lead to it.

    >>> anchor_of("Where can the filter stand?")
    'where-can-the-filter-stand'
    """
    return "-".join(re.findall(r"\w+", heading.casefold()))


def forbidden_links(prose: Prose, file: str) -> list[LessonProblem]:
    """Return a problem for every link, picture and HTML that a lesson may not have.

    Args:
        prose: the text.
        file: the file that it is from.
    """
    problems = []
    for one in references(prose.markdown):
        target = _target(one)
        if one.kind == "html":
            if one.target.startswith("<!--"):
                continue  # comments are not shown
            sentence = (
                f"{shown(one.target)} is HTML, which a terminal does not show: write it as "
                "Markdown, or put it between backticks to show it as it is."
            )
        elif one.kind == "picture":
            sentence = (
                f"the picture {shown(target)} cannot be shown in a terminal: draw it with "
                "characters between two lines of ```, or use a look block."
            )
        elif target and any(kind.fullmatch(target) for kind in (_WEB, _LESSON, _FILE)):
            continue
        else:
            sentence = f"the link {shown(target)} leads out of the lessons: {_CURE}."
        problems.append(LessonProblem(file, prose.line + one.line, sentence))
    return problems


def dead_links(lesson: Lesson, lessons: Sequence[Lesson]) -> Iterator[LessonProblem]:
    """Yield a problem for every link to a lesson, a file or a page that does not exist.

    Args:
        lesson: whose links are checked.
        lessons: all lessons, including this one.
    """
    folder = lesson.file.rpartition("/")[0]
    by_id = {other.id: other for other in lessons}
    by_file = {other.file: other for other in lessons}
    for prose in (part for page in lesson.pages for part in page.parts if isinstance(part, Prose)):
        for link in _links(prose):
            if _WEB.fullmatch(link.target):
                continue
            if named := _LESSON.fullmatch(link.target):
                aim, what = by_id.get(named["id"]), f"no lesson has the id {shown(named['id'])}"
            elif (named := _FILE.fullmatch(link.target)) and named["file"]:
                path = f"{folder}/{named['file']}" if folder else named["file"]
                aim, what = by_file.get(path), f"there is no lesson in {shown(named['file'])}"
            else:
                aim, what = lesson, ""
            if aim is None:
                yield LessonProblem(
                    lesson.file, link.line, f"the link {shown(link.target)} is dead: {what}."
                )
                continue
            wanted = named["anchor"] if named else None
            if wanted and wanted not in map(anchor_of, (page.heading for page in aim.pages)):
                yield LessonProblem(
                    lesson.file,
                    link.line,
                    f"the link {shown(link.target)} is dead: “{aim.title}” has no page with that "
                    f"heading. The first one is #{anchor_of(aim.pages[0].heading)}.",
                )


def page_links(page: Page) -> tuple[str, ...]:
    """Return the targets of the links of a page, each once, in order."""
    proses = (part for part in page.parts if isinstance(part, Prose))
    return tuple(
        dict.fromkeys(link.target for prose in proses for link in _links(prose, definitions=False))
    )


def follow_link(
    target: str, lesson: Lesson, lessons: Sequence[Lesson]
) -> tuple[Lesson, int] | None:
    """Return the lesson and the page, from 0, that a link leads to.

    Args:
        target: as it is written.
        lesson: that has the link.
        lessons: all lessons.

    Returns:
        None for a link to the web and for a dead one.
    """
    aim: Lesson | None = lesson
    if named := _LESSON.fullmatch(target):
        aim = next((one for one in lessons if one.id == named["id"]), None)
    elif named := _FILE.fullmatch(target):
        file = named["file"]
        if file:
            aim = next((one for one in lessons if one.file.rpartition("/")[2] == file), None)
    if named is None or aim is None:
        return None
    anchors = [anchor_of(page.heading) for page in aim.pages]
    return aim, anchors.index(named["anchor"]) if named["anchor"] in anchors else 0


def _target(one: Reference) -> str:
    """Return the target of a link as its author wrote it and as Textual reports it."""
    return one.target if one.target.startswith("https:") else unquote(one.target)


def _links(prose: Prose, *, definitions: bool = True) -> Iterator[Link]:
    """Yield every link of a text, and unused definitions of links where they are asked for."""
    for one in references(prose.markdown):
        if one.kind == "link" or (definitions and one.kind == "definition"):
            yield Link(_target(one), prose.line + one.line)
