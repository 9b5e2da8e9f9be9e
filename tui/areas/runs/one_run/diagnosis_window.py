"""The diagnosis of a run and the shares of its time, as lines and in a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.common.text import clean
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis, Kind
from tui.runs.diagnosis.time_shares import TimeShares, share_text
from tui.ui.charts.run_charts import MarkedEpochs
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer

KIND_STYLES: dict[Kind, str] = {
    "cannot learn": "$text-error",
    "odd network": "$text-warning",
    "diverged": "$text-error",
    "overfitting": "$text-warning",
    "underfitting": "$text-warning",
    "learning well": "$text-success",
}
SHADED: tuple[Kind, ...] = ("diverged", "overfitting")
"""Kinds that the charts mark from their epoch on."""


def epochs_to_mark(diagnoses: Sequence[Diagnosis]) -> MarkedEpochs | None:
    """Return the diagnosis to mark on the charts, or None."""
    for diagnosis in diagnoses:
        if diagnosis.kind in SHADED and diagnosis.since is not None:
            return MarkedEpochs(float(diagnosis.since), diagnosis.kind)
    return None


def diagnosis_line(diagnoses: Sequence[Diagnosis]) -> Content:
    """Return the first diagnosis as one line; empty if it is too early."""
    if not diagnoses or diagnoses[0].kind == "too early":
        return Content("")
    first = diagnoses[0]
    style = KIND_STYLES.get(first.kind, "$text-muted")
    return Content.assemble(
        (f" {first.sign} {clean(first.label)}: ", f"bold {style}"), (clean(first.sentence), style)
    )


def diagnosis_text(diagnoses: Sequence[Diagnosis]) -> Content:
    """Return all diagnoses with their advice."""
    parts = []
    for diagnosis in diagnoses:
        style = KIND_STYLES.get(diagnosis.kind, "$text")
        parts.append(
            Content.assemble(
                (f" {diagnosis.sign} {clean(diagnosis.label)}\n", f"bold {style}"),
                f" {clean(diagnosis.sentence)}\n",
                (f" {clean(diagnosis.advice)}", "$text-muted"),
            )
        )
    return Content("\n\n").join(parts) if parts else Content(" No epoch has ended yet.")


class DiagnosisWindow(Window[None]):
    """Titled sections of text."""

    CSS_PATH = "diagnosis_window.tcss"
    HELP = """
What the curves show, by fixed rules: overfitting means that training still improves while the
validation loss rises; underfitting, plateaus, noise and divergence are named as well. Below is how
the time of the whole epochs was spent. The arrow keys scroll; **escape** closes.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d", "app.pop_screen", "Close", id="insight.close", tooltip="Close"),
    ]

    def __init__(self, sections: list[tuple[str, Content]]) -> None:
        """Make the window.

        Args:
            sections: (title, text) of each, with lines indented by one; empty ones are left out.
        """
        super().__init__()
        self._sections = [(title, text) for title, text in sections if text]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="insight"):
            for title, text in self._sections:
                yield Static(Content(title), classes="piece-title")
                # The style sheet indents the lines, wrapped ones too.
                lines = [line[1:] for line in text.split("\n", allow_blank=True)]
                yield Static(Content("\n").join(lines), classes="piece")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


TIME_SIGNS = {
    "computing": "█",
    "training": "█",
    "waiting for data": "▒",
    "validating": "░",
    "saving": "·",
}
"""A fill for each share, so that colour is not needed."""
TIME_STYLES = {
    "computing": "$training",
    "training": "$training",
    "waiting for data": "$validation",
    "validating": "$success",
    "saving": "$text-muted",
}
SHORT_NAMES = {"waiting for data": "waiting"}
"""Names for a narrow screen."""
BAR_WIDTH = 20


def time_line(shares: TimeShares | None, width: int) -> Content:
    """Return what limits the training's speed, and as many shares as fit.

    Args:
        shares: None if nothing was measured.
        width: the width in columns.
    """
    if shares is None:
        return Content("")
    parts = sorted(shares.parts(), key=lambda one: -one[1])
    line = Content.assemble((f" {shares.verdict}", "bold"), ": ")
    if width >= 110:
        line = Content.assemble(line, time_bar(shares, BAR_WIDTH), "  ")
    signs = {name: f"{TIME_SIGNS[name]} " if width >= 110 else "" for name, _ in parts}
    whole = line.cell_length + sum(
        len(f"{signs[name]}{name} {share_text(share)}  ") for name, share in parts
    )
    for number, (name, share) in enumerate(parts):
        called = name if whole <= width else SHORT_NAMES.get(name, name)
        word = f"{signs[name]}{called} {share_text(share)}"
        if line.cell_length + len(word) + 2 > width:
            break
        line = Content.assemble(line, "  " if number else "", (word, TIME_STYLES[name]))
    return line


def time_bar(shares: TimeShares, width: int) -> Content:
    """Return the shares as one bar, each with its own fill; rounding errors do not add up."""
    found: list[tuple[str, str]] = []
    filled, reached = 0, 0.0
    for name, share in shares.parts():
        reached += share
        end = round(reached * width)
        found.append((TIME_SIGNS[name] * (end - filled), TIME_STYLES[name]))
        filled = end
    return Content.assemble(*found)


def time_text(shares: TimeShares | None, own: str = "") -> Content:
    """Return the shares, one a line, what limits the training's speed, and what would help.

    Args:
        shares: None if nothing was measured.
        own: the user's own program that trains; empty where that is cnn-tui's trainer.
    """
    if shares is None and own:
        return Content(f" {own} has not said how its time is divided.")
    if shares is None:
        return Content(" Not measured yet: it is known at the end of each epoch.")
    lines = []
    for name, share in shares.parts():
        bar = TIME_SIGNS[name] * max(round(share * 2 * BAR_WIDTH), 1 if share else 0)
        lines.append(
            Content.assemble(f" {name:<17}{share_text(share):>5}  ", (bar, TIME_STYLES[name]))
        )
    lines.append(Content.assemble("\n ", (f"{shares.verdict}. ", "bold"), shares.suggestion))
    return Content("\n").join(lines)
