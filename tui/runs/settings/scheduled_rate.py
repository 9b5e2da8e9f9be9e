"""The learning rate of a training by its schedule: batch after batch, and after changes by hand."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from tui.runs.settings.phases import phases_of
from tui.runs.settings.schedules import MIN_DELTA, Schedule
from tui.runs.settings.spec import TrainingSpec


@dataclass(frozen=True)
class Phase:
    """A part of a training that has a learning rate, and a schedule, of its own.

    Args:
        learning_rate: that it begins with.
        first: complete epochs of the training before it.
        end: complete epochs of the training at its end; None: the training's last.
    """

    learning_rate: float
    first: int = 0
    end: int | None = None

    def length(self, epochs: int) -> int:
        """Return its epochs, 1 or more, in a training of so many."""
        end = epochs if self.end is None else min(self.end, epochs)
        return max(end - self.first, 1)


def phases(spec: TrainingSpec) -> tuple[Phase, ...]:
    """Return the phases of a training: two where a backbone is fine-tuned after its head."""
    found, first = [], 0
    for one in phases_of(spec):
        found.append(Phase(one.learning_rate, first, one.last_epoch or None))
        first = one.last_epoch
    return tuple(found)


class _State(msgspec.Struct, kw_only=True):
    phase: int
    base: float
    since: float | None = None
    best: float | None = None
    wait: int = 0


class ScheduledRate:
    """Knows the learning rate of the next batch, and what became of the schedule so far.

    A rate that is set by hand is in force at once. It ends a warm-up, and the rest of the schedule
    goes on from it in proportion; set before the first batch of a phase, it takes the place of the
    rate that the schedule starts from.

    Args:
        schedule: the same in each phase, where it begins anew.
        phases: of the training, at least one.
        epochs: returns the number of epochs that is wanted in all now.
    """

    def __init__(
        self, schedule: Schedule, phases: Sequence[Phase], epochs: Callable[[], int]
    ) -> None:
        self._schedule = schedule
        self._phases = tuple(phases)
        self._epochs = epochs
        self._state = _State(phase=0, base=phases[0].learning_rate)
        self._by_hand_at = -1.0

    def phase_begins(self, number: int, done: int) -> None:
        """Begin a phase with its own learning rate; the one before may have ended early.

        Args:
            number: of the phase, from 0.
            done: complete epochs before it.
        """
        if number != self._state.phase:
            self._state = _State(phase=number, base=self._phases[number].learning_rate)
        if number:
            before, now = self._phases[number - 1 : number + 1]
            self._phases = (
                *self._phases[: number - 1],
                replace(before, end=done),
                replace(now, first=done),
                *self._phases[number + 1 :],
            )

    def at(self, done: float) -> float:
        """Return the learning rate of the next batch.

        Args:
            done: epochs of the training that are done, with parts of one.
        """
        phase, state = self._phase, self._state
        return self._schedule.rate(
            state.base, done - phase.first, phase.length(self._epochs()), state.since
        )

    def set_by_hand(self, rate: float, done: float) -> None:
        """Take over a learning rate that was requested.

        Args:
            rate: in force from the next batch on.
            done: epochs of the training that are done, with parts of one.
        """
        into = done - self._phase.first
        self._state.base, self._state.since = rate, into or None
        self._by_hand_at = done

    def epoch_ended(self, val_loss: float | None, done: int) -> float | None:
        """Take in the validation loss of an epoch, and return the rate if it is reduced now.

        It counts as `keras.callbacks.ReduceLROnPlateau` does. A warm-up is left out, and a rate
        that was set by hand at this very moment is not reduced.

        Args:
            val_loss: as Keras measured it; None: not at all.
            done: complete epochs of the training.
        """
        schedule, state = self._schedule, self._state
        into = done - self._phase.first
        if schedule.kind != "plateau" or val_loss is None or into <= schedule.warmup:
            return None
        # Keras compares in 32 bits.
        if state.best is None or float_32(val_loss + MIN_DELTA) < float_32(state.best):
            state.best, state.wait = val_loss, 0
            return None
        state.wait += 1
        now = float_32(state.base)
        if state.wait < schedule.patience or now <= float_32(schedule.min_lr):
            return None
        state.wait = 0
        if self._by_hand_at == done:
            return None
        state.base = max(now * schedule.factor, schedule.min_lr)
        return state.base

    @property
    def _phase(self) -> Phase:
        return self._phases[self._state.phase]

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps of it, as JSON values."""
        found: dict[str, Any] = msgspec.to_builtins(self._state)
        return found

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned.

        Raises:
            msgspec.ValidationError: when it is something else.
        """
        restored = msgspec.convert(state, _State)
        if 0 <= restored.phase < len(self._phases):
            self._state = restored


def float_32(number: float) -> float:
    """Return a number as 32 bits hold it.

    >>> float_32(0.5), float_32(0.1)
    (0.5, 0.10000000149011612)
    """
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return number
