"""What the trainer has told of wishes: which of them still count, and since when."""

from __future__ import annotations

from collections.abc import Iterable

from tui.training.events import WishTook


def valid_wishes(wishes: Iterable[object]) -> list[WishTook]:
    """Return the wishes that took effect and still count.

    A run that was taken up again goes back to an earlier epoch: what had taken effect after
    that is void.
    """
    found: list[WishTook] = []
    for wish in wishes:
        if isinstance(wish, WishTook):
            while found and (found[-1].epoch, found[-1].batch) > (wish.epoch, wish.batch):
                found.pop()
            found.append(wish)
    return found


def place(event: WishTook) -> str:
    """Return where in the training a wish took effect.

    >>> place(WishTook(at=0, wish="pause", epoch=3, batch=12))
    'epoch 3, batch 12'
    """
    if not event.epoch:
        return "the start"
    return f"epoch {event.epoch}" + (f", batch {event.batch}" if event.batch else "")
