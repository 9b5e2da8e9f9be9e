"""Sentences about requests to a training: the question before it is killed, examples of rules."""

from __future__ import annotations

from collections.abc import Collection

from tui.common.metrics import best_metric, higher_is_better
from tui.common.text import clean
from tui.runs.settings.external_spec import ExternalSpec

SAYS_WHY = {
    "rate": "its learning rate cannot be changed",
    "epochs": "its number of epochs cannot be changed",
    "save": "no weights are left to save",
}
"""What cannot be done once a training has ended, by the command whose key says so."""


def too_late(command: str, title: str, external: ExternalSpec | None) -> str:
    """Return why a command cannot be carried out on a training that has ended.

    Args:
        command: one of `SAYS_WHY`.
        title: of the run; clean.
        external: what is known of a training that cnn-tui did not start; None for any other.

    >>> too_late("rate", "kernels", None)
    'kernels has ended: its learning rate cannot be changed. r trains it further.'
    """
    how = external.again if external is not None else "r trains it further."
    return f"{title} has ended: {SAYS_WHY[command]}. {how}"


def kill_question(external: ExternalSpec | None) -> str:
    """Return the question before the process that trains a run is killed.

    Args:
        external: what is known of a training that cnn-tui did not start; None for any other.
    """
    if external is None:
        return (
            "Kill the trainer now? The current epoch is lost. What was saved before is kept, with "
            "best.keras and history.csv."
        )
    return (
        f"Kill {external.origin} now? This ends your own process at once, and not only the "
        "training: whatever else it does or holds in memory is lost, and so is the current epoch. "
        "What is in the run's folder is kept."
    )


def rule_example(metrics: Collection[str] | None) -> str:
    """Return an example of a stop rule.

    >>> rule_example(None), rule_example(["loss", "val_loss"])
    ('accuracy > 0.997, or never', 'val_loss < 0.1, or never')
    """
    if metrics is None or "accuracy" in metrics:
        return "accuracy > 0.997, or never"
    metric = best_metric(metrics)
    sign = "> 0.9" if higher_is_better(metric) else "< 0.1"
    return f"{clean(metric, 24)} {sign}, or never" if metric else "never"
