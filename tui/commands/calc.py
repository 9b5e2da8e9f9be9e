"""`cnn-tui calc`: what layers do to a volume."""

from __future__ import annotations

import json
import sys

import click

from tui.geometry import (
    Effect,
    GeometryError,
    Row,
    Vector,
    fit_sentence,
    format_layer,
    formula,
    network_totals,
    parse_network,
    trace_network,
)


@click.command()
@click.argument("volume")
@click.argument("layers", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def calc(volume: str, layers: tuple[str, ...], as_json: bool) -> None:
    """Calculate what LAYERS make of an input VOLUME of width x height x depth.

    \b
    cnn-tui calc 150x150x3 conv:k=16,f=3,s=1,p=0
    cnn-tui calc 150x150x3 conv:k=16,f=3 maxpool:f=2 flatten dense:k=10

    k filters (or units), f filter size, s stride, p padding (a number, same or valid),
    d dilation. Different values for width and height are written f=3x5.
    """
    try:
        network = parse_network(" ".join((volume, *layers)))
    except GeometryError as error:
        raise click.UsageError(error.message) from error
    rows = trace_network(network)
    if as_json:
        click.echo(json.dumps([_row_json(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        _print(rows, str(network.input))
    if any(row.error for row in rows):
        sys.exit(1)


def _print(rows: tuple[Row, ...], volume: str) -> None:
    click.echo(f"input {volume}")
    for row in rows:
        click.echo()
        click.echo(f"{row.name}  ({format_layer(row.layer)})")
        if row.effect is not None:
            click.echo(f"  output      {row.effect.output}")
            for label, text in lines(row.effect):
                click.echo(f"  {label:<11} {text}")
        elif row.error is not None:
            click.echo(f"  does not fit: {row.error.message}")
        else:
            click.echo("  waits for the layer above")
    if len(rows) > 1 and not any(row.error for row in rows):
        totals = network_totals(rows)
        click.echo()
        click.echo(f"total         {totals.parameters:,} parameters, {totals.macs:,} MACs")


def lines(effect: Effect) -> list[tuple[str, str]]:
    """Return a layer's arithmetic as (label, text), as far as it has any."""
    texts = formula(effect)
    found = [
        ("width", texts.width),
        ("height", texts.height),
        ("depth", texts.depth),
        ("parameters", texts.parameters),
        ("MACs", texts.macs),
    ]
    sentence = fit_sentence(effect)
    return [(label, text) for label, text in found if text] + [("fit", sentence)] * bool(sentence)


def _row_json(row: Row) -> dict[str, object]:
    record: dict[str, object] = {"name": row.name, "layer": format_layer(row.layer)}
    if row.error is not None:
        return {**record, "error": row.error.message, "field": row.error.field}
    if row.effect is None:
        return {**record, "waiting": True}
    output = row.effect.output
    shape = (
        {"size": output.size}
        if isinstance(output, Vector)
        else {"width": output.width, "height": output.height, "depth": output.depth}
    )
    return {
        **record,
        "output": shape,
        "parameters": row.effect.parameters,
        "macs": row.effect.macs,
        "fits": row.effect.fits,
        "unread": {"columns": row.effect.unread.w, "rows": row.effect.unread.h},
        "formula": dict(lines(row.effect)),
    }
