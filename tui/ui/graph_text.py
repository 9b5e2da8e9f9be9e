"""A network with any branches in lines of text: its totals, and one of its layers."""

from __future__ import annotations

from textual.content import Content

from tui.common.numbers import count
from tui.common.text import clean
from tui.geometry import Graph, GraphRow, ReceptiveField, graph_totals
from tui.ui.network_table import short_number


def totals_line(graph: Graph, room: int) -> Content:
    """Return a network's number of layers, their cost, and the last receptive field.

    Args:
        graph: the network.
        room: width in cells; items that do not fit are left out.
    """
    totals = graph_totals(graph)
    least = "" if totals.complete else "≥ "
    layers = f"{totals.layers:,} layer" + "s" * (totals.layers != 1)
    words = [
        layers,
        f"{least}{count(totals.parameters)} parameters",
        f"{least}{short_number(totals.macs)} MACs",
    ]
    if isinstance(totals.field, ReceptiveField):
        words.append(f"field {totals.field.size.short}")
    elif totals.field is not None:
        words.append("field: all" if totals.field == "all" else "field: varies")
    if totals.parameters > totals.trainable:
        words.append(f"{short_number(totals.parameters - totals.trainable)} not trained")
    found = ""
    for word in words:
        if len(found) + len(word) + 3 <= room:
            found += f" · {word}" if found else word
    return Content(found)


def row_line(graph: Graph, row: GraphRow) -> Content:
    """Return a layer's full name, its inputs, its receptive field, and what is wrong with it."""
    parts: list[str | tuple[str, str]] = [(f" {clean(row.name, 60)} ", "bold")]
    parts.append((f"{clean(row.class_name, 40)}   ", "$text-muted"))
    for place, source in enumerate(row.sources[:4]):
        name = "the input" if source < 0 and len(graph.inputs) == 1 else graph.source_name(source)
        shape = graph.source_shape(source)
        parts.append(" + " if place else "")
        parts.append(f"{clean(name, 40)} " if not row.follows else "")
        parts.append(("?" if shape is None else str(shape), "$input-color"))
    if len(row.sources) > 4:
        parts.append(f" + {len(row.sources) - 4} more")
    parts += [" → ", ("?" if row.output is None else str(row.output), "bold $output-color")]
    if row.use:
        parts.append(f"   use {row.use + 1} of this layer: its parameters are counted above")
    if row.problem:
        return Content.assemble(*parts, "\n ", (clean(row.problem, 300), "$warning"))
    return Content.assemble(*parts, "\n ", (_sees(row), "$text-muted"))


def _sees(row: GraphRow) -> str:
    seen = row.receptive_field
    if isinstance(seen, ReceptiveField):
        step = f"{seen.jump.short} pixel" + "s" * (max(seen.jump) > 1)
        return f"one value sees {seen.size} pixels, the next one {step} further on"
    if seen == "all":
        return "one value sees the whole picture"
    return "values differ in how much they see" if seen == "varies" else "what it sees is not known"
