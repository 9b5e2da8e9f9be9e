"""The list of runs as a table: its columns, its cells, and the details below it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content

from tui.common.numbers import LEAST_WIDTH, count, metric_value
from tui.common.shorten import shorten_words
from tui.common.text import clean, exact
from tui.runs.export.run_formatting import ordinal
from tui.runs.queue.waiting_runs import queue_position_text
from tui.runs.settings.non_default import fit_settings, network_summary, non_default_settings
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_summary import RunSummary, best_limits
from tui.ui.run_line import STYLES, sign_of
from tui.ui.textual_patches.table import Table

COLUMNS = ("mark", "state", "name", "settings", "epochs", "best", "started")
NARROW = (2, 13, 25, 11, 9, 12, 6)
"""The width of each column, with its gap, in a table of 80 cells; a scrollbar takes two."""
WIDE = (2, 18, 29, 26, 9, 17, 17)
WIDE_FROM = 120


class RunTable(Table):
    """The runs, one a row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # DataTable's own enter is not shown in the footer.
        Binding("enter", "select_cursor", "Open", id="runs.select", tooltip="Open the run"),
    ]

    def __init__(self) -> None:
        super().__init__(id="runs")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer enter only where there is a row to open."""
        return action != "select_cursor" or self.row_count > 0


def widths(width: int) -> dict[str, int]:
    """Return the width of each column.

    Args:
        width: the width of the table in cells, 80 or more.
    """
    base = WIDE if width >= WIDE_FROM else NARROW
    columns = dict(zip(COLUMNS, base, strict=True))
    rest = max(width - 2 - sum(base), 0)
    columns["name"] += rest // 2
    columns["settings"] += rest - rest // 2
    return columns


def headers(columns: dict[str, int]) -> dict[str, str]:
    """Return the head of each column, shorter in a narrow table."""
    short = columns["state"] < WIDE[1]
    started = "day" if short else "started"
    named = {name: name for name in COLUMNS}
    return {**named, "mark": "", "started": started}


def state_words(summary: RunSummary, place: int, width: int) -> str:
    """Return the sign and the state of a run.

    Args:
        summary: the run.
        place: its place in the queue, from 1; 0 if it is not queued.
        width: the width in columns, which decides how much the words are shortened.
    """
    sign = sign_of(summary)
    whole = queue_position_text(summary, place) if place else summary.status
    at_epoch = whole.replace(" at epoch ", " ep ")
    for words in (whole, whole.removeprefix("to "), at_epoch, whole.replace(" at epoch ", " ")):
        if len(words) + 2 <= width:
            break
    return f"{sign} {words}"


def numbered_titles(runs: Sequence[RunSummary]) -> dict[RunFolder, tuple[str, str]]:
    """Return each run's title, with a number to be added if others have the same title.

    Args:
        runs: all runs, newest first; the oldest gets no number.
    """
    titles: dict[RunFolder, tuple[str, str]] = {}
    seen: dict[str, int] = {}
    for summary in reversed(runs):
        title = clean(summary.title)
        seen[title] = seen.get(title, 0) + 1
        titles[summary.run] = (title, f" ({seen[title]})" if seen[title] > 1 else "")
    return titles


def started(summary: RunSummary, *, short: bool) -> str:
    """Return when a run was created, from its folder's name."""
    # It begins with the time, such as 2026-11-22T161200.
    day, _, clock = summary.run.name[:17].partition("T")
    if not clock[:4].isdigit():
        return ""
    return day[5:] if short else f"{day} {clock[:2]}:{clock[2:4]}"


