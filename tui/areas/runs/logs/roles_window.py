"""The window in which the user says which series of a log is the loss, the accuracy and so on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.common.text import clean
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.watched.log_rows import NONE, role_text
from tui.runs.watched.series_names import ROLE_NAMES, ROLES, name_series
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer


class RoleList(OptionList):
    """The roles, each with its series."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Choose", id="roles.choose", tooltip="Choose another series"),
    ]


class RolesWindow(Window[CurveRoles | None]):
    """Asks which series of a log is the loss, the accuracy …; returns the choice if it changed."""

    CSS_PATH = "watch_window.tcss"
    HELP = """
# Which curve is which

Each line is a role and the series that has it. **enter** chooses another series, none, or the one
that is guessed by the usual names. A run is diagnosed by its loss, accuracy, validation loss and
validation accuracy, as far as they are known. All other series are metrics under their own names.

**escape** closes the window and keeps what was chosen.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Done", id="roles.close", tooltip="Keep what was chosen"),
    ]

    def __init__(self, series: Sequence[str], roles: CurveRoles) -> None:
        """Make the window.

        Args:
            series: the names of the log's series.
            roles: what was chosen before.
        """
        super().__init__()
        self._series, self._before, self._chosen = tuple(series), roles, roles

    def compose(self) -> ComposeResult:
        with Vertical(id="roles") as box:
            box.border_title = "Which curve is which"
            yield RoleList(compact=True, id="roles-list")
        yield Footer()

    def on_mount(self) -> None:
        self._fill()
        self.query_one(OptionList).focus()

    def _fill(self) -> None:
        listed = self.query_one(OptionList)
        at = listed.highlighted or 0
        listed.clear_options()
        named = name_series(self._series, self._chosen)
        for role in ROLES:
            text = role_text(named.roles, role, guessed=role in named.guessed)
            listed.add_option(Option(Content(f"{ROLE_NAMES[role]:<20} {text}"), id=role))
        listed.highlighted = at

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Choose the series of the role under the cursor."""
        role = ROLES[self.query_one(OptionList).highlighted or 0]
        guess = role_text(name_series(self._series).roles, role, guessed=False)
        options = [
            ("guess", f"guess: {guess}"),
            (NONE, NONE),
            *((f"series {at}", clean(name, 70)) for at, name in enumerate(self._series)),
        ]

        def take(picked: str | None) -> None:
            if picked is None:
                return
            value: str | None = None if picked == "guess" else ""
            if picked.startswith("series "):
                value = self._series[int(picked.split()[1])]
            self._chosen = msgspec.structs.replace(self._chosen, **{role: value})
            self._fill()

        self.app.push_screen(PickWindow(f"Which series is the {ROLE_NAMES[role]}?", options), take)

    def action_leave(self) -> None:
        """Close with what was chosen."""
        self.dismiss(self._chosen if self._chosen != self._before else None)
