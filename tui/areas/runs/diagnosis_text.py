"""What a run's curves say, in words for its screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.text import clean
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis, Kind
from tui.ui.charts.curves import Finding

STYLES: dict[Kind, str] = {
    "cannot learn": "$text-error",
    "odd network": "$text-warning",
    "diverged": "$text-error",
    "overfitting": "$text-warning",
    "underfitting": "$text-warning",
    "learning well": "$text-success",
}
SHADED: tuple[Kind, ...] = ("diverged", "overfitting")
"""What is marked on the charts from its epoch on."""


def finding(diagnoses: Sequence[Diagnosis]) -> Finding | None:
    """Return what to mark on the charts, or None."""
    for one in diagnoses:
        if one.kind in SHADED and one.since is not None:
            return Finding(float(one.since), one.kind)
    return None


def diagnosis_line(diagnoses: Sequence[Diagnosis]) -> Content:
    """Return the most telling of what the curves say, as one sentence."""
    if not diagnoses or diagnoses[0].kind == "too early":
        return Content("")
    first = diagnoses[0]
    style = STYLES.get(first.kind, "$text-muted")
    return Content.assemble(
        (f" {first.sign} {clean(first.label)}: ", f"bold {style}"), (clean(first.sentence), style)
    )


def diagnosis_text(diagnoses: Sequence[Diagnosis]) -> Content:
    """Return all that the curves say, with what to try."""
    parts = []
    for one in diagnoses:
        style = STYLES.get(one.kind, "$text")
        parts.append(
            Content.assemble(
                (f" {one.sign} {clean(one.label)}\n", f"bold {style}"),
                f" {clean(one.sentence)}\n",
                (f" {clean(one.advice)}", "$text-muted"),
            )
        )
    return Content("\n\n").join(parts) if parts else Content(" No epoch has ended yet.")
