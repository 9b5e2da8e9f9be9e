"""Refusals: why a request cannot be done, also for any exception."""

from __future__ import annotations

from tui.common.text import clean
from tui.keras_worker.failures import TrainingError, is_out_of_memory
from tui.keras_worker.refusal import Refusal
from tui.runs.process.memory import memory_shortage

__all__ = ["LOG", "Cancelled", "Refusal", "refusal_of"]

LOG = "The full message is in looking.log in the state folder."


class Cancelled(Refusal):
    """The request was cancelled."""

    def __init__(self) -> None:
        super().__init__("It was cancelled.")


def refusal_of(error: Exception) -> Refusal:
    """Return the refusal for an exception."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, TrainingError):
        return Refusal(error.what, error.cure)
    if is_out_of_memory(error):
        return Refusal(
            "There was not enough memory.",
            memory_shortage()
            or "Close other programs, or look into a smaller network or at a smaller picture.",
        )
    first = clean(str(error).strip().split("\n")[0].rstrip("."), 300)
    return Refusal(f"{type(error).__name__}: {first}." if first else type(error).__name__, LOG)
