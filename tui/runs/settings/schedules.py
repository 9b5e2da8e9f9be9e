"""Learning-rate schedules: their one-line form, and the rate that they give.

Warm-up, step and cosine set the rate of each batch, plateau changes it at the end of an epoch. In
Keras they are `CosineDecay` with its `warmup_target`, `ExponentialDecay(staircase=True)`, and the
callback `ReduceLROnPlateau`.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from tui.common.arithmetic import ArithmeticProblem, typed_number
from tui.common.stop_rule import SpecError
from tui.common.text import clean, exact

Kind = Literal["constant", "step", "cosine", "plateau"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CONSTANT = "constant"
"""The one-line form of a rate that stays as it is."""
EXAMPLE = "warmup=2 cosine"
MIN_DELTA = 1e-4
"""A validation loss has improved when it is lower than the best by more than this: Keras's own."""
_MOST_EPOCHS = 100_000


@dataclass(frozen=True)
class Schedule:
    """How the learning rate of a training changes.

    Args:
        kind: what follows the warm-up.
        warmup: epochs, 0 or more, in which the rate rises evenly from 0.
        every: of `step`: epochs after which the rate is multiplied by `factor`, again and again.
        factor: of `step` and `plateau`, between 0 and 1.
        alpha: of `cosine`: the share of the rate that is left at the end, 0 or more, below 1.
        patience: of `plateau`: epochs without a better validation loss, 1 or more.
        min_lr: of `plateau`: the rate that it does not go below.

    >>> str(Schedule("cosine", warmup=2.0)), str(Schedule())
    ('warmup=2 cosine', 'constant')
    """

    kind: Kind = "constant"
    warmup: float = 0.0
    every: int = 5
    factor: float = 0.5
    alpha: float = 0.0
    patience: int = 3
    min_lr: float = 0.0

    def __str__(self) -> str:
        """Return the one-line form, with every value that counts."""
        parts = [f"warmup={exact(self.warmup)}"] if self.warmup else []
        settings = ",".join(
            f"{name}={exact(getattr(self, name))}"
            for name in _SETTINGS[self.kind]
            if name in _SHOWN or getattr(self, name)
        )
        if self.kind != "constant" or not parts:
            parts.append(f"{self.kind}:{settings}" if settings else self.kind)
        return " ".join(parts)

    @property
    def is_constant(self) -> bool:
        """Whether the rate never changes by itself."""
        return self.kind == "constant" and not self.warmup

    def decay(self, done: float, epochs: int) -> float:
        """Return the part of the rate that is left, without the warm-up: 1 at first.

        Of `plateau` it is always 1: what that does depends on the validation loss.

        Args:
            done: epochs of the training, or of its phase, that are done, with parts of one.
            epochs: its epochs in all.

        >>> [Schedule("step", every=2).decay(done, 6) for done in (0, 1.9, 2, 4)]
        [1.0, 1.0, 0.5, 0.25]
        >>> [round(Schedule("cosine", warmup=2).decay(done, 6), 3) for done in (0, 2, 4, 6)]
        [1.0, 1.0, 0.5, 0.0]
        """
        after = max(done - self.warmup, 0.0)
        if self.kind == "step":
            return float(self.factor ** int(after / self.every))
        if self.kind == "cosine" and after:
            share = min(after / max(epochs - self.warmup, after), 1.0)
            return float((1 - self.alpha) * 0.5 * (1 + math.cos(math.pi * share)) + self.alpha)
        return 1.0

    def rate(self, base_rate: float, done: float, epochs: int, since: float | None = None) -> float:
        """Return the learning rate of the next batch.

        Args:
            base_rate: the rate that the schedule starts from, or the one set by hand.
            done: epochs of the training, or of its phase, that are done, with parts of one.
            epochs: its epochs in all, as wanted now.
            since: what `done` was when `base_rate` was set by hand; None where it was not. Such a
                rate ends a warm-up, and the rest of the schedule goes on from it in proportion.

        >>> two = Schedule("cosine", warmup=2)
        >>> [round(two.rate(0.01, done, 10), 6) for done in (0, 1, 2, 6, 10)]
        [0.0, 0.005, 0.01, 0.005, 0.0]
        >>> [round(two.rate(0.004, done, 10, since=6), 6) for done in (6, 10)]
        [0.004, 0.0]
        """
        if since is None:
            if done < self.warmup:
                return base_rate * done / self.warmup
            return base_rate * self.decay(done, epochs)
        before = self.decay(since, epochs)
        return base_rate * self.decay(done, epochs) / before if before else base_rate


_SETTINGS: dict[Kind, tuple[str, ...]] = {
    "constant": (),
    "step": ("every", "factor"),
    "cosine": ("alpha",),
    "plateau": ("patience", "factor", "min_lr"),
}
_SHOWN = ("every", "factor", "patience")
"""Settings that are written even at their default; the others only where they are not 0."""


def _whole(what: str, number: float) -> int:
    if number != int(number) or not 1 <= number <= _MOST_EPOCHS:
        raise SpecError(
            f"{what}={exact(number)} cannot be; choose a whole number of epochs from 1 to "
            f"{_MOST_EPOCHS:,}."
        )
    return int(number)


