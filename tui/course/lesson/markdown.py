"""The Markdown of lessons: one parser for the screen, the check of links and plain text."""

from __future__ import annotations

import functools
import itertools
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

INDENT = "    "
"""Before lines that are shown unchanged."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A link, a picture or a piece of HTML in a text.

    Args:
        kind: "link", "picture", "html", or "definition" for a link definition that is not used.
        target: of the link, as a browser gets it; for HTML its text.
        line: of the text, from 0.
    """

    kind: str
    target: str
    line: int


def lesson_parser() -> MarkdownIt:
    """Return the Markdown parser of lessons, also for Textual's widget.

    It differs from Textual's own in two ways: a word with a dot in it, such as model.py, is not
    a link, and a fence without a word is a drawing, not Python.
    """
    from markdown_it import MarkdownIt  # slow, and not needed for the first frame

    parser = MarkdownIt("gfm-like")
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.core.ruler.push("drawings", _name_drawings)
    return parser


@functools.cache
def _reader() -> MarkdownIt:
    """Return a parser that finds links of all kinds, for checking only."""
    parser = lesson_parser()
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def _name_drawings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("fence", "code_block") and not token.info.strip():
            token.info = "text"


def references(markdown: str) -> Iterator[Reference]:
    """Yield every link, picture and piece of HTML in a text, in order.

    Links that the screen would not show as links, such as file:///…, are found too.
    """
    lines = markdown.split("\n")
    env: dict[str, Any] = {}
    used = set()
    line = 0
    for token in _reader().parse(markdown, env):
        line = token.map[0] if token.map else line
        end = token.map[1] if token.map else line + 1
        if token.type == "html_block":
            yield Reference("html", token.content.strip(), line)
        at = line
        for child in token.children or []:
            if child.type in ("softbreak", "hardbreak"):
                at += 1
            for kind, attribute in (("link", "href"), ("picture", "src")):
                target = child.attrs.get(attribute)
                if isinstance(target, str):
                    used.add(target)
                    yield Reference(kind, target, _line_of(target, lines, at, end))
            if child.type == "html_inline":
                yield Reference(
                    "html", child.content.strip(), _line_of(child.content, lines, at, end)
                )
    for reference in env.get("references", {}).values():
        if reference["href"] not in used:
            yield Reference("definition", reference["href"], reference["map"][0])


def _line_of(text: str, lines: Sequence[str], start: int, end: int) -> int:
    """Return the first line from `start` on that has a text; `start` when none has."""
    first = text.partition("\n")[0]
    return next((n for n in range(start, min(end, len(lines))) if first in lines[n]), start)


def top_headings(markdown: str) -> Iterator[tuple[str, int]]:
    """Yield the text and the line, from 0, of every first-level heading."""
    for token, after in itertools.pairwise(_reader().parse(markdown)):
        if token.type == "heading_open" and token.tag == "h1":
            yield plain_text(after), token.map[0] if token.map else 0


def plain_text(inline: Token, link: Callable[[str, str], str] = lambda text, target: text) -> str:
    """Return a paragraph or a heading without Markdown marks.

    Args:
        inline: a token of type `inline`.
        link: makes the text of a link from its words and its target.
    """
    found = [""]
    targets: list[str] = []
    for child in inline.children or []:
        if child.type == "link_open":
            targets.append(str(child.attrs.get("href", "")))
            found.append("")
        elif child.type == "link_close":
            text = found.pop()
            found[-1] += link(text, targets.pop())
        elif child.type == "softbreak":
            found[-1] += " "
        elif child.type == "hardbreak":
            found[-1] += "\n"
        elif child.type in ("text", "code_inline", "image"):
            found[-1] += child.content
    return "".join(found)


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """A paragraph, heading, table, drawing or rule in a text.

    Args:
        kind: "words", "heading", "table", "drawing" or "rule".
        text: without marks; tables and drawings as they are written.
        line: its first line, from 0.
        prefix: of its first line, such as a list marker.
    """

    kind: str
    text: str
    line: int
    prefix: str = ""


def markdown_blocks(
    markdown: str, link: Callable[[str, str], str] = lambda text, target: text
) -> Iterator[MarkdownBlock]:
    """Yield the blocks of a text, in order, without HTML.

    Args:
        markdown: the text.
        link: as for :func:`plain_text`.
    """
    lines = markdown.split("\n")
    lists: list[str] = []
    quotes = 0
    prefix = ""
    kind = "words"
    table_ends = 0
    for token in _reader().parse(markdown):
        line = token.map[0] if token.map else 0
        if line < table_ends:
            continue
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(token.type)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                mark = f"{token.info}{token.markup}" if token.info else token.markup
                prefix = "  " * (len(lists) - 1) + mark + " "
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "heading_open":
                kind, prefix = "heading", token.markup + " " if token.markup[0] == "#" else ""
            case "heading_close":
                kind = "words"
            case "table_open" if token.map:
                table_ends = token.map[1]
                yield MarkdownBlock("table", "\n".join(lines[slice(*token.map)]), line)
            case "fence" | "code_block":
                yield MarkdownBlock("drawing", token.content.removesuffix("\n"), line)
            case "hr":
                yield MarkdownBlock("rule", "", line)
            case "inline":
                yield MarkdownBlock(kind, plain_text(token, link), line, "> " * quotes + prefix)
                prefix = " " * len(prefix) if lists else ""


def plain_lines(markdown: str, width: int) -> Iterator[str]:
    """Yield a text as plain lines without marks; links show their targets.

    Args:
        markdown: the text.
        width: of a line, in cells; longer words are not cut.

    >>> list(plain_lines("**K** filters, see [padding](lesson:padding)\\n- of `3x3`", 60))
    ['K filters, see padding (lesson:padding)', '- of 3x3']
    """
    lines = markdown.split("\n")
    for block in markdown_blocks(
        markdown, lambda text, to: text if text == to else f"{text} ({to})"
    ):
        if block.line and not lines[block.line - 1].strip():
            yield ""
        if block.kind == "drawing":
            yield from (INDENT + line for line in block.text.split("\n"))
        elif block.kind == "table":
            yield from (line.strip() for line in block.text.split("\n"))
        elif block.kind != "rule":
            # Commands are copied from here: a word is never cut in two.
            yield from textwrap.wrap(
                block.text.replace("\n", " "),
                width,
                initial_indent=block.prefix,
                subsequent_indent=" " * len(block.prefix),
                break_long_words=False,
                break_on_hyphens=False,
            )
