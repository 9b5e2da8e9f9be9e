"""What may be requested of a training, and the values that a request may have."""

from __future__ import annotations

from collections.abc import Collection

from tui.common.stop_rule import METRICS
from tui.runs.control.effective_settings import AnySpec
from tui.runs.events.event_types import Request
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.external_spec import ExternalSpec


def request_problem(spec: AnySpec | None, request: Request) -> str:
    """Return why a training does not carry out a request, in a sentence; empty if it does.

    Args:
        spec: of the training; cnn-tui's own trainings carry out every request.
        request: what is asked of it.
    """
    return spec.refusal(request) if isinstance(spec, ExternalSpec) else ""


def known_metrics(spec: AnySpec | None, progress: RunProgress) -> Collection[str] | None:
    """Return the metrics that a stop rule may name; None: any.

    Before the first epoch of a program of the user's own has ended, nobody knows what it measures.

    Args:
        spec: of the training.
        progress: of the training.
    """
    if not isinstance(spec, ExternalSpec):
        return METRICS
    measured = dict.fromkeys([*progress.history, *progress.batch_curves])
    return list(measured) if progress.epoch_numbers else None


def most_epochs(spec: AnySpec | None) -> int:
    """Return the most epochs that may be requested; 0: any number.

    A program of the user's own ends after the epochs that it gave to `fit`.
    """
    return spec.epochs if isinstance(spec, ExternalSpec) else 0