def _factor(what: str, number: float) -> float:
    if not 0 < number < 1:
        raise SpecError(
            f"{what}={exact(number)} does not lower the rate; choose above 0 and below 1, for "
            "example 0.5."
        )
    return number


def _alpha(what: str, number: float) -> float:
    if not 0 <= number < 1:
        raise SpecError(
            f"{what}={exact(number)} is not a share of the rate that is left at the end; choose 0, "
            "or a share below 1 such as 0.01."
        )
    return number


def _min_lr(what: str, number: float) -> float:
    if not 0 <= number < 1:
        raise SpecError(
            f"{what}={exact(number)} is not a lowest learning rate; choose 0, or a small rate "
            "such as 0.00001."
        )
    return number


def _warmup(what: str, number: float) -> float:
    if not 0 <= number <= _MOST_EPOCHS:
        raise SpecError(
            f"{what}={exact(number)} cannot be; choose 0 to {_MOST_EPOCHS:,} epochs, for example "
            f"{what}=2."
        )
    return float(number)


_CHECKS: dict[str, Callable[[str, float], float]] = {
    "every": _whole,
    "patience": _whole,
    "factor": _factor,
    "alpha": _alpha,
    "min_lr": _min_lr,
    "warmup": _warmup,
}


def parse_schedule(text: str) -> Schedule:
    """Return a schedule from its one-line form.

    Args:
        text: a kind with its settings, such as `step:every=5,factor=0.5`, and a warm-up, such as
            `warmup=2`; either may be missing, and an empty text is a constant rate.

    Raises:
        SpecError: when it is none, with the word that is wrong and the cure.

    >>> parse_schedule("warmup=2 step:every=10")
    Schedule(kind='step', warmup=2.0, every=10, factor=0.5, alpha=0.0, patience=3, min_lr=0.0)
    """
    tight = re.sub(r"\s*([,:=])\s*", r"\1", text.strip())
    tight = re.sub(r"(warmup[:=][^\s,]+),", r"\1 ", tight, flags=re.IGNORECASE)
    kind: Kind | None = None
    found: dict[str, float] = {}
    for word in tight.split():
        name, _, settings = word.partition(":")
        name = name.lower()
        if name.partition("=")[0] == "warmup":
            key, value = _setting(word.lower().replace("warmup:", "warmup="), ("warmup",), "")
            if key in found:
                raise SpecError(f"{clean(word, 40)!r} is a second warm-up: write one.")
            found[key] = value
        elif name in KINDS:
            if kind is not None:
                raise SpecError(
                    f"{kind} and {name} are two schedules: choose one; a warm-up can precede it, "
                    f"as in {EXAMPLE!r}."
                )
            kind = name
            for setting in settings.split(",") if settings else ():
                key, value = _setting(setting, _SETTINGS[kind], name)
                if key in found:
                    raise SpecError(f"{name} has {key} twice: write it once.")
                found[key] = value
        else:
            raise SpecError(_no_schedule(word))
    return Schedule(kind or "constant", **found)  # type: ignore[arg-type]


def parse_schedules(text: str) -> tuple[str, ...]:
    """Return the one-line forms of schedules that semicolons separate; each counts once.

    Raises:
        SpecError: as `parse_schedule`.

    >>> parse_schedules("constant; cosine"), parse_schedules("")
    (('constant', 'cosine'), ('constant',))
    """
    return tuple(dict.fromkeys(str(parse_schedule(part)) for part in text.split(";")))


def _setting(text: str, names: tuple[str, ...], kind: str) -> tuple[str, float]:
    """Return the name and the value of a setting such as `every=5`."""
    name, equals, number = text.partition("=")
    name = name.lower()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        known = f"it has {', '.join(names)}" if names else "it has no settings"
        meant = f" Did you mean {near[0]}?" if near else ""
        raise SpecError(f"{kind} has no setting {clean(name, 40)!r}: {known}.{meant}")
    example = _WRITTEN.get(name, f"{name}=0.5")
    if not (equals and number):
        raise SpecError(f"{name} has no value; write for example {example}.")
    try:
        value = typed_number(number)
        if not math.isfinite(value):
            raise ValueError
    except ArithmeticProblem as problem:
        raise SpecError(f"{name}: {clean(problem)}") from None
    except ValueError:
        raise SpecError(
            f"{name} of {clean(number, 30)!r} is not a number; write for example {example}."
        ) from None
    return name, _CHECKS[name](name, value)


_WRITTEN = {
    "every": "step:every=5",
    "patience": "plateau:patience=3",
    "warmup": "warmup=2",
    "min_lr": "plateau:min_lr=0.00001",
    "alpha": "cosine:alpha=0.01",
}


def _no_schedule(word: str) -> str:
    known = (*KINDS, "warmup")
    name = re.split("[:=]", word)[0].lower()
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    meant = f" Did you mean {near[0]}?" if near else ""
    return (
        f"{clean(word, 40)!r} is not a learning-rate schedule.{meant} Write constant, cosine, "
        f"step:every=5,factor=0.5 or plateau:patience=3,factor=0.5, with a warm-up as in "
        f"{EXAMPLE!r} if you like."
    )
