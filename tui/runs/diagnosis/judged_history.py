"""Which metrics of a program of the user's own the rules of the diagnosis read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui.common.metrics import is_validation
from tui.runs.events.event_types import Metrics

Row = Sequence[float | None]

_ACCURACY = re.compile(r"(?i)(?!.*top)(.*[\W_])?acc(uracy)?(_\d+)?")


def judged_history(history: Mapping[str, Row]) -> dict[str, Row]:
    """Return loss and accuracy of training and validation under the names that the rules know.

    Keras calls an accuracy by its class, such as `sparse_categorical_accuracy`. Where a training
    has several accuracies, or counts them in percent, none is taken: a guess could be wrong.

    Args:
        history: for each metric one value an epoch.

    >>> judged_history({"loss": [0.5], "binary_accuracy": [0.8], "val_loss": [0.6], "auc": [0.9]})
    {'loss': [0.5], 'val_loss': [0.6], 'accuracy': [0.8]}
    >>> judged_history({"head_a_accuracy": [0.5], "head_b_accuracy": [0.6]})
    {}
    """
    found = {name: history[name] for name in ("loss", "val_loss") if name in history}
    name = _accuracy_in(history)
    for metric, role in ((name, "accuracy"), (f"val_{name}", "val_accuracy")):
        row = history.get(metric)
        if name and row is not None and all(value is None or 0 <= value <= 1 for value in row):
            found[role] = row
    return found


def missing_epochs(epochs: Sequence[Metrics], name: str) -> frozenset[int]:
    """Return the epochs, from 1, in which a metric was not measured, as a validation may be.

    Args:
        epochs: the metrics of each epoch.
        name: of the metric.

    >>> missing_epochs([{"loss": 0.5}, {"loss": 0.4, "val_loss": None}], "val_loss")
    frozenset({1})
    """
    return frozenset(n for n, metrics in enumerate(epochs, start=1) if name not in metrics)


def _accuracy_in(history: Mapping[str, Row]) -> str:
    """Return the only accuracy of the training; empty where there is none or more than one."""
    if "accuracy" in history:
        return "accuracy"
    named = [name for name in history if _ACCURACY.fullmatch(name) and not is_validation(name)]
    return named[0] if len(named) == 1 else ""
