"""Divide a lesson file into front matter, pages, prose and fenced blocks, with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})\s*(?P<kind>[^`]*?)\s*$")
_RULE = re.compile(r"---+\s*$")
_FRONT = re.compile(r"\+\+\+\s*$")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines of a file.

    Args:
        kind: the word after the fence; empty for prose.
        lines: the lines, without the fence.
        line: the number of the first one in the file.
        closed: False when a fence is opened but not closed.
    """

    kind: str
    lines: tuple[str, ...]
    line: int
    closed: bool = True

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def split_lines(text: str) -> list[str]:
    """Return the lines of a file as an editor counts them.

    `str.splitlines` also splits at form feeds and Unicode separators, so its line numbers
    would differ from those in the author's editor.
    """
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split_front(lines: list[str]) -> tuple[Chunk | None, int]:
    """Return the front matter and the index of the line after it.

    Args:
        lines: the whole file.

    Returns:
        The front matter, or None (and 0) when there is none; `closed` is False when its second
        `+++` is missing.
    """
    if not _FRONT.match(lines[0]):
        return None, 0
    for index, line in enumerate(lines[1:], start=1):
        if _FRONT.match(line):
            return Chunk("front", tuple(lines[1:index]), 2), index + 1
    return Chunk("front", tuple(lines[1:]), 2, closed=False), len(lines)


def split_pages(lines: list[str], start: int) -> Iterator[tuple[int, list[Chunk]]]:
    """Yield the first line and the chunks of each page.

    Args:
        lines: the whole file.
        start: index of the first line after the front matter.

    Yields:
        For each page the number of its first line, and its prose and its blocks in order;
        prose of blank lines is left out. A fence without a word, or with `text`, is a drawing
        and stays part of its prose.
    """
    chunks: list[Chunk] = []
    prose: list[str] = []
    began = index = start
    page = start + 1
    closed = True

    def close_prose() -> None:
        if any(line.strip() for line in prose):
            blank = next(i for i, line in enumerate(prose) if line.strip())
            chunks.append(Chunk("", tuple(prose[blank:]), began + blank + 1, closed))
        prose.clear()

    while index < len(lines):
        line = lines[index]
        fence = _FENCE.match(line)
        if fence:
            end = _end_of_fence(lines, index, fence["marks"])
            if fence["kind"] in ("", "text"):
                prose.extend(lines[index : end + 1])
                closed = end < len(lines)
            else:
                close_prose()
                body = tuple(lines[index + 1 : end])
                chunks.append(Chunk(fence["kind"], body, index + 2, end < len(lines)))
            index = end + 1
        elif _RULE.match(line):
            close_prose()
            yield page, chunks
            chunks = []
            index += 1
            page = index + 1
        else:
            prose.append(line)
            index += 1
            continue
        if not prose:
            began = index
    close_prose()
    yield page, chunks


def _end_of_fence(lines: Sequence[str], start: int, marks: str) -> int:
    """Return the index of the closing fence; the number of lines when there is none."""
    for index in range(start + 1, len(lines)):
        line = lines[index].strip()
        if len(line) >= len(marks) and set(line) == {marks[0]}:
            return index
    return len(lines)
