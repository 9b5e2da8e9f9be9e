"""The lines of a training's program that change the learning rate by a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.common.text import exact
from tui.runs.settings.schedules import Schedule


@dataclass(frozen=True)
class Change:
    """A setting that was changed while a run trained.

    Args:
        epoch: the epoch at that time, from 1; 0 before the first.
        batch: how many of its batches had ended.
        value: the new learning rate, or the new number of epochs in all.
    """

    epoch: int
    batch: int
    value: float

    @property
    def place(self) -> tuple[int, int]:
        """Where it was; one before the first batch is at (0, 0)."""
        return (self.epoch, self.batch) if self.epoch > 1 or self.batch else (0, 0)


def scheduled_lines(
    schedule: Schedule,
    rate: float,
    epochs: int,
    *,
    first: int = 0,
    rates: Sequence[Change] = (),
    lengths: Sequence[Change] = (),
) -> tuple[list[str], list[str]]:
    """Return the classes of the callbacks that a schedule needs, and the calls that make them.

    Args:
        schedule: any but a constant one.
        rate: that it starts from.
        epochs: in all, as wanted at the start.
        first: epochs of the training before this schedule begins.
        rates: changes of the learning rate by hand; of a plateau without a warm-up they are left to
            `ChangeRate`.
        lengths: changes of the number of epochs; only a cosine depends on it.
    """
    lines: list[str] = []
    calls = []
    if schedule.kind != "plateau" or schedule.warmup:
        lines += _scheduled_class(schedule, rates, lengths if schedule.kind == "cosine" else ())
        calls.append(f"Scheduled({rate!r}, {epochs}{f', {first}' if first else ''})")
    if schedule.kind == "plateau":
        arguments = f"factor={exact(schedule.factor)}, patience={schedule.patience}"
        arguments += f", min_lr={exact(schedule.min_lr)}" if schedule.min_lr else ""
        name = "keras.callbacks.ReduceLROnPlateau"
        if schedule.warmup or first:
            name = "PlateauAfter"
            lines += _plateau_class(first + schedule.warmup)
        calls.append(f"{name}({arguments})")
    return lines, calls


def _scheduled_class(
    schedule: Schedule, rates: Sequence[Change], lengths: Sequence[Change]
) -> list[str]:
    plateau = schedule.kind == "plateau"
    by_hand = plateau or bool(rates)
    lines = [
        "",
        "class Scheduled(keras.callbacks.Callback):",
        f'    """The learning rate of each batch: {schedule}."""',
        "",
        *["    since = None  # epochs done when the rate was set by hand"] * by_hand,
        *_changes("rates", "the rate that was set by hand", rates),
        *_changes("lengths", "the number of epochs in all", lengths),
        "",
        "    def __init__(self, rate, epochs, first=0):",
        "        super().__init__()",
        "        self.rate, self.epochs, self.first = rate, epochs, first",
        *_decay(schedule),
        "",
        "    def on_epoch_begin(self, epoch, logs=None):",
        "        self.epoch = epoch",
        "",
        "    def on_train_batch_begin(self, batch, logs=None):",
        '        done = self.epoch - self.first + batch / self.params["steps"]',
    ]
    if rates:
        lines += [
            "        for place in sorted(self.rates):",
            "            if place <= (self.epoch + 1, batch):",
            "                self.rate, self.since = self.rates.pop(place), done or None",
        ]
        lines += ["                self.model.optimizer.learning_rate = self.rate"] * plateau
    if lengths:
        lines += [
            "        for place in sorted(self.lengths):",
            "            if place <= (self.epoch + 1, batch):",
            "                self.epochs = self.lengths.pop(place)",
        ]
    return [*lines, *_setting(schedule, by_hand=by_hand), "", ""]


def _setting(schedule: Schedule, *, by_hand: bool) -> list[str]:
    """Return the lines that set the rate of a batch.

    Args:
        schedule: that sets it.
        by_hand: whether it may have been set by hand before.
    """
    warmup = exact(schedule.warmup)
    if schedule.kind == "plateau":  # after the warm-up the rate is ReduceLROnPlateau's
        return [
            "        if self.since is None:",
            f"            rising = done < {warmup}",
            f"            rate = self.rate * done / {warmup} if rising else self.rate",
            "            self.since = None if rising else done",
            "            self.model.optimizer.learning_rate = rate",
        ]
    lines = [f"        rate = self.rate{' * self.decay(done)' * (schedule.kind != 'constant')}"]
    if schedule.warmup:
        lines += [
            f"        if done < {warmup}:",
            f"            rate = self.rate * done / {warmup}",
        ]
    if by_hand and schedule.kind != "constant":
        lines += [
            "        if self.since is not None:  # the rest of the schedule, in proportion",
            "            before = self.decay(self.since)",
            "            rate = self.rate * self.decay(done) / before if before else self.rate",
        ]
    elif by_hand:
        lines += ["        if self.since is not None:", "            rate = self.rate"]
    return [*lines, "        self.model.optimizer.learning_rate = rate"]


def _decay(schedule: Schedule) -> list[str]:
    """Return the function `decay`, which is `Schedule.decay`; none where nothing falls."""
    lines = ["", "    def decay(self, done):"]
    after = f"max(done - {exact(schedule.warmup)}, 0)" if schedule.warmup else "done"
    if schedule.kind == "step":
        power = f"{exact(schedule.factor)} ** int({after} / {schedule.every})"
        return [*lines, f"        return {power}"]
    if schedule.kind == "cosine":
        left = f"self.epochs - {exact(schedule.warmup)}" if schedule.warmup else "self.epochs"
        alpha = exact(schedule.alpha)
        share = f"{exact(1 - schedule.alpha)} * 0.5" if schedule.alpha else "0.5"
        cosine = f"{share} * (1 + math.cos(math.pi * share))"
        return [
            *lines,
            f"        after = {after}",
            f"        share = min(after / max({left}, after), 1) if after else 0",
            f"        return {cosine}{f' + {alpha}' if schedule.alpha else ''}",
        ]
    return []


def _changes(name: str, what: str, changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    rows = {one.place: one.value for one in sorted(changes, key=lambda one: one.place)}
    return [
        f"    # (epoch, batches of it that had ended): {what} from there on",
        f"    {name} = {{",
        *(f"        {place}: {exact(value)}," for place, value in rows.items()),
        "    }",
    ]


def _plateau_class(until: float) -> list[str]:
    return [
        "",
        "class PlateauAfter(keras.callbacks.ReduceLROnPlateau):",
        "    def on_epoch_end(self, epoch, logs=None):",
        f"        if epoch + 1 > {exact(until)}:",
        "            super().on_epoch_end(epoch, logs)",
        "",
        "",
    ]
