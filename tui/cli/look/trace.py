"""`cnn-tui look --trace`: what one value of a layer is computed from, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from tui.common.numbers import finite_or_none
from tui.common.text import clean
from tui.inspection.answers import Opened, Traced
from tui.inspection.inspector_client import InspectorClient
from tui.inspection.requests import Trace
from tui.inspection.traced_text import (
    TracedWindow,
    calculation_lines,
    channel_name,
    difference,
    name_of,
    number_text,
    place_text,
    product_text,
    shape_of,
    term_place,
    traced_window,
)

_MOST_TERMS = 20
"""Terms that are printed; --json has all that were sent."""
_VERSION = 1


async def print_trace(
    client: InspectorClient, opened: Opened, layer: int, image: str, place: str, *, as_json: bool
) -> None:
    """Print what one value is computed from.

    Args:
        client: with an open network.
        opened: the network.
        layer: index in `opened.layers`.
        image: path of the image.
        place: COLUMN,ROW,CHANNEL as typed, or UNIT.
        as_json: whether to print JSON.

    Raises:
        UsageError: if `place` cannot be read.
        InspectionError: if the layer has no such value.
    """
    x, y, channel = _read_place(opened, layer, place)
    traced = await client.ask(Trace(picture=image, layer=layer, channel=channel, x=x, y=y))
    if as_json:
        click.echo(json.dumps(_as_json(traced, opened), indent=2))
        return
    for line in _lines(traced, opened):
        click.echo(line)


def _read_place(opened: Opened, layer: int, text: str) -> tuple[int, int, int]:
    width, height, depth = shape_of(opened, layer)
    try:
        numbers = [int(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    name = name_of(opened, layer)
    if not width:
        if len(numbers) != 1 or not 0 <= numbers[0] < depth:
            raise click.UsageError(
                f"--trace {clean(text, 40)} is no unit of {name}, which has {depth:,}: name one "
                f"from 0 to {depth - 1}."
            )
        return 0, 0, numbers[0]
    if (
        len(numbers) != 3
        or not 1 <= numbers[0] <= width
        or not 1 <= numbers[1] <= height
        or not 0 <= numbers[2] < depth
    ):
        raise click.UsageError(
            f"--trace {clean(text, 40)} is no value of {name}: type COLUMN,ROW,CHANNEL with a "
            f"column from 1 to {width}, a row from 1 to {height} and a channel from 0 to "
            f"{depth - 1}, such as 1,1,0."
        )
    return numbers[0] - 1, numbers[1] - 1, numbers[2]


def _lines(traced: Traced, opened: Opened) -> Iterator[str]:
    place = place_text(opened, traced.layer, traced.x, traced.y, traced.channel)
    yield f"{name_of(opened, traced.layer)}  {place}: {number_text(traced.output)}"
    window = traced_window(traced)
    if window is not None:
        yield from _window_lines(traced, opened, window)
    else:
        yield from _term_lines(traced, opened)
    yield from calculation_lines(traced, opened)


def _window_lines(traced: Traced, opened: Opened, window: TracedWindow) -> Iterator[str]:
    source = traced.sources[0]
    if not window.values:
        yield f"no value of {name_of(opened, source)} reaches it"
        return
    columns, rows = window.columns, window.rows
    yield (
        f"reads {name_of(opened, source)}, columns {min(columns) + 1} to {max(columns) + 1}, "
        f"rows {min(rows) + 1} to {max(rows) + 1}"
    )
    for channel, number in enumerate(window.channels):
        name = f"channel {channel_name(opened, source, number)}"
        if traced.weights:
            yield f"{name}: values, weights, products; sum {number_text(window.sum_of(channel))}"
        else:
            yield f"{name}: values"
        for row in range(len(window.rows)):
            places = [window.index(channel, row, at) for at in range(len(window.columns))]
            parts = [[window.values[at] for at in places]]
            if traced.weights:
                parts.append([window.weights[at] for at in places])
                parts.append([window.product(at) for at in places])
            grids = ("".join(f"{number_text(one):>11}" for one in part) for part in parts)
            yield "   ".join(grids)


def _term_lines(traced: Traced, opened: Opened) -> Iterator[str]:
    weighted = any(term.weight != 1.0 for term in traced.terms)
    for term in traced.terms[:_MOST_TERMS]:
        value = product_text(term.value, term.weight) if weighted else number_text(term.value)
        yield f"  {name_of(opened, term.source)}, {term_place(opened, term)}: {value}"
    rest = traced.count - min(len(traced.terms), _MOST_TERMS)
    if rest > 0:
        yield f"  … and {rest:,} more, with smaller products"


def _as_json(traced: Traced, opened: Opened) -> dict[str, Any]:
    """Return an answer as plain values; columns and rows count from 1, a NaN is null."""
    window = traced_window(traced)
    found: dict[str, Any] = {
        "version": _VERSION,
        "layer": opened.layers[traced.layer].name,
        **_place(opened, traced.layer, traced.x, traced.y, traced.channel),
        "rule": traced.rule,
        "output": finite_or_none(traced.output),
        "computed": finite_or_none(traced.computed),
        "difference": finite_or_none(difference(traced)),
        "total": finite_or_none(traced.total),
        "bias": finite_or_none(traced.bias),
        "activation": traced.activation or None,
        "count": traced.count,
        "numbers": {name: finite_or_none(value) for name, value in traced.numbers},
    }
    if window is None:
        found["terms"] = [
            {
                "layer": None if term.source < 0 else opened.layers[term.source].name,
                **_place(opened, term.source, term.x, term.y, term.channel),
                "value": finite_or_none(term.value),
                "weight": finite_or_none(term.weight),
            }
            for term in traced.terms
        ]
        return found
    source = traced.sources[0]
    found["input"] = None if source < 0 else opened.layers[source].name
    found["columns"] = [column + 1 for column in window.columns]
    found["rows"] = [row + 1 for row in window.rows]
    found["channels"] = [
        {
            "channel": number,
            "values": _grid(window, channel, window.values),
            "weights": _grid(window, channel, window.weights) if traced.weights else None,
            "sum": finite_or_none(window.sum_of(channel)) if traced.weights else None,
        }
        for channel, number in enumerate(window.channels)
    ]
    return found


def _place(opened: Opened, layer: int, x: int, y: int, channel: int) -> dict[str, int]:
    if not shape_of(opened, layer)[0]:
        return {"unit": channel}
    return {"column": x + 1, "row": y + 1, "channel": channel}


def _grid(
    window: TracedWindow, channel: int, values: tuple[float, ...]
) -> list[list[float | None]]:
    return [
        [
            finite_or_none(values[window.index(channel, row, at)])
            for at in range(len(window.columns))
        ]
        for row in range(len(window.rows))
    ]
