"""The rules behind `diagnose`, one function each, with their thresholds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.training.diagnosis import Diagnosis
from tui.training.levels import Level, level_of

MIN_EPOCHS = 4
"""With fewer whole epochs a turn cannot be told from one bad epoch."""

SLOW_EPOCHS = 6
"""Underfitting and noise need so many: some networks stand still for five epochs and then learn,
and noise is estimated from the bends of the curve, four of them at least."""

NOISE_TIMES = 3.0
"""A change counts when it is so many times the noise. The least of many noisy values lies about
two standard deviations low by chance alone, so that two would call flat curves rising."""

OVERFITTING_EPOCHS = 3
"""Validation loss must lie above its least for so many epochs: one or two may be chance."""
OVERFITTING_RISE = 0.10
"""Validation loss must have risen by this share of its least."""
OVERFITTING_LEAST_RISE = 0.05
"""And by this share of what guessing costs (the logarithm of the number of classes): from 0.001
to 0.002 is a doubling that nobody needs to hear of."""
GAP = 0.10
"""Training accuracy so far above validation accuracy is memory, once validation stands still."""
GAP_GROWTH = 0.05
"""Training accuracy must have gone on by so much after validation came to a stand."""

UNDERFITTING_SKILL = 0.5
"""Below half the way from guessing to perfect on its own training images, a network underfits:
0.75 with two classes, 0.55 with ten."""
NOTHING_SKILL = 0.1
"""Below a tenth of that way it has learnt nothing that guessing does not give."""
UNDERFITTING_LOSS = 0.7
"""Where no accuracy was measured: training loss above this share of what guessing costs."""
FALLING = 0.02
"""A loss still falls when it lost this share over the last quarter of the epochs, three at
least."""

DIVERGED_TIMES = 1.5
"""Training loss at so many times its least, and ..."""
DIVERGED_RISE = 0.5
"""... above it by this share of what guessing costs, has left its course for good."""
FAR_ABOVE_GUESSING = 3.0
"""A loss that stays above so many times what guessing costs never found a course."""

NOISE_SHARE = 0.10
"""Noise below a tenth of the loss itself is not worth a word."""
PLATEAU_EPOCHS = 5
"""So many epochs without improvement are a plateau."""
PLATEAU_MARGIN = 0.01
"""Improvements below this share of the loss are none."""
PLATEAU_LEAST_MARGIN = 0.005
"""Nor are improvements below this share of what guessing costs."""
NEARLY_PERFECT = 0.99
"""From this accuracy on a plateau is an arrival."""


@dataclass(frozen=True)
class Curves:
    """A history, smoothed, and what guessing would reach.

    Args:
        epochs: how many there are.
        classes: two or more.
        validation_images: 0 where that is not known.
        broken: the first metric that was not finite and its epoch, loss before val_loss.
        loss, accuracy, val_loss, val_accuracy: None where nothing was measured.
    """

    epochs: int
    classes: int
    validation_images: int
    broken: tuple[str, int] | None
    loss: Level | None
    accuracy: Level | None
    val_loss: Level | None
    val_accuracy: Level | None

    @classmethod
    def of(
        cls, history: Mapping[str, Sequence[float | None]], classes: int, validation_images: int
    ) -> Curves:
        """Smooth a history."""
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        rows = {name: history.get(name, ()) for name in names}
        broken = None
        for name in ("loss", "val_loss"):
            bad = (n for n, v in enumerate(rows[name], 1) if v is None or not math.isfinite(v))
            epoch = next(bad, None)
            if epoch is not None and broken is None:
                broken = (name, epoch)
        return cls(
            max(map(len, rows.values())),
            classes,
            validation_images,
            broken,
            **{name: level_of(row) for name, row in rows.items()},
        )

    @property
    def guessing_loss(self) -> float:
        """What equal probabilities for all classes cost: the logarithm of their number."""
        return math.log(self.classes)

    @property
    def guessing_accuracy(self) -> float:
        return 1 / self.classes

    @property
    def judged(self) -> tuple[str, Level]:
        """The loss that tells whether it learns: of validation, or of training without it."""
        if self.val_loss is not None:
            return "Validation loss", self.val_loss
        assert self.loss is not None
        return "Training loss", self.loss


def figure(value: float) -> str:
    """Return a loss with as many digits as tell something.

    >>> figure(0.6249), figure(0.0312), figure(1234567.0)
    ('0.62', '0.031', '1.2e+06')
    """
    return f"{value:.2f}" if 0.1 <= abs(value) < 1000 else f"{value:.2g}"


def too_early(curves: Curves) -> Diagnosis:
    """Say that there is not enough to go by."""
    done = f"{curves.epochs} epoch{'s' * (curves.epochs != 1)}"
    return Diagnosis(
        "too early",
        None,
        "too early to say",
        f"After {done} nothing can be said; {MIN_EPOCHS} are the least.",
        "More epochs will tell.",
    )


def diverged(curves: Curves) -> Diagnosis | None:
    """Say whether the training left its course: not finite, risen, or never near."""
    advice = "Start again with a learning rate ten times lower."
    if curves.broken is not None:
        name, epoch = curves.broken
        called = "Training loss" if name == "loss" else "Validation loss"
        sentence = f"{called} was not a finite number in epoch {epoch}."
        return Diagnosis("diverged", epoch, f"diverged in epoch {epoch}", sentence, advice)
    loss = curves.loss
    if loss is None or curves.epochs < MIN_EPOCHS:
        return None
    least, last = min(loss.values), loss.values[-1]
    limit = max(DIVERGED_TIMES * least, least + DIVERGED_RISE * curves.guessing_loss)
    limit = max(limit, least + NOISE_TIMES * loss.noise)
    if min(last, loss.raw[-1]) >= limit:
        place = turn(loss)
        epoch = loss.epochs[place]
        sentence = (
            f"Training loss itself rose from epoch {epoch}: {figure(loss.raw[place])} → "
            f"{figure(loss.raw[-1])}."
        )
        return Diagnosis("diverged", epoch, f"diverged since epoch {epoch}", sentence, advice)
    middle = loss.values[len(loss) // 2]
    if least > FAR_ABOVE_GUESSING * curves.guessing_loss and not last < 0.7 * middle:
        sentence = (
            f"Training loss stays at {figure(last)}, far above the "
            f"{figure(curves.guessing_loss)} that guessing gives."
        )
        return Diagnosis("diverged", None, "diverged", sentence, advice)
    return None


def overfitting(curves: Curves) -> Diagnosis | None:
    """Say whether training goes on while validation gets worse, or stands still far below."""
    return _worse(curves) or _apart(curves)


_OVERFITTING_ADVICE = (
    "Stop earlier (best.keras is the model of the best validation accuracy), or try more images, "
    "augmentation or Dropout."
)


def _worse(curves: Curves) -> Diagnosis | None:
    loss, val_loss = curves.loss, curves.val_loss
    if loss is None or val_loss is None or len(val_loss) < MIN_EPOCHS:
        return None
    place = turn(val_loss)
    least = val_loss.raw[place]
    rise = _overfitting_rise(curves, val_loss, least)
    # Levels are compared, the least of raw values would lie low by chance; raw ones are shown.
    risen = val_loss.values[-1] - min(val_loss.values)
    if len(val_loss) - 1 - place < OVERFITTING_EPOCHS or risen < rise:
        return None
    epoch = val_loss.epochs[place]
    rose = f"validation loss rose: {figure(least)} → {figure(val_loss.end(least + rise))}."
    accuracy = curves.accuracy
    if accuracy is not None and accuracy.values[-1] > accuracy.at(epoch):
        went = f"Training accuracy went on rising from epoch {epoch}"
    elif loss.values[-1] < loss.at(epoch):
        went = f"Training loss went on falling from epoch {epoch}"
    else:
        return None
    return Diagnosis(
        "overfitting",
        epoch,
        f"overfitting since epoch {epoch}",
        f"{went} while {rose}",
        _OVERFITTING_ADVICE,
    )


def _overfitting_rise(curves: Curves, level: Level, least: float) -> float:
    """Return how far above its least a loss has to lie to be called risen."""
    return max(
        OVERFITTING_RISE * least,
        OVERFITTING_LEAST_RISE * curves.guessing_loss,
        NOISE_TIMES * level.noise,
    )


def turn(level: Level) -> int:
    """Return where the least value beside the least level is: levels of neighbours are equal."""
    place = level.values.index(min(level.values))
    near = range(max(place - 1, 0), min(place + 2, len(level)))
    return min(near, key=lambda one: level.raw[one])


def _apart(curves: Curves) -> Diagnosis | None:
    accuracy, val_accuracy, val_loss = curves.accuracy, curves.val_accuracy, curves.val_loss
    if accuracy is None or val_accuracy is None or val_loss is None:
        return None
    end, val_end = accuracy.values[-1], val_accuracy.values[-1]
    spread = 0.0
    if curves.validation_images and 0 <= val_end <= 1:
        spread = math.sqrt(val_end * (1 - val_end) / curves.validation_images)
    if end - val_end < max(GAP, NOISE_TIMES * max(val_accuracy.noise, spread)):
        return None
    place = turn(val_loss)
    if len(val_loss) - 1 - place < OVERFITTING_EPOCHS:
        # Its least is new, but perhaps hardly less than what it was long ago.
        place = val_loss.first_within(max(FALLING * min(val_loss.values), val_loss.noise))
    epoch = val_loss.epochs[place]
    before, val_before = accuracy.at(epoch), val_accuracy.at(epoch)
    stood = val_end - val_before <= max((end - before) / 2, val_accuracy.noise)
    growth = max(GAP_GROWTH, NOISE_TIMES * accuracy.noise)
    if len(val_loss) - 1 - place < OVERFITTING_EPOCHS or end - before < growth or not stood:
        return None
    return Diagnosis(
        "overfitting",
        epoch,
        f"overfitting since epoch {epoch}",
        f"Training accuracy went on rising from epoch {epoch} ({before:.3f} → {end:.3f}) while "
        f"validation accuracy hardly did: {val_before:.3f} → {val_end:.3f}.",
        _OVERFITTING_ADVICE,
    )


def underfitting(curves: Curves) -> Diagnosis | None:
    """Say whether it does badly on its own training images and no longer gets better."""
    loss, accuracy = curves.loss, curves.accuracy
    if loss is None or curves.epochs < SLOW_EPOCHS or _falling(loss):
        return None
    since = loss.epochs[loss.first_within(FALLING * abs(min(loss.values)) + loss.noise)]
    now = f"training loss no longer falls ({figure(loss.at(since))} → {figure(loss.values[-1])})"
    if accuracy is None:
        if loss.values[-1] < UNDERFITTING_LOSS * curves.guessing_loss:
            return None
        skill, seen = 1.0, f"Training loss is still {figure(loss.values[-1])}"
    else:
        reached = accuracy.values[-1]
        guessing = curves.guessing_accuracy
        skill = (reached - guessing) / (1 - guessing)
        if skill + accuracy.noise / (1 - guessing) >= UNDERFITTING_SKILL:
            return None
        seen = f"Training accuracy is only {reached:.3f} (guessing gives {guessing:.3f})"
    if skill < NOTHING_SKILL:
        label = "underfitting: nothing learnt"
        advice = (
            "Try a learning rate ten times lower, then ten times higher, and look whether the "
            "images lie in the right class folders."
        )
    else:
        label = "underfitting"
        advice = "Try more filters or one layer more, a higher learning rate, or more epochs."
    return Diagnosis("underfitting", since, label, f"{seen}, and {now}.", advice)


def _falling(level: Level) -> bool:
    """Return whether a loss still fell over the last quarter of its epochs."""
    back = max(3, len(level) // 4)
    if len(level) <= back:
        return False
    before, last = level.values[-1 - back], level.values[-1]
    return before - last > max(FALLING * abs(before), level.noise)


def too_noisy(curves: Curves) -> Diagnosis | None:
    """Say whether the values jump by more than they have changed on the whole."""
    name, level = curves.judged
    middle = sorted(level.values)[len(level) // 2]
    # The first value as it was measured: a level of three would hide a steep beginning.
    moved = max(*level.values, level.raw[0]) - min(level.values)
    if level.noise < NOISE_SHARE * abs(middle) or moved > NOISE_TIMES * level.noise:
        return None
    if level.noise == 0 or curves.epochs < SLOW_EPOCHS:
        return None
    few = ""
    if 0 < curves.validation_images < 200:
        few = f" There are only {curves.validation_images} validation images."
    return Diagnosis(
        "too noisy",
        None,
        "too noisy to tell",
        f"{name} jumps by about ±{figure(level.noise)} from epoch to epoch, more than it has "
        f"moved on the whole ({figure(level.raw[0])} → {figure(level.values[-1])}).{few}",
        "Try more validation images, a larger batch or a lower learning rate, and more epochs.",
    )


def plateau(curves: Curves) -> Diagnosis | None:
    """Say whether the loss that is judged by has come to a stand."""
    name, level = curves.judged
    margin = max(
        PLATEAU_MARGIN * abs(min(level.values)),
        PLATEAU_LEAST_MARGIN * curves.guessing_loss,
        level.noise,
    )
    place = level.first_within(margin)
    if len(level) - 1 - place < PLATEAU_EPOCHS:
        return None
    epoch = level.epochs[place]
    best = curves.val_accuracy or curves.accuracy
    if best is not None and best.values[-1] >= NEARLY_PERFECT:
        advice = f"At an accuracy of {best.values[-1]:.3f} there is little left to learn: stop."
    else:
        advice = "Try a lower learning rate from here on, or stop; more epochs alone change little."
    then, now = figure(level.values[place]), figure(level.values[-1])
    if level.values[-1] < level.values[place] and then != now:
        seen = f"has hardly improved since epoch {epoch}: about {then} then, about {now} now"
        seen += f", jumping by ±{figure(level.noise)}." if level.noise >= margin else "."
    else:
        seen = f"has not improved since epoch {epoch}: about {then} then, about {now} now."
    return Diagnosis("plateau", epoch, f"plateau since epoch {epoch}", f"{name} {seen}", advice)


def learning_well(curves: Curves) -> Diagnosis:
    """Say that it learns, or that nothing has moved enough to say anything."""
    name, level = curves.judged
    first, last = level.raw[0], level.values[-1]
    if not first - last > max(FALLING * abs(first), level.noise):
        return Diagnosis(
            "too early",
            None,
            "too early to say",
            f"{name} has hardly moved in {curves.epochs} epochs: {figure(first)} → {figure(last)}.",
            "More epochs will tell.",
        )
    label, advice = "learning well", "Nothing to change; more epochs may still help."
    falls = "is still falling" if _falling(level) else "has fallen"
    end = level.raw[-1] if level.raw[-1] < first else last
    sentence = f"{name} {falls}: {figure(first)} → {figure(end)}."
    place = turn(level)
    least, since = level.raw[place], len(level) - 1 - place
    if level.raw[-1] - least >= _overfitting_rise(curves, level, least):
        label = "learning well so far"
        sentence = (
            f"{name} had fallen from {figure(first)} to {figure(least)} in epoch "
            f"{level.epochs[place]}, and is {figure(level.raw[-1])} now: "
            f"{since} epoch{'s' * (since > 1)} may be chance."
        )
        advice = "A few more epochs will tell."
    if curves.val_loss is None:
        sentence += " Without validation images overfitting cannot be seen."
    return Diagnosis("learning well", None, label, sentence, advice)
