"""Export a network as code, a script, one line or JSON; import one that is pasted."""

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
from textual.widgets import Input, Static, TextArea

from tui.common.paths import StateError, write_cure
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.geometry import GeometryError, Network, format_network, to_dict
from tui.keras_io import keras_code
from tui.keras_io.errors import PastedText, read_pasted_text
from tui.keras_io.network_files import ENDINGS, file_description, network_from_file
from tui.keras_io.saved_networks import save_network, saved_networks
from tui.keras_io.unsupported_files import UnsupportedFile, error_text
from tui.runs.export.export_file import write_whole
from tui.runs.export.training_script import training_script
from tui.ui.dialogs.questions import Question
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.dialogs.text_windows import copy_text
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.line_input import LineInput
from tui.ui.forms.path_input import PathArea, PathHint
from tui.ui.services import Dataset

TODAY = "training script of today"
FORMS = ("Keras code", "complete training script", "one line", "JSON", TODAY)
FILE_ENDINGS = {"one line": "txt", "JSON": "json"}


class NetworkExportWindow(Window[None]):
    """Shows the network in one of several formats, to copy, write to a file, or save."""

    CSS_PATH = "import_export.tcss"
    HELP = """
# Export

**v** goes through the formats: Keras code, a complete training script (with the loaders of the
chosen images and the stop rule, so that it runs on its own), the one-line form, JSON, and the
script as it is written today (`image_dataset_from_directory`, preprocessing layers). **y** copies
it, **w** asks for a path and writes it to a file, **s** saves the network under a name.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "form", "Next format", id="export.form", tooltip="Code, script, line, JSON"),
        Binding("y", "copy", "Copy", id="export.copy", tooltip="Copy the text"),
        Binding("w", "write", "Write file", id="export.write", tooltip="Write the text to a file"),
        Binding("s", "save", "Save", id="export.save", tooltip="Save the network under a name"),
        Binding("escape,q", "leave", "Close", id="export.close", tooltip="Close"),
    ]

    def __init__(self, network: Network, dataset: Dataset | None) -> None:
        super().__init__()
        self._network, self._dataset = network, dataset
        self._form = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="exchange"):
            yield Static(id="form-name")
            yield VerticalScroll(Static(id="form-text"), id="form-scroll")
            yield LineInput(
                placeholder="name to save it under, then enter", id="form-ask", compact=True
            )
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#form-ask").display = False
        self.query_one("#form-scroll").focus()
        self.show()

    def text(self) -> str:
        """Return the network in the current format.

        Raises:
            GeometryError: if the network has no such form.
        """
        form = FORMS[self._form]
        if form == "one line":
            return format_network(self._network) + "\n"
        if form == "JSON":
            return json.dumps(to_dict(self._network), indent=2) + "\n"
        if form == "Keras code":
            return keras_code(self._network)
        settings = self._dataset.settings if self._dataset is not None else None
        return training_script(self._network, settings, today=form == TODAY)

    def show(self) -> None:
        """Show the current format."""
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
        code = form not in FILE_ENDINGS
        shown.update(highlight(text, language="python") if code else Content(text))

    def action_form(self) -> None:
        self._form = (self._form + 1) % len(FORMS)
        self.show()

    def action_copy(self) -> None:
        try:
            ending = FILE_ENDINGS.get(FORMS[self._form], "py")
            copy_text(self.app, self.text(), "Copied.", f"network.{ending}")
        except GeometryError as error:
            self.notify(str(error), severity="error", markup=False)

    def action_write(self) -> None:
        """Ask for a path and write the text there."""
        form = FORMS[self._form]
        try:
            data = self.text().encode("utf-8", "replace")
        except GeometryError as error:
            self.notify(str(error), severity="error", markup=False)
            return

        def write(path: Path, force: bool) -> list[Path]:
            write_whole(path, data, force=force)
            return [path]

        ending = FILE_ENDINGS.get(form, "py")
        self.app.push_screen(SaveWindow(f"Write: {form}", f"network.{ending}", write))

    def action_save(self) -> None:
        """Ask for a name to save the network under."""
        line = self.query_one("#form-ask", Input)
        line.display = True
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._keep(event.value.strip())

    @work(exclusive=True, group="keep")
    async def _keep(self, name: str) -> None:
        if not name:
            return
        try:
            if name in await asyncio.to_thread(saved_networks):
                question = f"There is already a network named {clean(name)}. Replace it?"
                if not await self.app.push_screen_wait(Question(question)):
                    return
            await asyncio.to_thread(save_network, name, self._network)
        except OSError as error:
            words = (
                f"The network was not saved: {clean(error.strerror or error)}. {write_cure(error)}"
            )
            self.notify(words, severity="error", markup=False)
            return
        except (StateError, GeometryError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(f"Saved as {clean(name)}; o opens it.", markup=False)
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


class NetworkImportWindow(Window[Network | None]):
    """Reads pasted text: a network in any format, a file's path, or a Keras error."""

    CSS_PATH = "import_export.tcss"
    HELP = """
# Import

Paste or type a network in its one-line form, the JSON that this app exports, the JSON of Keras's
`model.to_json()`, or the path of a `.keras`, `.h5` or text file (**tab** completes it); **ctrl+s**
reads it. It is read as data: no code in it is run. A model with branches cannot be edited: Look
inside (6, then **a**) shows it.

Or paste an **error message** of Keras or TensorFlow, of any version, complete or in part: it is
explained with the layer of the current network that causes it. A table of `model.summary()` is
read as a network as far as it describes one. `cnn-tui explain` gives the same answer in a shell.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f5", "read", "Read", id="import.read", tooltip="Read the pasted text"),
        Binding("escape", "leave", "Close", id="import.close", tooltip="Close"),
    ]

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def compose(self) -> ComposeResult:
        with Vertical(classes="exchange"):
            yield Static(
                Content(
                    "Paste a network (one line, JSON, model.summary()), the path of a .keras or "
                    ".h5 file, or a Keras error; ctrl+s reads it."
                )
            )
            yield PathArea(endings=("",), id="pasted")
            yield PathHint()
            yield VerticalScroll(Static(id="import-said"), id="import-answer")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#pasted").focus()

    @work(exclusive=True)
    async def action_read(self) -> None:
        """Read the pasted text, and open the network or explain the error."""
        text = self.query_one("#pasted", TextArea).text.strip()
        result = self.query_one("#import-said", Static)
        if not text:
            result.update(Content("Paste or type something first."))
            return
        is_path = False
        try:
            is_path = await asyncio.to_thread(is_file_name, text)
            if is_path:
                path = typed_path(text)
                found = await asyncio.to_thread(read_file, path, self._network)
            else:
                found = await asyncio.to_thread(read_pasted_text, text, self._network)
        except (GeometryError, OSError, ValueError) as error:
            words = (
                _sentence(error_text(error)) if isinstance(error, GeometryError) else clean(error)
            )
            other = isinstance(error, UnsupportedFile) or not isinstance(error, GeometryError)
            if is_path and not other and await asyncio.to_thread(typed_path(text).exists):
                words += " Look inside (6, then a) shows its layers as far as they can be read."
            result.update(Content.styled(f"✗ {words}", "$text-error"))
            return
        if found.network is not None:
            for note in found.network.notes:
                self.notify(clean(note), markup=False, timeout=8)
            self.dismiss(found.network.network)
            return
        lines = [clean(line) for line in found.lines()]
        refused = bool(found.refusal)
        result.update(Content.styled(f"✗ {lines[0]}", "$text-error") if refused else answer(lines))
        self.query_one("#import-answer").scroll_home(animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)


def is_file_name(text: str) -> bool:
    """Whether a text is, or was meant as, the name of a file (blocking)."""
    if "\n" in text or len(text) >= 1000:
        return False
    return text.lower().endswith(ENDINGS) or typed_path(text).exists()


def read_file(path: Path, network: Network) -> PastedText:
    """Read a network or an error message from a file (blocking).

    Raises:
        GeometryError: if the file is neither or cannot be read.
    """
    try:
        return PastedText(network=network_from_file(path))
    except GeometryError:
        description = file_description(path)
        text = description if isinstance(description, str) else description.decode(errors="replace")
        found = read_pasted_text(text, network)
        if found.explanation is None or not found.explanation.is_known:
            raise
        return found


def answer(lines: list[str]) -> Content:
    """Return the lines of an explanation as text, the first one, the cause, in bold."""
    return Content("\n").join([Content.styled(lines[0], "bold"), *map(Content, lines[1:])])
