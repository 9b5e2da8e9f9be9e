"""How a lesson's training stands, in a line or two: at work, ended, or waiting for a key."""

from __future__ import annotations

import math

from textual.content import Content

from tui.areas.lessons.lesson_training_text import COUNTED
from tui.common.numbers import percent
from tui.common.text import clean
from tui.runs.export.report import duration, speed_text
from tui.runs.lessons.experiment import Experiment, Part
from tui.runs.store.run_folder import State
from tui.ui.bars import SIGNS, STYLES
from tui.ui.runs.run_text import bar


def state_text(experiment: Experiment | None, problem: str, now: float, width: int) -> Content:
    """Return what is being done, how it ended, or what enter does now.

    Args:
        experiment: None while the images are looked at.
        problem: what went wrong, in a sentence; empty for nothing.
        now: the time, in seconds since 1970.
        width: columns that there are.
    """
    if experiment is None:
        looking = Content(" looking at the images …")
        return Content("\n").join([_trouble(problem), _button("try again")]) if problem else looking
    live = experiment.live
    if live is not None:
        line = _live_line(experiment, live, now, width)
        return Content("\n").join([line, _trouble(problem)]) if problem else line
    if experiment.complete:
        return _ended_line(experiment) + Content.styled("  r trains again.", "$text-muted")
    told = _trouble(problem) if problem else _halted_line(experiment)
    return Content("\n").join([told, _button(_enter_does(experiment, problem))])


def _trouble(problem: str) -> Content:
    return Content.styled(f" ✗ {clean(problem)}", "$text-error")


def _button(text: str) -> Content:
    """Return a row that looks like a button and names enter."""
    return Content.assemble((" enter ", "bold reverse $primary"), f" {text}")


def _enter_does(experiment: Experiment, problem: str) -> str:
    """Return what enter does while no training is at work and not all are over."""
    count = len(experiment.parts)
    left = sum(not part.done for part in experiment.parts)
    if problem:
        return "try again"
    if left < count:
        assert experiment.waiting is not None
        return f"go on with {experiment.waiting.name}"
    return "train it again" if experiment.begun else "start the training" + "s" * (count > 1)


def _live_line(experiment: Experiment, part: Part, now: float, width: int) -> Content:
    """Return how far the training at work is, and which of them it is."""
    head = ""
    if len(experiment.parts) > 1:
        place = experiment.parts.index(part) + 1
        head = f" {part.name} ({place} of {len(experiment.parts)})"
    progress = part.progress
    if progress.epoch == 0:
        return Content(f"{head} {progress.phase} …")
    counted = f"{head} epoch {progress.epoch} of {progress.epochs} "
    rest = f" {percent(progress.fraction):>4}"
    if progress.images_per_second:
        rest += f"  {speed_text(progress.images_per_second)} images/s"
    left = progress.eta(now)
    rest += f"  {duration(math.ceil(left))} left" if left is not None else ""
    rest = " stopping after the current batch …" if progress.stop_asked else rest
    room = max(min(width - len(counted) - len(rest) - 1, 30), 4)
    return Content.assemble(counted, (bar(progress.fraction, room), "$primary"), rest)


def _ended_line(experiment: Experiment) -> Content:
    """Return how it ended, in a sentence."""
    parts = experiment.parts
    if len(parts) == 1 and parts[0].follower is not None:
        return _sentence(parts[0].follower.state, parts[0].ended)
    stopped = [part for part in parts if part.follower and part.follower.state == "stopped"]
    if not stopped:
        return _sentence("finished", f"All {COUNTED[len(parts)]} trainings are over.")
    names = ", ".join(part.name for part in stopped)
    return _sentence("stopped", f"All are over; stopped before the last epoch: {names}.")


def _halted_line(experiment: Experiment) -> Content:
    """Return why the trainings wait: one came to nothing, or was stopped."""
    told = [part for part in experiment.parts if part.follower is not None]
    if not told:
        return Content("")
    bad = next((part for part in told if not part.done), told[-1])
    assert bad.follower is not None
    name = f"{bad.name}: " if len(experiment.parts) > 1 else ""
    return _sentence(bad.follower.state, f"{name}{bad.ended}")


def _sentence(state: State, text: str) -> Content:
    return Content.styled(f" {SIGNS[state]} {clean(text)}", STYLES[state])
