"""A run in words and rows: log lines for a shell, the history as a table and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from tui.text import clean
from tui.training.eventlog import LONGEST_LINE
from tui.training.events import (
    CheckingImages,
    DataReady,
    EpochEnded,
    Event,
    Failed,
    Finished,
    LibrariesLoaded,
    Metrics,
    ModelReady,
    Notice,
    Resumed,
    RunStarted,
    Saved,
    StopAsked,
)

if TYPE_CHECKING:  # the list of runs needs what stands here
    from tui.training.runs import State

METRIC_ORDER = ("accuracy", "loss", "val_accuracy", "val_loss")


def number(value: float | None, places: int = 4) -> str:
    """Return a metric for a table; what is not finite is named, never blank.

    >>> number(0.73126), number(None)
    ('0.7313', 'not finite')
    """
    return "not finite" if value is None else f"{value:.{places}f}"


def duration(seconds: float) -> str:
    """Return a time as a person reads it.

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


def metrics_line(metrics: Metrics) -> str:
    """Return an epoch's metrics in a fixed order, as Keras's own log does.

    >>> metrics_line({"loss": 0.5, "accuracy": 0.75})
    'accuracy 0.7500  loss 0.5000'
    """
    known = [name for name in METRIC_ORDER if name in metrics]
    names = known + sorted(set(metrics) - set(METRIC_ORDER))
    return "  ".join(f"{clean(name, 40)} {number(metrics[name])}" for name in names)


def log_lines(event: Event) -> list[str]:
    """Return the lines of a plain log for one event; batches have none."""
    match event:
        case RunStarted():
            return ["loading Keras …"]
        case LibrariesLoaded():
            return [clean(f"Keras {event.keras} on {event.backend}, {event.device}")]
        case CheckingImages():
            return [f"checking images {event.done}/{event.total}"] if event.done == 0 else []
        case DataReady():
            names = ", ".join(clean(name, 40) for name in event.classes[:20])
            lines = [f"{images_phrase(event)}: {names}"]
            lines += [cached_phrase(event)] if event.loader == "cached" else []
            lines += [f"left out: {clean(bad.file)}: {clean(bad.reason)}" for bad in event.left_out]
            return lines
        case ModelReady():
            return [f"network with {event.parameters:,} parameters in {event.layers} layers"]
        case Resumed(epoch=0):
            return [clean(f"beginning once more: no epoch was whole. {event.reason}".strip())]
        case Resumed():
            return [clean(f"going on after epoch {event.epoch}. {event.reason}".strip())]
        case EpochEnded():
            return [
                f"epoch {event.epoch}/{event.epochs}  {metrics_line(event.metrics)}  "
                f"{duration(event.seconds)}  {event.images_per_second:,.0f} images/s"
            ]
        case Notice():
            return [clean(event.text)]
        case StopAsked():
            return ["stopping after the current batch …"]
        case Saved():
            return [f"saved {clean(event.file)}"]
        case Failed():
            return [failure_sentence(event)]
        case Finished():
            return [clean(event.sentence)]
    return []


def images_phrase(event: DataReady) -> str:
    """Return how many images there are, and which share of them is trained on.

    >>> images_phrase(DataReady(at=0, classes=("a", "b"), training_images=40, validation_images=9))
    '40 training and 9 validation images in 2 classes'
    """
    rest = f"{event.validation_images:,} validation images in {len(event.classes)} classes"
    if event.share >= 1:
        return f"{event.training_images:,} training and {rest}"
    return (
        f"{event.training_images:,} of {event.readable_images:,} training images "
        f"(a share of {event.share:.4g} of each class) and {rest}"
    )


def cached_phrase(event: DataReady) -> str:
    """Return what the loader that decodes once has done and saves.

    >>> cached_phrase(DataReady(at=0, classes=("a", "b"), training_images=9, validation_images=3,
    ...     loader="cached", cache_hit=True, decode_seconds=75))
    'loader cached: every file was decoded by an earlier training, which saves 1:15'
    """
    took = duration(event.decode_seconds)
    if event.cache_hit:
        return f"loader cached: every file was decoded by an earlier training, which saves {took}"
    return f"loader cached: every file decoded once in {took}, and kept for later trainings"


def failure_sentence(event: Failed) -> str:
    """Return what failed, where, and what to do, as one line."""
    where = f" ({clean(event.where)})" if event.where else ""
    return f"Training failed{where}: {clean(event.what)} {clean(event.cure)}".rstrip()


def history_csv(epochs: list[int], history: dict[str, list[float | None]]) -> str:
    """Return the history as CSV: one row an epoch; what is not finite is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["epoch", *history])
    for position, epoch in enumerate(epochs):
        values = [row[position] for row in history.values()]
        writer.writerow([epoch, *("" if value is None else repr(value) for value in values)])
    return out.getvalue()


def too_long_sentence(lines: int) -> str:
    """Return that lines of a run's events are longer than any event, and were not read.

    >>> too_long_sentence(1)
    'A line of events.jsonl is longer than 16 MB and was passed over: no trainer wrote it.'
    """
    limit = f"longer than {LONGEST_LINE // 2**20} MB"
    if lines == 1:
        return f"A line of events.jsonl is {limit} and was passed over: no trainer wrote it."
    return f"{lines} lines of events.jsonl are {limit} and were passed over: no trainer wrote them."


def state_name(state: State, *, begun: bool) -> str:
    """Return a run's state in words.

    Args:
        state: what became of it.
        begun: whether a trainer was ever at work on it.
    """
    if state == "aside":
        return "set aside"
    return "queued to resume" if state == "queued" and begun else state


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def ordinal(place: int) -> str:
    """Return a place in words.

    >>> ordinal(1), ordinal(12), ordinal(22)
    ('1st', '12th', '22nd')
    """
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{_ENDINGS.get(place % 10, 'th')}"
