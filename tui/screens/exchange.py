"""In and out: a network as code, as a line, as JSON; and whatever is pasted read back."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Footer, Input, Static, TextArea

from tui.geometry import (
    GeometryError,
    Network,
    explain_keras_error,
    format_network,
    keras_code,
    read_network,
    to_dict,
    trace_network,
)
from tui.networks import ENDINGS, network_from_file
from tui.other_files import OtherFile, told
from tui.paths import StateError
from tui.saved import save_network
from tui.screens.host import Dataset
from tui.screens.window import Window
from tui.text import clean
from tui.training.script import training_script
from tui.widgets.line_input import LineInput

FORMS = ("Keras code", "whole training script", "one line", "JSON")


class ExportScreen(Window[None]):
    """Shows the network in one of its forms; y copies, w writes a file, s keeps it by name."""

    CSS_PATH = "exchange.tcss"
    HELP = """
# Out

**v** goes through the forms: Keras code, a whole training script (with the loaders of the chosen
images and the stop rule, so that it trains by itself), the one-line form, JSON. **y** copies,
**w** writes it into a file, **s** keeps the network under a name of yours.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "form", "Next form", id="export.form", tooltip="Code, script, line, JSON"),
        Binding("y", "copy", "Copy", id="export.copy", tooltip="Copy it"),
        Binding("w", "write", "Write file", id="export.write", tooltip="Write it into a file"),
        Binding("s", "save", "Keep", id="export.save", tooltip="Keep the network under a name"),
        Binding("escape,q", "leave", "Close", id="export.close", tooltip="Close"),
    ]

    def __init__(self, network: Network, dataset: Dataset | None) -> None:
        super().__init__()
        self._network, self._dataset = network, dataset
        self._form = 0
        self._asking = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="exchange"):
            yield Static(id="form-name")
            yield VerticalScroll(Static(id="form-text"), id="form-scroll")
            yield LineInput(id="form-ask", compact=True)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#form-ask").display = False
        self.query_one("#form-scroll").focus()
        self.show()

    def text(self) -> str:
        """Return the network in the present form; where it does not fit, why."""
        form = FORMS[self._form]
        if form == "one line":
            return format_network(self._network) + "\n"
        if form == "JSON":
            return json.dumps(to_dict(self._network), indent=2) + "\n"
        if form == "Keras code":
            return keras_code(self._network)
        settings = self._dataset.settings if self._dataset is not None else None
        return training_script(self._network, settings)

    def show(self) -> None:
        """Show the present form."""
        form = FORMS[self._form]
        self.query_one("#form-name", Static).update(
            Content.assemble((f"{form} ", "bold"), f"({self._form + 1} of {len(FORMS)})")
        )
        shown = self.query_one("#form-text", Static)
        try:
            text = "\n".join(clean(line) for line in self.text().split("\n"))
        except GeometryError as error:
            shown.update(Content.styled(f"✗ {error}", "$text-error"))
            return
        code = form in ("Keras code", "whole training script")
        shown.update(highlight(text, language="python") if code else Content(text))

    def action_form(self) -> None:
        self._form = (self._form + 1) % len(FORMS)
        self.show()

    def action_copy(self) -> None:
        try:
            self.app.copy_to_clipboard(self.text())
            self.notify("Copied.")
        except GeometryError as error:
            self.notify(str(error), severity="error", markup=False)

    def _ask(self, what: str, value: str) -> None:
        self._asking = what
        line = self.query_one("#form-ask", Input)
        line.placeholder = f"{what}, then enter"
        line.value = value
        line.display = True
        line.focus()

    def action_write(self) -> None:
        ending = {"one line": "txt", "JSON": "json"}.get(FORMS[self._form], "py")
        self._ask("file to write", str(Path.cwd() / f"network.{ending}"))

    def action_save(self) -> None:
        self._ask("name to keep it under", "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._answered(event.value.strip())

    @work
    async def _answered(self, value: str) -> None:
        if not value:
            return
        try:
            if self._asking.startswith("file"):
                path = Path(value).expanduser()
                if path.exists():
                    self.notify(f"{clean(path)} is there already: name another file.")
                    return
                await asyncio.to_thread(path.write_text, self.text())
                self.notify(f"Written: {clean(path)}", markup=False)
            else:
                await asyncio.to_thread(save_network, value, self._network)
                self.notify(f"Kept as {clean(value)}; o opens it.", markup=False)
        except (OSError, StateError, GeometryError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.query_one("#form-ask").display = False
        self.query_one("#form-scroll").focus()

    def action_leave(self) -> None:
        line = self.query_one("#form-ask")
        if line.display:
            line.display = False
            self.query_one("#form-scroll").focus()
        else:
            self.dismiss(None)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("layer ") else text


class ImportScreen(Window[Network | None]):
    """Takes whatever is pasted: a network in any form, a file's path, or a Keras error."""

    CSS_PATH = "exchange.tcss"
    HELP = """
# In

Paste or type a network in its one-line form, our JSON, the JSON of Keras's `model.to_json()`, or
the path of a `.keras`, `.h5` or text file; **ctrl+s** reads it. It is read as data: nothing in it
is run. A model with branches cannot be edited: Look inside (6, then **a**) shows it.

Paste a Keras or TensorFlow **shape error** instead, and it is explained with the layer of the
present network that causes it.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f5", "read", "Read it", id="import.read", tooltip="Read what was pasted"),
        Binding("escape", "leave", "Close", id="import.close", tooltip="Close"),
    ]

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def compose(self) -> ComposeResult:
        with Vertical(classes="exchange"):
            yield Static(
                Content(
                    "Paste a network (one line, JSON, model.to_json()), the path of a .keras or "
                    ".h5 file, or a Keras shape error; ctrl+s reads it."
                )
            )
            yield TextArea(id="pasted")
            yield Static(id="import-said")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#pasted").focus()

    @work(exclusive=True)
    async def action_read(self) -> None:
        """Find out what was pasted, and take it or explain it."""
        text = self.query_one("#pasted", TextArea).text.strip()
        said = self.query_one("#import-said", Static)
        if not text:
            said.update(Content("Nothing is there yet."))
            return
        is_path = False
        try:
            path = Path(text).expanduser()
            is_path = "\n" not in text and len(text) < 1000
            is_path = is_path and (path.exists() or text.lower().endswith(ENDINGS))
            if is_path:
                found = await asyncio.to_thread(network_from_file, path)
            else:
                found = await asyncio.to_thread(read_network, text)
        except (GeometryError, OSError, ValueError) as error:
            explained = explain_keras_error(text, self._network)
            if explained.cause != "unknown" and not is_path:
                row = ""
                if explained.row is not None:
                    name = trace_network(self._network)[explained.row].name
                    # A sentence that names the layer itself needs no name before it.
                    row = "" if name in explained.sentence else f"{name}: "
                said.update(Content(f"{row}{explained.sentence}"))
            elif isinstance(error, GeometryError):
                words = _sentence(told(error))
                if is_path and path.exists() and not isinstance(error, OtherFile):
                    words += " Look inside (6, then a) shows what is known of its layers."
                said.update(Content.styled(f"✗ {words}", "$text-error"))
            else:
                said.update(Content.styled(f"✗ {clean(error)}", "$text-error"))
            return
        for note in found.notes:
            self.notify(clean(note), markup=False, timeout=8)
        self.dismiss(found.network)

    def action_leave(self) -> None:
        self.dismiss(None)
