"""What the trainer has told of changes: which of them still count, and since when."""

from __future__ import annotations

from collections.abc import Iterable

from tui.runs.events.event_types import ControlApplied, ControlReceived


def still_counts(event: ControlReceived | ControlApplied, epoch: int) -> bool:
    """Say whether a change counts after a run was resumed.

    The checkpoint of an epoch holds every change that took effect until its end, validation
    included. Any other is void: the trainer that goes on tells it once more if it still holds.

    Args:
        event: told before the run was resumed.
        epoch: whose checkpoint it was resumed from; 0: it began once more, and nothing counts.
    """
    return isinstance(event, ControlApplied) and epoch > 0 and event.epoch <= epoch


def in_force(events: Iterable[ControlReceived | ControlApplied]) -> list[ControlApplied]:
    """Return the changes that took effect, in order.

    Args:
        events: a run's `RunProgress.requests`, in which nothing is void.
    """
    return [event for event in events if isinstance(event, ControlApplied)]


def place(event: ControlApplied) -> str:
    """Return where in the training a request took effect.

    >>> place(ControlApplied(at=0, request="pause", epoch=3, batch=12))
    'epoch 3, batch 12'
    """
    if not event.epoch:
        return "the start"
    return f"epoch {event.epoch}" + (f", batch {event.batch}" if event.batch else "")
