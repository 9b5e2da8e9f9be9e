"""What is said in words of any network: its sums, and one of its layers."""

from __future__ import annotations

from textual.content import Content

from tui.common.numbers import count
from tui.common.text import clean
from tui.geometry import Graph, GraphRow, Receptive, graph_totals
from tui.ui.layers.network_table import short, side_text


def totals_line(graph: Graph, room: int) -> Content:
    """Return how many layers a network has, what they cost, and what its last maps see.

    Args:
        graph: the network.
        room: columns; what does not fit whole is left out.
    """
    totals = graph_totals(graph)
    least = "" if totals.complete else "≥ "
    layers = f"{totals.layers:,} layer" + "s" * (totals.layers != 1)
    words = [
        layers,
        f"{least}{count(totals.parameters)} parameters",
        f"{least}{short(totals.macs)} MACs",
    ]
    if isinstance(totals.field, Receptive):
        words.append(f"field {side_text(totals.field.size)}")
    elif totals.field is not None:
        words.append("field: all" if totals.field == "all" else "field: varies")
    if totals.parameters > totals.trainable:
        words.append(f"{short(totals.parameters - totals.trainable)} not trained")
    found = ""
    for word in words:
        if len(found) + len(word) + 3 <= room:
            found += f" · {word}" if found else word
    return Content(found)


def row_line(graph: Graph, row: GraphRow) -> Content:
    """Return a layer in words: its whole name, what it receives, what it sees, what is wrong."""
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
        parts.append(f"   use {row.use + 1} of the layer: its numbers were counted above")
    if row.problem:
        return Content.assemble(*parts, "\n ", (clean(row.problem, 300), "$warning"))
    return Content.assemble(*parts, "\n ", (_sees(row), "$text-muted"))


def _sees(row: GraphRow) -> str:
    seen = row.seen
    if isinstance(seen, Receptive):
        step = f"{side_text(seen.jump)} pixel" + "s" * (max(seen.jump) > 1)
        return f"one value sees {seen.size} pixels, the next one {step} further"
    if seen == "all":
        return "one value sees the whole picture"
    return "values differ in how much they see" if seen == "varies" else "what it sees is not known"
