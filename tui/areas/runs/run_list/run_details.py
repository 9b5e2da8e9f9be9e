"""The details of the run, or the group of runs, under the cursor of the list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.text import clean, exact
from tui.runs.export.run_formatting import ordinal
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.columns import group_parts, group_text
from tui.runs.selection.run_fields import Field
from tui.runs.selection.setting_values import data_name
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.non_default import network_summary, non_default_settings
from tui.runs.store.run_folder import State
from tui.runs.store.run_summary import RunSummary
from tui.runs.store.start_time import date_and_time, start_of
from tui.ui.run_line import STYLES, sign_of

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
        (f"  {date_and_time(start_of(summary.run.name))}", "$text-muted"),
    )
    lines = [head, Content(f" {settings_line(summary)}")]
    if summary.spec is not None and summary.spec.group:
        lines.append(
            Content.assemble(
                (f" in the group “{clean(summary.spec.group, 80)}”, ", "$text-muted"),
                ("c", "bold $text-accent"),
                (" compares it", "$text-muted"),
            )
        )
    if summary.state in QUEUE_KEYS:
        lines.append(Content.styled(QUEUE_KEYS[summary.state], "$text-muted"))
    if summary.problem:
        lines.append(Content.styled(f" ✗ {clean(summary.problem)}", "$text-error"))
    if summary.note:
        lines.append(Content.styled(f" “{clean(summary.note)}”", "$text-muted"))
    # The style sheet indents the lines, wrapped ones too.
    return Content("\n").join(line[1:] for line in lines)


def group_details(fields: Sequence[Field], group: RunGroup) -> Content:
    """Return the details of a group of runs.

    Args:
        fields: those that the runs are grouped by.
        group: the group.
    """
    lines = [
        Content.styled(group_text(fields, group), "bold"),
        Content(" · ".join(group_parts(group))),
        Content.styled("enter hides or shows its runs", "$text-muted"),
    ]
    return Content("\n").join(lines)


def settings_line(summary: RunSummary) -> str:
    """Return the settings of a run in one line."""
    spec = summary.spec
    if summary.external is not None:
        return _external_line(summary.external, summary.changed)
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


def _external_line(spec: ExternalSpec, changed: Sequence[str]) -> str:
    """Return what is known of a training that cnn-tui did not start, in one line."""
    parts = [
        spec.command if spec.source == "script" else f"read from {spec.origin}",
        f"batch {spec.batch_size}" if spec.batch_size else "",
        f"{spec.optimizer} {exact(spec.learning_rate) if spec.learning_rate else ''}".strip(),
        f"changed: {', '.join(changed)}" if changed else "",
    ]
    return clean(" · ".join(filter(None, parts)))
