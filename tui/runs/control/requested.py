"""What may be requested of a training, and the values that a request may have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tui.common.paths import write_cure
from tui.common.stop_rule import METRICS
from tui.common.text import clean
from tui.runs.control.control_file import change_control
from tui.runs.control.effective_settings import AnySpec
from tui.runs.events.event_types import Request
from tui.runs.events.log_end import read_outcome
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.run_formatting import state_name
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_access import RunError, check_owner
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import title_of


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


def send_request(run: RunFolder, request: Request, **changes: Any) -> None:
    """Write a request to a training that is at work.

    Args:
        run: its folder.
        request: its kind.
        changes: the fields of the control file.

    Raises:
        RunError: when nothing trains it, it does not carry out the request, it belongs to another
            user, or the request cannot be written.
    """
    check_owner(run.path)
    spec = run.any_spec()
    state = run.state(read_outcome(run.events).ending)
    if state not in ("running", "starting"):
        name = state_name(state, begun=True)
        raise RunError(f"{clean(title_of(run), 60)} is not being trained ({name}).")
    if problem := request_problem(spec, request):
        raise RunError(problem)
    try:
        change_control(run.control, **changes)
    except OSError as error:
        raise RunError(
            f"Cannot write {clean(run.control)}: {error.strerror}. {write_cure(error)}"
        ) from error
