"""What a list of runs shows: filtered, sorted, grouped, with columns on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tui.common.shorten import cells, shorten_words
from tui.runs.selection.arrangement import RunGroup, Sort, group_runs, sort_runs
from tui.runs.selection.columns import (
    Column,
    group_parts,
    group_text,
    group_values,
    make_columns,
    pages_of,
)
from tui.runs.selection.field_catalogue import FieldCatalogue
from tui.runs.selection.run_fields import Field, fitted
from tui.runs.selection.run_filter import FilterError, RunFilter, last_name
from tui.runs.selection.spread import usual_metric
from tui.runs.store.run_summary import RunSummary

Row = RunSummary | RunGroup
USUAL_COLUMNS = ("state", "settings", "epochs", "best", "started")
"""The columns of a list for which no others were chosen."""


@dataclass(frozen=True)
class ViewChoices:
    """What is shown of the runs, and in which order.

    Args:
        columns: the names of the fields shown beside a run's name.
        sort: the name of the field that they are sorted by; empty: the newest first.
        reverse: whether that order is turned round.
        groups: the names of the fields that they are grouped by.
        folded: the groups whose runs are not shown, by `group_key`.
    """

    columns: tuple[str, ...] = USUAL_COLUMNS
    sort: str = ""
    reverse: bool = False
    groups: tuple[str, ...] = ()
    folded: frozenset[str] = frozenset()

    @property
    def usual_columns(self) -> bool:
        """Whether the columns are those that a list has by itself."""
        return self.columns == USUAL_COLUMNS

    def sorted_by(self, name: str) -> ViewChoices:
        """Return them sorted by a field; by the same field again in the other direction."""
        if name == self.sort:
            return replace(self, reverse=not self.reverse)
        return replace(self, sort=name, reverse=False)

    def grouped_by(self, name: str) -> ViewChoices:
        """Return them grouped by a field as well, or no longer by it."""
        others = tuple(one for one in self.groups if one != name)
        groups = others if name in self.groups else (*self.groups, name)
        return replace(self, groups=groups, folded=frozenset())

    def with_column(self, name: str) -> ViewChoices:
        """Return them with a column at the end, or without it."""
        others = tuple(one for one in self.columns if one != name)
        return replace(self, columns=others if name in self.columns else (*self.columns, name))

    def moved(self, name: str, by: int) -> ViewChoices:
        """Return them with a column moved left or right."""
        if name not in self.columns:
            return self
        columns = list(self.columns)
        position = columns.index(name)
        columns.insert(min(max(position + by, 0), len(columns) - 1), columns.pop(position))
        return replace(self, columns=tuple(columns))


@dataclass
class RunView:
    """The rows and columns of a list of runs.

    Args:
        choices: what is shown, and in which order.
    """

    choices: ViewChoices = ViewChoices()
    runs: Sequence[RunSummary] = ()
    """All runs, newest first."""
    catalogue: FieldCatalogue = field(default_factory=FieldCatalogue)
    chosen: list[RunSummary] = field(default_factory=list)
    """Those that pass the filter, in the order of the list."""
    groups: list[RunGroup] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    """Runs, and before those of a group the group."""
    problem: str = ""
    """What is wrong with the filter that was typed last; the one before it still holds."""
    _typed: str = ""
    _filter: RunFilter = field(default_factory=lambda: RunFilter(""))

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take the runs as they are now."""
        self.runs = runs
        self.catalogue = FieldCatalogue(runs)
        if self.problem:  # the metric that it names may have come
            self.filter_by(self._typed)
        self.update()

    def filter_by(self, text: str) -> None:
        """Take a filter as it is typed; a wrong one leaves the rows as they are."""
        self._typed = text
        try:
            new = RunFilter(text, self.catalogue)
        except FilterError as error:
            self.problem = str(error)
            return
        new.share_texts(self._filter)
        self.problem, self._filter = "", new
        self.update()
        name = last_name(text)
        if name and not self.chosen and (meant := new.meant(name)):
            # The name of a condition is being typed: the runs stay until its sign has come.
            unfinished = RunFilter(text[: -len(name)].rstrip("-!("), self.catalogue)
            unfinished.share_texts(new)
            self.problem, self._filter = meant, unfinished
            self.update()

    def choose(self, choices: ViewChoices) -> None:
        """Show other columns, or another order."""
        self.choices = choices
        self.update()

    def update(self) -> None:
        """Make the rows anew."""
        passing = [run for run in self.runs if self._filter.matches(run)]
        order = self.sort
        self.chosen = sort_runs(passing, order)
        self.groups = group_runs(self.chosen, self.group_fields, order) if self.grouped else []
        if not self.grouped:
            self.rows = list(self.chosen)
            return
        self.rows = []
        for group in self.groups:
            self.rows.append(group)
            if group_key(group) not in self.choices.folded:
                self.rows += group.runs

    @property
    def hint(self) -> str:
        """What may be meant by a filter that no run passes, in a sentence; else empty."""
        return "" if self.chosen else self._filter.hint()

    @property
    def grouped(self) -> bool:
        """Whether the runs are grouped."""
        return bool(self.choices.groups)

    @property
    def sort(self) -> Sort | None:
        """The order of the runs; None: the newest first."""
        name = self.choices.sort
        if not name:
            return None
        return Sort(self.catalogue.kept(name), self.choices.reverse, usual_metric(self.runs))

    @property
    def sorted_metric(self) -> Field | None:
        """The metric that the runs are sorted by; None if by something else."""
        return order.metric if (order := self.sort) is not None else None

    @property
    def group_fields(self) -> list[Field]:
        """The fields that the runs are grouped by."""
        return [self.catalogue.kept(name) for name in self.choices.groups]

    def columns(self) -> list[Column]:
        """Return the columns beside the name, wide enough for every number."""
        return make_columns(
            [self.catalogue.kept(name) for name in self.choices.columns], self.chosen
        )

    def fold(self, group: RunGroup) -> None:
        """Hide the runs of a group, or show them again."""
        self.choose(
            replace(self.choices, folded=self.choices.folded ^ frozenset({group_key(group)}))
        )


