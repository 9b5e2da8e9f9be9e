"""The lines of text on a run's screen."""

from __future__ import annotations

from textual.content import Content

from tui.common.numbers import epoch_count, figure, percent, progress_bar
from tui.common.shorten import shorten_path
from tui.common.text import clean
from tui.runs.control.typed_changes import StopConditions
from tui.runs.events.assigned_gpus import assigned_text
from tui.runs.events.event_types import Failed, Finished
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.phase_text import features_phrase, phase_name, phase_sentence
from tui.runs.export.run_formatting import (
    duration,
    failure_sentence,
    ordinal,
    speed_text,
    state_name,
    too_long_sentence,
)
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.model_files import StaleBest
from tui.runs.store.run_folder import State
from tui.runs.watched.find_logs import FORMAT_NAMES
from tui.ui.charts.overlays import PHASE_LINE
from tui.ui.run_line import PAUSED, SIGNS, STYLES

CHART_KEYS = (
    " ← → cursor   + − zoom   , . pan   f recent   y log   o smooth   b batches   m metric"
    "   z large"
)
LIVE_KEYS: dict[str, str] = {
    "rate": "l learning rate",
    "epochs": "e epochs",
    "stop_after": "S stop after this epoch",
    "save": "k save now",
}
OVER_KEYS = {"again": "a a new run from its settings", "export": "x export"}
"""Keys for which the footer has no room, by their commands; large screens show them."""
MIN_BAR, MAX_BAR = 6, 30


def head_line(
    title: str, state: State, progress: RunProgress, external: ExternalSpec | None = None
) -> Content:
    """Return the run's title, its state, where it comes from, its Keras version and device.

    Args:
        title: not clean.
        state: its state.
        progress: the sum of its events.
        external: what is known of a training that cnn-tui did not start; None for any other.
    """
    name = state_name(state, begun=progress.started_at > 0)
    paused = state == "running" and progress.paused
    parts: list[Content | tuple[str, str]] = [
        (f" {clean(title)}  ", "bold"),
        (f"{PAUSED} paused" if paused else f"{SIGNS[state]} {name}", STYLES[state]),
    ]
    about = []
    if external is not None:
        about = [FORMAT_NAMES.get(external.format, external.origin)]
    libraries = progress.libraries
    if libraries is not None:
        about += [f"Keras {clean(libraries.keras, 20)}"] if libraries.keras else []
        about += [clean(libraries.device)] if libraries.device else []
    if progress.gpus:
        about.append(assigned_text(progress.gpus))
    if about:
        parts.append((f"   {' · '.join(about)}", "$text-muted"))
    return Content.assemble(*parts)


def progress_line(
    progress: RunProgress,
    state: State,
    now: float,
    width: int,
    place: int = 0,
    external: ExternalSpec | None = None,
) -> Content:
    """Return epoch, progress bar, step, speed and remaining time, as far as they are known.

    Args:
        progress: the sum of the run's events.
        state: its state.
        now: seconds since 1970.
        width: the width in cells.
        place: its place in the queue, from 1; 0 if it is not queued or the place is unknown.
        external: what is known of a training that cnn-tui did not start; None for any other.
    """
    if state == "queued":
        done = progress.checkpoint or progress.epochs_done
        what = f"resumes after epoch {done}" if done else "waits for the other runs"
        nth = f", the {ordinal(place)} to start" if place else ""
        return Content(f" … {what}{nth}; r now, u out of the queue")
    if state == "aside":
        return Content(" □ taken out of the queue before it started; r starts it")
    if progress.epoch == 0:
        phase = progress.phase if external is None else "waiting for its first epoch"
        return Content(f" {phase} …" if state in ("starting", "running") else "")
    known = progress.epochs > 0
    counted = f" epoch {epoch_count(progress.epoch, progress.epochs)} "
    if phase := phase_name(progress.phase_of(progress.epoch)):
        counted += f"{phase} "
    step = f" {percent(progress.fraction):>4}" if known else ""
    if progress.batch or progress.steps:
        step += f"  step {epoch_count(progress.batch, progress.steps)}"
    speed_part = _speed(progress)
    rest = ""
    if state == "running":
        left = None if progress.paused else progress.eta(now)
        rest += f"  ETA {duration(left)}" if left is not None else ""
        if progress.paused:
            rest += f"  {PAUSED} paused; space goes on"
        elif progress.phase not in ("training", "between epochs"):
            rest += f"  {progress.phase}"
    room = width - len(counted) - len(step) - len(rest) - 2
    # If there is not enough room, the speed is left out first, then the bar.
    if room - len(speed_part) >= MIN_BAR:
        step, room = step + speed_part, room - len(speed_part)
    shown = known and room >= MIN_BAR
    filled = progress_bar(progress.fraction, min(room, MAX_BAR)) if shown else ""
    return Content.assemble(counted, (filled, "$primary"), step, rest)


def _speed(progress: RunProgress) -> str:
    """Return images/s, or batches/s where the number of images is not known."""
    if progress.images_per_second:
        return f"  {speed_text(progress.images_per_second)} images/s"
    batches = progress.batches_per_second
    return f"  {figure(batches, 3, 8)} batches/s" if batches else ""


