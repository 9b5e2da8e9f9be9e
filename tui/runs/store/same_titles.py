"""Runs with the same title: the number by which the list tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def title_numbers(titles: Sequence[str]) -> list[str]:
    """Return for each title what is written behind it: a number where others are the same.

    A number that would make it the title of another run is left out.

    Args:
        titles: clean, of all runs, oldest first.

    >>> title_numbers(["fit", "net", "fit", "fit (2)"])
    [' ·1', '', ' ·2', '']
    >>> title_numbers(["fit", "fit ·1", "fit"])
    [' ·2', '', ' ·3']
    """
    many = Counter(titles)
    last: dict[str, int] = {}
    found = []
    for title in titles:
        if many[title] == 1:
            found.append("")
            continue
        number = last.get(title, 0) + 1
        while f"{title} ·{number}" in many:
            number += 1
        last[title] = number
        found.append(f" ·{number}")
    return found
