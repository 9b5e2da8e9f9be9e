"""What `cnn-tui calc --from` prints of a model that is not a plain chain of layers."""

from __future__ import annotations

import json

import click

from tui.cli.calculator.calc_text import aligned_table, fitting, megabytes
from tui.common.numbers import count, tenths
from tui.common.streams import json_text
from tui.common.text import clean
from tui.geometry import (
    AnyShape,
    GeometryError,
    Graph,
    GraphRow,
    ReceptiveField,
    Vector,
    Volume,
    graph_totals,
)
from tui.keras_io import read_graph, read_network


def other_than_a_chain(source: str | bytes, name: str) -> Graph | None:
    """Return a model with branches, or with layers that the calculator has no words for.

    Args:
        source: the content of the file.
        name: the name of the file.

    Returns:
        None if it is a chain that the calculator can show.

    Raises:
        GeometryError: if it cannot be read either way.
    """
    try:
        read_network(source, name)
    except GeometryError as error:
        try:
            graph = read_graph(source, name)
        except GeometryError:
            raise error from None
        return graph
    return None


def print_graph(graph: Graph, *, batch: int | None, as_json: bool, width: int | None = None) -> int:
    """Print a model, and return the exit status: 1 if something is unknown."""
    totals = graph_totals(graph)
    if as_json:
        records = [_record(graph, row) for row in graph.rows]
        click.echo(json_text(json.dumps(records, indent=2, ensure_ascii=False)))
        return int(not totals.complete)
    for given in graph.inputs:
        click.echo(f"input {given.shape}")
    for note in graph.notes:
        click.echo(clean(note))
    click.echo("")
    click.echo("\n".join(fitting(lambda room: _table(graph, batch, room), width)))
    problems = [row.problem for row in graph.rows if row.problem]
    if problems:
        click.echo("\n" + "\n".join(clean(problem) for problem in problems[:20]))
    least = "" if totals.complete else "at least "
    click.echo(
        f"\ntotal         {totals.layers:,} layers, {least}{count(totals.parameters)} parameters "
        f"({count(totals.trainable)} trained), {least}{count(totals.macs)} MACs"
    )
    if batch is not None and totals.complete:
        click.echo(
            f"activations   {count(totals.activations)} values an image: "
            f"{tenths(megabytes(totals.activations, batch))} MB for a batch of {batch:,} in float32"
        )
    return int(not totals.complete)


def _table(graph: Graph, batch: int | None, room: int) -> list[str]:
    head = ["layer", "output", "parameters", "MACs", "field", "jump", "class", "from"]
    if batch is not None:
        head.insert(6, "MB")
    body = [head]
    for row in graph.rows:
        seen = row.receptive_field
        field = jump = "–" if seen == "all" else "varies" if seen == "varies" else "?"
        if isinstance(seen, ReceptiveField):
            field, jump = seen.size.short, seen.jump.short
        line = [
            clean("/".join((*row.models[-1:], row.name)), 48),
            "?" if row.output is None else str(row.output),
            "?" if row.parameters is None else count(row.parameters, room),
            "?" if row.macs is None else count(row.macs, room),
            field,
            jump,
            clean(row.class_name, 40),
            "" if row.follows else " + ".join(_names(graph, row)),
        ]
        if batch is not None:
            size = None if row.output is None else row.output.size
            line.insert(6, "?" if size is None else tenths(megabytes(size, batch), min(room, 10)))
        body.append(line)
    return aligned_table(body, left=(0, 1, len(head) - 2, len(head) - 1))


def _names(graph: Graph, row: GraphRow) -> list[str]:
    return [clean(graph.source_name(source), 40) for source in row.sources]


def _record(graph: Graph, row: GraphRow) -> dict[str, object]:
    """Return a row as values for JSON."""
    seen = row.receptive_field
    return {
        "name": row.name,
        "class": row.class_name,
        "inside": list(row.models),
        "from": [graph.source_name(source) for source in row.sources],
        "output": None if row.output is None else _shape(row.output),
        "parameters": row.parameters,
        "trainable": row.trainable,
        "macs": row.macs,
        "receptive": {"size": [*seen.size], "jump": [*seen.jump], "start": [*seen.start]}
        if isinstance(seen, ReceptiveField)
        else None,
        **({"problem": row.problem} if row.problem else {}),
    }


def _shape(shape: AnyShape) -> dict[str, object]:
    if isinstance(shape, Volume):
        return {"width": shape.width, "height": shape.height, "depth": shape.depth}
    return {"size": shape.size} if isinstance(shape, Vector) else {"sides": list(shape.sides)}
