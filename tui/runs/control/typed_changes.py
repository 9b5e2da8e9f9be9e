"""Reading typed changes of a training's settings; each comes with a sentence on its effect."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tui.common.arithmetic import (
    ArithmeticProblem,
    is_arithmetic,
    typed_number,
    whole_number,
)
from tui.common.numbers import figure, metric_value
from tui.common.stop_rule import METRICS, SpecError, StopRule
from tui.common.text import clean, exact
from tui.runs.control.control_file import Control
from tui.runs.control.effective_settings import AnySpec, EffectiveSettings, schedule_of
from tui.runs.control.would_stop import loss_to_beat, would_stop_sentence
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.schedules import parse_schedule
from tui.runs.settings.spec import check_rate

MOST_EPOCHS = 100_000


@dataclass(frozen=True)
class StopConditions:
    """When a training ends before its last epoch.

    Args:
        rule: checked when an epoch ends; None: no rule.
        patience: epochs without a better validation loss after which to end; 0: never.
    """

    rule: StopRule | None = None
    patience: int = 0

    def __str__(self) -> str:
        """Return both in words, to follow “stops when”."""
        parts = [str(self.rule)] if self.rule is not None else []
        if self.patience:
            epochs = "1 epoch" if self.patience == 1 else f"{self.patience} epochs"
            parts.append(f"val_loss has not improved for {epochs}")
        return " or ".join(parts) or "all epochs are done"


def stop_conditions(spec: AnySpec | None, control: Control) -> StopConditions:
    """Return when a training ends, by its spec and the requests since."""
    settings = EffectiveSettings.of(spec, control)
    return StopConditions(settings.stop_rule, settings.patience)


def parse_stop_conditions(
    texts: Sequence[str],
    progress: RunProgress,
    *,
    live: bool = False,
    metrics: Collection[str] | None = METRICS,
) -> tuple[StopConditions, str]:
    """Parse a stop rule and a patience; the sentence says what they would have done so far.

    Args:
        texts: the rule and the patience, as typed.
        progress: the run so far.
        live: whether the training is at work, so that they could end it.
        metrics: that the training measures; None: any.

    Raises:
        SpecError: when one of them is not valid.
    """
    rule = StopRule.parse(texts[0], metrics)
    patience = _whole_number(texts[1] or "0", "A patience", minimum=0)
    if patience and progress.epoch_numbers and "val_loss" not in progress.history:
        raise SpecError(
            "Patience waits for a better val_loss, which this training does not measure. Choose a "
            "stop rule, or 0 for no patience."
        )
    epochs = progress.epochs_done
    if not epochs or (rule is None and not patience):
        return StopConditions(rule, patience), f"Stops when {StopConditions(rule, patience)}."
    words = would_stop_sentence(progress.history, rule, patience)
    limit = loss_to_beat(progress.history, patience) if live else None
    if limit is not None:
        words += (
            " It ends after the present epoch unless val_loss falls below "
            f"{metric_value(limit)} there."
        )
    return StopConditions(rule, patience), words


def parse_learning_rate(
    texts: Sequence[str], now: float, since: str = "in force from the next batch on"
) -> tuple[float, str]:
    """Parse a learning rate.

    Args:
        texts: the rate, as typed.
        now: the present one; 0 if it is not known.
        since: when it takes effect, in words.

    Raises:
        SpecError: when it is not valid.
    """
    text = texts[0].strip()
    try:
        rate = typed_number(text)
    except ArithmeticProblem as problem:
        raise SpecError(clean(problem)) from None
    except ValueError:
        raise SpecError(f"{clean(text, 30)!r} is not a number. Write for example 0.0003.") from None
    check_rate(rate)
    if now <= 0:
        return rate, f"{since}."
    times = rate / now
    if abs(times - 1) < 1e-6:  # the trainer reports it in 32 bits
        return rate, "as it is now."
    return rate, f"{figure(times)} times the present {exact(now)}; {since}."


def rate_set_sentence(schedule: str, *, began: bool = True) -> str:
    """Return what a learning rate that is set by hand does to a schedule; empty without one.

    Args:
        schedule: in its one-line form; empty for a constant rate.
        began: whether the training has begun.

    >>> rate_set_sentence("warmup=2 cosine")
    'The rest of cosine goes on from it.'
    """
    if not schedule:
        return ""
    planned = parse_schedule(schedule)
    rest = str(replace(planned, warmup=0.0))
    if not began:
        return f"{schedule} starts from it."
    if planned.kind == "constant":
        return "It ends the warm-up."
    return f"The rest of {rest} goes on from it."


def schedule_in_force(spec: AnySpec | None, progress: RunProgress) -> str:
    """Return the schedule of a training in words, as a change by hand has left it; empty for none.

    Args:
        spec: what it trains.
        progress: the run so far.
    """
    schedule = schedule_of(spec)
    phase = progress.phase_of(max(progress.epoch, 1))
    first = phase.epoch if phase is not None else 0
    by_hand = [
        one.value
        for one in progress.applied_requests
        if one.request == "learning rate" and one.epoch >= first and (one.epoch > 1 or one.batch)
    ]
    if not schedule or not by_hand:
        return schedule
    planned = replace(parse_schedule(schedule), warmup=0.0)
    value = clean(by_hand[-1], 30)
    return f"{planned}, on from {value}" if planned.kind != "constant" else f"{value}, by hand"


def epochs_sentence(schedule: str, epochs: int) -> str:
    """Return what another number of epochs does to a schedule; empty where it does nothing.

    >>> epochs_sentence("cosine", 30), epochs_sentence("step:every=5,factor=0.5", 30)
    ('The cosine then falls over 30 epochs.', '')
    """
    if not schedule or parse_schedule(schedule).kind != "cosine":
        return ""
    return f"The cosine then falls over {epochs} epochs."


def parse_epochs(
    texts: Sequence[str], progress: RunProgress, most: int = 0, who: str = ""
) -> tuple[int, str]:
    """Parse the number of epochs in all.

    Args:
        texts: the number, as typed.
        progress: the run so far.
        most: the most epochs that the training can do; 0: any number.
        who: what trains, where it can do so many at most.

    Raises:
        SpecError: when it is not valid.
    """
    epochs = _whole_number(texts[0], "A number of epochs", minimum=1)
    done = progress.epochs_done
    if most and epochs > most:
        raise SpecError(
            f"{who} trains {most} epochs at most, so {epochs} cannot be requested. Choose 1 to "
            f"{most}."
        )
    if not done:
        return epochs, f"{epochs} in all."
    if epochs <= done:
        return epochs, f"{done} have ended already: the training ends after the present epoch."
    return epochs, f"{epochs} in all: {epochs - done} to go after the {done} that have ended."


def parse_total_epochs(text: str, done: int) -> tuple[int, str]:
    """Parse the number of epochs in all of a run that is over.

    Args:
        text: the number, as typed.
        done: epochs that have ended.

    Raises:
        SpecError: when it is not valid, or not more than `done`.
    """
    epochs = _whole_number(text, "A number of epochs", minimum=1)
    if epochs <= done:
        raise SpecError(
            f"{done} epochs have ended already, so {epochs} in all cannot be. "
            f"Choose more than {done}."
        )
    return epochs, f"{epochs - done} more epochs."


def _whole_number(text: str, what: str, *, minimum: int) -> int:
    cleaned = text.strip().replace(",", "").replace("_", "")
    if is_arithmetic(text):
        try:
            cleaned = str(whole_number(text))
        except ArithmeticProblem as problem:
            raise SpecError(clean(problem)) from None
    if not cleaned.isdecimal() or len(cleaned) > 9:
        raise SpecError(
            f"{what} is a whole number, and {clean(text.strip(), 30)!r} is not one. "
            f"Choose {minimum} to {MOST_EPOCHS:,}."
        )
    if not minimum <= int(cleaned) <= MOST_EPOCHS:
        raise SpecError(
            f"{what} of {int(cleaned):,} cannot be; choose {minimum} to {MOST_EPOCHS:,}."
        )
    return int(cleaned)
