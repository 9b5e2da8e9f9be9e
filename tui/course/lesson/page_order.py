"""In which order a page is read: the words, then the thing, then what waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from tui.course.lesson.blocks import CodeBlock, Prose
from tui.course.lesson.model import Page, Part
from tui.course.lesson.questions import QUESTIONS


@dataclass(frozen=True, slots=True)
class PageOrder:
    """The parts of a page, in its file's order, divided by what they are there for.

    Args:
        words: what is read first, code among it.
        thing: what is done then, up to and with the question.
        after: what follows the question: it speaks to those who have answered it.
    """

    words: tuple[Part, ...]
    thing: tuple[Part, ...]
    after: tuple[Part, ...]


def page_order(page: Page) -> PageOrder:
    """Divide a page into what is read, what is done, and what waits for the answer.

    Args:
        page: the page.

    >>> order = page_order(Page("A page", (Prose("before"), CodeBlock("x = 1"), Prose("between"))))
    >>> len(order.words), order.thing
    (3, ())
    """
    parts = page.parts
    read = next(
        (at for at, part in enumerate(parts) if not isinstance(part, (Prose, CodeBlock))),
        len(parts),
    )
    asked = next(
        (at for at, part in enumerate(parts, start=1) if isinstance(part, QUESTIONS)), len(parts)
    )
    return PageOrder(parts[:read], parts[read:asked], parts[asked:])
