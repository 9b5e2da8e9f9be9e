"""A training's settings with what was changed while it ran."""

from __future__ import annotations

from tui.text import clean
from tui.training.comparing_settings import setting_rows
from tui.training.events import Wish, WishTook
from tui.training.opened import OpenedRun
from tui.training.wishes_told import in_force

SETTINGS: tuple[Wish, ...] = ("learning rate", "stop rule", "patience", "epochs")
"""Wishes that change a setting; the others say what is to be done."""
_NONE = {"stop rule": "never", "patience": "0"}
"""What the trainer calls a setting that is none."""
_MOST = 3
"""Values of one setting that are told; of more the first and the last."""


def changes(one: OpenedRun) -> list[WishTook]:
    """Return the changes that took effect and still count, in order."""
    return [wish for wish in in_force(one.progress.wishes) if wish.wish in SETTINGS]


def settings_of(one: OpenedRun) -> dict[str, str]:
    """Return every setting in words, a changed one as `0.001 → 0.0003`.

    What was changed before the first batch was never otherwise: its last value is the first.

    Args:
        one: a run; one with a damaged spec has no settings.
    """
    if one.spec is None:
        return {}
    values = {name: [value] for name, value in setting_rows(one.spec).items()}
    for wish in changes(one):
        row = values[wish.wish]
        value = "none" if _NONE.get(wish.wish) == wish.value else clean(wish.value, 60)
        if wish.epoch <= 1 and not wish.batch:
            row.clear()
        if row[-1:] != [value]:
            row.append(value)
    return {name: _told(row) for name, row in values.items()}


def _told(values: list[str]) -> str:
    shown = values if len(values) <= _MOST else [values[0], "…", values[-1]]
    return " → ".join(shown)
