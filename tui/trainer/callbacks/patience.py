"""How long the validation loss has not improved."""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.numbers import metric_value
from tui.common.stop_rule import judged
from tui.runs.events.event_types import Metrics

METRIC = "val_loss"


@dataclass
class Patience:
    """The best validation loss so far.

    It is followed from the first epoch on, wanted or not, so that a patience that is asked for
    later knows what came before.

    Args:
        best: None while there is none.
        epoch: where it was reached; 0 while there is none.
    """

    best: float | None = None
    epoch: int = 0

    def look(self, epoch: int, metrics: Metrics) -> None:
        """Take in a whole epoch."""
        loss = judged(metrics.get(METRIC))
        if loss is not None and (self.best is None or loss < self.best):
            self.best, self.epoch = loss, epoch

    def lost(self, epoch: int, patience: int) -> str | None:
        """Return why to end after an epoch, or None.

        Args:
            epoch: the last whole one.
            patience: epochs without an improvement that are borne; 0: any number.
        """
        waited = epoch - self.epoch
        if patience <= 0 or self.best is None or waited < patience:
            return None
        return (
            f"Stopped: {METRIC} has not improved for {waited} epoch{'s' * (waited > 1)}; "
            f"best was {metric_value(self.best)} after epoch {self.epoch}."
        )
