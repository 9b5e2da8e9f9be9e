"""The window in which logs of other programs are found and shown as runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.areas.runs.logs.roles_window import RolesWindow
from tui.areas.runs.logs.watch_text import about_found, found_line, found_text
from tui.common.text import clean
from tui.common.typed_paths import from_the_root, in_thread, typed_path
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.watched.find_logs import FoundLog, FoundLogs, find_logs
from tui.runs.watched.reader_client import LogReaderClient
from tui.runs.watched.reader_error import ReaderError
from tui.runs.watched.reader_messages import LookedAt
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.path_input import PathHint, PathInput
from tui.ui.textual_patches.repaint import repaint

MOST_LOOKED_AT = 60
"""Logs of which the window shows what is in them; the others are read when they are watched."""


@dataclass(frozen=True)
class WatchRequest:
    """Which logs to watch.

    Args:
        logs: the logs.
        roles: by the path of a log, which series the user chose to be what.
    """

    logs: tuple[FoundLog, ...]
    roles: dict[str, CurveRoles]


class FoundList(OptionList):
    """The logs that were found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Show as runs", id="watch.start", tooltip="Watch all of them"),
    ]


class WatchWindow(Window[WatchRequest | None]):
    """Asks for a path, shows the logs in it and how they are understood."""

    CSS_PATH = "watch_window.tcss"
    HELP = """
# Curves that exist already

Type the path of a **folder of TensorBoard** (Keras's callback, PyTorch's SummaryWriter,
Lightning), of a **CSV** (Keras's CSVLogger, Lightning's metrics.csv) or of a **history as JSON**;
**tab** completes it. A folder may hold any number of them. **enter** looks for logs there.

In the list **↑ ↓** go through the logs that were found; below it you see which series is taken as
the loss and the accuracy of training and validation. That is guessed by the usual names; **c**
changes it for the log under the cursor. **enter** shows them all as runs, which grow with their
logs. Nothing is written beside the logs, and deleting such a run leaves them as they are.

**escape** goes back to the path, then closes the window.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "c",
            "curves",
            "Curves",
            id="watch.curves",
            tooltip="Choose which series is the loss, the accuracy and so on",
        ),
        Binding("escape", "leave", "Close", id="watch.close", tooltip="Close without watching"),
    ]

    def __init__(self, reader: LogReaderClient) -> None:
        """Make the window.

        Args:
            reader: looks into logs.
        """
        super().__init__()
        self._reader = reader
        self._found = FoundLogs()
        self._looked: dict[str, LookedAt] = {}
        self._roles: dict[str, CurveRoles] = {}

    def compose(self) -> ComposeResult:
        with Vertical(id="watching") as box:
            box.border_title = "Curves that exist already"
            yield PathInput(
                placeholder="a folder of TensorBoard, a CSV or a history.json; tab completes",
                endings=("",),
                compact=True,
                id="watch-path",
            )
            yield PathHint()
            yield Static(id="watch-found")
            yield FoundList(compact=True, id="watch-logs")
            yield Static(id="watch-about")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#watch-logs").display = False
        self.query_one("#watch-path", Input).focus()

    @property
    def _list(self) -> OptionList:
        return self.query_one("#watch-logs", OptionList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "curves":
            return self.focused is not None and self.focused.id == "watch-logs"
        return super().check_action(action, parameters)

    @on(Input.Submitted, "#watch-path")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._look(event.value)
        else:
            self.app.notify("Type the path of a log first; tab completes it.")

    @on(Input.Changed, "#watch-path")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._found.logs or self._found.problems:
            self._found = FoundLogs()
            self._show()

    @work(exclusive=True, group="look")
    async def _look(self, text: str) -> None:
        """Find the logs under a path, and look into them."""
        self._say("#watch-found", Content.styled("looking …", "$text-muted"))
        found = await in_thread(lambda: find_logs([from_the_root(typed_path(text))]))
        if self.query_one("#watch-path", Input).value != text:
            return  # it was changed meanwhile
        self._found, self._looked, self._roles = found, {}, {}
        self._show()
        if not found.logs:
            return
        self._list.focus()
        first = found.logs[:MOST_LOOKED_AT]
        try:
            looked = await in_thread(lambda: self._reader.look(first))
        except ReaderError as error:
            self._say("#watch-about", Content.styled(f"✗ {clean(error)}", "$text-error"))
            return
        if self._found is found:
            self._looked = {log.path: one for log, one in zip(first, looked, strict=True)}
            self._show(keep=True)

    def _show(self, *, keep: bool = False) -> None:
        """Show what was found.

        Args:
            keep: whether the cursor stays in the list.
        """
        found, listed = self._found, self._list
        self._say("#watch-found", found_text(found))
        at = listed.highlighted if keep else 0
        listed.clear_options()
        listed.display = bool(found.logs)
        for number, log in enumerate(found.logs):
            listed.add_option(Option(found_line(log, self._looked.get(log.path)), id=str(number)))
        if found.logs:
            listed.highlighted = at
        self._show_about()

    @on(OptionList.OptionHighlighted, "#watch-logs")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_about()

    @on(OptionList.OptionSelected, "#watch-logs")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._found.logs:
            self.dismiss(WatchRequest(tuple(self._found.logs), self._roles))

    def _at_cursor(self) -> FoundLog | None:
        at = self._list.highlighted
        return self._found.logs[at] if at is not None and at < len(self._found.logs) else None

    def _show_about(self) -> None:
        log = self._at_cursor()
        text = Content("")
        if log is not None:
            text = about_found(log, self._looked.get(log.path), self._roles.get(log.path))
        self._say("#watch-about", text)

    def _say(self, where: str, text: Content) -> None:
        repaint(self.query_one(where, Static), text)

    def action_curves(self) -> None:
        """Choose which series of the log under the cursor is what."""
        log = self._at_cursor()
        looked = self._looked.get(log.path) if log is not None else None
        if log is None or looked is None or not looked.series:
            self.notify("No series of this log is known yet.")
            return
        path = log.path

        def take(roles: CurveRoles | None) -> None:
            if roles is not None:
                self._roles[path] = roles
                self._show_about()

        self.app.push_screen(RolesWindow(looked.series, self._roles.get(path, CurveRoles())), take)

    def action_leave(self) -> None:
        """Go back to the path, then close."""
        line = self.query_one("#watch-path", Input)
        if self.focused is line:
            self.dismiss(None)
        else:
            line.focus()
