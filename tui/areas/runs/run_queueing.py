"""What is done with runs that wait: moved, taken out of the queue, put into it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property, partial
from typing import ClassVar, TypeVar

from textual import work
from textual.binding import Binding, BindingType

from tui.common.paths import StateError
from tui.common.text import clean
from tui.runs.export.report import ordinal
from tui.runs.queue.order import leave_queue, shift_run
from tui.runs.queue.resume import queue_run
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.store.run_folder import RunError, RunFolder
from tui.runs.store.run_list import RunSummary
from tui.ui.area_screen import AreaScreen
from tui.ui.dialogs.question_windows import NowOrAfter

T = TypeVar("T")


class RunQueueing(AreaScreen):
    """Changes the queue."""

    HELP = "Changes the queue; the screen that shows the runs says how."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "u",
            "unqueue",
            "Out of the queue",
            show=False,
            id="queue.out",
            tooltip="Take it out of the queue, and keep it",
        )
    ]

    def waiting_run(self) -> RunFolder | None:
        """Return the run that is meant, if one is."""
        raise NotImplementedError

    @cached_property
    def _one_change(self) -> asyncio.Lock:
        return asyncio.Lock()

    async def change_queue(self, change: Callable[[], T]) -> T | None:
        """Change the queue away from the screen's thread, and tell what failed."""
        async with self._one_change:  # keys come faster than the list is read
            try:
                return await asyncio.to_thread(change)
            except (RunError, StateError) as error:
                self.notify(clean(error), severity="warning", markup=False)
                return None
            finally:
                await self.host.look_at_runs()

    async def queue_up(
        self, run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
    ) -> bool:
        """Put a run at the end of the queue; false (and a message) if that cannot be."""
        put = partial(queue_run, run, epochs=epochs, learning_rate=learning_rate)
        if await self.change_queue(put) is None:
            return False
        self.notify(place_words(queue_places(self.host.runs).get(run, 0)), timeout=4)
        return True

    def ask_when(self, run: RunFolder, take: Callable[[str], object]) -> None:
        """Ask whether a run is to start now or after the others; now where there are none.

        Args:
            run: the one that is to start.
            take: is given `now` or `after`, or is not called.
        """
        others = [one for one in self.host.runs if one.run != run and busy(one)]
        if not others:
            take("now")
            return

        def answered(when: str | None) -> None:
            if when is not None:
                take(when)

        self.app.push_screen(NowOrAfter(others_question(others)), answered)

    @work(group="queue")
    async def action_unqueue(self) -> None:
        """Take the run out of the queue."""
        run = self.waiting_run()
        if run is not None:
            await self.change_queue(partial(leave_queue, run))


class RunMoving(RunQueueing):
    """Moves the run under the cursor."""

    HELP = "Moves runs in the queue; the screen that lists them says how."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "less_than_sign,comma",
            "shift(-1)",
            "Sooner",
            show=False,
            id="queue.sooner",
            tooltip="One place forwards in the queue",
        ),
        Binding(
            "greater_than_sign,full_stop",
            "shift(1)",
            "Later",
            show=False,
            id="queue.later",
            tooltip="One place backwards in the queue",
        ),
    ]

    @work(group="queue")
    async def action_shift(self, by: int) -> None:
        """Move the run under the cursor in the queue."""
        run = self.waiting_run()
        if run is not None:
            await self.change_queue(partial(shift_run, run, by))


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
    """Return what is told of a run that was put into the queue.

    >>> place_words(2)
    'In the queue, the 2nd to start.'
    """
    return f"In the queue, the {ordinal(place)} to start." if place else "It has been started."
