"""The list of runs as a table: which columns a width has room for, and what stands in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content

from tui.common.numbers import LEAST_WIDTH, count, metric_value
from tui.common.text import clean, exact
from tui.runs.export.run_formatting import ordinal
from tui.runs.queue.waiting_runs import queue_position_text
from tui.runs.settings.non_default import fit_settings, network_words, non_default_settings
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_summary import RunSummary, best_limits
from tui.ui.run_line import STYLES, sign_of
from tui.ui.textual_patches.table import Table

COLUMNS = ("mark", "state", "name", "special", "epochs", "best", "started")
NARROW = (2, 13, 25, 11, 9, 12, 6)
"""Cells of each column at a width of 80, the gap behind it among them; a scrollbar takes two."""
WIDE = (2, 18, 29, 26, 9, 17, 17)
WIDE_FROM = 120


class RunTable(Table):
    """The runs, a row each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # DataTable's own enter is not shown in the footer.
        Binding("enter", "select_cursor", "Open", id="runs.select", tooltip="Open the run"),
    ]

    def __init__(self) -> None:
        super().__init__(id="runs")


def widths(width: int) -> dict[str, int]:
    """Return how wide each column is.

    Args:
        width: cells that the table has, 80 or more.
    """
    base = WIDE if width >= WIDE_FROM else NARROW
    columns = dict(zip(COLUMNS, base, strict=True))
    rest = max(width - 2 - sum(base), 0)
    columns["name"] += rest // 2
    columns["special"] += rest - rest // 2
    return columns


def heads(columns: dict[str, int]) -> dict[str, str]:
    """Return what stands above each column; fewer letters where there is less room."""
    short = columns["state"] < WIDE[1]
    started = "day" if short else "started"
    named = {name: name for name in COLUMNS}
    return {**named, "mark": "", "special": "settings", "started": started}


def state_words(summary: RunSummary, place: int, width: int) -> str:
    """Return what became of a run, behind its sign: meaning never hangs on colour.

    Args:
        summary: the run.
        place: its place in the queue, counted from 1; 0 where it does not wait.
        width: how many columns there are for it; the longest words that fit are taken.
    """
    sign = sign_of(summary)
    whole = queue_position_text(summary, place) if place else summary.status
    at_epoch = whole.replace(" at epoch ", " ep ")
    for words in (whole, whole.removeprefix("to "), at_epoch, whole.replace(" at epoch ", " ")):
        if len(words) + 2 <= width:
            break
    return f"{sign} {words}"


def numbered_titles(runs: Sequence[RunSummary]) -> dict[RunFolder, tuple[str, str]]:
    """Return each run's name and, where others are called the same, its number behind it.

    Args:
        runs: all runs, newest first; the oldest keeps its name as it is.
    """
    titles: dict[RunFolder, tuple[str, str]] = {}
    seen: dict[str, int] = {}
    for summary in reversed(runs):
        title = clean(summary.title)
        seen[title] = seen.get(title, 0) + 1
        titles[summary.run] = (title, f" ({seen[title]})" if seen[title] > 1 else "")
    return titles


def started(summary: RunSummary, *, short: bool) -> str:
    """Return when a run was made, read off its folder's name."""
    # It begins with the time, such as 2026-11-22T161200.
    day, _, clock = summary.run.name[:17].partition("T")
    if not clock[:4].isdigit():
        return ""
    return day[5:] if short else f"{day} {clock[:2]}:{clock[2:4]}"


def epochs_text(summary: RunSummary, width: int) -> str:
    """Return how many epochs are done and how many there are to be, in so many columns."""
    text = f"{summary.epochs_done}/{summary.epochs or '?'}"
    if len(text) <= width:
        return text
    return f"{count(summary.epochs_done, 4)}/{count(summary.epochs, 4) if summary.epochs else '?'}"


