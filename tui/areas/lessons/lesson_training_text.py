"""A lesson's training in lines of text: its plan, its legend, its results and its state."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content

from tui.common.numbers import LEAST_WIDTH, count, metric_value, percent, progress_bar
from tui.common.text import clean
from tui.runs.export.run_formatting import duration, speed_text
from tui.runs.lessons.experiment import Experiment, ShareTraining
from tui.runs.lessons.lesson_plan import LessonPlan
from tui.runs.settings.spec import StopRule, share_name
from tui.runs.store.run_folder import State
from tui.ui.charts.shares_chart import MARKERS
from tui.ui.charts.shares_chart import STYLES as COLORS
from tui.ui.run_line import SIGNS, STYLES

COUNTED = ("", "one", "two", "three", "four", "five")


def plan_text(plan: LessonPlan) -> Content:
    """Return what will be trained: images, network, epochs, shares, and what is to be known."""
    spec = plan.specs[0]
    epochs = f"{spec.epochs} epoch{'s' * (spec.epochs > 1)}"
    rule = f"at most {epochs}, stops when {spec.stop_rule}" if spec.stop_rule else epochs
    lines = []
    validation = f"{plan.validation_images:,} validation images, {len(spec.data.classes)} classes"
    if len(plan.specs) == 1:
        share = "" if plan.shares[0] >= 1 else f"{share_name(plan.shares[0])} of the images, "
        lines.append(f"{plan.data}: {share}{plan.images[0]:,} training and {validation}")
        lines.append(rule)
    else:
        lines.append(f"{plan.data}: {validation}")
        each = " · ".join(
            f"{share_name(share)}: {images:,} images"
            for share, images in zip(plan.shares, plan.images, strict=True)
        )
        lines.append(f"{COUNTED[len(plan.specs)]} trainings one after the other, {rule} each")
        lines.append(each)
    lines.append(f"network: {plan.network}")
    return Content("\n").join(
        [Content(clean(line)) for line in lines]
        + [Content.styled(f"! {clean(note)}", "$text-warning") for note in plan.notes]
    )


def legend(parts: Sequence[ShareTraining]) -> Content:
    """Return what the curves are, in words beside their signs."""
    if len(parts) == 1:
        return Content.assemble(
            ("⣀ training", "$training"),
            "  ",
            ("● validation", "$validation"),
            f"  {_images(parts[0])}",
        )
    pieces = []
    for sign, color, part in zip(MARKERS, COLORS, parts, strict=False):
        pieces.append(Content.styled(f"{sign} {part.name}: {_images(part)}", color))
    return Content("  ").join(pieces)


def _images(part: ShareTraining) -> str:
    return f"{part.images:,} image{'s' * (part.images != 1)}"


def last_values(part: ShareTraining, several: bool) -> str:
    """Return the accuracies of the last whole epoch; empty before there is one."""
    accuracy, validation = part.last("accuracy"), part.last("val_accuracy")
    if not part.progress.epochs_done or accuracy is None:
        return ""
    text = (
        f"{part.name}, " * several
        + f"epoch {part.progress.epochs_done}: accuracy {metric_value(accuracy)}"
    )
    return text + (f", val_accuracy {metric_value(validation)}" if validation is not None else "")


def chart_title(metric: str, several: bool, rule: StopRule | None) -> Content:
    """Return what a chart shows, and the stop rule on its metric; the legend has the signs.

    Args:
        metric: `accuracy` or `loss`.
        several: whether it shows the validation values of several trainings.
        rule: the stop rule of the training; None without one.
    """
    if several:
        return Content.styled(f"val_{metric}", "bold")
    parts = Content.styled(metric, "bold")
    if rule is not None and rule.metric.removeprefix("val_") == metric:
        parts += Content.styled(f" ┈ {rule}", "$success")
    return parts


def short_title(several: bool, cursor: int | None) -> Content:
    """Return what both charts show, in one line.

    Args:
        several: whether they show the validation values of several trainings.
        cursor: the epoch of the cursor, or None.
    """
    at = f", cursor at epoch {cursor}" if cursor is not None else ", by epoch"
    if several:
        return Content(f"left val_accuracy, right val_loss{at}")
    return Content.assemble(
        f"left accuracy, right loss{at}  ",
        ("⣀ training", "$training"),
        " ",
        ("● validation", "$validation"),
    )


def comparison(expected: str, parts: Sequence[ShareTraining]) -> Content:
    """Return what the learner expected, beside what came of it.

    Args:
        expected: the option that was chosen.
        parts: the trainings, all over.
    """
    if len(parts) == 1:
        names = ("accuracy", "val_accuracy")
        came = [f"{name} {_value(parts[0].last(name))}" for name in names]
        if len(parts[0].progress.epoch_numbers) > 1:
            first = [_value(_value_after(parts[0], name, 1)) for name in names]
            came[-1] += f" (epoch 1: {first[0]}, {first[1]})"
    else:
        came = [
            f"{part.name}: {_value(part.last('accuracy'))} / {_value(part.last('val_accuracy'))}"
            for part in parts
        ]
        came[0] = f"accuracy / val_accuracy {came[0]}"
    return Content.assemble(
        (" You expected: ", "bold"),
        clean(expected).rstrip("."),
        ". ",
        ("It came to: ", "bold"),
        ", ".join(came) + ".",
    )


def result_table(
    parts: Sequence[ShareTraining], cursor: int | None = None, *, narrow: bool = False
) -> Content:
    """Return the last values: of one training its epochs, of several one row each.

    Args:
        parts: the trainings.
        cursor: the epoch whose values are shown; None for the last, and for one training the
            first and the best.
        narrow: whether the number of images is left out, which the legend has too.
    """
    if len(parts) == 1:
        return _epochs_table(parts[0], cursor)
    rows = [Content.styled(f" share {'' if narrow else 'images '}{_HEADS}", "bold")]
    for sign, color, part in zip(MARKERS, COLORS, parts, strict=False):
        rows.append(
            Content.assemble(
                (f"{sign} {part.name:<4} ", color),
                "" if narrow else f"{count(part.images, 6):>6} ",
                _values(part, cursor),
            )
        )
    return Content("\n").join(rows)


_HEADS = "accuracy val_accuracy     gap    loss val_loss"


def _epochs_table(part: ShareTraining, cursor: int | None) -> Content:
    """Return a training's first, best and last epoch; with a cursor its epoch for the first."""
    progress = part.progress
    wide = max(len(str(progress.epochs_done)), 2)
    rows = [Content.styled(f"{'epoch':<{wide + 6}}{_HEADS}", "bold")]
    wanted = {progress.epoch_numbers[0]: "first"} if cursor is None else {}
    wanted[progress.epochs_done] = "last"
    if progress.best_metric == "val_accuracy":
        wanted.setdefault(progress.best_epoch, "best")
        if progress.best_epoch == progress.epochs_done:
            wanted[progress.epochs_done] = "best"
    for epoch in progress.epoch_numbers:
        if epoch == cursor:
            rows.append(
                Content.styled(f"{epoch:<{wide}} {'┃':<5}{_values(part, epoch)}", "$text-accent")
            )
        elif epoch in wanted:
            rows.append(Content(f"{epoch:<{wide}} {wanted[epoch]:<5}{_values(part, epoch)}"))
    return Content("\n").join(rows)


