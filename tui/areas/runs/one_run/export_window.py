"""The export window: a format, a path, and a question before anything is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Static

from tui.common.text import clean
from tui.runs.export.export_file import ExportError
from tui.runs.export.export_runs import FORMATS, OF_ONE, Format, default_path, export_runs
from tui.runs.store.loaded_run import LoadedRun
from tui.ui.dialogs.saving import save, suggested_place
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.path_input import PathHint, PathInput

DESCRIPTIONS: dict[Format, str] = {
    "csv": "CSV: one row an epoch",
    "json": "JSON: settings, history, diagnosis",
    "svg": "SVG: the charts as a drawing",
    "tensorboard": "TensorBoard logs, for tensorboard --logdir",
    "script": "Keras script: exactly this training as a program",
    "script-today": "Keras script in today's form: datasets, preprocessing layers",
    "settings": "TOML: its settings, for cnn-tui train --settings",
    "system": "CSV of the machine's load: GPUs, CPU, memory, disk",
}


class ExportRuns(Window[None]):
    """Exports one run or several in a format of the user's choice."""

    CSS_PATH = "export_window.tcss"
    HELP = """
# Export

**↑ ↓** choose the format, the line below is the file or folder to write (**tab** completes it),
**enter** writes it. An existing file is replaced, and a missing folder created, only after a
question. Scripts and settings are of one run. The trained models themselves, `best.keras` and
`final.keras`, are in the run's folder.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", id="export-runs.write", tooltip="Write it"),
        Binding("down", "move(1)", "Format", id="export-runs.next", tooltip="Next format"),
        Binding(
            "up",
            "move(-1)",
            "Previous",
            show=False,
            id="export-runs.before",
            tooltip="Previous format",
        ),
        Binding("escape", "leave", "Close", id="export-runs.close", tooltip="Close"),
    ]

    form: reactive[int] = reactive(0)

    def __init__(self, runs: Sequence[LoadedRun]) -> None:
        """Initialise the window.

        Args:
            runs: one or several.
        """
        super().__init__()
        self._runs = runs
        self._suggested = ""
        """The path that was suggested last."""
        self._forms = [form for form in FORMATS if form not in OF_ONE or len(runs) == 1]

    def compose(self) -> ComposeResult:
        title = self._runs[0].title if len(self._runs) == 1 else f"{len(self._runs)} runs"
        with Vertical(id="export-runs") as box:
            box.border_title = Content(f"Export {clean(title, 50)}")
            box.border_subtitle = Content("↑ ↓ format · tab completes · enter writes · esc closes")
            yield Static(id="export-forms")
            yield PathInput(endings=("",), arrows_leave=False, compact=True, id="export-place")
            yield PathHint()
            yield Static(id="export-verdict")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show_form()

    def watch_form(self) -> None:
        if self.is_mounted:
            self._show_form()

    def _show_form(self) -> None:
        """Show the chosen format and its default path."""
        lines = [
            Content.styled(f"› {DESCRIPTIONS[form]}", "bold $primary")
            if number == self.form
            else Content(f"  {DESCRIPTIONS[form]}")
            for number, form in enumerate(self._forms)
        ]
        self.query_one("#export-forms", Static).update(Content("\n").join(lines))
        self._show_message(Content.styled("The path may be a file or a folder.", "$text-muted"))
        self._suggest(self._forms[self.form])

    @work(exclusive=True, group="suggest")
    async def _suggest(self, form: Format) -> None:
        """Fill in the default path of the format, in the folder that was typed, if one was."""
        place, default = self.query_one(Input), default_path(self._runs, form)
        typed = place.value.rpartition("/")[0] if place.value != self._suggested else ""
        if default.is_absolute():  # TensorBoard logs, in the run's own folder
            self._suggested = str(default)
        elif typed:
            self._suggested = f"{typed}/{default}"
        else:
            self._suggested = await suggested_place(str(default))
        place.value = self._suggested
        place.cursor_position = len(place.value)

    def _show_message(self, content: Content) -> None:
        self.query_one("#export-verdict", Static).update(content)

    def action_move(self, step: int) -> None:
        self.form = (self.form + step) % len(self._forms)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    def action_write(self) -> None:
        """Write the file at the path in the line."""
        typed = self.query_one(Input).value
        if not typed.strip():
            self._show_message(Content.styled("✗ Type a path to write to.", "$text-error"))
        else:
            self._write(typed)

    @work(exclusive=True, group="write")
    async def _write(self, typed: str) -> None:
        form = self._forms[self.form]

        def write(place: Path, force: bool) -> list[Path]:
            return export_runs(self._runs, form, place, force=force)

        name = default_path(self._runs, form).name
        try:
            if await save(self.app, typed, name, write, folder=form == "tensorboard"):
                self.dismiss()
        except ExportError as error:
            self._show_message(Content.styled(f"✗ {error}", "$text-error"))

    def action_leave(self) -> None:
        self.dismiss()
