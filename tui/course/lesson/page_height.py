"""The height of a page, and whether it fits a terminal of 80×24."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tui.course.lesson.lesson import Lesson, Page, Part
from tui.course.lesson.markdown import markdown_blocks
from tui.course.lesson.page_blocks import (
    CALCULATOR_ROWS,
    CalculatorBlock,
    CodeBlock,
    LookBlock,
    Prose,
    TrainBlock,
)
from tui.course.lesson.questions import (
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    ExpectBlock,
    FixBlock,
    PredictBlock,
    SolveBlock,
    WriteBlock,
)
from tui.course.reading.problems import LessonProblem

COLUMNS = 74
"""Columns of prose on a terminal of 80; the rest are margins and the scroll bar."""
CHART_ROWS = 8
"""Rows of the charts to choose from, with their frames; the legend has another one."""
ROWS = 15
"""Rows for the parts of a page; the others are title, heading, keys and status."""
SUMMARY_COLUMNS = 78
"""Columns for the summary of a lesson below the list, which has one row for it."""


def page_rows(page: Page) -> int:
    """Return about how many rows the parts of a page take at :data:`COLUMNS` columns.

    There is a blank row between two parts.
    """
    return sum(map(_rows, page.parts)) + max(len(page.parts) - 1, 0)


def crowded_pages(lesson: Lesson) -> Iterator[LessonProblem]:
    """Yield a problem for what does not fit a terminal: the summary, and each page that is long.

    A page has :data:`ROWS` rows, the summary :data:`SUMMARY_COLUMNS` columns.
    """
    if len(lesson.summary) > SUMMARY_COLUMNS:
        yield LessonProblem(
            lesson.file,
            lesson.line,
            f"the summary has {len(lesson.summary)} characters, and the list of lessons shows "
            f"{SUMMARY_COLUMNS} of them on a terminal of 80×24: shorten it.",
        )
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
            return CALCULATOR_ROWS
        case FixBlock():
            return 6 + len(part.before) + len(part.after) + _wrapped(part.prompt)
        case PredictBlock() | CountBlock():
            return 5 + _wrapped(part.prompt)
        case ChoiceBlock():
            return _choice_rows(part) + (CHART_ROWS + 1 if part.charts else 0)
        case ExpectBlock():
            return _choice_rows(part)
        case CodeBlock():
            return part.source.count("\n") + 1
        case SolveBlock():
            return 6 + _wrapped(part.prompt)
        case ChainBlock():
            return 3 + len(part.network.layers) + _wrapped(part.prompt)
        case TrainBlock() | LookBlock() | WriteBlock():
            return 12


def _choice_rows(part: ChoiceBlock | ExpectBlock) -> int:
    return 2 + _wrapped(part.prompt) + sum(_wrapped(option, 4) for option in part.options)


def _wrapped(text: str, indent: int = 0) -> int:
    return sum(len(textwrap.wrap(line, COLUMNS - indent)) or 1 for line in text.split("\n"))


def prose_rows(markdown: str) -> int:
    """Return how many rows a Markdown text takes at :data:`COLUMNS` columns.

    Args:
        markdown: paragraphs, lists, smaller headings, quotes, tables, drawings. Soft line
            breaks are joined, as in a browser.

    >>> prose_rows("one\\ntwo\\n\\nthree")
    3
    """
    rows = 0
    lines = markdown.split("\n")
    for block in markdown_blocks(markdown):
        rows += block.line > 0 and not lines[block.line - 1].strip()
        match block.kind:
            case "table":
                rows += 2 * (block.text.count("\n") + 1)  # a line below each row
            case "drawing":
                rows += block.text.count("\n") + 3
            case "heading":
                rows += 3
            case "rule":
                rows += 1
            case _:
                # There is a blank cell before and after a list marker.
                rows += _wrapped(block.text, len(block.prefix) + 2 if block.prefix else 0)
    return rows
