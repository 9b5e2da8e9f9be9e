"""Several numbers typed one after the other, separated by commas."""

from __future__ import annotations

import re

_GROUP_BEGUN = re.compile(r"(?:^|[^\d.])\d{1,3}(?:,\d{3})*$")
_GROUP = re.compile(r"\d{3}(?!\d)")


def split_numbers(text: str) -> list[str]:
    """Return the parts of a text between its commas.

    A comma that is followed at once by exactly three digits groups thousands, as in `1,000`; with a
    blank after it, it separates.

    >>> split_numbers("0.01, 0.001"), split_numbers("1,2,3"), split_numbers("20")
    (['0.01', '0.001'], ['1', '2', '3'], ['20'])
    >>> split_numbers("1,000"), split_numbers("1, 100"), split_numbers("1,024/2, 10*1,024")
    (['1,000'], ['1', '100'], ['1,024/2', '10*1,024'])
    >>> split_numbers("0.01,100"), split_numbers("1,,2,")
    (['0.01', '100'], ['1', '', '2', ''])
    """
    parts: list[str] = []
    for piece in text.split(","):
        if parts and _GROUP.match(piece) and _GROUP_BEGUN.search(parts[-1]):
            parts[-1] += f",{piece}"
        else:
            parts.append(piece)
    return [part.strip() for part in parts]