def _value_after(part: ShareTraining, metric: str, epoch: int | None) -> float | None:
    """Return a metric after an epoch, None for the last one; None when it is not known."""
    if epoch is None:
        return part.last(metric)
    row = part.progress.history.get(metric, [])
    by_epoch = dict(zip(part.progress.epoch_numbers, row, strict=False))
    return by_epoch.get(epoch)


def _value(value: float | None) -> str:
    return "–" if value is None else metric_value(value)


def _values(part: ShareTraining, epoch: int | None) -> str:
    """Return the accuracies of an epoch, how far the first is above the second, and the losses."""
    accuracy, validation = (
        _value_after(part, "accuracy", epoch),
        _value_after(part, "val_accuracy", epoch),
    )
    known = accuracy is not None and validation is not None
    gap = accuracy - validation if known else 0.0  # type: ignore[operator]
    far = f"{'+' if gap >= 0 else ''}{metric_value(gap, LEAST_WIDTH)}" if known else "–"
    losses = [_value(_value_after(part, name, epoch)) for name in ("loss", "val_loss")]
    return f"{_value(accuracy):>8} {_value(validation):>12} {far:>7} {losses[0]:>7} {losses[1]:>8}"


def state_text(experiment: Experiment | None, problem: str, now: float, width: int) -> Content:
    """Return what is being done, how it ended, or what enter does now.

    Args:
        experiment: None while the images are being listed.
        problem: what went wrong, in a sentence; empty for nothing.
        now: the time, in seconds since 1970.
        width: columns that there are.
    """
    if experiment is None:
        if problem:
            return Content("\n").join([_problem_line(problem), _button("try again")])
        return Content(" listing the images …")
    live = experiment.live
    if live is not None:
        line = _live_line(experiment, live, now, width)
        return Content("\n").join([line, _problem_line(problem)]) if problem else line
    if experiment.complete:
        return ended_line(experiment) + Content.styled("  r trains again.", "$text-muted")
    why = _problem_line(problem) if problem else _halted_line(experiment)
    return Content("\n").join([why, _button(_enter_does(experiment, problem))])


