"""The settings in force: the spec's, overridden by the user's requests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import msgspec
from msgspec.structs import replace

from tui.common.stop_rule import StopRule
from tui.common.text import exact, exact_32
from tui.runs.control.control_file import Control, ControlReader
from tui.runs.control.phase_rate import phase_rate
from tui.runs.events.event_types import Request
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import (
    SpecError,
    TrainingSpec,
    check_epochs,
    check_patience,
    check_rate,
)
from tui.runs.store.run_folder import RunFolder

AnySpec = TrainingSpec | ExternalSpec


@dataclass(frozen=True)
class EffectiveSettings:
    """The settings that can be changed while a training runs.

    Args:
        stop_rule: checked when an epoch ends; None for none.
        patience: epochs without a better validation loss after which to end; 0 for none.
        learning_rate: of the optimizer.
        epochs: in all.
    """

    stop_rule: StopRule | None = None
    patience: int = 0
    learning_rate: float = 0.001
    epochs: int = 1

    @classmethod
    def of(cls, spec: AnySpec | None, control: Control) -> EffectiveSettings:
        """Return the spec's settings, overridden by the requests.

        Args:
            spec: None where it cannot be read: the defaults of this class then apply.
            control: the requests.
        """
        found = cls() if spec is None else cls.of_spec(spec)
        rule = found.stop_rule if control.stop_rule is None else control.stop_rule
        patience, rate, epochs = control.patience, control.learning_rate, control.epochs
        return cls(
            stop_rule=None if control.no_stop_rule else rule,
            patience=found.patience if patience is None else patience,
            learning_rate=found.learning_rate if rate is None else rate,
            epochs=found.epochs if epochs is None else epochs,
        )

    @classmethod
    def of_spec(cls, spec: AnySpec) -> EffectiveSettings:
        """Return the settings that a training starts with."""
        return cls(spec.stop_rule, spec.patience, spec.learning_rate, spec.epochs)

    def differences(self, wanted: EffectiveSettings) -> list[tuple[str, Request, str]]:
        """Return the settings that differ: field, name of the request, wanted value in words."""
        return [
            (field.name, _NAMES[field.name], _value_text(getattr(wanted, field.name)))
            for field in fields(self)
            if getattr(wanted, field.name) != getattr(self, field.name)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> EffectiveSettings:
        """Return the settings that `to_dict` returned.

        Raises:
            msgspec.ValidationError: when they are something else.
        """
        return msgspec.convert(saved, cls)


_NAMES: dict[str, Request] = {
    "stop_rule": "stop rule",
    "patience": "patience",
    "learning_rate": "learning rate",
    "epochs": "epochs",
}


def _value_text(value: StopRule | float | None) -> str:
    if value is None:
        return "never"
    return str(value) if isinstance(value, StopRule) else exact(value)


_CHECKS: dict[str, Callable[[Any], None]] = {
    "patience": check_patience,
    "learning_rate": check_rate,
    "epochs": check_epochs,
}


def setting_problem(name: str, value: Any, spec: AnySpec) -> str | None:
    """Return why a value is not possible, or None: others may write the control file too."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{_NAMES[name]}: {value} is not a number."
    check = _CHECKS.get(name)
    try:
        if isinstance(spec, TrainingSpec):
            replace(spec, **{name: value})
        elif check is not None:
            check(value)
    except SpecError as error:
        return str(error)
    return None


@dataclass(frozen=True)
class StartSettings:
    """The settings with which a waiting or ended training starts or continues.

    Args:
        epochs: in all.
        learning_rate: of the optimizer.
        no_rule: whether it continues without the rule that ended it.
        schedule: how the learning rate changes, from `learning_rate` on; empty where it stays.
    """

    epochs: int
    learning_rate: float
    no_rule: bool = False
    schedule: str = ""

    def __str__(self) -> str:
        """Return the settings in words.

        >>> str(StartSettings(20, 0.0003, no_rule=True))
        '20 epochs in all, learning rate 0.0003, no stop rule'
        """
        rule = ", no stop rule" if self.no_rule else ""
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs"
        rate = f"{exact(self.learning_rate)}{f' ({self.schedule})' if self.schedule else ''}"
        return f"{epochs} in all, learning rate {rate}{rule}"


def start_settings(run: RunFolder, spec: AnySpec | None, progress: RunProgress) -> StartSettings:
    """Return how a run starts or continues: by its queue mark, else its requests, else its spec."""
    mark, control = run.queued(), ControlReader(run.control).read()
    phase, asked = phase_rate(spec, progress), control.learning_rate
    since = phase.first_epoch if phase is not None else 1
    rates = [
        exact_32(epoch.learning_rate)
        for epoch in progress.epoch_details
        if epoch.learning_rate and epoch.epoch >= since
    ]
    epochs = mark.epochs if mark is not None else None
    rate = mark.learning_rate if mark is not None else None
    first = EffectiveSettings.of(spec, Control())
    schedule = schedule_of(spec)
    if schedule:
        rates = []  # those of the epochs are the schedule's
    begins = first.learning_rate
    if phase is not None:
        begins = phase.learning_rate
        if asked is not None and phase.is_void(asked, progress):
            asked = None
    return StartSettings(
        epochs or control.epochs or progress.epochs or first.epochs,
        rate or asked or (rates[-1] if rates else begins),
        mark is not None and mark.no_rule,
        schedule,
    )


def schedule_of(spec: AnySpec | None) -> str:
    """Return the schedule of a spec's learning rate in one line; empty where it is constant."""
    if not isinstance(spec, TrainingSpec) or spec.schedule == CONSTANT:
        return ""
    return spec.schedule


def present_rate(start: StartSettings, progress: RunProgress) -> float:
    """Return the learning rate that a running training has now, as far as it is known.

    Args:
        start: what it would continue with.
        progress: the run so far.
    """
    if not start.schedule or not progress.epoch_details:
        return start.learning_rate
    return exact_32(progress.epoch_details[-1].learning_rate) or start.learning_rate
