"""What holds in a training: the spec's settings, changed by the user's requests."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import msgspec

from tui.common.stop_rule import StopRule
from tui.common.text import exact
from tui.runs.control.control_file import Control
from tui.runs.events.event_types import Request
from tui.runs.settings.spec import SpecError, TrainingSpec


@dataclass(frozen=True)
class Settings:
    """The settings that can be changed while a training runs.

    Args:
        stop_rule: looked at when an epoch ends; None for none.
        patience: epochs without a better validation loss; 0 for none.
        learning_rate: of the optimizer.
        epochs: in all.
    """

    stop_rule: StopRule | None
    patience: int
    learning_rate: float
    epochs: int

    @classmethod
    def of(cls, spec: TrainingSpec, control: Control) -> Settings:
        """Return what the user wants: the spec's settings where they request nothing else."""
        rule = spec.stop_rule if control.stop_rule is None else control.stop_rule
        patience, rate, epochs = control.patience, control.learning_rate, control.epochs
        return cls(
            stop_rule=None if control.no_stop_rule else rule,
            patience=spec.patience if patience is None else patience,
            learning_rate=spec.learning_rate if rate is None else rate,
            epochs=spec.epochs if epochs is None else epochs,
        )

    def differences(self, wanted: Settings) -> list[tuple[str, Request, str]]:
        """Return what is wanted otherwise: the field, the request's name, its value in words."""
        return [
            (field.name, _NAMES[field.name], _words(getattr(wanted, field.name)))
            for field in fields(self)
            if getattr(wanted, field.name) != getattr(self, field.name)
        ]

    def saved(self) -> dict[str, Any]:
        """Return the settings as JSON has them."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def read(cls, saved: dict[str, Any]) -> Settings:
        """Return the settings that `saved` gave.

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


def _words(value: StopRule | float | None) -> str:
    if value is None:
        return "never"
    return str(value) if isinstance(value, StopRule) else exact(value)


def problem(name: str, value: Any, spec: TrainingSpec) -> str | None:
    """Return why a setting cannot be, or None: the control file is not the app's alone."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{_NAMES[name]}: {value} is not a number."
    try:
        msgspec.structs.replace(spec, **{name: value})
    except SpecError as error:
        return str(error)
    return None
