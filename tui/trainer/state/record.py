"""What a training has reached so far: its history and its best epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tui.common.stop_rule import judged
from tui.runs.events.event_types import Metrics


def metrics_of(logs: dict[str, Any] | None) -> Metrics:
    """Return an epoch's logs as they are told, kept and judged: six digits, None not finite."""
    return {name: judged(float(value)) for name, value in (logs or {}).items()}


@dataclass
class Record:
    """The whole epochs of a training.

    Args:
        epochs: their numbers, from 1.
        history: for each metric one value an epoch, as `history.history` has them.
        best: the best value of `best_metric` so far; None while there is none.
        best_epoch: where it was reached; 0 while there is none.
        best_metric: `val_accuracy`, or `accuracy` without validation.
    """

    epochs: list[int] = field(default_factory=list)
    history: dict[str, list[float | None]] = field(default_factory=dict)
    best: float | None = None
    best_epoch: int = 0
    best_metric: str = "accuracy"

    @property
    def done(self) -> int:
        """How many epochs are whole."""
        return len(self.epochs)

    @property
    def last(self) -> Metrics:
        """The last whole epoch's metrics; empty before the first."""
        return {name: row[-1] for name, row in self.history.items() if row}

    def add(self, epoch: int, metrics: Metrics) -> bool:
        """Take in a whole epoch and return whether it is the best so far."""
        self.epochs.append(epoch)
        for name, value in metrics.items():
            self.history.setdefault(name, []).append(value)
        self.best_metric = "val_accuracy" if "val_accuracy" in metrics else "accuracy"
        measured = metrics.get(self.best_metric)
        improved = measured is not None and (self.best is None or measured > self.best)
        if improved:
            self.best, self.best_epoch = measured, epoch
        return improved
