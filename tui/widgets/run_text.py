"""A run in lines of text, for its screen."""

from __future__ import annotations

from textual.content import Content

from tui.text import clean
from tui.training.events import Failed, Finished
from tui.training.progress import RunProgress
from tui.training.report import (
    METRIC_ORDER,
    duration,
    failure_sentence,
    images_phrase,
    metrics_line,
    number,
)
from tui.training.runs import State
from tui.training.spec import StopRule
from tui.widgets.bars import SIGNS, STYLES


def bar(fraction: float, width: int) -> str:
    """Return a progress bar.

    >>> bar(0.5, 8)
    '████░░░░'
    """
    full = round(min(max(fraction, 0.0), 1.0) * width)
    return "█" * full + "░" * (width - full)


def head_line(title: str, state: State, progress: RunProgress) -> Content:
    """Return the run's name, its state and what computes it."""
    parts: list[Content | tuple[str, str]] = [
        (f" {clean(title)}  ", "bold"),
        (f"{SIGNS[state]} {state}", STYLES[state]),
    ]
    if progress.libraries is not None:
        parts.append(
            (
                f"   Keras {progress.libraries.keras} · {clean(progress.libraries.device)}",
                "$text-muted",
            )
        )
    return Content.assemble(*parts)


def progress_line(progress: RunProgress, state: State, now: float, width: int) -> Content:
    """Return epoch, bar, step, speed and what is left."""
    if progress.epoch == 0:
        return Content(f" {progress.phase} …" if state in ("starting", "running") else "")
    counted = f" epoch {progress.epoch}/{progress.epochs} "
    rest = f" {progress.fraction:4.0%}  step {progress.batch}/{progress.steps}"
    if progress.images_per_second:
        rest += f"  {progress.images_per_second:,.0f} images/s"
    if state == "running":
        left = progress.eta(now)
        rest += f"  ETA {duration(left)}" if left is not None else ""
        if progress.phase not in ("training", "between epochs"):
            rest += f"  {progress.phase}"
    room = max(min(width - len(counted) - len(rest) - 2, 30), 6)
    return Content.assemble(counted, (bar(progress.fraction, room), "$primary"), rest)


def values_line(progress: RunProgress) -> Content:
    """Return the last whole epoch's values and the best so far."""
    if not progress.epoch_numbers:
        if progress.data is None:
            return Content("")
        return Content(f" {images_phrase(progress.data)}")
    last = {name: row[-1] for name, row in progress.history.items()}
    text = f" epoch {progress.epochs_done}: {metrics_line(last)}"
    if progress.best is not None:
        text += f"   best {number(progress.best)} (epoch {progress.best_epoch})"
    return Content(text)


def message_lines(
    progress: RunProgress, state: State, rule: StopRule | None, log_tail: str = ""
) -> Content:
    """Return what the learner should know now: how it ended, what was left out, the rule."""
    lines: list[Content] = []
    if isinstance(progress.ending, Failed):
        lines.append(Content.styled(f" ✗ {failure_sentence(progress.ending)}", "$text-error"))
    elif isinstance(progress.ending, Finished):
        lines.append(
            Content.styled(f" {SIGNS[state]} {clean(progress.ending.sentence)}", STYLES[state])
        )
    elif state == "died":
        epoch = min(progress.epochs_done + 1, max(progress.epochs, 1))
        text = (
            f" ✗ The trainer died at epoch {epoch} without a last word (killed, out of memory, "
            "or the machine went down). What it had saved is in the run's folder; v shows its log."
        )
        lines.append(Content.styled(text, "$text-error"))
    elif progress.stop_asked:
        lines.append(Content(" ■ Stopping after the current batch. s again kills it at once."))
    else:
        lines.append(Content.styled(f" stops when {rule or 'all epochs are done'}", "$text-muted"))
    if progress.data is not None and progress.data.left_out:
        bad = progress.data.left_out
        names = ", ".join(f"{clean(one.file, 40)} ({clean(one.reason, 40)})" for one in bad[:2])
        more = f" and {len(bad) - 2} more" if len(bad) > 2 else ""
        lines.append(Content.styled(f" ! left out {len(bad)}: {names}{more}", "$text-warning"))
    lines += [
        Content.styled(f" ! {clean(notice)}", "$text-warning") for notice in progress.notices[-2:]
    ]
    return Content("\n").join(lines)


def history_columns(progress: RunProgress) -> list[str]:
    """Return the metrics that the history table shows, in a fixed order."""
    known = [name for name in METRIC_ORDER if name in progress.history]
    return known + sorted(set(progress.history) - set(METRIC_ORDER))


def history_rows(progress: RunProgress, first: int = 0) -> list[list[str]]:
    """Return the history's rows from a position on: epoch, metrics, seconds, images/s."""
    columns = history_columns(progress)
    rows = []
    for position in range(first, len(progress.epoch_numbers)):
        epoch = progress.epoch_numbers[position]
        mark = " ▲" if epoch == progress.best_epoch else ""
        rows.append(
            [
                f"{epoch}{mark}",
                *(number(progress.history[name][position]) for name in columns),
                duration(progress.epoch_seconds[position]),
                f"{progress.epoch_speeds[position]:,.0f}",
            ]
        )
    return rows
