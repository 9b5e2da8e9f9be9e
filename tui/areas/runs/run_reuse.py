"""What a run is used for again: it goes on, is trained anew with a change, or is exported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from tui.areas.runs.export_window import ExportRuns
from tui.areas.runs.followed_run import FollowedRun
from tui.areas.runs.queue_controls import QueueControls
from tui.areas.runs.run_controls import RunControls
from tui.common.paths import StateError
from tui.common.text import exact
from tui.runs.control.typed_changes import parse_learning_rate, parse_total_epochs
from tui.runs.events.event_types import Failed, Finished
from tui.runs.queue.resume import change_waiting, resume_run
from tui.runs.store.loaded_run import loaded_run
from tui.runs.store.run_access import RunError
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import InputField, InputWindow

MORE = 5
"""Epochs more that are offered at first."""

REUSE_COMMANDS = bindings(
    "run",
    (
        "r",
        "resume",
        "resume",
        "Resume",
        "Go on from the last whole epoch; a finished run with more epochs",
    ),
    (
        "a",
        "again",
        "again",
        "Again",
        "Another run from this one's settings: fills the form under 4 Train",
    ),
    (
        "x",
        "export",
        "export",
        "Export",
        "CSV, JSON, SVG, TensorBoard's logs, or a Keras script of this training",
    ),
    handler="reuse",
    footer=("resume",),
)


class RunReuse:
    """Goes on with a run, or from its settings."""

    controls: RunControls
    """InputField about an odd learning rate; set by the screen."""

    def __init__(
        self,
        screen: AreaScreen,
        run: FollowedRun,
        queue: QueueControls,
        follow: Callable[[], object],
        show: Callable[[], None],
    ) -> None:
        """Make it.

        Args:
            screen: that shows the run.
            run: the run.
            queue: puts it into the queue.
            follow: follows the run anew, once it was started or put into the queue.
            show: shows the run anew.
        """
        self._screen, self._followed, self._queue = screen, run, queue
        self._follow, self._show = follow, show

    def offers(self, command: str) -> bool:
        """Whether a command makes sense now."""
        if command != "resume":
            return True
        follower = self._followed.follower
        return not follower.deleted and (follower.over or self._followed.waits)

    def offers_unqueue(self) -> bool:
        """Whether the run can be taken out of the queue."""
        return self._followed.waits and not self._followed.follower.deleted

    def resume(self) -> None:
        """Go on, now or after the others; a run that waits starts now.

        Where the same would only end the same way, ask for what is to differ.
        """
        run = self._followed
        if run.waits:
            self._work(self._resume(None, None))
            return
        ending = run.progress.ending
        finished = isinstance(ending, Finished) and ending.reason != "stopped"
        if not finished and not isinstance(ending, Failed):
            self._ask_and_resume(None, None)
            return
        done, now = run.progress.epochs_done, run.start_settings().learning_rate
        wanted = max(run.progress.epochs, done + 1)
        epochs = done + MORE if finished else wanted

        def check(texts: Sequence[str]) -> tuple[tuple[int, float], str]:
            total, length = parse_total_epochs(texts[0], done)
            rate, words = parse_learning_rate(texts[1:], now)
            return (total, rate), f"{length} Learning rate: {words}"

        def take(answer: tuple[int, float] | None) -> None:
            if answer is not None:
                total, rate = answer
                more = total if finished or total != wanted else None
                changed = rate if rate != now else None
                self.controls.when_rate_confirmed(
                    changed, lambda: self._ask_and_resume(more, changed)
                )

        better = (ending.learning_rate if isinstance(ending, Failed) else 0.0) or now
        offered = InputField("learning rate", exact(better))
        fields = [InputField("epochs in all", str(epochs), "20"), offered]
        self._screen.app.push_screen(InputWindow(f"Resume after epoch {done}", fields, check), take)

    def change_waiting(self, changes: dict[str, Any]) -> None:
        """Change what a run is to start with that waits; the line on it is the receipt."""

        async def change() -> None:
            await self._queue.change(partial(change_waiting, self._followed.run, **changes))
            self._show()

        self._screen.run_worker(change(), group="queue")

    def _ask_and_resume(self, epochs: int | None, rate: float | None) -> None:
        """Go on at once, or ask when where other runs are at work."""
        self._queue.ask_when(
            self._followed.run,
            lambda when: self._work(
                self._resume(epochs, rate) if when == "now" else self._wait_to_go_on(epochs, rate)
            ),
        )

    def _work(self, work: Coroutine[Any, Any, None]) -> None:
        self._screen.run_worker(work, group="resume", exclusive=True)

    async def _wait_to_go_on(self, epochs: int | None, rate: float | None) -> None:
        """Put this run into the queue, and follow it there."""
        if await self._queue.put(self._followed.run, epochs=epochs, learning_rate=rate):
            self._follow()

    async def _resume(self, epochs: int | None, rate: float | None) -> None:
        """Start a trainer on this run once more, and follow it."""
        run, screen = self._followed, self._screen
        try:
            done = await asyncio.to_thread(resume_run, run.run, epochs=epochs, learning_rate=rate)
            screen.host.launcher.start(run.run)
        except (RunError, StateError) as error:
            screen.notify(str(error), title="Not resumed", severity="error", markup=False)
            return
        run.asked = []
        run.read_requests()
        anew = "Beginning anew." if run.progress.started_at else "Beginning."
        screen.notify(f"Going on after epoch {done}." if done else anew, timeout=3)
        self._follow()

    def again(self) -> None:
        """Fill the form of a training with this run's settings."""
        spec = self._followed.spec
        if spec is None:
            self._screen.notify("Its spec.json cannot be read: there are no settings to take over.")
        else:
            self._screen.host.train_again(spec)

    def export(self) -> None:
        """Ask for the format and the place of an export."""
        self._screen.run_worker(self._export(), group="export", exclusive=True)

    async def _export(self) -> None:
        one = await asyncio.to_thread(loaded_run, self._followed.follower)
        self._screen.app.push_screen(ExportRuns([one]))
