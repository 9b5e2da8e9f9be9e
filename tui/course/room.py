"""How many lines a page asks for, and whether a terminal of 80×24 has them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from tui.course.blocks import CalculatorBlock, CodeBlock, LookBlock, Prose, TrainBlock
from tui.course.model import Lesson, Page, Part
from tui.course.problems import LessonProblem
from tui.course.questions import ChainBlock, ChoiceBlock, PredictBlock, SolveBlock

COLUMNS = 74
"""Columns of prose on a terminal of 80: the rest are margins and the scroll bar."""
ROWS = 15
"""Rows that a page has for its parts; the others are title, heading, keys and status."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|__|[`*]")
_LISTED = re.compile(r"\s*([-+*]|[0-9]+[.)])\s+")


def page_rows(page: Page) -> int:
    """Return about how many rows the parts of a page take, one blank row between two.

    Args:
        page: the page.

    Returns:
        Rows at :data:`COLUMNS` columns.
    """
    return sum(map(_rows, page.parts)) + max(len(page.parts) - 1, 0)


def crowded_pages(lesson: Lesson) -> Iterator[LessonProblem]:
    """Yield a problem for every page of a lesson that has more rows than :data:`ROWS`.

    Args:
        lesson: the lesson.

    Yields:
        The problems, in the order of the pages.
    """
    for page in lesson.pages:
        rows = page_rows(page)
        if rows > ROWS:
            yield LessonProblem(
                lesson.file,
                page.line,
                f"the page “{page.heading}” takes about {rows} rows, and a terminal of 80×24 has "
                f"{ROWS} for it: shorten it, or divide it with a line ---.",
            )


def _rows(part: Part) -> int:
    match part:
        case Prose():
            return prose_rows(part.markdown)
        case CalculatorBlock():
            return 9
        case PredictBlock():
            return 5 + _wrapped(part.prompt)
        case ChoiceBlock():
            return 2 + _wrapped(part.prompt) + sum(_wrapped(option, 4) for option in part.options)
        case CodeBlock():
            return part.source.count("\n") + 1
        case SolveBlock():
            return 6 + _wrapped(part.prompt)
        case ChainBlock():
            return 3 + len(part.network.layers) + _wrapped(part.prompt)
        case TrainBlock() | LookBlock():
            return 12


def _wrapped(text: str, indent: int = 0) -> int:
    plain = _MARKS.sub("", _LINK.sub(r"\1", text))
    return len(textwrap.wrap(plain, COLUMNS - indent)) or 1


def prose_rows(markdown: str) -> int:
    """Return how many rows a Markdown text takes.

    Args:
        markdown: paragraphs, lists, smaller headings, quotes, tables, bare fences.

    Returns:
        Rows at :data:`COLUMNS` columns; soft line breaks are joined, as a browser does.

    >>> prose_rows("one\\ntwo\\n\\nthree")
    3
    """
    rows, paragraph, fenced = 0, "", False
    indent = 0

    def flush() -> int:
        nonlocal paragraph, indent
        taken = _wrapped(paragraph, indent) if paragraph else 0
        paragraph, indent = "", 0
        return taken

    gap = False
    for line in markdown.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            rows += flush() + 1
            fenced = not fenced
        elif fenced:
            rows += 1
        elif not line.strip():
            rows += flush()
            gap = True
            continue
        elif listed := _LISTED.match(line):
            rows += flush()
            indent = len(listed[0]) + 2
            paragraph = line[listed.end() :]
        elif found := re.match(r"[|#>]", line):
            # A table has a rule below each row, a heading blank rows around it.
            rows += flush() + {"|": 2, "#": 3, ">": 1}[found[0]]
        else:
            paragraph = f"{paragraph} {line.strip()}".strip()
        rows += gap
        gap = False
    return rows + flush()
