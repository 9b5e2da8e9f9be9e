"""Runs as text: log lines, metrics, durations, sentences, the history as CSV."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.common.csv_text import csv_text
from tui.common.numbers import count, epoch_count, metric_value
from tui.common.shorten import cells
from tui.common.stop_rule import StopRule
from tui.common.text import clean, exact
from tui.runs.events.assigned_gpus import assigned_text
from tui.runs.events.event_log import LONGEST_LINE
from tui.runs.events.event_types import (
    CalculatingFeatures,
    CheckingImages,
    DataReady,
    EpochEnded,
    Event,
    Failed,
    FeaturesReady,
    FileSaved,
    Finished,
    LibrariesLoaded,
    Metrics,
    ModelReady,
    Notice,
    PhaseStarted,
    Resumed,
    RunStarted,
    StopRequested,
    TestJudged,
)
from tui.runs.export.phase_text import features_phrase, phase_sentence
from tui.runs.settings.class_weights import weights_text

if TYPE_CHECKING:  # `run_folder` imports this module
    from tui.runs.store.run_folder import State

METRIC_ORDER = ("accuracy", "loss", "val_accuracy", "val_loss")
ANY_WIDTH = 10_000
"""Cells of a line that is not limited."""
MOST_METRICS = 8
"""Metrics that a line of text names."""


def speed_text(speed: float, width: int = 8) -> str:
    """Return a number of images per second in at most `width` columns.

    >>> speed_text(1234.5), speed_text(2.5e9)
    ('1,234', '2.5G')
    """
    return count(round(speed), width) if math.isfinite(speed) else str(speed)


def duration(seconds: float) -> str:
    """Return a duration in seconds, minutes or hours.

    >>> duration(7.24), duration(75), duration(3725)
    ('7.2 s', '1:15', '1:02:05')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def measured_duration(seconds: float) -> str:
    """Return a duration, or a dash where it was not measured, as in the logs of other programs.

    >>> measured_duration(75), measured_duration(0)
    ('1:15', '–')
    """
    return duration(seconds) if seconds else "–"


def ordered_metrics(names: Iterable[str]) -> list[str]:
    """Return the names of metrics in a fixed order: those of the course first.

    >>> ordered_metrics({"auc", "loss", "accuracy"})
    ['accuracy', 'loss', 'auc']
    """
    found = set(names)
    return [name for name in METRIC_ORDER if name in found] + sorted(found - set(METRIC_ORDER))


def leading_metrics(names: Iterable[str], best: str = "", most: int = MOST_METRICS) -> list[str]:
    """Return the names of metrics in a fixed order, at most so many.

    Args:
        names: of all metrics; a program of the user's own may have thousands.
        best: the one that decides the best epoch, which comes next after those of the course.
        most: names that are returned.

    >>> leading_metrics(["auc", "val_auc", "loss", "mae"], "val_auc", 3)
    ['loss', 'val_auc', 'auc']
    """
    found = ordered_metrics(names)
    if best in found[most:]:
        known = sum(name in METRIC_ORDER for name in found)
        found = [*found[:known], best, *found[known:]]
    return found[:most]


def metrics_line(
    metrics: Metrics, rule: StopRule | None = None, best: str = "", width: int = ANY_WIDTH
) -> str:
    """Return an epoch's metrics in a fixed order, as in Keras's own log.

    Args:
        metrics: by name; of many, the first are shown.
        rule: the stop rule; values are rounded so that they stay on its side of the limit.
        best: the metric that decides the best epoch.
        width: cells; metrics that do not fit are counted instead, and one is always named.

    >>> metrics_line({"loss": 0.5, "accuracy": 0.75})
    'accuracy 0.7500  loss 0.5000'
    >>> metrics_line({"loss": 0.5, "accuracy": 0.75, "auc": 0.5}, width=32)
    'accuracy 0.7500  and 2 more'
    """
    parts = [
        f"{clean(name, 40)} {metric_value(metrics[name], against=limits(rule, name))}"
        for name in leading_metrics(metrics, best)
    ]
    while True:
        left = len(metrics) - len(parts)
        line = "  ".join([*parts, *([f"and {left:,} more"] if left else [])])
        if cells(line) <= width or len(parts) <= 1:
            return line
        parts.pop()


