"""A run's history as a table: an epoch a row."""

from __future__ import annotations

from rich.text import Text

from tui.common.stop_rule import StopRule
from tui.runs.events.run_progress import RunProgress
from tui.ui.runs.run_text import history_columns, history_row, history_widths
from tui.ui.textual_patches.table import Table


class HistoryTable(Table):
    """The epochs that ended; the newest is followed unless somebody looks back."""

    def __init__(self) -> None:
        super().__init__(id="history", cell_padding=1)
        self._filled = (0, 0, 0)
        self._progress = RunProgress()
        self._rule: StopRule | None = None

    def show(self, progress: RunProgress, rule: StopRule | None) -> None:
        """Show the epochs that ended by now.

        Args:
            progress: what the run's events add up to.
            rule: the figures that it looks at are shown so that they do not seem to meet it.
        """
        self._progress, self._rule = progress, rule
        columns = ["epoch", *history_columns(progress), "time", "images/s"]
        filled = (len(progress.epoch_numbers), progress.best_epoch, len(progress.resumed))
        if filled == self._filled and len(self.columns) == len(columns):
            return
        void = filled[2] != self._filled[2]  # epochs after a checkpoint, trained once more
        self._filled = filled
        if len(self.columns) != len(columns) or void:
            self.clear(columns=True)
            # Widths of their own: no column moves when a longer figure comes.
            for name, width in zip(columns, history_widths(progress), strict=True):
                self.add_column(name, width=width)
            self.fill([], self._cells)
        at_end = self.cursor_row >= self.row_count - 1
        self.extend([str(number) for number in range(self.row_count, filled[0])])
        self.renew()  # the best epoch may be another one
        if at_end and self.row_count:
            self.move_cursor(row=self.row_count - 1)

    def _cells(self, name: str) -> list[Text]:
        """Return what a row shows when it is first seen."""
        progress, position = self._progress, int(name)
        if position >= len(progress.epoch_numbers):  # void since just now
            return [Text("")] * (len(history_columns(progress)) + 3)
        return [Text(text) for text in history_row(progress, position, self._rule)]
