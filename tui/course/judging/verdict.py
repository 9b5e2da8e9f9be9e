"""The verdict on an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on an answer.

    Args:
        correct: whether it is right.
        understood: whether it could be read at all; if not, it does not count as wrong.
        sentence: why it is right, what went wrong, or what to type.
        slip: the name of the slip, such as "forgot-2p"; None when no slip explains it.
        steps: to the right answer, for when the learner asks for them.
        row_results: for a chain, whether each row that is asked about is right; else empty.
    """

    correct: bool
    understood: bool
    sentence: str
    slip: str | None = None
    steps: tuple[str, ...] = ()
    row_results: tuple[bool, ...] = ()


def unreadable(sentence: str) -> Verdict:
    """Return the verdict on an answer that cannot be read; the sentence says what to type."""
    return Verdict(correct=False, understood=False, sentence=sentence)
