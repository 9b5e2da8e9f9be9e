"""The order, the groups and the columns of the list of runs, and the filter above it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from textual.suggester import Suggester

from tui.areas.runs.run_list.fields_window import FieldsWindow, Purpose
from tui.common.preferences import PreferenceError, read_preference, write_preference
from tui.runs.selection.run_filter import last_name
from tui.runs.selection.run_view import USUAL_COLUMNS, RunView, ViewChoices
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings

VIEW_COMMANDS = bindings(
    "view",
    ("s", "choose('sort')", "sort", "Sort", "Sort the runs by a setting or metric"),
    ("b", "choose('group')", "group", "Group by", "Group the runs by settings"),
    ("v", "choose('columns')", "columns", "Columns", "Choose the settings and metrics shown"),
    handler="view_controls",
    footer=("sort", "group", "columns"),
)
_PREFERENCE = "run-list"


class KeptColumns(msgspec.Struct, frozen=True):
    """The columns as they are kept from one start to the next."""

    columns: tuple[str, ...] = USUAL_COLUMNS


class ViewControls:
    """Changes how the list of runs is shown."""

    def __init__(
        self,
        screen: AreaScreen,
        view: RunView,
        changed: Callable[[], object],
        to_top: Callable[[], object],
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen of the list.
            view: what it shows.
            changed: shows the list anew.
            to_top: moves the cursor to the first row.
        """
        self._screen, self._view, self._changed, self._to_top = screen, view, changed, to_top
        self.page = 0
        """The page of columns, from 0."""
        self.pages = 1
        kept = read_preference(_PREFERENCE, KeptColumns, KeptColumns())
        view.choices = ViewChoices(columns=kept.columns)

    def offers(self, command: str) -> bool:
        """Return whether there is anything to choose."""
        if command == "turn":
            return self.pages > 1
        return bool(self._view.runs)

    def choose(self, purpose: Purpose) -> None:
        """Open the window for columns, the order or the groups."""
        before = self._view.choices

        def chosen(choices: ViewChoices | None) -> None:
            if choices is None or choices == before:
                return
            if choices.columns != before.columns:
                added = len(choices.columns) > len(before.columns)
                self.page = len(choices.columns) if added else 0  # the last page has the new one
                self._keep(choices.columns)
            self._view.choose(choices)
            self._changed()
            if purpose != "columns":
                self._to_top()

        window = FieldsWindow(purpose, before, self._view.catalogue)
        self._screen.app.push_screen(window, chosen)

    def turn(self, by: int) -> None:
        """Show another page of columns."""
        page = min(max(self.page + by, 0), self.pages - 1)
        if page != self.page:
            self.page = page
            self._changed()

    def _keep(self, columns: tuple[str, ...]) -> None:
        try:
            write_preference(_PREFERENCE, KeptColumns(columns))
        except PreferenceError as error:
            self._screen.notify(str(error), severity="warning", markup=False)


class NameSuggester(Suggester):
    """Completes the name at the end of a filter; → accepts it."""

    def __init__(self, view: RunView) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._view = view

    async def get_suggestion(self, value: str) -> str | None:
        """Return the filter with the name completed; None if there is nothing to complete."""
        typed = last_name(value)
        whole = self._view.catalogue.complete(typed) if len(typed) > 1 else ""
        return value + whole[len(typed) :] if whole else None
