"""What a run's curves say, in words for its screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from tui.common.text import clean
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis, Kind
from tui.runs.diagnosis.time_shares import TimeShares, share_text
from tui.runs.events.event_types import DeviceStats
from tui.ui.charts.run_charts import Finding
from tui.ui.dialogs.window import Window

KIND_STYLES: dict[Kind, str] = {
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
    style = KIND_STYLES.get(first.kind, "$text-muted")
    return Content.assemble(
        (f" {first.sign} {clean(first.label)}: ", f"bold {style}"), (clean(first.sentence), style)
    )


def diagnosis_text(diagnoses: Sequence[Diagnosis]) -> Content:
    """Return all that the curves say, with what to try."""
    parts = []
    for one in diagnoses:
        style = KIND_STYLES.get(one.kind, "$text")
        parts.append(
            Content.assemble(
                (f" {one.sign} {clean(one.label)}\n", f"bold {style}"),
                f" {clean(one.sentence)}\n",
                (f" {clean(one.advice)}", "$text-muted"),
            )
        )
    return Content("\n\n").join(parts) if parts else Content(" No epoch has ended yet.")


class DiagnosisWindow(Window[None]):
    """Titled pieces of text below each other."""

    CSS_PATH = "diagnosis_window.tcss"
    HELP = """
What the curves say, by fixed rules: overfitting is training that goes on getting better while the
validation loss rises; underfitting, a plateau, noise and divergence are named likewise. Below it
is where the time of the whole epochs went. Scroll with the arrows; **escape** closes.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d", "app.pop_screen", "Close", id="insight.close", tooltip="Close"),
    ]

    def __init__(self, pieces: list[tuple[str, Content]]) -> None:
        """Make the window.

        Args:
            pieces: (title, text) of each, its lines indented by one; those without a text are
                left out.
        """
        super().__init__()
        self._pieces = [(title, text) for title, text in pieces if text]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="insight"):
            for title, text in self._pieces:
                yield Static(Content(title), classes="piece-title")
                # The style sheet indents them: what is wrapped stands below its beginning.
                lines = [line[1:] for line in text.split("\n", allow_blank=True)]
                yield Static(Content("\n").join(lines), classes="piece")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


TIME_SIGNS = {"computing": "█", "waiting for data": "▒", "validating": "░", "saving": "·"}
"""One ground for each share: colour is not needed."""
TIME_STYLES = {
    "computing": "$training",
    "waiting for data": "$validation",
    "validating": "$success",
    "saving": "$text-muted",
}
SHORT_NAMES = {"waiting for data": "waiting"}
"""Names for a narrow screen."""
BAR_WIDTH = 20


def time_line(shares: TimeShares | None, width: int) -> Content:
    """Return what bounds the training and its shares, as many of them as there is room for.

    Args:
        shares: None where nothing was measured.
        width: columns.
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
    """Return the shares as one bar, each with a ground of its own; no share is lost to rounding."""
    found: list[tuple[str, str]] = []
    filled, reached = 0, 0.0
    for name, share in shares.parts():
        reached += share
        end = round(reached * width)
        found.append((TIME_SIGNS[name] * (end - filled), TIME_STYLES[name]))
        filled = end
    return Content.assemble(*found)


def time_text(shares: TimeShares | None, device: DeviceStats | None) -> Content:
    """Return the shares a line each, what bounds the training, and what would help."""
    if shares is None:
        return Content(" Nothing was measured yet: it is told with each epoch that ends.")
    lines = []
    for name, share in shares.parts():
        bar = TIME_SIGNS[name] * max(round(share * 2 * BAR_WIDTH), 1 if share else 0)
        lines.append(
            Content.assemble(f" {name:<17}{share_text(share):>5}  ", (bar, TIME_STYLES[name]))
        )
    lines.append(Content.assemble("\n ", (f"{shares.verdict}. ", "bold"), shares.suggestion))
    if device is not None:
        lines.append(Content(f" {gpu_text(device)}"))
    return Content("\n").join(lines)


def gpu_text(device: DeviceStats) -> str:
    """Return how busy the GPU is.

    >>> gpu_text(DeviceStats(at=0, gpu_percent=71.2, memory_used=31 * 10**8, memory_total=15**9))
    'GPU 71 %, 3.1 of 38.4 GB'
    """
    used, total = device.memory_used / 1e9, device.memory_total / 1e9
    return f"GPU {device.gpu_percent:.0f} %, {used:.1f} of {total:.3g} GB"
