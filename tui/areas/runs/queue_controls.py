"""What is done with runs that wait: moved, taken out of the queue, put into it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tui.common.paths import StateError
from tui.common.text import clean
from tui.runs.export.run_formatting import ordinal
from tui.runs.queue.order import leave_queue, shift_run
from tui.runs.queue.resume import queue_run
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.questions import StartTimeQuestion

T = TypeVar("T")

QUEUE_COMMANDS = bindings(
    "queue",
    ("u", "unqueue", "out", "Out of the queue", "Take it out of the queue, and keep it"),
    handler="queue",
)
"""Those of a screen with one run."""
MOVE_COMMANDS = [
    *QUEUE_COMMANDS,
    *bindings(
        "queue",
        (
            "less_than_sign,comma",
            "shift(-1)",
            "sooner",
            "Sooner",
            "One place forwards in the queue",
        ),
        (
            "greater_than_sign,full_stop",
            "shift(1)",
            "later",
            "Later",
            "One place backwards in the queue",
        ),
        handler="queue",
    ),
]
"""Those of a list of runs."""


class QueueControls:
    """Changes the queue for a screen."""

    def __init__(
        self,
        screen: AreaScreen,
        meant: Callable[[], RunFolder | None],
        offers: Callable[[str], bool] = lambda command: True,
    ) -> None:
        """Make it.

        Args:
            screen: that shows the runs.
            meant: returns the run that a key is about, if there is one.
            offers: whether a command makes sense now.
        """
        self._screen, self._meant, self.offers = screen, meant, offers
        self._one_change = asyncio.Lock()

    async def change(self, change: Callable[[], T]) -> T | None:
        """Change the queue away from the screen's thread, and tell what failed."""
        async with self._one_change:  # keys come faster than the list is read
            try:
                return await asyncio.to_thread(change)
            except (RunError, StateError) as error:
                self._screen.notify(clean(error), severity="warning", markup=False)
                return None
            finally:
                await self._screen.host.look_at_runs()

    async def put(
        self, run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
    ) -> bool:
        """Put a run at the end of the queue; false (and a message) if that cannot be."""
        put = partial(queue_run, run, epochs=epochs, learning_rate=learning_rate)
        if await self.change(put) is None:
            return False
        place = queue_places(self._screen.host.runs).get(run, 0)
        self._screen.notify(place_words(place), timeout=4)
        return True

    def ask_when(self, run: RunFolder, take: Callable[[str], object]) -> None:
        """Ask whether a run is to start now or after the others; now where there are none.

        Args:
            run: the one that is to start.
            take: is given `now` or `after`, or is not called.
        """
        others = [one for one in self._screen.host.runs if one.run != run and busy(one)]
        if not others:
            take("now")
            return

        def answered(when: str | None) -> None:
            if when is not None:
                take(when)

        self._screen.app.push_screen(StartTimeQuestion(others_question(others)), answered)

    def unqueue(self) -> None:
        """Take the run out of the queue."""
        self._change_meant(leave_queue)

    def shift(self, by: int) -> None:
        """Move the run in the queue."""
        self._change_meant(lambda run: shift_run(run, by))

    def _change_meant(self, change: Callable[[RunFolder], object]) -> None:
        run = self._meant()
        if run is not None:
            self._screen.run_worker(self.change(partial(change, run)), group="queue")


def busy(summary: RunSummary) -> bool:
    """Say whether a run is at work or waits to be."""
    return summary.live or summary.state == "queued"


def others_question(others: list[RunSummary]) -> str:
    """Return what is asked before a run is started while others are at work or wait."""
    live = [clean(one.title, 40) for one in others if one.live]
    waiting = len(others) - len(live)
    parts = []
    if live:
        more = f" and {len(live) - 1} more" if len(live) > 1 else ""
        are = "are" if len(live) > 1 else "is"
        parts.append(f"{live[0]}{more} {are} being trained")
    if waiting:
        parts.append(f"{waiting} {'runs wait' if waiting > 1 else 'run waits'} in the queue")
    return f"{', '.join(parts)}. When shall this one start?"


def place_words(place: int) -> str:
    """Return what is said of a run that was put into the queue.

    >>> place_words(2)
    'In the queue, the 2nd to start.'
    """
    return f"In the queue, the {ordinal(place)} to start." if place else "It has been started."
