"""What keeps a GPU from being used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A cause.

    Args:
        sentence: what is wrong.
        cure: a sentence with the command that puts it right.
    """

    sentence: str
    cure: str
