"""What a transfer shares with whoever watches it: how far it is, and the request to stop.

The transfer runs in a thread of its own and writes here; a screen or a progress line reads a few
times a second. Nothing is called across threads, so a terminal that stands still holds up nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tui.datasets.getting.errors import Stopped

Stage = Literal["waiting", "connecting", "downloading", "checking", "unpacking", "writing", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is.

    Args:
        stage: what is being done.
        what: the file that it is done to, safe to show.
        done: bytes so far.
        total: bytes in all; None when nobody said.
    """

    stage: Stage = "waiting"
    what: str = ""
    done: int = 0
    total: int | None = None


class Control:
    """The transfer's side and the watcher's side of one conversation."""

    def __init__(self) -> None:
        self.progress = Progress()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._cut: Callable[[], None] | None = None

    def ask_to_stop(self) -> None:
        """Request the transfer to stop; one that waits for the network is woken."""
        with self._lock:
            self._stop.set()
            if self._cut is not None:
                self._cut()

    @property
    def stopping(self) -> bool:
        """Return whether a stop was asked for."""
        return self._stop.is_set()

    def check(self) -> None:
        """Go on, unless a stop was asked for.

        Raises:
            Stopped: when it was.
        """
        if self._stop.is_set():
            raise Stopped("Stopped.")

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than until a stop is asked for.

        Raises:
            Stopped: when it was.
        """
        self._stop.wait(seconds)
        self.check()

    def to_wake(self, cut: Callable[[], None] | None) -> None:
        """Name what wakes the transfer from its waiting; None when it waits no more."""
        with self._lock:
            self._cut = cut
            if cut is not None and self._stop.is_set():
                cut()

    def report(self, stage: Stage, what: str, done: int = 0, total: int | None = None) -> None:
        """Say how far it is."""
        self.progress = Progress(stage, what, done, total)
