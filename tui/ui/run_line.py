"""A run in one line: its sign, its name, its epochs, and its best value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui.common.numbers import LEAST_WIDTH, epoch_count, metric_value
from tui.common.shorten import cells, shorten_words

if TYPE_CHECKING:  # the runs are first read after the first frame
    from tui.runs.store.run_folder import State
    from tui.runs.store.run_summary import RunSummary

SIGNS: dict[State, str] = {
    "queued": "…",
    "aside": "□",
    "starting": "◌",
    "running": "●",
    "followed": "◉",
    "read": "≡",
    "finished": "✓",
    "stopped": "■",
    "failed": "✗",
    "died": "✗",
    "unknown": "?",
    "foreign": "⊘",
}
"""A sign for each state, so that no state is shown by colour alone."""

PAUSED = "‖"
"""The sign of a running run that is paused."""

STYLES: dict[State, str] = {
    "queued": "$text-muted",
    "aside": "$text-muted",
    "starting": "$text-accent",
    "running": "$text-accent",
    "followed": "$text-accent",
    "read": "$text-muted",
    "finished": "$text-success",
    "stopped": "$text-muted",
    "failed": "$text-error",
    "died": "$text-error",
    "unknown": "$text-warning",
    "foreign": "$text-muted",
}

_WORDY = 45
"""Width in cells from which the epochs are labelled."""


def run_line(summary: RunSummary, name_limit: int = 20) -> Content:
    """Return a run in a line: sign, name, epoch, best value.

    Args:
        summary: the run.
        name_limit: the widest name, in cells.
    """
    return Content("").join(
        [_sign(summary), Content(shorten_words(summary.title, name_limit)), _so_far(summary)]
    )


def run_lines(summaries: Sequence[RunSummary], width: int) -> list[Content]:
    """Return runs as `run_line` does, with the columns aligned.

    Args:
        summaries: the runs.
        width: width of a line in cells; names are shortened to fit.
    """
    ends = [_so_far(one, "ep " if width >= _WORDY else "") for one in summaries]
    room = width - 2 - max((end.cell_length for end in ends), default=0)
    names = [shorten_words(one.title, max(room, 8)) for one in summaries]
    room = max(map(cells, names), default=0)
    return [
        Content("").join([_sign(one), Content(name + " " * (room - cells(name))), end])
        for one, name, end in zip(summaries, names, ends, strict=True)
    ]


def _sign(summary: RunSummary) -> Content:
    return Content.styled(f"{sign_of(summary)} ", STYLES[summary.state])


def _so_far(summary: RunSummary, epochs: str = "ep ") -> Content:
    """Return a run's epochs, after a label, and its best value."""
    parts = [Content(f" {epochs}{epoch_count(summary.epochs_done, summary.epochs)}")]
    if summary.best is not None:
        name = short_metric(summary.best_metric)
        value = metric_value(summary.best, LEAST_WIDTH, summary.best_limits)
        parts.append(Content(f" {name} {value}"))
    return Content("").join(parts)


def short_metric(metric: str, width: int = 8) -> str:
    """Return a few letters for the metric of a best value.

    Args:
        metric: its name.
        width: the most cells of a name that has no usual short form.

    >>> [short_metric(one) for one in ("val_accuracy", "accuracy", "val_loss", "val_mean_io_u")]
    ['val', 'acc', 'val_loss', 'val_mea…']
    """
    known = {"val_accuracy": "val", "accuracy": "acc"}
    return known.get(metric) or shorten_words(metric, width)


def sign_of(summary: RunSummary) -> str:
    """Return the sign of a run."""
    return PAUSED if summary.paused else SIGNS[summary.state]
