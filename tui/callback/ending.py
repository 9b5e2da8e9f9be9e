"""Why a training ends after an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.callback.training_record import Patience
from tui.common.numbers import metric_value
from tui.common.stop_rule import StopRule
from tui.runs.events.event_types import Metrics


@dataclass(frozen=True)
class Ending:
    """Why a training is over, as `Finished` reports it."""

    reason: Literal["completed", "rule", "stopped"]
    sentence: str


def early_reason(
    rule: StopRule | None, best: Patience, patience: int, epoch: int, metrics: Metrics
) -> str:
    """Return why a training ends before its last epoch, in a sentence; empty if it does not.

    Args:
        rule: the stop rule.
        best: the best validation loss so far.
        patience: epochs without a better one after which to end; 0: never.
        epoch: the last complete one, from 1.
        metrics: its values.
    """
    if rule is not None and rule.met_by(metrics):
        value = metric_value(metrics[rule.metric], 16, [rule.value])
        return f"Stopped by the rule {rule}: after epoch {epoch} {rule.metric} was {value}."
    return best.ended(epoch, patience) or ""


def completed_after(epoch: int, epochs: int) -> Ending | None:
    """Return the ending of a training that has all its epochs; None if some are left.

    Args:
        epoch: the last complete one, from 1.
        epochs: how many are wanted; 0: not known.
    """
    if 0 < epochs < epoch:
        return Ending("completed", f"Ended after epoch {epoch}: only {epochs} were wanted.")
    if epoch == epochs:
        text = "The one epoch is done." if epoch == 1 else f"All {epoch} epochs are done."
        return Ending("completed", text)
    return None
