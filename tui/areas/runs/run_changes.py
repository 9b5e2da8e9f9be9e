"""What can be done to the runs of the list: name them, delete them, take them up again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from textual import work
from textual.binding import Binding, BindingType

from tui.areas.runs.label_window import RunLabelScreen
from tui.areas.runs.run_queueing import RunMoving
from tui.common.text import clean, size_text
from tui.runs.store.delete import delete_run, run_bytes
from tui.runs.store.labels import Label, read_label, write_label
from tui.runs.store.run_folder import RunError, RunFolder
from tui.runs.store.run_list import RunSummary
from tui.ui.dialogs.question_windows import Question

NAMES_IN_QUESTION = 4

CHANGES: list[BindingType] = [
    Binding("a", "again", "Again", id="runs.again", tooltip="Another run from its settings"),
    Binding("d,delete", "delete", "Delete", id="runs.delete", tooltip="Delete it, or all marked"),
    Binding("n,R", "rename", "Name", show=False, id="runs.rename", tooltip="Name and note"),
    Binding(
        "r",
        "resume",
        "Resume",
        show=False,
        id="runs.resume",
        tooltip="Take up a run that ended, or start one that waits",
    ),
]


class RunChanges(RunMoving):
    """Changes the run under the cursor, or the marked ones."""

    HELP = "Changes runs; the screen that lists them says how."

    def at_cursor(self) -> RunSummary | None:
        """Return the run under the cursor."""
        raise NotImplementedError

    def chosen(self) -> list[RunSummary]:
        """Return the marked runs, or the one under the cursor."""
        raise NotImplementedError

    def action_again(self) -> None:
        """Open the Train form with the settings of the run under the cursor."""
        summary = self.at_cursor()
        if summary is None:
            return
        if summary.spec is None:
            self.notify(clean(summary.problem), severity="error", markup=False)
            return
        self.host.train_again(summary.spec)

    @work(exclusive=True, group="resume")
    async def action_resume(self) -> None:
        """Take the run under the cursor up again, now or after the others; start one that waits."""
        summary = self.at_cursor()
        if summary is None:
            return
        if summary.state == "queued":
            await self.host.resume_run(summary.run)
            return
        if summary.state in ("stopped", "died", "aside"):
            self.ask_when(summary.run, partial(self._resume, summary.run))
            return
        self.host.open_run(summary.run)
        if not summary.live:  # the same once more would only end the same way
            self.notify("r goes on with it: with more epochs, or another learning rate.")

    @work(exclusive=True, group="resume")
    async def _resume(self, run: RunFolder, when: str) -> None:
        if when == "now":
            await self.host.resume_run(run)
        else:
            await self.queue_up(run)

    def waiting_run(self) -> RunFolder | None:
        summary = self.at_cursor()
        return summary.run if summary is not None else None

    def action_rename(self) -> None:
        """Change the name and the note of the run under the cursor."""
        summary = self.at_cursor()
        if summary is None:
            return
        run = summary.run

        async def keep(label: Label | None) -> None:
            if label is not None:
                await self._change(partial(write_label, run, name=label.name, note=label.note))

        title = clean(summary.spec.name if summary.spec is not None else run.name)
        self.app.push_screen(RunLabelScreen(title, read_label(run)), keep)

    @work(exclusive=True, group="delete")
    async def action_delete(self) -> None:
        """Delete the run under the cursor, or all marked ones, after a question."""
        chosen = self.chosen()
        busy = [summary for summary in chosen if summary.live]
        if busy:
            self.notify(
                f"{clean(busy[0].title)} is being trained: stop it first, then delete it.",
                severity="warning",
                markup=False,
            )
            return
        if not chosen:
            return
        size = await asyncio.to_thread(lambda: sum(run_bytes(one.run) for one in chosen))

        async def delete(sure: bool | None) -> None:
            if sure:
                await self._change(*(partial(delete_run, one.run) for one in chosen))

        self.app.push_screen(Question(delete_question(chosen, size)), delete)

    async def _change(self, *changes: Callable[[], object]) -> None:
        """Change files away from the screen's thread, tell what failed, and read the list anew."""

        def do() -> list[str]:
            problems = []
            for change in changes:
                try:
                    change()
                except RunError as error:
                    problems.append(str(error))
            return problems

        for problem in await asyncio.to_thread(do):
            self.notify(clean(problem), severity="error", markup=False)
        await self.host.look_at_runs()


def delete_question(runs: Sequence[RunSummary], size: int) -> str:
    """Return the question before runs are deleted; it names them and what goes with them.

    Args:
        runs: none of them at work.
        size: of all their files, in bytes.
    """
    names = [f"  {clean(one.title, 50)}, {one.verdict}" for one in runs[:NAMES_IN_QUESTION]]
    if len(runs) > NAMES_IN_QUESTION:
        names.append(f"  and {len(runs) - NAMES_IN_QUESTION} more")
    what = "this run" if len(runs) == 1 else f"these {len(runs)} runs"
    if all(one.state == "queued" and not one.resumes for one in runs):
        return f"Take {what} out of the queue and delete it?\n\n" + "\n".join(names)
    listed = "\n".join(names)
    return (
        f"Delete {what} for good, with its curves and models ({size_text(size)})?\n\n{listed}\n\n"
        "The images stay as they are."
    )
