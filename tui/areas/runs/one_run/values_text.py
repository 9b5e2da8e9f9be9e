"""The values of a run in a line: of its last epoch, or at the cursor of its charts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content

from tui.common.numbers import epoch_count, figure, metric_value
from tui.common.shorten import cells
from tui.common.stop_rule import StopRule
from tui.common.text import exact, exact_32
from tui.runs.curves.epoch_curves import EPOCH_FIGURES, second_plottable
from tui.runs.events.event_types import Metrics
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.run_formatting import (
    ANY_WIDTH,
    best_text,
    images_phrase,
    limits,
    metrics_line,
)
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.overlays import CURSOR


def values_line(
    progress: RunProgress,
    drawn: str = "",
    rule: StopRule | None = None,
    width: int = ANY_WIDTH,
) -> Content:
    """Return the values of the last whole epoch and the best so far, as many as fit.

    Args:
        progress: the run so far.
        drawn: what the second chart shows; its value is added if it is not a metric.
        rule: the stop rule; values are rounded so that they stay on its side of the limit.
        width: cells of the line.
    """
    if not progress.epoch_numbers:
        if progress.data is None:
            return Content("")
        return Content(f" {images_phrase(progress.data)}")
    last = progress.epoch_details[-1].metrics
    head = f" epoch {progress.epochs_done}: "
    text = head + metrics_line(last, rule, progress.best_metric, width - len(head))
    more = [_figure(progress, -1, second_plottable(progress, drawn))]
    if progress.best is not None:
        best = metric_value(progress.best, against=limits(rule, progress.best_metric))
        best = best_text(progress.best_metric, best)
        more.append(f"   best {best} (epoch {progress.best_epoch})")
    return Content(_with_more(text, more, width))


def _with_more(text: str, parts: Sequence[str], width: int) -> str:
    """Return a line with those of some parts that fit."""
    for part in parts:
        if cells(text) + cells(part) <= width:
            text += part
    return text


def cursor_line(
    progress: RunProgress, view: ChartView, rule: StopRule | None = None, width: int = ANY_WIDTH
) -> Content | None:
    """Return the values at the cursor, as many as fit; None without a cursor.

    At the end of an epoch these are its values, within an epoch the running means.
    """
    x = view.cursor
    if x is None:
        return None
    whole = round(x)
    head = f" {CURSOR} epoch {whole}: "
    if abs(x - whole) < 1e-6 and whole in progress.epoch_numbers:
        position = progress.epoch_numbers.index(whole)
        values = progress.epoch_details[position].metrics
        rate = progress.epoch_details[position].learning_rate
        room = width - cells(head)
        text = metrics_line(values, rule, progress.best_metric, room)
        drawn = second_plottable(progress, view.second)
        more = [f"  lr {exact(exact_32(rate))}" if rate else ""]
        more += [_figure(progress, position, drawn)] if drawn != "learning rate" else []
        return Content.assemble((head, "bold $text-accent"), _with_more(text, more, room))
    epoch = max(math.ceil(x - 1e-9), 1)
    batch = round((x - epoch + 1) * progress.drawn_steps)
    counted = epoch_count(batch, progress.steps)
    head = f" {CURSOR} epoch {epoch}, batch {counted}: "
    means: Metrics = {}
    for name, curve in progress.batch_curves.items():
        nearest = curve.nearest(x)
        reach = 1 / progress.drawn_steps
        if curve.parts and x <= curve.thinned_until:
            reach = max(reach, 1 / curve.parts)
            head = f" {CURSOR} epoch {epoch}, near batch {counted}: "
        if nearest is not None and abs(nearest[0] - x) <= reach:
            means[name] = nearest[1]
    note, room = " (running means)", width - cells(head)
    line = metrics_line(means, width=room)
    text = _with_more(line, [note], room) if means else "no value was measured here"
    return Content.assemble((head, "bold $text-accent"), text)


def _figure(progress: RunProgress, position: int, drawn: str) -> str:
    """Return an epoch's value in the second chart, if it is not a metric."""
    value = EPOCH_FIGURES.get(drawn)
    if value is None:
        return ""
    return f"  {drawn} {figure(value(progress.epoch_details[position]), 6)}"
