"""Names in the order in which people list them: numbers by value, letters without case."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key with numbers by value and letters without case.

    >>> sorted(["Lesson 10", "quit", "Lesson 2"], key=natural_key)
    ['Lesson 2', 'Lesson 10', 'quit']
    """
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
