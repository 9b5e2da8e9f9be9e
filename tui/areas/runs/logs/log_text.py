"""What the screen of a run says of the log that it is read from."""

from __future__ import annotations

from textual.content import Content

from tui.common.text import clean
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.run_formatting import duration
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_folder import State
from tui.runs.watched.log_rows import progress_text, roles_line
from tui.runs.watched.log_state import LogState

LOG_KEYS = " c which curve is which   x export"
"""Keys for which the footer has no room; large screens show them."""
_OLD_SECONDS = 3600.0
PLAIN = "Each epoch is one"
"""Begins what is said of a log that has epochs itself: nothing that one would not expect."""


def log_progress(log: LogState, progress: RunProgress, state: State, now: float) -> Content:
    """Return how far a log is: its epoch, how much was read, how old the last value is."""
    parts = []
    if progress.epoch:
        at_work = progress.epoch > progress.epochs_done
        parts.append(f"epoch {progress.epoch}" + (" at work" if at_work else ""))
    parts.append(progress_text(log.read_bytes, log.total_bytes))
    age = now - progress.last_at
    if state == "followed" and progress.epochs_done and 0 <= age < _OLD_SECONDS:
        parts.append(f"last value {duration(age)} ago")
    return Content(f" {' · '.join(parts)}")


def log_lines(log: LogState, spec: ExternalSpec | None, state: State) -> list[Content]:
    """Return the lines on a log: whether it is followed, how it is understood, what is wrong."""
    origin = spec.origin if spec is not None else "a log"
    lines = []
    if log.problem:
        lines.append(Content.styled(f" ! {clean(log.problem)}", "$text-warning"))
    if log.series:
        roles = roles_line(log.roles, log.guessed, brief=True)
        known = bool(log.roles.loss or log.roles.accuracy or log.roles.val_loss)
        which = " (c shows which)" if known else ": c chooses one"
        text = f"{log.series_count:,} series of {origin}; {roles}{which}."
        if not log.axis.startswith(PLAIN):
            text += f" {clean(log.axis, 150)}"
        lines.append(Content.styled(f" {text}", "$text-muted"))
    elif not log.problem:
        waits = "No value is in it yet" if state == "followed" else "It is not read yet"
        lines.append(Content.styled(f" {waits}: {origin}.", "$text-muted"))
    return lines
