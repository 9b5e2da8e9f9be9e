"""A learning-rate schedule before its training: what it does in words, and its curve in blocks."""

from __future__ import annotations

from collections.abc import Sequence

from tui.common.text import exact
from tui.runs.settings.scheduled_rate import Phase, phases
from tui.runs.settings.schedules import Schedule, parse_schedule
from tui.runs.settings.spec import TrainingSpec

_EIGHTHS = " ▁▂▃▄▅▆▇█"
ROWS = 3


def schedule_words(schedule: Schedule, rate: float, epochs: int) -> str:
    """Return what a schedule does, in a sentence.

    Args:
        schedule: any but a constant rate without warm-up.
        rate: that it starts from.
        epochs: in all.

    >>> print(schedule_words(Schedule("cosine", warmup=2), 0.001, 15))
    The learning rate rises from 0 to 0.001 in 2 epochs, then falls along a cosine to 0 at the end \
of epoch 15.
    >>> print(schedule_words(Schedule("step"), 0.01, 12))
    The learning rate is multiplied by 0.5 after every 5 epochs: 0.01 → 0.0025.
    """
    warm = f"rises from 0 to {exact(rate)} in {_epochs(schedule.warmup)}" if schedule.warmup else ""
    then = ", then " if warm else ""
    match schedule.kind:
        case "step":
            last = rate * schedule.decay(max(epochs - 1, 0), epochs)
            what = (
                f"is multiplied by {exact(schedule.factor)} after every "
                f"{'epoch' if schedule.every == 1 else _epochs(schedule.every)}: "
                f"{exact(rate)} → {last:.3g}"
            )
        case "cosine":
            end = rate * schedule.alpha
            start = "" if warm else f" from {exact(rate)}"
            what = f"falls along a cosine{start} to {end:.3g} at the end of epoch {epochs}"
        case "plateau":
            floor = f", down to {exact(schedule.min_lr)}" if schedule.min_lr else ""
            what = (
                f"is multiplied by {exact(schedule.factor)} whenever val_loss has not improved for "
                f"{_epochs(schedule.patience)}{floor}"
            )
        case _:
            what = "stays"
    return f"The learning rate {warm}{then}{what}."


def schedule_lines(spec: TrainingSpec, width: int) -> list[str]:
    """Return the curve of a spec's learning rate, and below it the first and the last epoch.

    What a plateau will do is not known before: its curve stays level.

    Args:
        spec: what is to be trained.
        width: columns, 18 or more.
    """
    schedule, parts = parse_schedule(spec.schedule), phases(spec)
    columns = max(width - 2, 16)
    rates = [
        _rate(schedule, parts, (column + 0.5) / columns * spec.epochs, spec.epochs)
        for column in range(columns)
    ]
    top = max(rates) or 1.0
    heights = [round(rate / top * 8 * ROWS) for rate in rates]
    rows = []
    for row in reversed(range(ROWS)):
        blocks = (_EIGHTHS[min(max(height - 8 * row, 0), 8)] for height in heights)
        rows.append(f"│{''.join(blocks)}".rstrip())
    rows.append(f"└{'─' * columns}")
    last = f"epoch {spec.epochs}"
    rows.append(f" 1{last:>{columns - 1}}")
    return rows


def _rate(schedule: Schedule, parts: Sequence[Phase], done: float, epochs: int) -> float:
    phase = [one for one in parts if one.first <= done][-1]
    return schedule.rate(phase.learning_rate, done - phase.first, phase.length(epochs))


def _epochs(number: float) -> str:
    return "1 epoch" if number == 1 else f"{exact(number)} epochs"
