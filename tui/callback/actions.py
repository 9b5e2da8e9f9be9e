"""What a training does on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actions:
    """What a training does on request.

    Args:
        stop: stops the training now: it raises, or it makes the training end after this batch.
        save: writes the model as it is now under a file name; returns whether it could.
        set_rate: sets the learning rate.
        refusal: returns why a setting cannot be changed to a value (`learning_rate`, 0.1), in a
            sentence; empty where it can.
    """

    stop: Callable[[], None]
    save: Callable[[str], object]
    set_rate: Callable[[float], None]
    refusal: Callable[[str, Any], str] = lambda name, value: ""