def _problem_line(problem: str) -> Content:
    return Content.styled(f" ✗ {clean(problem)}", "$text-error")


def _button(text: str) -> Content:
    """Return a row that looks like a button and names enter."""
    return Content.assemble((" enter ", "bold reverse $primary"), f" {text}")


def _enter_does(experiment: Experiment, problem: str) -> str:
    """Return what enter does while no training is at work and not all are over."""
    count = len(experiment.trainings)
    left = sum(not part.done for part in experiment.trainings)
    if problem:
        return "try again"
    if left < count:
        assert experiment.waiting is not None
        return f"go on with {experiment.waiting.name}"
    return "train it again" if experiment.begun else "start the training" + "s" * (count > 1)


def _live_line(experiment: Experiment, part: ShareTraining, now: float, width: int) -> Content:
    """Return how far the training at work is, and which of them it is."""
    head = ""
    if len(experiment.trainings) > 1:
        place = experiment.trainings.index(part) + 1
        head = f" {part.name} ({place} of {len(experiment.trainings)})"
    progress = part.progress
    if progress.epoch == 0:
        return Content(f"{head} {progress.phase} …")
    counted = f"{head} epoch {progress.epoch} of {progress.epochs} "
    rest = f" {percent(progress.fraction):>4}"
    if progress.images_per_second:
        rest += f"  {speed_text(progress.images_per_second)} images/s"
    left = progress.eta(now)
    rest += f"  {duration(math.ceil(left))} left" if left is not None else ""
    rest = " stopping after the current batch …" if progress.stop_requested else rest
    room = max(min(width - len(counted) - len(rest) - 1, 30), 4)
    return Content.assemble(counted, (progress_bar(progress.fraction, room), "$primary"), rest)


def ended_line(experiment: Experiment) -> Content:
    """Return how it ended, in a sentence."""
    parts = experiment.trainings
    if len(parts) == 1 and parts[0].follower is not None:
        return _sentence(parts[0].follower.state, parts[0].ended)
    stopped = [part for part in parts if part.follower and part.follower.state == "stopped"]
    if not stopped:
        return _sentence("finished", f"All {COUNTED[len(parts)]} trainings are over.")
    names = ", ".join(part.name for part in stopped)
    return _sentence("stopped", f"All are over; stopped before the last epoch: {names}.")


def _halted_line(experiment: Experiment) -> Content:
    """Return why the trainings wait: one came to nothing, or was stopped."""
    begun = [part for part in experiment.trainings if part.follower is not None]
    if not begun:
        return Content("")
    bad = next((part for part in begun if not part.done), begun[-1])
    assert bad.follower is not None
    name = f"{bad.name}: " if len(experiment.trainings) > 1 else ""
    return _sentence(bad.follower.state, f"{name}{bad.ended}")


def _sentence(state: State, text: str) -> Content:
    return Content.styled(f" {SIGNS[state]} {clean(text)}", STYLES[state])
