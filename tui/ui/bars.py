"""The line at the top, which names the areas, and the one above the footer, which says where
the learner is and what runs in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.common.numbers import LEAST_WIDTH, metric_value
from tui.common.text import clean

if TYPE_CHECKING:  # the runs are first read after the first frame
    from tui.runs.store.run_folder import State
    from tui.runs.store.run_summary import RunSummary

SIGNS: dict[State, str] = {
    "queued": "…",
    "aside": "□",
    "starting": "◌",
    "running": "●",
    "finished": "✓",
    "stopped": "■",
    "failed": "✗",
    "died": "✗",
    "unknown": "?",
    "foreign": "⊘",
}
"""A sign for each state: colour only underlines what the sign already says."""

PAUSED = "‖"
"""In place of the sign of a run at work that waits for the learner's word."""

STYLES: dict[State, str] = {
    "queued": "$text-muted",
    "aside": "$text-muted",
    "starting": "$text-accent",
    "running": "$text-accent",
    "finished": "$text-success",
    "stopped": "$text-muted",
    "failed": "$text-error",
    "died": "$text-error",
    "unknown": "$text-warning",
    "foreign": "$text-muted",
}

_WORDY = 45
"""Cells of a list of runs from which on there is room for the word before the epochs."""


class TopBar(Static):
    """The areas with their keys; the present one is reversed."""

    DEFAULT_CSS = """
    TopBar {
        height: 1; width: 100%; background: $panel; color: $text-muted;
        link-style: none; link-color: $text-muted; link-style-hover: none;
        link-background-hover: $panel-lighten-1; link-color-hover: $text;
    }
    """

    def __init__(self, areas: Sequence[tuple[str, str, str]], current: str) -> None:
        """Make the bar.

        Args:
            areas: (mode, key, title) of each.
            current: the mode that is open.
        """
        parts: list[Content] = [Content.styled(" cnn-tui", "bold $primary")]
        for mode, key, title in areas:
            action = f"@click=app.area('{mode}')"
            if mode == current:
                parts.append(Content.from_markup(f"[{action}][b reverse] {key} {title} [/][/]"))
            else:
                parts.append(Content.from_markup(f"[{action}] [b $text]{key}[/] {title} [/]"))
        parts.append(Content.from_markup("[@click=app.help()] [b $text]?[/] help[/]"))
        super().__init__(Content("").join(parts))


def run_line(summary: RunSummary, name_limit: int = 20) -> Content:
    """Return one run in a few words: sign, name, epoch, best value.

    Args:
        summary: the run.
        name_limit: characters of its name at most.
    """
    return Content("").join(
        [_sign(summary), Content(clean(summary.title, name_limit)), _so_far(summary)]
    )


def run_lines(summaries: Sequence[RunSummary], width: int) -> list[Content]:
    """Return runs as `run_line` does, a line each, what follows the names in one column.

    Args:
        summaries: the runs.
        width: cells of a line; the names take what the rest leaves them.
    """
    names = [Content(clean(one.title)) for one in summaries]
    ends = [_so_far(one, "ep " if width >= _WORDY else "") for one in summaries]
    room = width - 2 - max((end.cell_length for end in ends), default=0)
    room = min(max(room, 8), max((name.cell_length for name in names), default=0))
    return [
        Content("").join([_sign(one), name.truncate(room, ellipsis=True, pad=True), end])
        for one, name, end in zip(summaries, names, ends, strict=True)
    ]


def _sign(summary: RunSummary) -> Content:
    return Content.styled(f"{sign_of(summary)} ", STYLES[summary.state])


def _so_far(summary: RunSummary, epochs: str = "ep ") -> Content:
    """Return a run's epochs, after a word for them, and its best value."""
    parts = [Content(f" {epochs}{summary.epochs_done}/{summary.epochs}")]
    if summary.best is not None:
        name = "val" if summary.best_metric.startswith("val") else "acc"
        rule = summary.spec.stop_rule if summary.spec is not None else None
        same = rule is not None and rule.metric == summary.best_metric
        limits = (rule.value,) if rule is not None and same else ()
        parts.append(Content(f" {name} {metric_value(summary.best, LEAST_WIDTH, limits)}"))
    return Content("").join(parts)


class StatusLine(Static):
    """Where the learner is, and what the runs in the background do."""

    DEFAULT_CSS = """
    StatusLine { height: 1; width: 100%; background: $surface; color: $text-muted; padding: 0 1; }
    """

    where: reactive[str] = reactive("")
    runs: reactive[tuple[RunSummary, ...]] = reactive(())
    problem: reactive[str] = reactive("")
    read_only: reactive[bool] = reactive(False)
    """Whether nothing can be saved at present."""

    def render(self) -> Content:
        if self.problem:
            return Content.styled(f"✗ {self.problem}", "$text-error")
        live = [summary for summary in self.runs if summary.live]
        if not live:
            right = Content("nothing is training")
        else:
            right = run_line(live[0])
            if len(live) > 1:
                right += Content(f"  and {len(live) - 1} more")
        waiting = sum(summary.state == "queued" for summary in self.runs)
        if waiting:
            right += Content(f"  {waiting} queued")
        if self.read_only:
            right += Content.styled("  ! nothing is saved", "$text-warning")
        left = Content(clean(self.where))
        gap = self.content_size.width - left.cell_length - right.cell_length
        if gap < 2:
            left = left.truncate(max(left.cell_length + gap - 2, 8), ellipsis=True)
            gap = max(self.content_size.width - left.cell_length - right.cell_length, 2)
        return Content("").join([left, Content(" " * gap), right])


def sign_of(summary: RunSummary) -> str:
    """Return the sign of a run in a list."""
    return PAUSED if summary.paused else SIGNS[summary.state]
