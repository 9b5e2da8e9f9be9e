"""What a training has reached so far: its history, its best epoch, its patience."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tui.common.metrics import best_metric, is_better
from tui.common.numbers import metric_value
from tui.common.stop_rule import rounded_metric
from tui.runs.events.event_types import Metrics


def epoch_metrics(logs: Mapping[str, Any] | None) -> Metrics:
    """Return an epoch's logs with six digits, and None for a value that is not finite.

    What is not a single number, such as a confusion matrix, is left out.

    >>> epoch_metrics({"loss": 0.1234567, "matrix": [[1, 0], [0, 1]], "auc": float("nan")})
    {'loss': 0.123457, 'auc': None}
    """
    found: Metrics = {}
    for name, value in (logs or {}).items():
        with suppress(TypeError, ValueError):
            found[str(name)] = rounded_metric(float(value))
    return found


def stopped_sentence(epoch: int, batch: int, done: int) -> str:
    """Return where a training was stopped within an epoch.

    Args:
        epoch: the one at work, from 1; 0 before the first.
        batch: batches of it that have ended.
        done: complete epochs.

    >>> stopped_sentence(3, 12, 2), stopped_sentence(0, 0, 0)
    ('Stopped after batch 12 of epoch 3; 2 epochs are complete.', 'Stopped before the first batch.')
    """
    whole = {0: "no epoch is complete", 1: "1 epoch is complete"}
    complete = whole.get(done, f"{done} epochs are complete")
    if not epoch:
        return "Stopped before the first batch" + (f"; {complete}." if done else ".")
    return f"Stopped after batch {batch} of epoch {epoch}; {complete}."


@dataclass
class TrainingRecord:
    """The complete epochs of a training.

    Args:
        epochs: their numbers, from 1.
        history: for each metric one value an epoch, as `history.history` has them; None where it
            was not measured.
        best: the best value of `best_metric` so far; None while there is none.
        best_epoch: where it was reached; 0 while there is none.
        best_metric: see `tui.common.metrics.best_metric`; empty where none of the metrics says
            what better means.
    """

    epochs: list[int] = field(default_factory=list)
    history: dict[str, list[float | None]] = field(default_factory=dict)
    best: float | None = None
    best_epoch: int = 0
    best_metric: str = "accuracy"

    @property
    def done(self) -> int:
        """The number of complete epochs."""
        return len(self.epochs)

    @property
    def last(self) -> Metrics:
        """The metrics of the last complete epoch; empty before the first."""
        return {name: row[-1] for name, row in self.history.items() if row}

    def add(self, epoch: int, metrics: Metrics) -> bool:
        """Take in a complete epoch and return whether it is the best so far."""
        new = [name for name in metrics if name not in self.history]
        chosen = best_metric([*self._candidates(), *new]) if new else self.best_metric
        for name in new:
            self.history[name] = [None] * len(self.epochs)
        self.epochs.append(epoch)
        for name, row in self.history.items():
            row.append(metrics.get(name))
        if chosen != self.best_metric:  # one that appears late may decide the best epoch better
            self.best_metric, self.best, self.best_epoch = chosen, None, 0
            for number, value in zip(self.epochs, self.history.get(chosen, ()), strict=False):
                self._compare(number, value)
        else:
            self._compare(epoch, metrics.get(chosen))
        return self.best_epoch == epoch

    def _candidates(self) -> tuple[str, ...]:
        return (self.best_metric,) if self.best_metric in self.history else ()

    def _compare(self, epoch: int, value: float | None) -> None:
        if is_better(self.best_metric, value, self.best):
            self.best, self.best_epoch = value, epoch


METRIC = "val_loss"


@dataclass
class Patience:
    """The best validation loss so far.

    It is updated from the first epoch on, so that a patience that is set later counts the epochs
    before it.

    Args:
        best: None while there is none.
        epoch: where it was reached; 0 while there is none.
    """

    best: float | None = None
    epoch: int = 0

    def update(self, epoch: int, metrics: Metrics) -> None:
        """Take in a complete epoch."""
        loss = rounded_metric(metrics.get(METRIC))
        if loss is not None and (self.best is None or loss < self.best):
            self.best, self.epoch = loss, epoch

    def ended(self, epoch: int, patience: int) -> str | None:
        """Return why the training ends after an epoch, in a sentence; None where it continues.

        Args:
            epoch: the last complete one.
            patience: epochs without an improvement after which to end; 0: never.
        """
        waited = epoch - self.epoch
        if patience <= 0 or self.best is None or waited < patience:
            return None
        return (
            f"Stopped: {METRIC} has not improved for {waited} epoch{'s' * (waited > 1)}; "
            f"best was {metric_value(self.best)} after epoch {self.epoch}."
        )
