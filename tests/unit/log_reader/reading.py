"""Reading a log in the test's own process, without a lock and without a run."""

from __future__ import annotations

import math
from pathlib import Path

from tui.log_reader.axis import Axis, axis_of
from tui.log_reader.curves import Curves, curves_of
from tui.log_reader.log_source import LogSource, open_source
from tui.log_reader.series import SeriesStore
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.watched.series_names import NamedSeries, name_series


class Reading:
    """A log that was read to its end."""

    def __init__(
        self, path: Path, log_format: str, *, roles: CurveRoles | None = None, budget: int = 0
    ) -> None:
        self.store = SeriesStore(budget, 20) if budget else SeriesStore()
        self.source: LogSource = open_source(str(path), log_format)
        self._roles = roles
        self.more()

    def more(self) -> None:
        """Read what is new."""
        while self.source.read(self.store, math.inf):
            pass

    @property
    def named(self) -> NamedSeries:
        return name_series(self.store.series, self._roles, single=self.store.single())

    @property
    def axis(self) -> Axis:
        return axis_of(self.store, self.named, rows_are_epochs=self.source.rows_are_epochs)

    @property
    def curves(self) -> Curves:
        axis = self.axis
        return curves_of(self.store, self.named, axis, ended=len(axis.numbers))

    def history(self) -> dict[str, list[float | None]]:
        """Return each metric's values by epoch; None where there is none or it is not finite."""
        rows = self.curves.epochs
        names = dict.fromkeys(name for row in rows for name in row.metrics)
        return {name: [row.metrics.get(name) for row in rows] for name in names}

    def numbers(self) -> list[int]:
        return [row.number for row in self.curves.epochs]

    def points(self, name: str) -> list[tuple[float, float]]:
        """Return the points of a series."""
        rows = self.store.series[name].stretches()
        return list(zip(rows.last.tolist(), rows.final.tolist(), strict=True))
