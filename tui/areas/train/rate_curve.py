"""The learning rate of a training before its start: its schedule in words, and its curve."""

from __future__ import annotations

from textual.content import Content

from tui.runs.settings.schedule_chart import schedule_lines, schedule_words
from tui.runs.settings.schedules import parse_schedule
from tui.runs.settings.spec import TrainingSpec

_WIDE = 34
"""Columns of the curve: as many as there are at 80 columns, beside a scrollbar."""


def rate_curve(spec: TrainingSpec) -> Content:
    """Return the curve of a spec's learning rate, and what its schedule does."""
    words = schedule_words(parse_schedule(spec.schedule), spec.learning_rate, spec.epochs)
    lines = [Content.styled(f" {line}", "$text-accent") for line in schedule_lines(spec, _WIDE)]
    return Content("\n").join([*lines, Content(words)])
