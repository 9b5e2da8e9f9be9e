"""Notices that a training has ended, while the app shows something else or is in the background."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.app import App

from tui.common.numbers import metric_value
from tui.common.preferences import PreferenceError, read_preference, write_preference
from tui.common.text import clean
from tui.runs.store.run_summary import RunSummary
from tui.ui.textual_patches.terminal_codes import send_codes

PREFERENCE = "end_notices"
"""The entry in the preferences: true or false."""
_AT_WORK = ("queued", "starting", "running")
_ENDED = ("finished", "stopped", "failed", "died")
_LONGEST = 200
_MOST_NOTICES = 3
"""The most trainings with a notice each, when several have ended between two looks."""


def notices_on() -> bool:
    """Return whether to notify of runs that end out of sight. Blocks on the disk."""
    return read_preference(PREFERENCE, bool, default=True)


class EndNotices:
    """Notifies of runs that have ended since the last look, where nobody sees them end."""

    def __init__(self, app: App[Any], is_seen: Callable[[RunSummary], bool]) -> None:
        """Initialise it.

        Args:
            app: shows the notices.
            is_seen: returns whether the user sees how a run goes.
        """
        self._app, self._is_seen = app, is_seen
        self._ended = EndedRuns()

    async def look(self, runs: Sequence[RunSummary]) -> None:
        """Notify of the runs that have ended since the last look."""
        ended = [one for one in self._ended.look(runs) if not self._is_seen(one)]
        if not ended or not await asyncio.to_thread(notices_on):
            return
        texts = [ending_text(one) for one in ended]
        if len(texts) > _MOST_NOTICES:  # the app was suspended for long
            texts = [f"{len(texts)} trainings have ended."]
        for text in texts:
            self._app.notify(text, markup=False, timeout=6)
            send_codes(self._app, notice_codes(text, os.environ))
        self._app.bell()

    def switch(self, on: bool) -> None:
        """Choose whether to notify of them; it is kept for the next start."""
        try:
            write_preference(PREFERENCE, on)
        except PreferenceError as error:
            self._app.notify(str(error), severity="warning", markup=False)
            return
        self._app.notify(f"Notices when a training ends: {'on' if on else 'off'}.")


class EndedRuns:
    """Finds the runs that have ended since the last look, each once."""

    def __init__(self) -> None:
        self._at_work: set[str] = set()

    def look(self, runs: Sequence[RunSummary]) -> list[RunSummary]:
        """Return the runs that were at work at an earlier look, and have ended.

        A log that is watched has no end of its own.
        """
        at_work = {one.run.name for one in runs if one.state in _AT_WORK}
        left = self._at_work - at_work
        self._at_work |= at_work
        if not left:  # with thousands of runs there are most often none to look for
            return []
        ended = [one for one in runs if one.state in _ENDED and one.run.name in left]
        self._at_work -= {one.run.name for one in ended}
        return [one for one in ended if one.external is None or one.external.source != "log"]


def ending_text(summary: RunSummary) -> str:
    """Return how a run ended, in a few words, clean."""
    text = f"{clean(summary.title, 80)}: {summary.status}"
    if summary.state == "failed":
        return f"{text}. {clean(summary.problem, _LONGEST)}"
    if summary.best is not None:
        value = metric_value(summary.best, against=summary.best_limits)
        text += f", {clean(summary.best_metric, 40)} {value} (epoch {summary.best_epoch})"
    return text


_OSC_9 = ("iTerm.app", "iTerm2", "WezTerm", "ghostty", "WarpTerminal", "kitty")
"""Values of TERM_PROGRAM, or LC_TERMINAL, of terminals that know OSC 9."""
_OSC_9_TERMS = ("xterm-kitty", "xterm-ghostty", "wezterm")
_OSC_777_TERMS = ("foot", "rxvt-unicode", "contour")
"""Beginnings of TERM of terminals that know OSC 777."""


def notice_codes(text: str, environment: Mapping[str, str]) -> str:
    """Return the codes that show a notice on the desktop; empty where the terminal has none.

    A terminal that is not known to have them gets none: it might show them as letters. Neither does
    tmux or screen, which keep them from the terminal; they pass the bell on.

    Args:
        text: of the notice.
        environment: names and values, by which the terminal is recognised.

    >>> notice_codes("digits: finished", {"TERM_PROGRAM": "WezTerm"})
    '\\x1b]9;cnn-tui: digits: finished\\x07'
    >>> notice_codes("digits: finished", {"TERM": "foot"})
    '\\x1b]777;notify;cnn-tui;digits: finished\\x07'
    >>> notice_codes("digits: finished", {"TERM": "xterm-256color"})
    ''
    """
    term = environment.get("TERM", "")
    if environment.get("TMUX") or environment.get("STY") or term.startswith(("tmux", "screen")):
        return ""
    # No control character and no code point that ends the codes or separates their parts.
    words = clean(text, _LONGEST)
    names = (environment.get("TERM_PROGRAM"), environment.get("LC_TERMINAL"))
    if any(name in _OSC_9 for name in names) or term.startswith(_OSC_9_TERMS):
        return f"\x1b]9;cnn-tui: {words}\x07"
    if term.startswith(_OSC_777_TERMS):
        return f"\x1b]777;notify;cnn-tui;{words.replace(';', ',')}\x07"
    return ""
