"""A run in lines of text, for its screen."""

from __future__ import annotations

import math

from textual.content import Content

from tui.areas.runs.diagnosis_window import gpu_text
from tui.common.numbers import figure, metric_value, percent, progress_bar
from tui.common.stop_rule import StopRule
from tui.common.text import clean, exact, exact_32
from tui.runs.control.typed_changes import StopConditions
from tui.runs.curves.epoch_curves import EPOCH_FIGURES
from tui.runs.events.event_types import Failed, Finished, Metrics
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.run_formatting import (
    duration,
    failure_sentence,
    images_phrase,
    limits,
    metrics_line,
    ordinal,
    speed_text,
    state_name,
    too_long_sentence,
)
from tui.runs.store.model_files import StaleBest
from tui.runs.store.run_folder import State
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import CURSOR
from tui.ui.run_line import PAUSED, SIGNS, STYLES

CHART_KEYS = (
    " ← → cursor   + − zoom   , . pan   f recent   y log   o smooth   b batches   m metric"
    "   z large"
)
LIVE_KEYS = " l learning rate   e epochs   S stop after this epoch   k save now"
OVER_KEYS = " a another run from its settings   x export"
"""Keys that the footer has no room for; large screens name them."""
LEAST_BAR, MOST_BAR = 6, 30


def head_line(title: str, state: State, progress: RunProgress) -> Content:
    """Return the run's name, its state and what computes it."""
    said = state_name(state, begun=progress.started_at > 0)
    paused = state == "running" and progress.paused
    parts: list[Content | tuple[str, str]] = [
        (f" {clean(title)}  ", "bold"),
        (f"{PAUSED} paused" if paused else f"{SIGNS[state]} {said}", STYLES[state]),
    ]
    if progress.libraries is not None:
        device = f"   Keras {progress.libraries.keras} · {clean(progress.libraries.device)}"
        if progress.device is not None and state == "running":
            device += f" · {gpu_text(progress.device)}"
        parts.append((device, "$text-muted"))
    return Content.assemble(*parts)


def progress_line(
    progress: RunProgress, state: State, now: float, width: int, place: int = 0
) -> Content:
    """Return epoch, bar, step, speed and what is left.

    Args:
        progress: of the run.
        state: what became of it.
        now: seconds since 1970.
        width: cells there are.
        place: in the queue, counted from 1; 0 where it does not wait, or that is not known.
    """
    if state == "queued":
        done = progress.checkpoint or progress.epochs_done
        what = f"goes on after epoch {done}" if done else "waits for the other runs"
        nth = f", the {ordinal(place)} to start" if place else ""
        return Content(f" … {what}{nth}; r now, u out of the queue")
    if state == "aside":
        return Content(" □ out of the queue, and never begun; r starts it")
    if progress.epoch == 0:
        return Content(f" {progress.phase} …" if state in ("starting", "running") else "")
    counted = f" epoch {progress.epoch}/{progress.epochs} "
    step = f" {percent(progress.fraction):>4}  step {progress.batch}/{progress.steps}"
    speed = progress.images_per_second
    told = f"  {speed_text(speed)} images/s" if speed else ""
    rest = ""
    if state == "running":
        left = None if progress.paused else progress.eta(now)
        rest += f"  ETA {duration(left)}" if left is not None else ""
        if progress.paused:
            rest += f"  {PAUSED} paused; space goes on"
        elif progress.phase not in ("training", "between epochs"):
            rest += f"  {progress.phase}"
    room = width - len(counted) - len(step) - len(rest) - 2
    # Where not all has room the speed is what can be missed, and then the bar.
    if room - len(told) >= LEAST_BAR:
        step, room = step + told, room - len(told)
    filled = progress_bar(progress.fraction, min(room, MOST_BAR)) if room >= LEAST_BAR else ""
    return Content.assemble(counted, (filled, "$primary"), step, rest)


def values_line(progress: RunProgress, drawn: str = "", rule: StopRule | None = None) -> Content:
    """Return the last whole epoch's values and the best so far.

    Args:
        progress: the run so far.
        drawn: what the second chart shows; told too, where it is no metric.
        rule: the stop rule, on whose side each value is shown to be.
    """
    if not progress.epoch_numbers:
        if progress.data is None:
            return Content("")
        return Content(f" {images_phrase(progress.data)}")
    last = {name: row[-1] for name, row in progress.history.items()}
    text = (
        f" epoch {progress.epochs_done}: {metrics_line(last, rule)}{_figure(progress, -1, drawn)}"
    )
    if progress.best is not None:
        best = metric_value(progress.best, against=limits(rule, progress.best_metric))
        text += f"   best {best} (epoch {progress.best_epoch})"
    return Content(text)


