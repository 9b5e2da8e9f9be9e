"""After which epoch a stop rule or a patience would have ended a training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tui.common.numbers import metric_value
from tui.common.stop_rule import StopRule, rounded_metric

History = Mapping[str, Sequence[float | None]]


def ended_by_rule(history: History, rule: StopRule) -> int | None:
    """Return the epoch after which a stop rule would have ended a training; None if it would not.

    Args:
        history: for each metric one value an epoch.
        rule: checked when an epoch ends.

    >>> ended_by_rule({"accuracy": [0.8, 0.9, 1.0]}, StopRule("accuracy", ">", 0.85))
    2
    """
    row = history.get(rule.metric, ())
    return next((n for n, v in enumerate(row, start=1) if rule.met_by({rule.metric: v})), None)


def ended_by_patience(history: History, patience: int) -> int | None:
    """Return the epoch after which patience would have ended a training; None if it would not.

    Args:
        history: for each metric one value an epoch.
        patience: epochs without a better validation loss after which to end; 0: never.

    >>> ended_by_patience({"val_loss": [0.5, 0.4, 0.6, 0.5, 0.3]}, 2)
    4
    """
    if patience <= 0:
        return None
    best: float | None = None
    best_epoch = 0
    for epoch, value in enumerate(map(rounded_metric, history.get("val_loss", ())), start=1):
        if value is not None and (best is None or value < best):
            best, best_epoch = value, epoch
        elif best is not None and epoch - best_epoch >= patience:
            return epoch
    return None


def would_stop_sentence(history: History, rule: StopRule | None, patience: int = 0) -> str:
    """Return a sentence on where a training would have stopped, and why.

    >>> would_stop_sentence({"accuracy": [0.8, 0.9]}, StopRule("accuracy", ">", 0.95))
    'accuracy > 0.95: would not have stopped; accuracy reached 0.9000 at most.'
    """
    found = []
    if rule is not None:
        found.append((ended_by_rule(history, rule), _of_rule(history, rule)))
    if patience:
        epoch = ended_by_patience(history, patience)
        ends = (
            "would not have stopped" if epoch is None else f"would have stopped after epoch {epoch}"
        )
        found.append((epoch, f"Patience {patience}: {ends}."))
    # The one that ends it first comes first.
    found.sort(key=lambda one: one[0] or math.inf)
    return " ".join(words for _, words in found) or "No stop rule."


def _of_rule(history: History, rule: StopRule) -> str:
    epoch = ended_by_rule(history, rule)
    if epoch is not None:
        return f"{rule}: would have stopped after epoch {epoch}."
    known = [value for value in history.get(rule.metric, ()) if value is not None]
    if not known:
        return f"{rule}: would not have stopped; {rule.metric} was not measured."
    most = rule.comparison in (">", ">=")
    reached, end = (max(known), "most") if most else (min(known), "least")
    value = metric_value(reached, 16, [rule.value])
    return f"{rule}: would not have stopped; {rule.metric} reached {value} at {end}."


def loss_to_beat(history: History, patience: int) -> float | None:
    """Return the validation loss that the next epoch has to fall below, or else patience ends it.

    None where the next epoch cannot end it, or there is no patience.

    >>> history = {"val_loss": [0.5, 0.4, 0.6]}
    >>> loss_to_beat(history, 2), loss_to_beat(history, 3)
    (0.4, None)
    """
    known = map(rounded_metric, history.get("val_loss", ()))
    row = [math.inf if value is None else value for value in known]
    best = min(row, default=math.inf)
    if patience <= 0 or best == math.inf or len(row) - row.index(best) < patience:
        return None
    return best
