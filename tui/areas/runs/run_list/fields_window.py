"""The window in which columns, the order and the groups of the list of runs are chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.common.shorten import shorten_words
from tui.runs.selection.field_catalogue import FieldCatalogue
from tui.runs.selection.run_fields import Field
from tui.runs.selection.run_view import USUAL_COLUMNS, ViewChoices
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.line_input import LineInput

Purpose = Literal["columns", "sort", "group"]
MOST_SHOWN = 300
"""Fields in the list at once; typing finds the others."""
_NONE = ""
_TITLES: dict[Purpose, str] = {
    "columns": "Columns of the list",
    "sort": "Sort the runs by",
    "group": "Group the runs by",
}
_NAME_WIDTH = 30


class _Narrowing(LineInput):
    """The line that narrows the list; enter takes what is highlighted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Choose", id="fields.take", tooltip="Choose it, or remove it"),
        Binding(
            "ctrl+up",
            "screen.move_column(-1)",
            "Earlier",
            id="fields.earlier",
            tooltip="Move the column to the left",
        ),
        Binding(
            "ctrl+down",
            "screen.move_column(1)",
            "Later",
            id="fields.later",
            tooltip="Move the column to the right",
        ),
        Binding(
            "ctrl+r",
            "screen.usual",
            "As usual",
            id="fields.usual",
            tooltip="The columns that the list has by itself",
        ),
    ]


class FieldsWindow(Window[ViewChoices]):
    """Chooses columns, or what the runs are sorted or grouped by, among all settings and metrics.

    It is dismissed with the new choices.
    """

    CSS_PATH = "runs_screen.tcss"
    HELP = """
# Settings and metrics

All settings, and all metrics found among the runs. Type to narrow the list, **↑ ↓** move.

**Columns:** **enter** adds a column or removes it, **ctrl+↑** and **ctrl+↓** move it, **ctrl+r**
restores the usual ones. They are kept from one start to the next. **Sort:** **enter** sorts by it,
the best metric first; the same one again turns the order round. **Group:** **enter** groups by it;
several settings make a group of each combination.

A metric is that of a run's best epoch, `last.` that of its last one. **escape** returns to the
list.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Done", id="fields.close", tooltip="Back to the list"),
        Binding("down", "move(1)", "Down", show=False, id="fields.down", tooltip="Next one"),
        Binding("up", "move(-1)", "Up", show=False, id="fields.up", tooltip="Previous one"),
    ]

    def __init__(self, purpose: Purpose, choices: ViewChoices, catalogue: FieldCatalogue) -> None:
        """Make the window.

        Args:
            purpose: what is chosen.
            choices: the present ones.
            catalogue: the fields of the runs.
        """
        super().__init__()
        # A name that was kept may be another one for the same field.
        names = dict.fromkeys(catalogue.kept(name).name for name in choices.columns)
        choices = replace(choices, columns=tuple(names))
        self._purpose = purpose
        self._choices = choices
        self._catalogue = catalogue
        fields = {field.name: field for field in catalogue.fields()}
        self._fields: dict[str, Field] = {**self._chosen_fields(), **fields}

    def compose(self) -> ComposeResult:
        with Vertical(classes="pick") as box:
            box.border_title = _TITLES[self._purpose]
            yield _Narrowing(placeholder="type to narrow the list", compact=True)
            yield OptionList(compact=True)
            yield Static(id="fields-more")
        yield Footer()

    def on_mount(self) -> None:
        self._fill()
        self.query_one(Input).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("move_column", "usual") and self._purpose != "columns":
            return False
        return super().check_action(action, parameters)

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._fill()

    def _fill(self, highlight: str | None = None) -> None:
        """List the fields that fit what was typed.

        Args:
            highlight: the name of the field to highlight; None for the first one.
        """
        words = self.query_one(Input).value.casefold().split()
        options = self.query_one(OptionList)
        found = [
            field
            for field in self._fields.values()
            if all(word in _searched(field) for word in words)
        ]
        if len(words) == 1:  # `lr` is a name of its own, and part of others
            found.sort(key=lambda field: words[0] not in (field.name.casefold(), *field.aliases))
        options.clear_options()
        if self._purpose != "columns" and not words:
            options.add_option(Option(Content(self._none_text()), id=_NONE))
        options.add_options(
            Option(Content(self._line(field)), id=field.name) for field in found[:MOST_SHOWN]
        )
        names = [option.id for option in options.options]
        options.highlighted = names.index(highlight) if highlight in names else 0 if names else None
        more = len(found) - MOST_SHOWN
        text = f"and {more:,} more: type to find them" if more > 0 else ""
        if not names:
            text = "No setting or metric has this in its name: shorten what you typed."
        below = self.query_one("#fields-more", Static)
        below.display = bool(text)
        below.update(Content(text))

    @property
    def _chosen(self) -> tuple[str, ...]:
        """The names of the fields that are chosen now."""
        choices = self._choices
        if self._purpose == "columns":
            return choices.columns
        if self._purpose == "group":
            return choices.groups
        return (choices.sort,) if choices.sort else ()

    def _chosen_fields(self) -> dict[str, Field]:
        return {name: self._catalogue.kept(name) for name in self._chosen}

    def _none_text(self) -> str:
        what = "the newest first" if self._purpose == "sort" else "no groups"
        return f"{' ' if self._chosen else '✓'} {what}"

    def _line(self, field: Field) -> str:
        name = shorten_words(field.name, _NAME_WIDTH)
        mark = "✓" if field.name in self._chosen else " "
        return f"{mark} {name:<{_NAME_WIDTH}} {field.what}"

    def _highlighted(self) -> str | None:
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return None
        return options.get_option_at_index(options.highlighted).id

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _take(self) -> None:
        """Choose the highlighted field; of several, remove it if it was chosen."""
        name = self._highlighted()
        if name is None:
            return
        choices = self._choices
        if self._purpose == "sort":
            self.dismiss(choices.sorted_by(name) if name else replace(choices, sort=""))
            return
        if self._purpose == "columns":
            self._choices = choices.with_column(name)
        else:
            self._choices = choices.grouped_by(name) if name else replace(choices, groups=())
        self._fill(name)

    def action_move(self, step: int) -> None:
        """Highlight the next field, or the one before."""
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_move_column(self, by: int) -> None:
        """Move the highlighted column."""
        name = self._highlighted()
        if name is None or name not in self._choices.columns:
            self.notify("Only a column that is shown (✓) can be moved.")
            return
        self._choices = self._choices.moved(name, by)
        self._order_columns_first()
        self._fill(name)

    def action_usual(self) -> None:
        """Choose the usual columns again."""
        self._choices = replace(self._choices, columns=USUAL_COLUMNS)
        self._order_columns_first()
        self._fill()

    def _order_columns_first(self) -> None:
        self._fields = {**self._chosen_fields(), **self._fields}

    def action_leave(self) -> None:
        """Close with the choices made."""
        self.dismiss(self._choices)


def _searched(field: Field) -> str:
    """Return the text of a field that typed words are looked for in."""
    return " ".join((field.name, field.what, *field.aliases)).casefold()
