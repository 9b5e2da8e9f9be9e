"""Runs on their way out: a format, a place, and never over what is there without asking."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Footer, Input, Static

from tui.screens.dialogs import Question
from tui.screens.window import Window
from tui.text import clean
from tui.training.exporting import (
    FORMATS,
    AlreadyThereError,
    ExportError,
    Format,
    default_path,
    export_runs,
)
from tui.training.opened import OpenedRun
from tui.widgets.line_input import LineInput

WORDS: dict[Format, str] = {
    "csv": "CSV: a row an epoch",
    "json": "JSON: settings, history, what the curves say",
    "svg": "SVG: the charts as a drawing",
    "tensorboard": "TensorBoard's logs, for `tensorboard --logdir`",
    "script": "Keras script: exactly this training as a program",
}


class ExportRuns(Window[None]):
    """Writes one run or several in a format that is chosen."""

    CSS_PATH = "exporting.tcss"
    HELP = """
# Export

**↑ ↓** choose the format, the line below is the place it is written to, **enter** writes it. What
is there already is replaced only after a question. A script is of one run. The trained models
themselves, `best.keras` and `final.keras`, lie in the run's folder.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", id="export-runs.write", tooltip="Write it"),
        Binding("down", "move(1)", "Format", id="export-runs.next", tooltip="Next format"),
        Binding(
            "up", "move(-1)", "Before", show=False, id="export-runs.before", tooltip="Format before"
        ),
        Binding("escape", "leave", "Close", id="export-runs.close", tooltip="Close"),
    ]

    form: reactive[int] = reactive(0)

    def __init__(self, runs: Sequence[OpenedRun]) -> None:
        """Make the window.

        Args:
            runs: one or several, read whole.
        """
        super().__init__()
        self._runs = runs
        self._forms = [form for form in FORMATS if form != "script" or len(runs) == 1]

    def compose(self) -> ComposeResult:
        what = self._runs[0].title if len(self._runs) == 1 else f"{len(self._runs)} runs"
        with Vertical(id="export-runs") as box:
            box.border_title = Content(f"Export {clean(what, 50)}")
            box.border_subtitle = Content("↑ ↓ format · enter writes it · esc closes")
            yield Static(id="export-forms")
            yield LineInput(id="export-place", compact=True)
            yield Static(id="export-verdict")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show_form()

    def watch_form(self) -> None:
        if self.is_mounted:
            self._show_form()

    def _show_form(self) -> None:
        """Show the chosen format, and where it would go."""
        lines = [
            Content.styled(f"› {WORDS[form]}", "bold $primary")
            if number == self.form
            else Content(f"  {WORDS[form]}")
            for number, form in enumerate(self._forms)
        ]
        self.query_one("#export-forms", Static).update(Content("\n").join(lines))
        place = self.query_one(Input)
        place.value = str(default_path(self._runs, self._forms[self.form]))
        self._say(Content.styled("The place may be a file or a folder.", "$text-muted"))

    def _say(self, content: Content) -> None:
        self.query_one("#export-verdict", Static).update(content)

    def action_move(self, step: int) -> None:
        self.form = (self.form + step) % len(self._forms)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    def action_write(self) -> None:
        """Write it where the line says."""
        place = self.query_one(Input).value.strip()
        if not place:
            self._say(Content.styled("✗ Write where it is to go.", "$text-error"))
        else:
            self._write(Path(place).expanduser(), force=False)

    @work(exclusive=True)
    async def _write(self, place: Path, *, force: bool) -> None:
        form = self._forms[self.form]
        try:
            written = await asyncio.to_thread(export_runs, self._runs, form, place, force=force)
        except AlreadyThereError as error:

            def replace(sure: bool | None) -> None:
                if sure:
                    self._write(place, force=True)

            question = f"{clean(error.path, 200)} is there already. Replace it?"
            self.app.push_screen(Question(question), replace)
            return
        except ExportError as error:
            self._say(Content.styled(f"✗ {error}", "$text-error"))
            return
        more = f" and {len(written) - 1} more" if len(written) > 1 else ""
        self.dismiss()
        self.app.notify(f"Written: {clean(written[0].absolute())}{more}", markup=False)

    def action_leave(self) -> None:
        self.dismiss()
