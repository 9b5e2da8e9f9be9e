"""Using a run again: resuming it, training from its settings, exporting it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from tui.areas.runs.one_run.export_window import ExportRuns
from tui.areas.runs.one_run.followed_run import FollowedRun
from tui.areas.runs.one_run.run_controls import RunControls
from tui.areas.runs.run_list.queue_controls import QueueControls
from tui.common.paths import StateError
from tui.common.text import exact
from tui.runs.control.typed_changes import (
    parse_learning_rate,
    parse_total_epochs,
    rate_set_sentence,
)
from tui.runs.events.event_types import Failed, Finished
from tui.runs.process.needs import training_problem
from tui.runs.queue.resume import change_waiting, resume_run
from tui.runs.store.initial_model import repeated_spec
from tui.runs.store.loaded_run import loaded_run
from tui.runs.store.run_access import RunError
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import InputField, InputWindow

MORE_EPOCHS = 5
"""More epochs that are suggested for a finished run."""

REUSE_COMMANDS = bindings(
    "run",
    (
        "r",
        "resume",
        "resume",
        "Resume",
        "Resume after the last whole epoch; a finished run with more epochs",
    ),
    (
        "a",
        "again",
        "again",
        "Again",
        "A new run from these settings: fills the form under 4 Train",
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
    """Resumes a run, trains anew from its settings, or exports it."""

    controls: RunControls
    """Asks about an odd learning rate; set by the screen."""

    def __init__(
        self,
        screen: AreaScreen,
        run: FollowedRun,
        queue: QueueControls,
        follow: Callable[[], object],
        show: Callable[[], None],
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen of the run.
            run: the run.
            queue: adds it to the queue.
            follow: follows the run anew, once it was started or queued.
            show: updates the screen.
        """
        self._screen, self._followed, self._queue = screen, run, queue
        self._follow, self._show = follow, show

    def offers(self, command: str) -> bool:
        """Return whether a command is available now."""
        if command != "resume":
            return True
        follower = self._followed.follower
        return not follower.deleted and (follower.over or self._followed.queued)

    def refuses(self, command: str) -> bool:
        """Return whether a command only says that cnn-tui cannot train this run."""
        return self._followed.external is not None and command in ("resume", "again")

    def _explained(self) -> bool:
        """Say that a training is not cnn-tui's to start; return False where it is."""
        external = self._followed.external
        if external is not None:
            self._screen.notify(external.again, markup=False)
        return external is not None

    def offers_unqueue(self) -> bool:
        """Return whether the run can be taken out of the queue."""
        return self._followed.queued and not self._followed.follower.deleted

    def resume(self) -> None:
        """Resume, now or after the other runs; a queued run starts now.

        A finished or failed run would only end the same way again: ask for epochs and a rate.
        """
        if self._explained():
            return
        run = self._followed
        if problem := training_problem():  # before questions that would be answered for nothing
            self._screen.notify(
                problem, title="Not resumed", severity="error", markup=False, timeout=20
            )
            return
        if run.queued:
            self._work(self._resume(None, None))
            return
        ending = run.progress.ending
        finished = isinstance(ending, Finished) and ending.reason != "stopped"
        if not finished and not isinstance(ending, Failed):
            self._ask_and_resume(None, None)
            return
        start, done = run.start_settings(), run.progress.epochs_done
        now, schedule = start.learning_rate, start.schedule
        wanted = max(run.progress.epochs, done + 1)
        epochs = done + MORE_EPOCHS if finished else wanted

        def check(texts: Sequence[str]) -> tuple[tuple[int, float | None], str]:
            total, length = parse_total_epochs(texts[0], done)
            if schedule and not texts[1].strip():
                return (total, None), f"{length} Learning rate: {schedule} goes on."
            rate, words = parse_learning_rate(texts[1:], now)
            if schedule:
                words = f"{exact(rate)} at first. {rate_set_sentence(schedule)}"
            return (total, rate), f"{length} Learning rate: {words}"

        def take(answer: tuple[int, float | None] | None) -> None:
            if answer is not None:
                total, rate = answer
                more = total if finished or total != wanted else None
                changed = rate if schedule or rate != now else None
                self.controls.when_rate_confirmed(
                    changed, lambda: self._ask_and_resume(more, changed)
                )

        better = ending.learning_rate if isinstance(ending, Failed) else 0.0
        if schedule:
            text = exact(better) if better else ""
            offered = InputField("learning rate", text, "empty: by its schedule")
        else:
            offered = InputField("learning rate", exact(better or now))
        fields = [InputField("epochs in all", str(epochs), "20"), offered]
        self._screen.app.push_screen(InputWindow(f"Resume after epoch {done}", fields, check), take)

    def change_waiting(self, changes: dict[str, Any]) -> None:
        """Change the settings that a queued run starts with."""

        async def change() -> None:
            await self._queue.change(partial(change_waiting, self._followed.run, **changes))
            self._show()

        self._screen.run_worker(change(), group="queue")

    def _ask_and_resume(self, epochs: int | None, rate: float | None) -> None:
        """Resume at once, or ask when if other runs are being trained."""
        self._queue.ask_when(
            self._followed.run,
            lambda when: self._work(
                self._resume(epochs, rate) if when == "now" else self._enqueue(epochs, rate)
            ),
        )

    def _work(self, work: Coroutine[Any, Any, None]) -> None:
        self._screen.run_worker(work, group="resume", exclusive=True)

    async def _enqueue(self, epochs: int | None, rate: float | None) -> None:
        """Add the run to the queue, and follow it there."""
        if await self._queue.put(self._followed.run, epochs=epochs, learning_rate=rate):
            self._follow()

    async def _resume(self, epochs: int | None, rate: float | None) -> None:
        """Start a trainer on the run, and follow it."""
        run, screen = self._followed, self._screen
        try:
            done = await asyncio.to_thread(resume_run, run.run, epochs=epochs, learning_rate=rate)
            screen.host.launcher.start(run.run)
        except (RunError, StateError) as error:
            screen.notify(str(error), title="Not resumed", severity="error", markup=False)
            return
        run.pending = []
        run.read_requests()
        again = "Starting again." if run.progress.started_at else "Starting."
        screen.notify(f"Resuming after epoch {done}." if done else again, timeout=3)
        self._follow()

    def again(self) -> None:
        """Fill the form under Train with this run's settings."""
        if self._explained():
            return
        spec = self._followed.spec
        if spec is None:
            self._screen.notify("Its spec.json cannot be read, so its settings are unknown.")
        else:
            self._screen.host.train_again(repeated_spec(self._followed.run, spec))

    def export(self) -> None:
        """Ask for the format and the path of an export."""
        self._screen.run_worker(self._export(), group="export", exclusive=True)

    async def _export(self) -> None:
        run = await asyncio.to_thread(loaded_run, self._followed.follower)
        self._screen.app.push_screen(ExportRuns([run]))