def row_key(row: Row) -> str:
    """Return what distinguishes a row from all others; a run's folder name holds no slash."""
    return group_key(row) if isinstance(row, RunGroup) else row.run.name


def group_key(group: RunGroup) -> str:
    """Return what distinguishes a group from others."""
    return f"/{group.values!r}"


def group_line(fields: Sequence[Field], group: RunGroup, width: int, *, folded: bool) -> str:
    """Return the row of a group in at most so many columns; no number of it is cut.

    Args:
        fields: those that it is grouped by.
        group: the group.
        width: in terminal cells.
        folded: whether its runs are hidden.
    """
    sign = "▸" if folded else "▾"
    texts, parts = (group_text(fields, group), group_values(fields, group)), group_parts(group)
    for kept in range(len(parts), 0, -1):  # a part that has no room is left out whole
        result = "  ".join(parts[:kept])
        for what in texts:  # the line above the list names the fields too
            if cells(what) + cells(result) + 4 <= width:
                return f"{sign} {what}  {result}"
    return f"{sign} {shorten_words(what, max(width - cells(result) - 4, 8))}  {result}"


def view_line(view: RunView, shown: range, width: int) -> str:
    """Return how the list is ordered and which of its columns are on screen; empty if as usual.

    Args:
        view: the list.
        shown: the columns on the present page.
        width: in terminal cells.
    """
    parts = []
    order = view.sort
    if order is not None:
        parts.append(f"sorted by {fitted(order.field.name, 30)} {order.arrow}")
    if view.grouped:
        names = ", ".join(fitted(one.name, 30) for one in view.group_fields)
        parts.append(f"{len(view.groups):,} groups by {shorten_words(names, 40)}")
    total = len(view.choices.columns)
    if not view.choices.usual_columns and len(shown) < total:
        parts.append(f"columns {shown.start + 1} to {shown.stop} of {total}  ← →")
    return shorten_words(" · ".join(parts), width)


def page_of(columns: Sequence[Column], room: int, number: int) -> tuple[range, int]:
    """Return the columns of a page, and how many pages there are.

    Args:
        columns: all columns.
        room: the width of a page.
        number: of the page, from 0; one too large is the last one.
    """
    pages = pages_of([column.width for column in columns], room)
    return pages[min(max(number, 0), len(pages) - 1)], len(pages)
