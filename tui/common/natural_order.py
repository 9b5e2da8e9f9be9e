"""Names in the order in which people list them: numbers by value, letters without case."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key with numbers by value and letters without case.

    >>> sorted(["Lesson 10", "quit", "Lesson 2"], key=natural_key)
    ['Lesson 2', 'Lesson 10', 'quit']
    >>> natural_key("9" * 5000) > natural_key("10")
    True
    """
    parts = _DIGITS.split(name.casefold())
    # By length, then by digits: a number may have more of them than `int` takes.
    return [
        (0, len(digits := part.lstrip("0")), digits) if part.isdecimal() else (1, 0, part)
        for part in parts
        if part
    ]