def message_lines(
    progress: RunProgress,
    state: State,
    stops: StopConditions,
    cause: str = "",
    external: ExternalSpec | None = None,
    schedule: str = "",
) -> Content:
    """Return how the run ended, or what will stop it and how its learning rate changes.

    Args:
        progress: the run so far.
        state: its state.
        stops: what stops it early.
        cause: why it died, as far as known.
        external: what is known of a training that cnn-tui did not start; None for any other.
        schedule: of its learning rate, in words; empty where it is constant.
    """
    lines: list[Content] = []
    if isinstance(progress.ending, Failed):
        sentence = failure_sentence(progress.ending, key="r")
        lines.append(Content.styled(f" ✗ {sentence}", "$text-error"))
    elif isinstance(progress.ending, Finished):
        # Not its present state: an ended run may be queued to resume.
        ended: State = "stopped" if progress.ending.reason == "stopped" else "finished"
        lines.append(
            Content.styled(f" {SIGNS[ended]} {clean(progress.ending.sentence)}", STYLES[ended])
        )
    elif state == "died":
        who = "The trainer" if external is None else external.subject
        text = f" ✗ {who} died at epoch {progress.epoch_of_death} without an error message. "
        if external is not None:
            text += f"{cause} {external.again}".strip()
        else:
            text += f"{cause} v shows its log".lstrip()
            if progress.checkpoint:
                text += f"; r resumes after epoch {progress.checkpoint}."
            else:
                text += "; a trains again with its settings."
        lines.append(Content.styled(text, "$text-error"))
    elif state == "unknown":
        text = " ? Cannot determine whether it is being trained: its lock cannot be read."
        lines.append(Content.styled(text, "$text-warning"))
    elif state == "foreign":
        text = " ⊘ This run belongs to another user: you can view it, but not change it."
        lines.append(Content.styled(text, "$text-muted"))
    elif progress.stop_requested:
        what = "it" if external is None else f"{external.origin} and all that it does"
        lines.append(Content(f" ■ Stopping after the current batch. s again kills {what} at once."))
    elif (
        external is not None
        and not (progress.epochs or external.epochs)
        and stops == StopConditions()
    ):
        lines.append(Content.styled(f" {external.subject} decides when it ends", "$text-muted"))
    else:
        planned = f"  ·  learning rate: {schedule}" if schedule else ""
        lines.append(Content.styled(f" {_until(progress, stops)}{planned}", "$text-muted"))
    return Content("\n").join(lines)


def _until(progress: RunProgress, stops: StopConditions) -> str:
    """Return what ends the training, or its phase."""
    phase = progress.phase_of(max(progress.epoch, 1))
    if phase is None or not 0 < phase.until < (progress.epochs or phase.until + 1):
        return f"stops when {stops}"
    early = f", or earlier when {stops}" if stops != StopConditions() else ""
    return f"fine-tuning begins after epoch {phase.until}{early}"


def lost_lines(follower: RunFollower) -> list[Content]:
    """Return a warning if the run was deleted, here or elsewhere, or cannot be read."""
    if follower.deleted:
        text = " ✗ This run was deleted: what is shown was read before. escape leads back."
        return [Content.styled(text, "$text-error")]
    if follower.problem:
        text = f" ! {follower.problem} Until then the values read last are shown."
        return [Content.styled(text, "$text-warning")]
    if follower.too_long:
        return [Content.styled(f" ! {too_long_sentence(follower.too_long)}", "$text-warning")]
    return []


def phase_lines(progress: RunProgress, *, over: bool) -> list[Content]:
    """Return the present phase, and that its epochs need no pass through the backbone.

    Args:
        progress: the run so far.
        over: whether it has ended: then the phases are in the history.
    """
    phase = progress.phase_of(max(progress.epoch, 1))
    lines = []
    if phase is not None and not over:
        lines.append(Content.styled(f" {PHASE_LINE} {phase_sentence(phase)}", "$text-muted"))
    if progress.features is not None and (phase is None or not phase.from_layer) and not over:
        text = f" {PHASE_LINE} Features: {features_phrase(progress.features)}."
        lines.append(Content.styled(text, "$text-muted"))
    return lines


def trouble_lines(progress: RunProgress) -> list[Content]:
    """Return the images left out, and the trainer's latest notices."""
    lines = []
    if progress.data is not None and progress.data.left_out:
        bad = progress.data.left_out
        # Without Pillow's figures in brackets, which would be cut in the middle.
        names = ", ".join(
            f"{shorten_path(one.file, 40)} ({clean(one.reason.partition(' (')[0], 50)})"
            for one in bad[:2]
        )
        more = f" and {len(bad) - 2} more" if len(bad) > 2 else ""
        lines.append(Content.styled(f" ! left out {len(bad)}: {names}{more}", "$text-warning"))
    lines += [
        Content.styled(f" ! {clean(notice)}", "$text-warning") for notice in progress.latest_notices
    ]
    return lines


def stale_lines(stale: StaleBest | None, progress: RunProgress) -> list[Content]:
    """Return a warning if `best.keras` is not of the best epoch, unless a notice says so."""
    if stale is None or not stale.saved_epoch or stale.sentence in progress.latest_notices:
        return []
    cure = " r writes it and resumes." if stale.sources else ""
    return [Content.styled(f" ! {stale.sentence}{cure}", "$text-warning")]