def epochs_text(summary: RunSummary, width: int) -> str:
    """Return the epochs done and the epochs planned, in at most `width` columns."""
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
    """Return a run's cells as `Text`, so that nothing from disk is parsed as markup.

    Args:
        summary: the run.
        columns: the widths of the columns.
        title: its title, and a number that distinguishes it from others of that title.
        mark: its place among the marked runs, from 1; 0 if it is not marked.
        place: its place in the queue, from 1; 0 if it is not queued.
    """
    short = columns["state"] < WIDE[1]
    title_text, number = title
    best = ""
    if summary.best is not None:
        name = "val" if summary.best_metric.startswith("val") else "acc"
        best = f"{name} {metric_value(summary.best, LEAST_WIDTH, best_limits(summary))}"
        long = f"{best} ep {summary.best_epoch}"
        best = long if len(long) < columns["best"] else best
    unusual = non_default_settings(summary.spec) if summary.spec is not None else ()
    texts = {
        "mark": str(mark) if mark else "",
        "state": state_words(summary, place, columns["state"] - 1),
        "name": shorten_words(title_text, columns["name"] - 1 - len(number)) + number,
        "settings": clean(fit_settings(unusual, columns["settings"] - 1)),
        "epochs": epochs_text(summary, columns["epochs"] - 1),
        "best": best,
        "started": started(summary, short=short),
    }
    found = {
        name: Text(text, style="bold" if name == "mark" else "") for name, text in texts.items()
    }
    return tuple(found[name] for name in COLUMNS)


QUEUE_KEYS: dict[State, str] = {
    "queued": " < sooner   > later   u out of the queue   r starts it now",
    "aside": " r starts it, now or after the others",
}
"""Keys for queued runs, for which the footer has no room."""


def run_details(summary: RunSummary, place: int = 0) -> Content:
    """Return the details of a run: its title and state, its settings, its problem, its note.

    Args:
        summary: the run.
        place: its place in the queue, from 1; 0 if it is not queued.
    """
    status = summary.status
    if place:
        status = f"queued, the {ordinal(place)} to start"
        if summary.resumes:
            status = f"queued {ordinal(place)}, resumes after epoch {summary.epochs_done}"
    head = Content.assemble(
        (f" {clean(summary.title)}", "bold"),
        "  ",
        (f"{sign_of(summary)} {status}", STYLES[summary.state]),
        (f"  {started(summary, short=False)}", "$text-muted"),
    )
    lines = [head, Content(f" {settings_line(summary)}")]
    if summary.state in QUEUE_KEYS:
        lines.append(Content.styled(QUEUE_KEYS[summary.state], "$text-muted"))
    if summary.problem:
        lines.append(Content.styled(f" ✗ {clean(summary.problem)}", "$text-error"))
    if summary.note:
        lines.append(Content.styled(f" “{clean(summary.note)}”", "$text-muted"))
    # The style sheet indents the lines, wrapped ones too.
    return Content("\n").join(line[1:] for line in lines)


def settings_line(summary: RunSummary) -> str:
    """Return the settings of a run in one line."""
    spec = summary.spec
    if spec is None:
        return "its settings cannot be read"
    parts = [
        f"{data_name(spec)}: {network_summary(spec)}",
        f"batch {spec.data.batch_size}",
        f"{spec.optimizer} {exact(spec.learning_rate)}",
        *(text for text in non_default_settings(spec) if text not in (spec.optimizer, "")),
    ]
    shown = [part for part in parts if not part.startswith("lr ")]
    if summary.changed:
        shown.append(f"changed: {', '.join(summary.changed)}")
    return clean(" · ".join(shown))


def data_name(spec: TrainingSpec) -> str:
    """Return the name of the folder of images; the one above `train` and `validation`."""
    folder, second = spec.data.directory, spec.data.validation_directory
    if second is not None and os.path.dirname(second) == os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return clean(os.path.basename(os.path.normpath(folder)) or folder, 30)


def filter_text(summary: RunSummary) -> str:
    """Return the text that the filter searches, in lower case."""
    spec = summary.spec
    data = clean(spec.data.directory) if spec is not None else ""
    parts = (summary.title, summary.note, summary.status, settings_line(summary), data)
    return clean(" ".join((*parts, summary.run.name[:17]))).casefold()
