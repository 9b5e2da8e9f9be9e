"""Reading text as Python without running it."""

from __future__ import annotations

import ast
import threading

NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `parse_python` raises: the text is not Python, or nested too deeply to be read."""
_parsing = threading.Lock()


def parse_python(text: str) -> ast.Module:
    """Return the syntax tree of a text.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it cannot be read (`NOT_PYTHON`).

    >>> len(parse_python("a = 1; b = 2").body)
    2
    """
    # One at a time: Python counts the depth of all threads together, and where one waits amid a
    # tree (garbage is collected), both end with a SystemError (CPython issue 106905).
    with _parsing:
        return ast.parse(text)
