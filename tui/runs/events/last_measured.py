"""The last value of a metric that was measured: a validation may not follow every epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui.runs.events.event_types import EpochEnded


def last_measured(epochs: Sequence[EpochEnded], name: str) -> float | None:
    """Return the last value of a metric; None where it was never measured.

    Args:
        epochs: the events of the whole epochs, in order.
        name: of the metric.

    Returns:
        NaN for a value that is not finite: a run's file does not say which of these it was.
    """
    for epoch in reversed(epochs):
        if name in epoch.metrics:
            value = epoch.metrics[name]
            return math.nan if value is None else value
    return None