def best_text(metric: str, value: str) -> str:
    """Return a best value with its metric, unless that is an accuracy of the course.

    >>> best_text("val_accuracy", "0.9812"), best_text("val_loss", "0.0312")
    ('0.9812', 'val_loss 0.0312')
    """
    plain = metric in ("accuracy", "val_accuracy")
    return value if plain else f"{clean(metric, 40)} {value}"


def limits(rule: StopRule | None, name: str) -> tuple[float, ...]:
    """Return the value that a stop rule compares a metric with, if it is on this metric."""
    return (rule.value,) if rule is not None and rule.metric == name else ()


def log_lines(event: Event) -> list[str]:
    """Return the lines of a plain log for an event; none for batches."""
    match event:
        case RunStarted():
            given = f", on {assigned_text(event.assigned_gpus)}" if event.assigned_gpus else ""
            return [f"loading Keras{given} …"]
        case LibrariesLoaded():
            return [clean(f"Keras {event.keras} on {event.backend}, {event.device}")]
        case CheckingImages():
            return [f"checking images {event.done}/{event.total}"] if event.done == 0 else []
        case DataReady():
            names = ", ".join(clean(name, 40) for name in event.classes[:20])
            lines = [f"{images_phrase(event)}: {names}"]
            weights = class_weights_phrase(event)
            lines += [f"class weights: {weights}"] if weights else []
            lines += [cached_phrase(event)] if event.loader == "cached" else []
            lines += [f"left out: {clean(bad.file)}: {clean(bad.reason)}" for bad in event.left_out]
            return lines
        case ModelReady():
            text = f"network with {event.parameters:,} parameters in {event.layers} layers"
            if event.trainable not in (None, event.parameters):
                text += f", {event.trainable:,} of them trained"
            return [text]
        case CalculatingFeatures():
            return [f"calculating features 0/{event.total}"] if event.done == 0 else []
        case FeaturesReady():
            return [clean(f"features: {features_phrase(event)}")]
        case PhaseStarted():
            return [phase_sentence(event)]
        case Resumed(epoch=0):
            return [clean(f"starting again: no epoch had ended. {event.reason}".strip())]
        case Resumed():
            return [clean(f"resuming after epoch {event.epoch}. {event.reason}".strip())]
        case EpochEnded():
            parts = [
                f"epoch {epoch_count(event.epoch, event.epochs)}",
                metrics_line(event.metrics, best=event.best_metric),
                duration(event.seconds),
            ]
            if event.images_per_second:
                parts.append(f"{speed_text(event.images_per_second)} images/s")
            return ["  ".join(parts)]
        case Notice():
            return [clean(event.text)]
        case StopRequested():
            return ["stopping after the current batch …"]
        case FileSaved():
            return [f"saved {clean(event.file)}"]
        case TestJudged():
            return [f"test image left out: {clean(name)}" for name in event.unreadable]
        case Failed():
            return [failure_sentence(event)]
        case Finished():
            return [clean(event.sentence)]
    return []


def images_phrase(event: DataReady) -> str:
    """Return the numbers of images and classes, and the share that is trained on.

    >>> images_phrase(DataReady(at=0, classes=("a", "b"), training_images=40, validation_images=9))
    '40 training and 9 validation images in 2 classes'
    """
    rest = f"{event.validation_images:,} validation images in {len(event.classes)} classes"
    if not event.classes:  # of a program of the user's own
        both = f"{event.training_images:,} training"
        if event.validation_images:
            both += f" and {event.validation_images:,} validation"
        return f"{both} images"
    if event.share >= 1:
        return f"{event.training_images:,} training and {rest}"
    return (
        f"{event.training_images:,} of {event.readable_images:,} training images "
        f"(a share of {event.share:.4g} of each class) and {rest}"
    )


