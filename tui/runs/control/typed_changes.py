"""What is wanted of a running training, from what is typed; each says what it will mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.common.numbers import figure, metric_value
from tui.common.stop_rule import SpecError, StopRule
from tui.common.text import clean, exact
from tui.runs.control.control_file import Control
from tui.runs.control.effective_settings import EffectiveSettings
from tui.runs.control.would_stop import loss_to_beat, would_stop_sentence
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.spec import TrainingSpec, check_rate

MOST_EPOCHS = 100_000


@dataclass(frozen=True)
class StopConditions:
    """When a training is to end before its last epoch.

    Args:
        rule: looked at when an epoch ends; None: no rule.
        patience: epochs without a better validation loss; 0: any number.
    """

    rule: StopRule | None = None
    patience: int = 0

    def __str__(self) -> str:
        """Return both in words, to stand behind “stops when”."""
        parts = [str(self.rule)] if self.rule is not None else []
        if self.patience:
            epochs = "1 epoch" if self.patience == 1 else f"{self.patience} epochs"
            parts.append(f"val_loss has not improved for {epochs}")
        return " or ".join(parts) or "all epochs are done"


def stop_conditions(spec: TrainingSpec | None, control: Control) -> StopConditions:
    """Return when a training ends: as its spec has it, or as was requested since."""
    settings = EffectiveSettings.of(spec, control)
    return StopConditions(settings.stop_rule, settings.patience)


def parse_stop_conditions(
    texts: Sequence[str], progress: RunProgress, *, live: bool = False
) -> tuple[StopConditions, str]:
    """Read a rule and a patience, and say what they would have done so far.

    Args:
        texts: the rule and the patience, as they were typed.
        progress: the run so far.
        live: whether the training goes on, and so could be ended by them.

    Raises:
        SpecError: when one of them is none.
    """
    rule = StopRule.parse(texts[0])
    patience = _whole(texts[1] or "0", "A patience", least=0)
    epochs = progress.epochs_done
    if not epochs or (rule is None and not patience):
        return StopConditions(rule, patience), f"Stops when {StopConditions(rule, patience)}."
    words = would_stop_sentence(progress.history, rule, patience)
    least = loss_to_beat(progress.history, patience) if live else None
    if least is not None:
        limit = metric_value(least)
        words += f" It ends after the epoch at work, unless val_loss comes below {limit} there."
    return StopConditions(rule, patience), words


def parse_learning_rate(
    texts: Sequence[str], now: float, since: str = "in force from the next batch on"
) -> tuple[float, str]:
    """Read a learning rate.

    Args:
        texts: one, as it was typed.
        now: the present one, above 0.
        since: from when on it holds.

    Raises:
        SpecError: when it is none.
    """
    text = texts[0].strip()
    try:
        rate = float(text)
    except ValueError:
        raise SpecError(f"{clean(text, 30)!r} is not a number. Write for example 0.0003.") from None
    check_rate(rate)
    times = rate / now
    if abs(times - 1) < 1e-6:  # the trainer tells it as it has it, in 32 bits
        return rate, "as it is now."
    return rate, f"{figure(times)} times the present {exact(now)}; {since}."


def parse_epochs(texts: Sequence[str], progress: RunProgress) -> tuple[int, str]:
    """Read how many epochs are to be trained in all.

    Args:
        texts: the number, as it was typed.
        progress: the run so far.

    Raises:
        SpecError: when it is none.
    """
    epochs = _whole(texts[0], "A number of epochs", least=1)
    done = progress.epochs_done
    if not done:
        return epochs, f"{epochs} in all."
    if epochs <= done:
        return epochs, f"{done} have ended already: the training ends after the epoch at work."
    return epochs, f"{epochs} in all: {epochs - done} to go after the {done} that have ended."


def parse_total_epochs(text: str, done: int) -> tuple[int, str]:
    """Read how many epochs a run that is over shall have in all.

    Args:
        text: the number, as it was typed.
        done: epochs that have ended.

    Raises:
        SpecError: when it is none, or not more than there are.
    """
    epochs = _whole(text, "A number of epochs", least=1)
    if epochs <= done:
        raise SpecError(
            f"{done} epochs have ended already, and {epochs} are wanted in all. "
            f"Choose more than {done}."
        )
    return epochs, f"{epochs - done} more epochs."


def _whole(text: str, what: str, *, least: int) -> int:
    cleaned = text.strip().replace(",", "").replace("_", "")
    if not cleaned.isdecimal() or len(cleaned) > 9:
        raise SpecError(
            f"{what} is a whole number, and {clean(text.strip(), 30)!r} is none. "
            f"Choose {least} to {MOST_EPOCHS:,}."
        )
    if not least <= int(cleaned) <= MOST_EPOCHS:
        raise SpecError(f"{what} of {int(cleaned):,} cannot be; choose {least} to {MOST_EPOCHS:,}.")
    return int(cleaned)
