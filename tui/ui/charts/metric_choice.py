"""Choosing what a chart draws: the next of a few metrics, or one of many from a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App

from tui.common.text import clean
from tui.ui.dialogs.input_windows import PickWindow

MOST_CYCLED = 9
"""Metrics that a key goes through one by one; more are chosen from a list."""


def choose_metric(
    app: App[Any], title: str, names: Sequence[str], drawn: str, draw: Callable[[str], object]
) -> None:
    """Draw the next metric; of many let the user choose one.

    Args:
        app: the app.
        title: of the list of many metrics.
        names: what can be drawn, at least one.
        drawn: what is drawn now.
        draw: draws another.
    """
    if len(names) <= MOST_CYCLED:
        place = names.index(drawn) if drawn in names else -1
        draw(names[(place + 1) % len(names)])
        return

    def chosen(name: str | None) -> None:
        if name is not None:
            draw(name)

    app.push_screen(PickWindow(title, [(name, clean(name, 60)) for name in names]), chosen)
