"""The list of runs as lines of text, and as records for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.common.numbers import finite_or_none, metric_value
from tui.common.shorten import cells, shorten_words
from tui.common.text import clean
from tui.runs.queue.waiting_runs import queue_position_text
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.columns import aligned, cell_text, group_parts, group_text, make_columns
from tui.runs.selection.run_fields import Field, Value
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary

_BEST = 34
"""Columns of the best value, with its metric and epoch."""
Places = Mapping[RunFolder, int]


def list_records(
    chosen: Sequence[RunSummary],
    groups: Sequence[RunGroup] | None,
    grouped: Sequence[Field],
    shown: Sequence[Field],
    places: Places,
) -> list[dict[str, object]]:
    """Return the runs for JSON: a list of them, or of groups.

    Args:
        chosen: the runs, in their order.
        groups: the same in groups; None for no groups.
        grouped: the fields that they are grouped by.
        shown: the fields that were asked for.
        places: of the runs that wait in the queue, from 1.
    """

    def record(run: RunSummary) -> dict[str, object]:
        made = _record(run, places.get(run.run, 0))
        if shown:
            made["columns"] = {field.name: _json_value(field.read(run)) for field in shown}
        return made

    if groups is None:
        return [record(run) for run in chosen]
    return [
        {
            "group": {
                field.name: _json_value(value)
                for field, value in zip(grouped, group.values, strict=True)
            },
            "count": len(group.runs),
            "metric": group.metric,
            "best": group.result.best,
            "mean": group.result.mean,
            "spread": group.result.spread,
            "runs": [record(run) for run in group.runs],
        }
        for group in groups
    ]


def _json_value(value: Value | None) -> Value | None:
    """Return a value as JSON can hold it: None for a number that is not finite."""
    return value if isinstance(value, str) else finite_or_none(value)


def list_lines(
    chosen: Sequence[RunSummary],
    groups: Sequence[RunGroup] | None,
    grouped: Sequence[Field],
    shown: Sequence[Field],
    places: Places,
) -> list[str]:
    """Return the lines of the list; the arguments are those of `list_records`."""
    if not chosen:
        return []
    columns = make_columns(shown, chosen)

    def lines(run: RunSummary) -> list[str]:
        if not columns:
            return _lines(run, places.get(run.run, 0))
        texts = (aligned(cell_text(one.field, run, one.width), one) for one in columns)
        return [f"{'  '.join(texts)}  {clean(run.title)}  {clean(run.run.name)}"]

    head = ["  ".join(aligned(one.head, one) for one in columns) + "  name"] if columns else []
    if groups is None:
        return [*head, *(line for run in chosen for line in lines(run))]
    found = [f"  {line}" for line in head]
    for group in groups:
        found.append("  ".join([group_text(grouped, group), *group_parts(group)]))
        found += [f"  {line}" for run in group.runs for line in lines(run)]
    return found


def _record(summary: RunSummary, place: int) -> dict[str, object]:
    return {
        "run": str(summary.run.path),
        "name": summary.title,
        "note": summary.note,
        "state": summary.state,
        "place": place or None,
        "epochs_done": summary.epochs_done,
        "epochs": summary.epochs,
        "best": summary.best,
        "best_epoch": summary.best_epoch,
        "best_metric": summary.best_metric,
    }


def _lines(summary: RunSummary, place: int) -> list[str]:
    best = ""
    if summary.best is not None:
        value = metric_value(summary.best, against=summary.best_limits)
        result = f"{value} (epoch {summary.best_epoch})"
        name = shorten_words(summary.best_metric, max(_BEST - 1 - len(result), 8))
        best = f"{name} {result}"
    said = queue_position_text(summary, place) or summary.status
    lines = [
        f"{said:<18} {summary.epochs_done:>4}/{summary.epochs or '?':<4} "
        f"{best}{' ' * (_BEST - cells(best))} {clean(summary.title)}  {clean(summary.run.name)}"
    ]
    lines += [f"    {clean(text)}" for text in (summary.note, summary.problem) if text]
    return lines
