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
    def row(self) -> str:
        """The change as a tuple of Python."""
        return f"({self.epoch}, {self.batch}, {exact(self.value)}),"


@dataclass(frozen=True)
class ScheduleLines:
    """What a program needs for a schedule.

    Args:
        schedule: any but a constant one.
        rates: changes of the learning rate by hand.
        lengths: changes of the number of epochs; only a cosine depends on it.
    """

    schedule: Schedule
    rates: tuple[Change, ...] = ()
    lengths: tuple[Change, ...] = ()

    @property
    def _sets_batches(self) -> bool:
        """Whether a callback sets the rate of each batch."""
        return self.schedule.kind != "plateau" or self.schedule.warmup > 0

    @property
    def others(self) -> tuple[Change, ...]:
        """The changes by hand that are left to `ChangeRate`: those after which it is Keras's."""
        if self.schedule.kind != "plateau":
            return ()
        warm = self.schedule.warmup > 0
        return tuple(one for one in self.rates if not warm or one.epoch > 1 or one.batch)

    def classes(self) -> list[str]:
        """Return the lines of the classes of its callbacks."""
        lines = self._scheduled() if self._sets_batches else []
        if self.schedule.kind == "plateau" and self.schedule.warmup:
            lines += _PLATEAU_AFTER
        return lines

    def calls(self, rate: float, end: int, first: str = "") -> list[str]:
        """Return the calls that make its callbacks, for one call of `fit`.

        Args:
            rate: that the schedule starts from.
            end: the epochs of the training at its end, as wanted at the start.
            first: the epochs of the training before it, as an expression; empty: none.
        """
        schedule, found = self.schedule, []
        if self._sets_batches:
            last = f", {end}" if schedule.kind == "cosine" else ""
            found.append(f"Scheduled({rate!r}, {first or 0}{last})")
        if schedule.kind == "plateau":
            name, arguments = "keras.callbacks.ReduceLROnPlateau", []
            if schedule.warmup:
                name = "PlateauAfter"
                arguments = [f"{first} + {exact(schedule.warmup)}".removeprefix(" + ")]
            arguments += [f"factor={exact(schedule.factor)}", f"patience={schedule.patience}"]
            arguments += [f"min_lr={exact(schedule.min_lr)}"] if schedule.min_lr else []
            found.append(f"{name}({', '.join(arguments)})")
        return found

    def _scheduled(self) -> list[str]:
        schedule, rates = self.schedule, self.rates
        cosine = schedule.kind == "cosine"
        lengths = self.lengths if cosine else ()
        end = ", end" * cosine
        return [
            "",
            "class Scheduled(keras.callbacks.Callback):",
            f'    """The learning rate of each batch: {schedule}."""',
            *_changes("rates", "set by hand: epoch, batches of it that had ended, rate", rates),
            *_changes("lengths", "the same for the number of epochs in all", lengths),
            "",
            f"    def __init__(self, rate, first{end}):",
            "        super().__init__()",
            "        self.rate, self.first = rate, first  # first: epochs before it",
            *["        self.end = end  # epochs at its end"] * cosine,
            *["        self.rising = False"] * (schedule.kind == "plateau"),
            *_decay(schedule),
            "",
            "    def on_epoch_begin(self, epoch, logs=None):",
            "        self.epoch = epoch",
            "",
            "    def on_train_batch_begin(self, batch, logs=None):",
            '        steps = self.params["steps"]',
            "        done = self.epoch + batch / steps - self.first",
            "        rate = self.rate",
            *_last(rates, "rates", ["        since = None"], "rate, since = value, at or None"),
            *(["        end = self.end"] if cosine and not lengths else []),
            *_last(lengths, "lengths", ["        end = self.end"], "end = value"),
            *_setting(schedule, by_hand=bool(rates)),
            "",
            "",
        ]


_PLATEAU_AFTER = [
    "",
    "class PlateauAfter(keras.callbacks.ReduceLROnPlateau):",
    "    def __init__(self, epochs, **settings):  # epochs that do not count: the warm-up",
    "        super().__init__(**settings)",
    "        self.epochs = epochs",
    "",
    "    def on_epoch_end(self, epoch, logs=None):",
    "        if epoch + 1 > self.epochs:",
    "            super().on_epoch_end(epoch, logs)",
    "",
    "",
]


def _changes(name: str, what: str, changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    rows = [f"        {one.row}" for one in changes]
    return ["", f"    # {what}", f"    {name} = [", *rows, "    ]"]


def _last(changes: Sequence[Change], name: str, before: list[str], then: str) -> list[str]:
    """Return the lines that look for the last change before a batch, in this part of the run."""
    if not changes:
        return []
    return [
        *before,
        f"        for epoch, ended, value in self.{name}:",
        "            at = max(epoch - 1, 0) + ended / steps - self.first",
        f"            if {'max(epoch - 1, 0) >= self.first and ' * (name == 'rates')}at <= done:",
        f"                {then}",
    ]


def _decay(schedule: Schedule) -> list[str]:
    """Return the function `decay`, which is `Schedule.decay`; none where nothing falls."""
    after = f"max(done - {exact(schedule.warmup)}, 0)" if schedule.warmup else "done"
    if schedule.kind == "step":
        power = f"{exact(schedule.factor)} ** int({after} / {schedule.every})"
        return ["", "    def decay(self, done):", f"        return {power}"]
    if schedule.kind == "cosine":
        left = f"epochs - {exact(schedule.warmup)}" if schedule.warmup else "epochs"
        share = f"{exact(1 - schedule.alpha)} * 0.5" if schedule.alpha else "0.5"
        rest = f" + {exact(schedule.alpha)}" if schedule.alpha else ""
        return [
            "",
            "    def decay(self, done, epochs):",
            f"        after = {after}",
            f"        share = min(after / max({left}, after), 1) if after else 0",
            f"        return {share} * (1 + math.cos(math.pi * share)){rest}",
        ]
    return []


def _setting(schedule: Schedule, *, by_hand: bool) -> list[str]:
    """Return the lines that set the rate of a batch.

    Args:
        schedule: that sets it.
        by_hand: whether it may have been set by hand before.
    """
    unset = "since is None and " if by_hand else ""
    warmup = exact(schedule.warmup)
    rising = [f"        if {unset}done < {warmup}:", f"            rate = rate * done / {warmup}"]
    setting = "self.model.optimizer.learning_rate = rate"
    if schedule.kind == "plateau":  # after the warm-up the rate is ReduceLROnPlateau's
        return [
            *rising,
            "            self.rising = True",
            f"            {setting}",
            "        elif self.rising:",
            "            self.rising = False",
            f"            {setting}",
        ]
    epochs = ""
    lines = []
    if schedule.kind == "cosine":
        lines, epochs = ["        epochs = max(end - self.first, 1)"], ", epochs"
    lines += rising if schedule.warmup else []
    if schedule.kind != "constant":
        lines += ["        else:"] if schedule.warmup else []
        pad = " " * (12 if schedule.warmup else 8)
        falling = f"{pad}rate = rate * self.decay(done{epochs})"
        if by_hand:  # the rest goes on from it in proportion
            lines.append(f"{pad}before = 1 if since is None else self.decay(since{epochs})")
            falling += " / before if before else rate"
        lines.append(falling)
    return [*lines, f"        {setting}"]
