"""The view of a run's charts: visible part, scale, smoothing, cursor."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.common.numbers import figure
from tui.runs.curves.smoothing import WEIGHTS
from tui.ui.charts.plotting import Range

RECENT = 10
"""The most epochs in the recent part, which is half of the run while that is shorter."""
ZOOM = 2.0
MIN_EPOCHS_SHOWN = 0.02
"""The fewest epochs shown: some batches of a usual epoch."""


@dataclass(frozen=True)
class ChartView:
    """What charts show and how. All x are epochs: 1.5 is the middle of the second.

    Args:
        window: the lowest and highest visible x; None for all or the recent part.
        recent: whether the last epochs are shown as they come.
        log: whether axes without an upper bound, such as the loss, are logarithmic.
        smoothing: the weight of the moving average, from 0 to below 1.
        every_batch: whether to show the running means within every epoch, or one point an epoch.
        second: the metric or figure of the second chart.
        cursor: the x of the cursor, or None.
    """

    window: Range | None = None
    recent: bool = False
    log: bool = False
    smoothing: float = 0.0
    every_batch: bool = False
    second: str = "loss"
    cursor: float | None = None

    def shown(self, last: float) -> Range:
        """Return the lowest and the highest visible x.

        Args:
            last: the right end of the whole chart.

        >>> ChartView().shown(40.0), ChartView(recent=True).shown(40.0)
        ((0.0, 40.0), (30.0, 40.0))
        """
        if self.window is not None:
            return self.window
        if self.recent:
            return (last - min(RECENT, last / 2), last)
        return (0.0, last)

    @property
    def whole(self) -> bool:
        """Whether the whole run is visible."""
        return self.window is None and not self.recent

    def zoomed(self, factor: float, last: float, least: float = MIN_EPOCHS_SHOWN) -> ChartView:
        """Return a view of less (factor above 1) or more, around the cursor or else the right end.

        Args:
            factor: how many times less.
            last: the right end of the whole chart, in epochs.
            least: the fewest epochs shown; a view of fewer stays as it is.

        >>> ChartView().zoomed(2, 16).window
        (8.0, 16.0)
        >>> ChartView(cursor=4).zoomed(2, 16).window
        (2.0, 10.0)
        """
        low, high = self.shown(last)
        length = max((high - low) / factor, min(least, high - low))
        if length >= last - 1e-9:
            return replace(self, window=None, recent=False)
        middle = high if self.cursor is None else self.cursor
        share = min(max((middle - low) / max(high - low, 1e-9), 0.0), 1.0)
        return self._at(middle - share * length, length, last)

    def panned(self, share: float, last: float) -> ChartView:
        """Return a view moved by a share of its width, within the chart.

        >>> ChartView(window=(4, 8)).panned(-0.5, 16).window
        (2.0, 6.0)
        """
        low, high = self.shown(last)
        if self.whole:
            return self
        return self._at(low + share * (high - low), high - low, last)

    def _at(self, low: float, length: float, last: float) -> ChartView:
        low = min(max(low, 0.0), max(last - length, 0.0))
        return replace(self, window=(low, low + length), recent=False)

    def moved(self, x: float | None, last: float) -> ChartView:
        """Return a view with the cursor at x, or without it; the visible part follows.

        >>> ChartView(window=(4, 8)).moved(9.0, 16).window
        (5.0, 9.0)
        """
        if x is None:
            return replace(self, cursor=None)
        x = min(max(x, 0.0), last)
        view = replace(self, cursor=x)
        low, high = self.shown(last)
        if low <= x <= high:
            return view
        return replace(view._at(x if x < low else x - (high - low), high - low, last), cursor=x)

    def next_smoothing(self) -> ChartView:
        """Return a view with the next step of smoothing, after the last without."""
        steps = [weight for weight in WEIGHTS if weight > self.smoothing]
        return replace(self, smoothing=steps[0] if steps else WEIGHTS[0])

    def words(self, last: float) -> str:
        """Return in a few words how the view differs from the default; empty if it does not.

        >>> ChartView(log=True, smoothing=0.9, window=(4, 8)).words(16)
        'epochs 4–8 · log · smooth 0.9'
        """
        found = []
        if not self.whole:
            low, high = self.shown(last)
            found.append(f"epochs {figure(low, 4)}–{figure(high, 4)}")
        if self.log:
            found.append("log")
        if self.smoothing:
            found.append(f"smooth {self.smoothing:g}")
        if self.every_batch:
            found.append("batches")
        return " · ".join(found)
