"""Write a file where the learner chooses; nothing is replaced without a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.common.export_folder import remember_folder, suggested_folder
from tui.common.text import clean
from tui.common.typed_paths import in_thread, shown_name, typed_path
from tui.runs.export.export_file import AlreadyThereError, ExportError, cannot_write
from tui.ui.dialogs.questions import Question
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.path_input import PathHint, PathInput
from tui.ui.textual_patches.repaint import repaint

Write = Callable[[Path, bool], Sequence[Path]]
"""Writes to a path (blocking) and returns the files; the flag allows replacing existing ones."""


async def save(app: App[Any], typed: str, name: str, write: Write, *, folder: bool = False) -> bool:
    """Write to a typed path; to be called in a worker, as it asks questions.

    Args:
        app: the app.
        typed: a file, or a folder to put the file in.
        name: name of the file if a folder is typed.
        write: writes the file.
        folder: whether a folder is written, which may exist already.

    Returns:
        Whether it was written; False if the learner decided against it.

    Raises:
        ExportError: if it cannot be written; nothing was overwritten.
    """
    if "\0" in typed:
        raise ExportError(
            f"{clean(typed, 60)} cannot be a path: it contains a zero byte. Type another."
        )
    place = typed_path(typed).absolute()

    def look() -> tuple[Path, bool]:
        into = not folder and (typed.rstrip().endswith("/") or place.is_dir())
        target = place / name if into else place
        return target, target.parent.exists()

    try:
        target, there = await in_thread(look)
        if not there:
            question = f"The folder {clean(target.parent, 200)} does not exist. Create it?"
            if not await app.push_screen_wait(Question(question)):
                return False
            await in_thread(lambda: target.parent.mkdir(parents=True, exist_ok=True))
    except OSError as error:
        raise cannot_write(place, error) from error
    try:
        written = await in_thread(lambda: write(target, False))
    except AlreadyThereError as error:
        question = f"{clean(error.path, 200)} already exists. Replace it?"
        if not await app.push_screen_wait(Question(question)):
            return False
        written = await in_thread(lambda: write(target, True))
    await in_thread(lambda: remember_folder(target.parent))
    more = f" and {len(written) - 1} more" if len(written) > 1 else ""
    app.notify(f"Written: {clean(written[0].absolute())}{more}", markup=False, timeout=8)
    return True


async def suggested_place(name: str) -> str:
    """Return the suggested path of a file, as shown in a field."""
    folder = await in_thread(suggested_folder)
    return "/".join(map(shown_name, str(folder / name).split("/")))


class SaveWindow(Window[None]):
    """Asks for the path of a file, and writes it."""

    CSS_PATH = "windows.tcss"
    HELP = """
# Write a file

Type the path of the file, or of a folder to put it in. **tab** completes it, **enter** writes. An
existing file is replaced, and a missing folder created, only after a question.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", id="save.write", tooltip="Write the file"),
        Binding("escape", "leave", "Close", id="save.close", tooltip="Close without writing"),
    ]

    def __init__(self, title: str, name: str, write: Write) -> None:
        """Make the window.

        Args:
            title: title of the window.
            name: suggested name of the file.
            write: writes the file.
        """
        super().__init__()
        self._title, self._file_name, self._write = title, name, write

    def compose(self) -> ComposeResult:
        with Vertical(id="save") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("tab completes · enter writes · esc cancels")
            yield PathInput(endings=("",), compact=True, id="save-place")
            yield PathHint()
            yield Static("", id="save-verdict")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._suggest()

    @work(group="suggest")
    async def _suggest(self) -> None:
        place = await suggested_place(self._file_name)
        line = self.query_one(Input)
        if not line.value:
            line.value = place
            line.cursor_position = len(place)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    @work(exclusive=True, group="write")
    async def action_write(self) -> None:
        """Write the file."""
        typed, verdict = self.query_one(Input).value, self.query_one("#save-verdict", Static)
        if not typed.strip():
            repaint(verdict, Content.styled("✗ Type the path of the file.", "$text-error"))
            return
        try:
            written = await save(self.app, typed, self._file_name, self._write)
        except ExportError as error:
            repaint(verdict, Content.styled(f"✗ {error}", "$text-error"))
            return
        if written:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
