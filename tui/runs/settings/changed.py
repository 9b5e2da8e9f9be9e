"""A training's settings with what was changed while it ran."""

from __future__ import annotations

from tui.common.text import clean
from tui.runs.control.history import in_force
from tui.runs.events.event_types import ControlApplied, Request
from tui.runs.settings.named import setting_rows
from tui.runs.store.loaded_run import LoadedRun

SETTINGS: tuple[Request, ...] = ("learning rate", "stop rule", "patience", "epochs")
"""Requests that change a setting; the others say what is to be done."""
_NONE = {"stop rule": "never", "patience": "0"}
"""What the trainer calls a setting that is none."""
_MOST = 3
"""Values of one setting that are told; of more the first and the last."""


def changes(one: LoadedRun) -> list[ControlApplied]:
    """Return the changes that took effect and still count, in order."""
    return [request for request in in_force(one.progress.requests) if request.request in SETTINGS]


def settings_of(one: LoadedRun) -> dict[str, str]:
    """Return every setting in words, a changed one as `0.001 → 0.0003`.

    What was changed before the first batch was never otherwise: its last value is the first.

    Args:
        one: a run; one with a damaged spec has no settings.
    """
    if one.spec is None:
        return {}
    values = {name: [value] for name, value in setting_rows(one.spec).items()}
    for request in changes(one):
        row = values[request.request]
        value = "none" if _NONE.get(request.request) == request.value else clean(request.value, 60)
        if request.epoch <= 1 and not request.batch:
            row.clear()
        if row[-1:] != [value]:
            row.append(value)
    return {name: _told(row) for name, row in values.items()}


def _told(values: list[str]) -> str:
    shown = values if len(values) <= _MOST else [values[0], "…", values[-1]]
    return " → ".join(shown)
