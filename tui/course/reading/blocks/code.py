"""Python to read and copy."""

from __future__ import annotations

import ast

from tui.common.text import clean
from tui.course.lesson.blocks import CodeBlock
from tui.course.lesson.model import Part
from tui.course.reading.problems import LessonProblem
from tui.course.reading.source import Chunk


def safe_lines(text: str) -> str:
    """Return a text of several lines with every control character made visible."""
    return "\n".join(clean(line.expandtabs(4)) for line in text.split("\n")).strip("\n")


def read_code(chunk: Chunk, file: str) -> tuple[Part | None, list[LessonProblem]]:
    """Return the block of a fence of code, and a problem when it is no Python.

    Args:
        chunk: the lines between the fences.
        file: the file they stand in.
    """
    try:
        ast.parse(chunk.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = chunk.line + ((getattr(error, "lineno", None) or 1) - 1)
        reason = clean(getattr(error, "msg", None) or error, 100)
        cure = f"code is no Python: {reason}. Mend it, or take a fence without a word for text."
        return None, [LessonProblem(file, line, cure)]
    return CodeBlock(safe_lines(chunk.text), chunk.line - 1), []
