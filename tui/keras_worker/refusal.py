"""A refusal: why something cannot be done, and what to do about it."""

from __future__ import annotations


class Refusal(Exception):
    """A request cannot be done; the process goes on, and the open network stays open.

    Args:
        what: one sentence with what cannot be done and why, safe to show.
        cure: one sentence with what to do.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what, self.cure = what, cure