def cells(
    summary: RunSummary,
    columns: dict[str, int],
    *,
    title: tuple[str, str],
    mark: int = 0,
    place: int = 0,
) -> tuple[Text, ...]:
    """Return a run's cells; Text, so that nothing from disk is read as markup.

    Args:
        summary: the run.
        columns: the columns' widths.
        title: its name, and a number that tells it from others of that name.
        mark: its place among the marked runs, counted from 1; 0 where it is not marked.
        place: its place in the queue, counted from 1; 0 where it does not wait.
    """
    short = columns["state"] < WIDE[1]
    called, running_number = title
    best = ""
    if summary.best is not None:
        name = "val" if summary.best_metric.startswith("val") else "acc"
        best = f"{name} {metric_value(summary.best, LEAST_WIDTH, best_limits(summary))}"
        long = f"{best} ep {summary.best_epoch}"
        best = long if len(long) < columns["best"] else best
    special = non_default_settings(summary.spec) if summary.spec is not None else ()
    texts = {
        "mark": str(mark) if mark else "",
        "state": state_words(summary, place, columns["state"] - 1),
        "name": clean(called),
        "special": clean(fit_settings(special, columns["special"] - 1)),
        "epochs": epochs_text(summary, columns["epochs"] - 1),
        "best": best,
        "started": started(summary, short=short),
    }
    found = {
        name: Text(text, style="bold" if name == "mark" else "") for name, text in texts.items()
    }
    # In cells, of which a letter may take two.
    found["name"].truncate(columns["name"] - 1 - len(running_number), overflow="ellipsis")
    found["name"].append(running_number)
    return tuple(found[name] for name in COLUMNS)


QUEUE_KEYS: dict[State, str] = {
    "queued": " < sooner   > later   u out of the queue   r starts it now",
    "aside": " r starts it, now or after the others",
}
"""Keys that mean something for a run that waits only; the footer has no room for them."""


def run_details(summary: RunSummary, place: int = 0) -> Content:
    """Return a run in three lines: its name and end, its settings, its note or its problem.

    Args:
        summary: the run.
        place: its place in the queue, counted from 1; 0 where it does not wait.
    """
    verdict = summary.status
    if place:
        verdict = f"queued, the {ordinal(place)} to start"
        if summary.resumes:
            verdict = f"queued {ordinal(place)}, resumes after epoch {summary.epochs_done}"
    head = Content.assemble(
        (f" {clean(summary.title)}", "bold"),
        "  ",
        (f"{sign_of(summary)} {verdict}", STYLES[summary.state]),
        (f"  {started(summary, short=False)}", "$text-muted"),
    )
    lines = [head, Content(f" {settings_line(summary)}")]
    if summary.state in QUEUE_KEYS:
        lines.append(Content.styled(QUEUE_KEYS[summary.state], "$text-muted"))
    if summary.problem:
        lines.append(Content.styled(f" ✗ {clean(summary.problem)}", "$text-error"))
    if summary.note:
        lines.append(Content.styled(f" “{clean(summary.note)}”", "$text-muted"))
    # The style sheet indents them: what is wrapped stands below its beginning.
    return Content("\n").join(line[1:] for line in lines)


def settings_line(summary: RunSummary) -> str:
    """Return what a run trains, in one line."""
    spec = summary.spec
    if spec is None:
        return "what it trains cannot be read"
    parts = [
        f"{data_name(spec)}: {network_words(spec)}",
        f"batch {spec.data.batch_size}",
        f"{spec.optimizer} {exact(spec.learning_rate)}",
        *(one for one in non_default_settings(spec) if one not in (spec.optimizer, "")),
    ]
    shown = [one for one in parts if not one.startswith("lr ")]
    if summary.changed:
        shown.append(f"changed: {', '.join(summary.changed)}")
    return clean(" · ".join(shown))


def data_name(spec: TrainingSpec) -> str:
    """Return the name of the folder that was chosen: of the one above `train` and `validation`."""
    folder, second = spec.data.directory, spec.data.validation_directory
    if second is not None and os.path.dirname(second) == os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return clean(os.path.basename(os.path.normpath(folder)) or folder, 30)


def filter_words(summary: RunSummary) -> str:
    """Return what a filter looks at, in small letters."""
    spec = summary.spec
    data = clean(spec.data.directory) if spec is not None else ""
    parts = (summary.title, summary.note, summary.status, settings_line(summary), data)
    return clean(" ".join((*parts, summary.run.name[:17]))).casefold()
