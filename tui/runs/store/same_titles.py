"""Runs with the same title: the number by which the list tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tui.common.text import clean
from tui.runs.store.run_folder import RunFolder


def numbered_titles(titles: Iterable[tuple[RunFolder, str]]) -> dict[RunFolder, tuple[str, str]]:
    """Return each run's title, clean, with a number to be added if others have the same title.

    Args:
        titles: those of all runs, newest first.
    """
    oldest_first = [(run, clean(title)) for run, title in titles][::-1]
    numbers = title_numbers([title for _, title in oldest_first])
    return {
        run: (title, number) for (run, title), number in zip(oldest_first, numbers, strict=True)
    }


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
