"""Where each key of a TOML text stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

_CLOSES = ("]", "}", '"""', "'''")
"""A statement of several lines ends in a line that has one of these."""

KeyPath = tuple[str, ...]


def toml_lines(text: str) -> dict[KeyPath, int]:
    r"""Return the line, from 1, in which each key and each table begins.

    tomllib does not tell. It reads each statement once more on its own here, so that what a
    statement is stays its business.

    Args:
        text: TOML that tomllib reads.

    >>> found = toml_lines('epochs = 5\n\n[data]\nclasses = [\n  "a",\n]\nsize.height = 3\n')
    >>> for path, line in found.items():
    ...     print(line, ".".join(path))
    1 epochs
    3 data
    4 data.classes
    7 data.size
    7 data.size.height
    """
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, statement in _statements(text):
        read = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = next(reversed(list(_paths(read, ()))), ())
            for end in range(len(table)):
                found.setdefault(table[: end + 1], line)
        else:
            for path in _paths(read, table):
                found.setdefault(path, line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement of a TOML text with the line that it begins in."""
    first, waiting = 0, ""
    for line, one in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not waiting and (not one.strip() or one.lstrip().startswith("#")):
            continue
        begins = not waiting
        if begins:
            first = line
        waiting += one + "\n"
        if not begins and not any(sign in one for sign in _CLOSES):
            continue  # trying at every line of a long list would take long
        try:
            tomllib.loads(waiting)
        except tomllib.TOMLDecodeError:
            continue
        yield first, waiting
        waiting = ""


def _paths(table: Mapping[str, Any], above: KeyPath) -> Iterator[KeyPath]:
    for key, value in table.items():
        path = (*above, key)
        yield path
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, Mapping):
            yield from _paths(inner, path)
