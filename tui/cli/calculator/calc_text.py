"""What `cnn-tui calc` prints: a table of the layers, and each layer's arithmetic."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from tui.common.numbers import LEAST_WIDTH, count, percent, tenths
from tui.geometry import (
    Effect,
    Row,
    Shape,
    Totals,
    Vector,
    fit_sentence,
    format_layer,
    formula,
    network_totals,
)

_BYTES = 4  # of one float32
_LABEL = 14  # columns before the text of a line
_WIDE = 23  # columns of a number in a sentence


def lines(effect: Effect) -> list[tuple[str, str]]:
    """Return a layer's arithmetic as pairs of label and text."""
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


def report(
    rows: Sequence[Row],
    volume: Shape,
    *,
    steps: bool,
    batch: int | None,
    width: int | None = None,
) -> list[str]:
    """Return the lines that are printed for a network.

    Args:
        rows: its traced rows.
        volume: its input.
        steps: whether to show each layer's arithmetic; a single layer's always is.
        batch: the batch size to report memory for, or None.
        width: columns of the terminal, where longer lines are wrapped between words; None if
            the output goes elsewhere.

    Returns:
        The lines.
    """
    said = [f"input {volume}"]
    totals = network_totals(rows)
    if len(rows) > 1:
        said += [
            "",
            *fitting(lambda room: _table(rows, totals, batch, room), width),
            *_remarks(rows),
        ]
    if steps or len(rows) == 1:
        for row in rows:
            said += ["", *wrapped(_arithmetic(row), width)]
    if len(rows) > 1 and totals.complete:
        total = (
            f"total         {count(totals.parameters, _WIDE)} parameters, "
            f"{count(totals.macs, _WIDE)} MACs"
        )
        said += ["", *wrapped([total], width)]
    if batch is not None and rows and totals.complete:
        if len(rows) == 1:
            said.append("")
        memory = (
            f"activations   {count(totals.activations, _WIDE)} values an image: "
            f"{tenths(megabytes(totals.activations, batch), _WIDE)} MB for "
            f"a batch of {batch:,} in float32"
        )
        said += wrapped([memory], width)
    return said


def fitting(table: Callable[[int], list[str]], width: int | None) -> list[str]:
    """Return a table, its counts shortened as far as the terminal is too narrow for them.

    Args:
        table: returns the lines, given the columns for one count.
        width: columns of the terminal; None for no limit.
    """
    lines: list[str] = []
    for room in (15, 10, LEAST_WIDTH):
        lines = table(room)
        if width is None or max(map(len, lines)) <= width:
            return lines
    return wrapped(lines, width)


def wrapped(lines: Sequence[str], width: int | None) -> list[str]:
    """Return labelled lines, wrapped between words to the width of the terminal."""
    if width is None:
        return list(lines)
    found: list[str] = []
    for line in lines:
        found += textwrap.wrap(
            line,
            max(width, 2 * _LABEL),
            subsequent_indent=" " * _LABEL,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return found


def megabytes(values: int, batch: int) -> float:
    """Return the memory of values in float32, in millions of bytes.

    >>> megabytes(350_464, 20)
    28.03712
    """
    return values * batch * _BYTES / 1e6


def _arithmetic(row: Row) -> list[str]:
    said = [f"{row.name}  ({format_layer(row.layer)})"]
    if row.effect is not None:
        said.append(f"  output      {row.effect.output}")
        said += [f"  {label:<11} {text}" for label, text in lines(row.effect)]
    elif row.error is not None:
        said.append(f"  does not fit: {row.error.message}")
    else:
        said.append("  waits for the layer above")
    return said


def _table(rows: Sequence[Row], totals: Totals, batch: int | None, room: int) -> list[str]:
    """One line for each layer: shape, cost, and the receptive field's size, jump and start."""
    head = ["layer", "output", "parameters", "share", "MACs", "field", "jump", "start"]
    if batch is not None:
        head.append("MB")
    body = [head]
    for row in rows:
        if row.effect is None:
            body.append([row.name, "does not fit" if row.error else "waits"])
            continue
        seen = row.receptive_field
        line = [
            row.name,
            str(row.effect.output),
            count(row.effect.parameters, room),
            percent(totals.share(row), 1),
            count(row.effect.macs, room),
            *(
                [seen.size.short, seen.jump.short, seen.start.short]
                if seen is not None
                else ["–"] * 3
            ),
        ]
        if batch is not None:
            line.append(tenths(megabytes(row.effect.output.size, batch), min(room, 10)))
        body.append(line)
    return aligned_table(body, left=(0, 1))


def aligned_table(body: list[list[str]], left: tuple[int, ...]) -> list[str]:
    """Return the lines of a table.

    Args:
        body: its cells, the heading first; a line may end early.
        left: the columns aligned left; the others (numbers) are aligned right.
    """
    columns = range(max(map(len, body)))
    widths = [max(len(line[i]) for line in body if i < len(line)) for i in columns]
    return [
        "  ".join(
            text.ljust(width) if i in left else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=False))
        ).rstrip()
        for line in body
    ]


def _remarks(rows: Sequence[Row]) -> list[str]:
    """Return the remarks below the table: what does not fit, and what is rounded."""
    said = []
    for row in rows:
        if row.error is not None:
            said.append(f"{row.name} does not fit: {row.error.message}")
        elif row.effect is not None and not row.effect.fits:
            said.append(f"{row.name}: {fit_sentence(row.effect)}")
        if row.effect is not None and row.effect.note:
            said.append(f"{row.name}: {row.effect.note}")
    return ["", *said] if said else []


def row_json(row: Row, totals: Totals) -> dict[str, object]:
    """Return a row as values for JSON."""
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
    seen = row.receptive_field
    return {
        **record,
        "output": shape,
        "parameters": row.effect.parameters,
        "share": round(totals.share(row), 6),
        "macs": row.effect.macs,
        "activations": output.size,
        "receptive": None
        if seen is None
        else {"size": [*seen.size], "jump": [*seen.jump], "start": [*seen.start]},
        "fits": row.effect.fits,
        "unread": {"columns": row.effect.unread.w, "rows": row.effect.unread.h},
        "formula": dict(lines(row.effect)),
    }
