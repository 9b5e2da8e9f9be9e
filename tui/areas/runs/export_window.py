"""Runs on their way out: a format, a place, and never over what is there without asking."""

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
from tui.runs.export.export_runs import FORMATS, Format, default_path, export_runs
from tui.runs.store.loaded_run import LoadedRun
from tui.ui.dialogs.saving import save, suggested_place
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.path_input import PathHint, PathInput

WORDS: dict[Format, str] = {
    "csv": "CSV: a row an epoch",
    "json": "JSON: settings, history, what the curves say",
    "svg": "SVG: the charts as a drawing",
    "tensorboard": "TensorBoard's logs, for `tensorboard --logdir`",
    "script": "Keras script: exactly this training as a program",
}


class ExportRuns(Window[None]):
    """Writes one run or several in a format that is chosen."""

    CSS_PATH = "export_window.tcss"
    HELP = """
# Export

**↑ ↓** choose the format, the line below is the place it is written to (**tab** completes it),
**enter** writes it. What is there already is replaced, and a folder that is not there is made, only
after a question. A script is of one run. The trained models
themselves, `best.keras` and `final.keras`, lie in the run's folder.
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
        """Make the window.

        Args:
            runs: one or several, read whole.
        """
        super().__init__()
        self._runs = runs
        self._suggested = ""
        """What stood in the line before anybody typed."""
        self._forms = [form for form in FORMATS if form != "script" or len(runs) == 1]

    def compose(self) -> ComposeResult:
        what = self._runs[0].title if len(self._runs) == 1 else f"{len(self._runs)} runs"
        with Vertical(id="export-runs") as box:
            box.border_title = Content(f"Export {clean(what, 50)}")
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
        """Show the chosen format, and where it would go."""
        lines = [
            Content.styled(f"› {WORDS[form]}", "bold $primary")
            if number == self.form
            else Content(f"  {WORDS[form]}")
            for number, form in enumerate(self._forms)
        ]
        self.query_one("#export-forms", Static).update(Content("\n").join(lines))
        self._say(Content.styled("The place may be a file or a folder.", "$text-muted"))
        self._suggest(self._forms[self.form])

    @work(exclusive=True, group="suggest")
    async def _suggest(self, form: Format) -> None:
        """Put in where the format would go; in the folder that was typed, if one was."""
        place, offered = self.query_one(Input), default_path(self._runs, form)
        typed = place.value.rpartition("/")[0] if place.value != self._suggested else ""
        if offered.is_absolute():  # TensorBoard's logs, in the run's own folder
            self._suggested = str(offered)
        elif typed:
            self._suggested = f"{typed}/{offered}"
        else:
            self._suggested = await suggested_place(str(offered))
        place.value = self._suggested
        place.cursor_position = len(place.value)

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
        typed = self.query_one(Input).value
        if not typed.strip():
            self._say(Content.styled("✗ Type where it is to go.", "$text-error"))
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
            self._say(Content.styled(f"✗ {error}", "$text-error"))

    def action_leave(self) -> None:
        self.dismiss()