def class_weights_phrase(event: DataReady) -> str:
    """Return how much each class counts in the loss; empty where all count the same.

    >>> class_weights_phrase(DataReady(at=0, classes=("a", "b"), training_images=40,
    ...     validation_images=9, class_weights=(0.5, 2.0)))
    'a 0.5, b 2'
    """
    if len(event.class_weights) != len(event.classes):
        return ""
    return weights_text(event.classes, event.class_weights)


def cached_phrase(event: DataReady) -> str:
    """Return what the cached loader did and how much time it saves.

    >>> cached_phrase(DataReady(at=0, classes=("a", "b"), training_images=9, validation_images=3,
    ...     loader="cached", cache_hit=True, decode_seconds=75))
    'loader cached: every file was decoded by an earlier training, which saves 1:15'
    """
    took = duration(event.decode_seconds)
    if event.cache_hit:
        return f"loader cached: every file was decoded by an earlier training, which saves {took}"
    return f"loader cached: every file decoded once in {took} and kept for later trainings"


def failure_sentence(event: Failed, *, key: str = "") -> str:
    """Return what failed, where, the cure, and how to resume, as one line.

    Args:
        event: the event.
        key: the key that resumes the run; empty for the shell command instead.

    >>> failed = Failed(at=0, what="No.", where="", cure="Do.", run="x", kept=4, learning_rate=0.1)
    >>> failure_sentence(failed, key="r").partition("kept: ")[2]
    'r resumes from there and offers the learning rate 0.1.'
    >>> failure_sentence(failed).partition("kept: ")[2]
    '`cnn-tui runs resume x --learning-rate 0.1` resumes from there.'
    """
    where = f" ({clean(event.where)})" if event.where not in ("", "training") else ""
    what = clean(event.what).rstrip()
    what += "." if what and what[-1] not in ".!?…:" else ""
    sentence = f"Training failed{where}: {what} {clean(event.cure)}".rstrip()
    if not event.kept:
        return sentence
    rate = exact(event.learning_rate) if event.learning_rate else ""
    if key:
        how = f"{key} resumes from there"
        how += f" and offers the learning rate {rate}." if rate else "."
    else:
        options = f" --learning-rate {rate}" if rate else ""
        how = f"`cnn-tui runs resume {clean(event.run)}{options}` resumes from there."
    return f"{sentence} The state after epoch {event.kept} is kept: {how}"


def history_csv(epochs: list[int], history: dict[str, list[float | None]]) -> str:
    """Return the history as CSV, one row an epoch; values that are not finite are empty cells."""
    rows = ([epoch, *(row[i] for row in history.values())] for i, epoch in enumerate(epochs))
    return csv_text(["epoch", *history], rows)


def too_long_sentence(lines: int) -> str:
    """Return a warning about lines of a run's events that are too long and were skipped.

    >>> too_long_sentence(1)
    'A line of events.jsonl is longer than 16 MB and was skipped: no trainer wrote it.'
    """
    limit = f"longer than {LONGEST_LINE // 2**20} MB"
    if lines == 1:
        return f"A line of events.jsonl is {limit} and was skipped: no trainer wrote it."
    return f"{lines} lines of events.jsonl are {limit} and were skipped: no trainer wrote them."


def state_name(state: State, *, begun: bool) -> str:
    """Return a run's state in words.

    Args:
        state: its state.
        begun: whether it was ever trained.
    """
    if state == "aside":
        return "set aside"
    return "queued to resume" if state == "queued" and begun else state


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def ordinal(number: int) -> str:
    """Return an ordinal number.

    >>> ordinal(1), ordinal(12), ordinal(22)
    ('1st', '12th', '22nd')
    """
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{_ENDINGS.get(number % 10, 'th')}"
