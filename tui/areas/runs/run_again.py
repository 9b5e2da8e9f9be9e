"""What is done with a run that is over: taken up again, trained anew with a change, exported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui.areas.runs.export_window import ExportRuns
from tui.areas.runs.run_controls import RunRequests
from tui.areas.runs.run_queueing import RunQueueing
from tui.common.paths import StateError
from tui.common.text import exact
from tui.runs.control.typed_changes import read_rate, read_total
from tui.runs.events.event_types import Failed, Finished, Request
from tui.runs.queue.resume import change_waiting, resume_run
from tui.runs.store.opened import opened
from tui.runs.store.run_folder import RunError, RunFolder
from tui.ui.dialogs.asking import Asking, Asks

OVER = ("resume",)
"""Actions that need that no trainer is there."""
GONE = ("resume", "unqueue", "look")
"""Actions that need the run's folder."""
MORE = 5
"""Epochs more that are offered at first."""


class RunAgain(RunRequests, RunQueueing):
    """Goes on with a run, or from its settings."""

    HELP = "What a run can be used for again; the screen that shows it says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "resume",
            "Resume",
            id="run.resume",
            tooltip="Go on from the last whole epoch; a finished run with more epochs",
        ),
        Binding(
            "a",
            "again",
            "Again",
            show=False,
            id="run.again",
            tooltip="Another run from this one's settings: fills the form under 4 Train",
        ),
        Binding(
            "x",
            "export",
            "Export",
            show=False,
            id="run.export",
            tooltip="CSV, JSON, SVG, TensorBoard's logs, or a Keras script of this training",
        ),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.follower.deleted and action in GONE:
            return False
        if action in OVER:
            return self.follower.over or self.follower.state == "queued"
        if action == "unqueue":
            return self.follower.state == "queued"
        return super().check_action(action, parameters)

    def action_resume(self) -> None:
        """Go on, now or after the others; a run that waits starts now.

        Where the same would only end the same way, ask for what is to differ.
        """
        if self.follower.state == "queued":
            self._resume(None, None)
            return
        ending = self.progress.ending
        finished = isinstance(ending, Finished) and ending.reason != "stopped"
        if not finished and not isinstance(ending, Failed):
            self._ask_and_resume(None, None)
            return
        done, now = self.progress.epochs_done, self.effective_settings().learning_rate
        wanted = max(self.progress.epochs, done + 1)
        epochs = done + MORE if finished else wanted

        def check(texts: Sequence[str]) -> tuple[tuple[int, float], str]:
            total, length = read_total(texts[0], done)
            rate, words = read_rate(texts[1:], now)
            return (total, rate), f"{length} Learning rate: {words}"

        def take(request: tuple[int, float] | None) -> None:
            if request is not None:
                total, rate = request
                more = total if finished or total != wanted else None
                changed = rate if rate != now else None
                self.when_rate_confirmed(changed, lambda: self._ask_and_resume(more, changed))

        better = (ending.learning_rate if isinstance(ending, Failed) else 0.0) or now
        offered = Asks("learning rate", exact(better))
        fields = [Asks("epochs in all", str(epochs), "20"), offered]
        self.app.push_screen(Asking(f"Resume after epoch {done}", fields, check), take)

    def waiting_run(self) -> RunFolder:
        return self.run

    def request(self, request: Request, value: str = "", **changes: Any) -> bool:
        """Write a request down for the trainer, or for the one that a run waits for."""
        if self.follower.state != "queued" or request not in ("learning rate", "epochs"):
            return super().request(request, value, **changes)
        self._change_waiting(partial(change_waiting, self.run, **changes))
        return True

    @work(group="queue")
    async def _change_waiting(self, change: Callable[[], object]) -> None:
        """Change what is requested of a run that waits; the line on it is the receipt."""
        await self.change_queue(change)
        self.refresh_run()

    def _ask_and_resume(self, epochs: int | None, rate: float | None) -> None:
        """Go on at once, or ask when where other runs are at work."""
        self.ask_when(
            self.run,
            lambda when: (
                self._resume(epochs, rate) if when == "now" else self._wait_to_go_on(epochs, rate)
            ),
        )

    @work(exclusive=True, group="resume")
    async def _wait_to_go_on(self, epochs: int | None, rate: float | None) -> None:
        """Put this run into the queue, and follow it there."""
        if await self.queue_up(self.run, epochs=epochs, learning_rate=rate):
            self.follow()

    @work(exclusive=True, group="resume")
    async def _resume(self, epochs: int | None, rate: float | None) -> None:
        """Start a trainer on this run once more, and follow it."""
        try:
            done = await asyncio.to_thread(resume_run, self.run, epochs=epochs, learning_rate=rate)
            self.host.launcher.start(self.run)
        except (RunError, StateError) as error:
            self.notify(str(error), title="Not resumed", severity="error", markup=False)
            return
        self.asked = []
        self.read_requests()
        anew = "Beginning anew." if self.progress.started_at else "Beginning."
        self.notify(f"Going on after epoch {done}." if done else anew, timeout=3)
        self.follow()

    def action_again(self) -> None:
        """Fill the form of a training with this run's settings."""
        if self.spec is None:
            self.notify("Its spec.json cannot be read: there are no settings to take over.")
        else:
            self.host.train_again(self.spec)

    @work(exclusive=True, group="export")
    async def action_export(self) -> None:
        """Ask for the format and the place of an export."""
        one = await asyncio.to_thread(opened, self.follower)
        self.app.push_screen(ExportRuns([one]))
