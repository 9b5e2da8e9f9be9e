"""Changing runs of the list: name and note, deleting, resuming, training again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.areas.runs.run_list.queue_controls import QueueControls
from tui.common.text import clean, size_text
from tui.runs.store.delete_run import delete_run, run_bytes
from tui.runs.store.initial_model import repeated_spec
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import NAME_LIMIT, NOTE_LIMIT, RunLabel, read_label, write_label
from tui.runs.store.run_summary import RunSummary
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.questions import Question
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.line_input import LineInput

NAMES_IN_QUESTION = 4

CHANGE_COMMANDS = bindings(
    "runs",
    ("a", "again", "again", "Again", "A new run from its settings"),
    ("d,delete", "delete", "delete", "Delete", "Delete it, or all marked"),
    ("n,R", "rename", "rename", "Name", "Name and note"),
    ("r", "resume", "resume", "Resume", "Resume a run that ended, or start a queued one"),
    handler="changes",
    footer=("again", "delete"),
)


class RunChanges:
    """Changes the run under the cursor, or the marked ones."""

    def __init__(
        self,
        screen: AreaScreen,
        queue: QueueControls,
        at_cursor: Callable[[], RunSummary | None],
        chosen: Callable[[], list[RunSummary]],
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen of the list.
            queue: adds a run to the queue.
            at_cursor: returns the run under the cursor.
            chosen: returns the marked runs, or the one under the cursor.
        """
        self._screen, self._queue = screen, queue
        self._at_cursor, self._chosen = at_cursor, chosen

    def offers(self, command: str) -> bool:
        """Return whether there is a run that could be changed."""
        return self._at_cursor() is not None

    def again(self) -> None:
        """Fill the form under Train with the settings of the run under the cursor."""
        summary = self._at_cursor()
        if summary is None:
            return
        if summary.external is not None:
            self._screen.notify(summary.external.again, markup=False)
            return
        if summary.spec is None:
            self._screen.notify(clean(summary.problem), severity="error", markup=False)
            return
        self._screen.host.train_again(repeated_spec(summary.run, summary.spec))

    def resume(self) -> None:
        """Resume the run under the cursor, now or after the others; start a queued one."""
        summary = self._at_cursor()
        if summary is not None:
            self._screen.run_worker(self._resume_or_open(summary), group="resume", exclusive=True)

    async def _resume_or_open(self, summary: RunSummary) -> None:
        host = self._screen.host
        if summary.external is not None and not summary.live:
            self._screen.notify(summary.external.again, markup=False)
            return
        if summary.state == "queued":
            await host.resume_run(summary.run)
            return
        if summary.state in ("stopped", "died", "aside"):
            self._queue.ask_when(
                summary.run,
                lambda when: self._screen.run_worker(
                    self._resume(summary.run, when), group="resume", exclusive=True
                ),
            )
            return
        host.open_run(summary.run)
        if not summary.live:  # with the same settings it would end the same way again
            self._screen.notify("r resumes it with more epochs, or another learning rate.")

    async def _resume(self, run: RunFolder, when: str) -> None:
        if when == "now":
            await self._screen.host.resume_run(run)
        else:
            await self._queue.put(run)

    def rename(self) -> None:
        """Change the name and the note of the run under the cursor."""
        summary = self._at_cursor()
        if summary is None:
            return
        run = summary.run

        async def write(label: RunLabel | None) -> None:
            if label is not None:
                await self._change(partial(write_label, run, name=label.name, note=label.note))

        spec = summary.any_spec
        title = clean(spec.name if spec is not None else run.name)
        self._screen.app.push_screen(RunLabelWindow(title, read_label(run)), write)

    def delete(self) -> None:
        """Delete the run under the cursor, or all marked ones, after a question."""
        self._screen.run_worker(self._ask_and_delete(), group="delete", exclusive=True)

    async def _ask_and_delete(self) -> None:
        chosen = self._chosen()
        busy = [summary for summary in chosen if summary.live]
        if busy:
            self._screen.notify(
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

        self._screen.app.push_screen(Question(delete_question(chosen, size)), delete)

    async def _change(self, *changes: Callable[[], object]) -> None:
        """Change files in a thread, show what failed, and read the list again."""

        def apply() -> list[str]:
            problems = []
            for change in changes:
                try:
                    change()
                except RunError as error:
                    problems.append(str(error))
            return problems

        for problem in await asyncio.to_thread(apply):
            self._screen.notify(clean(problem), severity="error", markup=False)
        await self._screen.host.look_at_runs()


def delete_question(runs: Sequence[RunSummary], size: int) -> str:
    """Return the question before runs are deleted, with their names and their size.

    Args:
        runs: idle runs.
        size: the size of all their files, in bytes.
    """
    names = [f"  {clean(one.title, 50)}, {one.status}" for one in runs[:NAMES_IN_QUESTION]]
    if len(runs) > NAMES_IN_QUESTION:
        names.append(f"  and {len(runs) - NAMES_IN_QUESTION} more")
    which = "this run" if len(runs) == 1 else f"these {len(runs)} runs"
    if all(one.state == "queued" and not one.resumes for one in runs):
        return f"Take {which} out of the queue and delete it?\n\n" + "\n".join(names)
    listed = "\n".join(names)
    if all(one.external is not None and one.external.source == "log" for one in runs):
        log = "The log stays as it is" if len(runs) == 1 else "The logs stay as they are"
        return f"Delete cnn-tui's copy of {which} ({size_text(size)})?\n\n{listed}\n\n{log}."
    return (
        f"Delete {which} for good, with its curves and models ({size_text(size)})?\n\n{listed}\n\n"
        "The images stay as they are."
    )


class RunLabelWindow(Window[RunLabel | None]):
    """Edits a run's name and note."""

    CSS_PATH = "../../../ui/dialogs/windows.tcss"
    HELP = """
# Name and note

The name of the run, and a line for yourself. **enter** goes to the note and then saves both;
**escape** changes nothing. An empty name restores the first one.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Save", id="label.keep", tooltip="Save the name and the note"),
        Binding("escape", "leave", "Close", id="label.close", tooltip="Close without saving"),
    ]

    def __init__(self, title: str, label: RunLabel) -> None:
        """Make the window.

        Args:
            title: the run's title without a name in its label; clean.
            label: its name and its note.
        """
        super().__init__()
        self._title, self._label = title, label

    def compose(self) -> ComposeResult:
        with Vertical(classes="pick") as box:
            box.border_title = "Name and note"
            yield Static(Content("name"))
            yield LineInput(
                self._label.name,
                placeholder=self._title,
                max_length=NAME_LIMIT,
                compact=True,
                id="label-name",
            )
            yield Static(Content("\nnote"))
            yield LineInput(
                self._label.note,
                placeholder="what you want to find out, or have found out",
                max_length=NOTE_LIMIT,
                compact=True,
                id="label-note",
            )
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#label-name", Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "label-name":
            self.query_one("#label-note", Input).focus()
        else:
            self.action_keep()

    def action_keep(self) -> None:
        """Close with what was typed."""
        name, note = (self.query_one(f"#label-{field}", Input).value for field in ("name", "note"))
        self.dismiss(RunLabel(name.strip(), note.strip()))

    def action_leave(self) -> None:
        self.dismiss(None)
