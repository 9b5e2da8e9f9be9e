"""Changes to the queue: adding a run, removing it, moving it."""

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
    ("u", "unqueue", "out", "Out of the queue", "Take it out of the queue, but keep it"),
    handler="queue",
)
"""Commands of a screen with one run."""
MOVE_COMMANDS = [
    *QUEUE_COMMANDS,
    *bindings(
        "queue",
        (
            "less_than_sign,comma",
            "shift(-1)",
            "sooner",
            "Sooner",
            "Move it forwards in the queue",
        ),
        (
            "greater_than_sign,full_stop",
            "shift(1)",
            "later",
            "Later",
            "Move it backwards in the queue",
        ),
        handler="queue",
    ),
]
"""Commands of a list of runs."""


class QueueControls:
    """Changes the queue for a screen."""

    def __init__(
        self,
        screen: AreaScreen,
        target: Callable[[], RunFolder | None],
        offers: Callable[[str], bool] = lambda command: True,
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen of the run or the list.
            target: returns the run that a key applies to, if there is one.
            offers: returns whether a command is available now.
        """
        self._screen, self._target, self.offers = screen, target, offers
        self._one_change = asyncio.Lock()

    async def change(self, change: Callable[[], T]) -> T | None:
        """Change the queue in a thread, and show what failed."""
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
        """Add a run to the end of the queue; return False, after a message, if that fails."""
        put = partial(queue_run, run, epochs=epochs, learning_rate=learning_rate)
        if await self.change(put) is None:
            return False
        place = queue_places(self._screen.host.runs).get(run, 0)
        self._screen.notify(place_text(place), timeout=4)
        return True

    def ask_when(self, run: RunFolder, take: Callable[[str], object]) -> None:
        """Ask whether a run starts now or after the others; without others it starts now.

        Args:
            run: the run to start.
            take: called with `now` or `after`, unless the question is closed.
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
        self._change_target(leave_queue)

    def shift(self, by: int) -> None:
        """Move the run in the queue."""
        self._change_target(lambda run: shift_run(run, by))

    def _change_target(self, change: Callable[[RunFolder], object]) -> None:
        run = self._target()
        if run is not None:
            self._screen.run_worker(self.change(partial(change, run)), group="queue")


def busy(summary: RunSummary) -> bool:
    """Return whether a run is being trained or queued."""
    return summary.live or summary.state == "queued"


def others_question(others: list[RunSummary]) -> str:
    """Return the question before a run is started while others are being trained or queued."""
    live = [clean(one.title, 40) for one in others if one.live]
    waiting = len(others) - len(live)
    parts = []
    if live:
        more = f" and {len(live) - 1} more" if len(live) > 1 else ""
        are = "are" if len(live) > 1 else "is"
        parts.append(f"{live[0]}{more} {are} being trained")
    if waiting:
        parts.append(f"{waiting} {'runs wait' if waiting > 1 else 'run waits'} in the queue")
    return f"{', '.join(parts)}. When should this one start?"


def place_text(place: int) -> str:
    """Return the message for a run that was added to the queue.

    >>> place_text(2)
    'In the queue, the 2nd to start.'
    """
    return f"In the queue, the {ordinal(place)} to start." if place else "It has been started."
