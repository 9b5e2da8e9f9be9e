"""What can go wrong between the app and the child process."""

from __future__ import annotations


class InspectionError(Exception):
    """A request was not answered; the message says why, in a sentence with the cure."""


class RefusedError(InspectionError):
    """The child cannot do what it was asked; whatever was open stays open.

    Args:
        what: one sentence on what cannot be done and why, safe to show.
        cure: one sentence on what to do, perhaps empty.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(f"{what} {cure}".strip())
        self.what, self.cure = what, cure


class InspectorEnded(InspectionError):
    """The child process is not there any more, or never began; starting it again may help.

    Args:
        reason: what it said last, or how it ended, safe to show.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The process that looks into networks has ended: {reason}")
        self.reason = reason
