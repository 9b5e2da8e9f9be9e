"""A lesson's training in lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.numbers import LEAST_WIDTH, count, metric_value
from tui.common.text import clean
from tui.runs.lessons.experiment import Part
from tui.runs.lessons.lesson_plan import Plan
from tui.runs.settings.shares import share_name
from tui.ui.charts.shares_chart import MARKERS
from tui.ui.charts.shares_chart import STYLES as COLORS

COUNTED = ("", "one", "two", "three", "four", "five")


def plan_text(plan: Plan) -> Content:
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


def legend(parts: Sequence[Part]) -> Content:
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


def _images(part: Part) -> str:
    return f"{part.images:,} image{'s' * (part.images != 1)}"


def last_values(part: Part, several: bool) -> str:
    """Return the accuracies of the last whole epoch; empty before there is one."""
    accuracy, validation = part.last("accuracy"), part.last("val_accuracy")
    if not part.progress.epochs_done or accuracy is None:
        return ""
    text = (
        f"{part.name}, " * several
        + f"epoch {part.progress.epochs_done}: accuracy {metric_value(accuracy)}"
    )
    return text + (f", val_accuracy {metric_value(validation)}" if validation is not None else "")


def result_table(parts: Sequence[Part]) -> Content:
    """Return the last values: of one training its epochs, of several one row each."""
    if len(parts) == 1:
        return _epochs_table(parts[0])
    rows = [Content.styled(" share images accuracy val_accuracy     gap", "bold")]
    for sign, color, part in zip(MARKERS, COLORS, parts, strict=False):
        values = _values(part.last("accuracy"), part.last("val_accuracy"))
        rows.append(
            Content.assemble(
                (f"{sign} {part.name:<5}", color), f"{count(part.images, 6):>6} {values}"
            )
        )
    return Content("\n").join(rows)


def _epochs_table(part: Part) -> Content:
    """Return a training's first, best and last epoch."""
    progress = part.progress
    rows = [Content.styled("epoch     accuracy val_accuracy     gap", "bold")]
    training = progress.history.get("accuracy", [])
    validation = progress.history.get("val_accuracy", [None] * len(training))
    wanted = {progress.epoch_numbers[0]: "first", progress.epochs_done: "last"}
    if progress.best_metric == "val_accuracy":
        wanted.setdefault(progress.best_epoch, "best")
        if progress.best_epoch == progress.epochs_done:
            wanted[progress.epochs_done] = "best"
    for epoch, accuracy, held_out in zip(
        progress.epoch_numbers, training, validation, strict=False
    ):
        if epoch in wanted:
            values = _values(accuracy, held_out)
            rows.append(Content(f"{epoch:<4}{wanted[epoch]:<6}{values}"))
    return Content("\n").join(rows)


def _values(accuracy: float | None, validation: float | None) -> str:
    """Return two accuracies and how far the first is above the second."""
    known = accuracy is not None and validation is not None
    gap = accuracy - validation if known else 0.0  # type: ignore[operator]
    far = f"{'+' if gap >= 0 else ''}{metric_value(gap, LEAST_WIDTH)}" if known else "–"
    first, second = ("–" if one is None else metric_value(one) for one in (accuracy, validation))
    return f"{first:>8} {second:>12} {far:>7}"
