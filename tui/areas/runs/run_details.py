"""What is told of the run under the cursor, below the list."""

from __future__ import annotations

import os

from textual.content import Content

from tui.areas.runs.run_table import started
from tui.common.text import clean, exact
from tui.runs.export.run_formatting import ordinal
from tui.runs.settings.non_default import network_words, special_settings
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import State
from tui.runs.store.run_summary import RunSummary
from tui.ui.run_line import STYLES, sign_of

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
        *(one for one in special_settings(spec) if one not in (spec.optimizer, "")),
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
