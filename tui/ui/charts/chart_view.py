"""How a run's charts are looked at: the part in sight, the scale, the smoothing, the cursor."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.common.numbers import figure
from tui.runs.curves.smoothing import WEIGHTS
from tui.ui.charts.plotting import Range

RECENT = 10
"""Epochs that the recent part shows, at most; half of the run while it is shorter."""
ZOOM = 2.0
MIN_EPOCHS_SHOWN = 0.02
"""Epochs in sight at the least: some batches of a usual epoch."""


@dataclass(frozen=True)
class ChartView:
    """What of the curves is shown, and how. All x are epochs: 1.5 is the middle of the second.

    Args:
        window: least and greatest x in sight; None: all, or the recent part.
        recent: whether the right end is followed, with the last epochs in sight.
        log: logarithmic axis for what has no natural ceiling, such as the loss.
        smoothing: weight of the running mean, 0 to below 1.
        every_batch: the running means within every epoch, or one point an epoch.
        second: what the second chart shows.
        cursor: x of the cursor, or None.
    """

    window: Range | None = None
    recent: bool = False
    log: bool = False
    smoothing: float = 0.0
    every_batch: bool = False
    second: str = "loss"
    cursor: float | None = None

    def shown(self, last: float) -> Range:
        """Return the least and the greatest x in sight.

        Args:
            last: where the whole chart ends.

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
        """Whether all of the run is in sight."""
        return self.window is None and not self.recent

    def zoomed(self, factor: float, last: float, least: float = MIN_EPOCHS_SHOWN) -> ChartView:
        """Show less (factor above 1) or more, round the cursor or else the right end.

        Args:
            factor: how many times less.
            last: where the whole chart ends, in epochs.
            least: epochs in sight at the least; fewer stay as they are.

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
        """Move what is in sight by a share of its width; the ends stop it.

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
        """Put the cursor elsewhere, or away; what is in sight follows it.

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
        """Return the view with the next step of smoothing, after the last none."""
        steps = [weight for weight in WEIGHTS if weight > self.smoothing]
        return replace(self, smoothing=steps[0] if steps else WEIGHTS[0])

    def words(self, last: float) -> str:
        """Say in a few words what differs from the plain view; empty where nothing does.

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
