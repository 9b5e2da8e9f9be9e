"""The runs marked in the list: marking them, and comparing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.runs.export.comparison import MAX_RUNS
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings

MARK_COMMANDS = bindings(
    "runs",
    ("space", "mark", "mark", "Mark", "Mark it for a comparison"),
    ("c", "compare", "compare", "Compare", "Compare the marked runs, or a group"),
    handler="marked",
    footer=("mark", "compare"),
)


class MarkedRuns:
    """Marks the run under the cursor, and compares the marked ones."""

    def __init__(
        self,
        screen: AreaScreen,
        at_cursor: Callable[[], RunSummary | None],
        group_at_cursor: Callable[[], tuple[list[RunFolder], str]],
        changed: Callable[[], object],
        next_row: Callable[[], object],
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen of the list.
            at_cursor: returns the run under the cursor.
            group_at_cursor: returns the runs of the group there, and its name; none without one.
            changed: shows the marks.
            next_row: moves the cursor to the next row.
        """
        self._screen, self._at_cursor = screen, at_cursor
        self._group_at_cursor = group_at_cursor
        self._changed, self._next_row = changed, next_row
        self.runs: list[RunFolder] = []
        """In the order of marking."""

    def offers(self, command: str) -> bool:
        """Return whether there is a run that could be marked."""
        return bool(self._screen.host.runs)

    @property
    def places(self) -> dict[RunFolder, int]:
        """The place of each marked run, from 1."""
        return {run: number for number, run in enumerate(self.runs, 1)}

    def keep(self, runs: Sequence[RunSummary]) -> None:
        """Forget marked runs that are no longer there."""
        there = {summary.run for summary in runs}
        self.runs = [run for run in self.runs if run in there]

    def chosen(self) -> list[RunSummary]:
        """Return the marked runs in the order of their marks, or the one under the cursor."""
        found = {one.run: one for one in self._screen.host.runs}
        marked = [found[run] for run in self.runs if run in found]
        under = self._at_cursor()
        return marked or ([under] if under is not None else [])

    def mark(self) -> None:
        """Mark or unmark the run under the cursor, and move to the next."""
        summary = self._at_cursor()
        if summary is None:
            return
        if summary.run in self.runs:
            self.runs.remove(summary.run)
        elif len(self.runs) == MAX_RUNS:
            self._screen.notify(
                f"{MAX_RUNS} runs are marked; more would be hard to tell apart in one chart."
            )
            return
        else:
            self.runs.append(summary.run)
        self._changed()
        self._next_row()

    def compare(self) -> None:
        """Compare the marked runs, or without a mark the group under the cursor.

        With one mark: that run and the one under the cursor.
        """
        under = self._at_cursor()
        runs = list(self.runs)
        if len(runs) == 1 and under is not None and under.run not in runs:
            runs.append(under.run)
        together, name = self._group_at_cursor()
        if not runs and len(together) > 1:
            from tui.areas.runs.comparison.group_screen import GroupScreen

            self._screen.app.push_screen(GroupScreen(together, name))
            return
        if len(runs) < 2:
            self._screen.notify(
                f"Mark two to {MAX_RUNS} runs with space first, then c compares them."
            )
            return
        from tui.areas.runs.comparison.compare_screen import CompareScreen

        self._screen.app.push_screen(CompareScreen(runs))

    def remove_all(self) -> None:
        """Remove all marks."""
        self.runs = []
        self._changed()