def cursor_line(
    progress: RunProgress, view: ChartView, rule: StopRule | None = None
) -> Content | None:
    """Return every value at the cursor, or None while there is no cursor.

    At a whole epoch these are the epoch's own values, within one the running means.
    """
    x = view.cursor
    if x is None:
        return None
    whole = round(x)
    at = f" {CURSOR} epoch {whole}: "
    if abs(x - whole) < 1e-6 and whole in progress.epoch_numbers:
        position = progress.epoch_numbers.index(whole)
        values = {name: row[position] for name, row in progress.history.items()}
        rate = progress.epoch_details[position].learning_rate
        text = metrics_line(values, rule) + (f"  lr {exact(exact_32(rate))}" if rate else "")
        if view.second != "learning rate":
            text += _figure(progress, position, view.second)
        return Content.assemble((at, "bold $text-accent"), text)
    epoch = max(math.ceil(x - 1e-9), 1)
    batch = round((x - epoch + 1) * progress.steps)
    at = f" {CURSOR} epoch {epoch}, batch {batch}/{progress.steps}: "
    means: Metrics = {}
    for name, curve in progress.batch_curves.items():
        nearest = curve.nearest(x)
        reach = 1 / max(progress.steps, 1)
        if curve.parts and x <= curve.thinned_until:
            reach = max(reach, 1 / curve.parts)
            at = f" {CURSOR} epoch {epoch}, near batch {batch}/{progress.steps}: "
        if nearest is not None and abs(nearest[0] - x) <= reach:
            means[name] = nearest[1]
    text = f"{metrics_line(means)} (running means)" if means else "nothing was measured here"
    return Content.assemble((at, "bold $text-accent"), text)


def _figure(progress: RunProgress, position: int, drawn: str) -> str:
    """Return what the second chart shows of an epoch, where the metrics do not say it."""
    of = EPOCH_FIGURES.get(drawn)
    return f"  {drawn} {figure(of(progress.epoch_details[position]), 6)}" if of is not None else ""


def message_lines(
    progress: RunProgress, state: State, stops: StopConditions, cause: str = ""
) -> Content:
    """Return what the learner should know first: how it ended, or what ends it.

    Args:
        progress: the run so far.
        state: what became of it.
        stops: what ends it early.
        cause: of a run that died: what is known of why.
    """
    lines: list[Content] = []
    if isinstance(progress.ending, Failed):
        said = failure_sentence(progress.ending, key="r")
        lines.append(Content.styled(f" ✗ {said}", "$text-error"))
    elif isinstance(progress.ending, Finished):
        # Its state may be another by now: an ended run can wait to go on.
        ended: State = "stopped" if progress.ending.reason == "stopped" else "finished"
        lines.append(
            Content.styled(f" {SIGNS[ended]} {clean(progress.ending.sentence)}", STYLES[ended])
        )
    elif state == "died":
        text = f" ✗ The trainer died at epoch {progress.epoch_of_death} without an error message. "
        text += f"{cause} v shows its log".lstrip()
        if progress.checkpoint:
            text += f"; r goes on after epoch {progress.checkpoint}."
        else:
            text += "; a trains anew with its settings."
        lines.append(Content.styled(text, "$text-error"))
    elif state == "unknown":
        text = " ? Whether its trainer is at work cannot be found out: its lock cannot be read."
        lines.append(Content.styled(text, "$text-warning"))
    elif state == "foreign":
        text = " ⊘ This run belongs to another user: it can be looked at, and not changed."
        lines.append(Content.styled(text, "$text-muted"))
    elif progress.stop_requested:
        lines.append(Content(" ■ Stopping after the current batch. s again kills it at once."))
    else:
        lines.append(Content.styled(f" stops when {stops}", "$text-muted"))
    return Content("\n").join(lines)


def lost_lines(follower: RunFollower) -> list[Content]:
    """Return that a run was deleted, here or elsewhere, or cannot be read just now."""
    if follower.deleted:
        told = " ✗ This run was deleted: what stands here was read before. escape leads back."
        return [Content.styled(told, "$text-error")]
    if follower.problem:
        told = f" ! {follower.problem} Until then this stands as it was read last."
        return [Content.styled(told, "$text-warning")]
    if follower.too_long:
        return [Content.styled(f" ! {too_long_sentence(follower.too_long)}", "$text-warning")]
    return []


def trouble_lines(progress: RunProgress) -> list[Content]:
    """Return what the trainer left out, and its latest notices."""
    lines = []
    if progress.data is not None and progress.data.left_out:
        bad = progress.data.left_out
        # Pillow's own figures in brackets help nobody here, and would be cut in the middle.
        names = ", ".join(
            f"{clean(one.file, 40)} ({clean(one.reason.partition(' (')[0], 50)})" for one in bad[:2]
        )
        more = f" and {len(bad) - 2} more" if len(bad) > 2 else ""
        lines.append(Content.styled(f" ! left out {len(bad)}: {names}{more}", "$text-warning"))
    lines += [
        Content.styled(f" ! {clean(notice)}", "$text-warning") for notice in progress.latest_notices
    ]
    return lines


def stale_lines(stale: StaleBest | None, progress: RunProgress) -> list[Content]:
    """Return that the best model is not of the best epoch, unless the trainer said so."""
    if stale is None or not stale.saved_epoch or stale.sentence in progress.latest_notices:
        return []
    cure = " r writes it, and goes on." if stale.sources else ""
    return [Content.styled(f" ! {stale.sentence}{cure}", "$text-warning")]
