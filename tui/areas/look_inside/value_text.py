"""The values, weights and products of one traced value as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tui.inspection.answers import Opened, Traced
from tui.inspection.traced_terms import TracedTerm
from tui.inspection.traced_text import (
    TracedWindow,
    channel_name,
    name_of,
    number_text,
    place_text,
    product_text,
    shape_of,
    short_place,
    term_place,
)

CHOSEN = "bold reverse"
_GAP = 2
_TITLE = 9
"""Columns of the longest title."""


@dataclass(frozen=True, slots=True)
class GridLayout:
    """How the grids of a window are laid out.

    Args:
        across: grids side by side; the rest are below.
        columns, rows: of the window that are shown of each.
        digits: significant digits of a number.
        cell: width of a number with its brackets.
    """

    across: int
    columns: int
    rows: int
    digits: int
    cell: int


def lay_out_grids(
    size: tuple[int, int], grids: int, cells: dict[int, int], width: int, height: int
) -> GridLayout:
    """Return the layout that shows the most of a window.

    Args:
        size: columns and rows of the window.
        grids: how many grids there are, each below a title.
        cells: width of a cell for each number of digits, the most digits first.
        width, height: the room, in cells of the terminal.

    >>> lay_out_grids((3, 3), 3, {3: 8, 2: 7}, width=52, height=9)
    GridLayout(across=2, columns=3, rows=3, digits=3, cell=8)
    """
    best: tuple[tuple[int, int], GridLayout] | None = None
    for digits, cell in cells.items():
        for across in range(grids, 0, -1):
            high = -(-grids // across)
            columns = min(size[0], (width - _GAP * (across - 1)) // across // cell)
            rows = min(size[1], height // high - 1)
            rank = max(columns, 0) * max(rows, 0), digits
            if best is None or rank > best[0]:
                best = rank, GridLayout(across, max(columns, 1), max(rows, 1), digits, cell)
    assert best is not None
    return best[1]


def window_grids(
    window: TracedWindow, shape: tuple[int, int, int], index: int, width: int, height: int
) -> Content:
    """Return the values, weights and products of the channel of one value, which is marked.

    Args:
        window: the values and weights.
        shape: width, height and depth of the layer's input.
        index: of the marked value.
        width, height: the room, in cells.
    """
    channel, row, column = window.place(index)
    first = window.index(channel, 0, 0)
    places = range(first, first + len(window.rows) * len(window.columns))
    padded = {at for at in places if _is_padding(window, shape, at)}
    grids = [("values", [window.values[at] for at in places], "$input-color")]
    if _has_weights(window):
        grids += [
            ("weights", [window.weights[at] for at in places], "$filter-color"),
            ("products", [window.product(at) for at in places], "$output-color"),
        ]
    cells = {
        digits: max(len(number_text(one, digits)) for _, grid, _ in grids for one in grid) + 2
        for digits in (3, 2)
    }
    size = len(window.columns), len(window.rows)
    layout = lay_out_grids(size, len(grids), cells, width, height - 1)
    left = _start(column, layout.columns, len(window.columns))
    top = _start(row, layout.rows, len(window.rows))
    blocks = []
    for title, grid, style in grids:
        lines = [Content.styled(f" {title}", "bold")]
        for at_row in range(top, top + layout.rows):
            parts: list[tuple[str, str]] = []
            for at_column in range(left, left + layout.columns):
                at = at_row * len(window.columns) + at_column
                text = number_text(grid[at], layout.digits)
                if first + at in padded and title == "values":
                    text = "·"
                text = text.rjust(layout.cell - 2)
                if first + at == index:
                    parts.append((f"[{text}]", f"{CHOSEN} {style}"))
                else:
                    parts.append((f" {text} ", style))
            lines.append(Content.assemble(*parts))
        blocks.append(lines)
    notes = ["· is padding"] if padded else []
    if (layout.columns, layout.rows) != size:
        notes.append(f"a part of {size[0]}×{size[1]}: move on for the rest")
    drawn = _beside(blocks, layout.across, max(layout.columns * layout.cell, _TITLE))
    return drawn + Content.styled(f"\n {', '.join(notes)}", "$text-muted") if notes else drawn


def _has_weights(window: TracedWindow) -> bool:
    return any(weight != 1.0 for weight in window.weights)


def _is_padding(window: TracedWindow, shape: tuple[int, int, int], index: int) -> bool:
    _, row, column = window.place(index)
    x, y = window.columns[column], window.rows[row]
    return not (0 <= x < shape[0] and 0 <= y < shape[1])


def _start(place: int, shown: int, whole: int) -> int:
    """Return the first of so many places around one."""
    return min(max(place - shown // 2, 0), max(whole - shown, 0))


def _beside(blocks: Sequence[Sequence[Content]], across: int, width: int) -> Content:
    lines: list[Content] = []
    for first in range(0, len(blocks), across):
        part = blocks[first : first + across]
        for row in zip(*part, strict=True):
            lines.append(
                Content(" " * _GAP).join(
                    [one + Content(" " * (width - one.cell_length)) for one in row]
                )
            )
    return Content("\n").join(lines)


def value_line(traced: Traced, opened: Opened, window: TracedWindow, index: int) -> Content:
    """Return where the marked value of a window is, and its product."""
    channel, row, column = window.place(index)
    source = traced.sources[0]
    shape = shape_of(opened, source)
    number = window.channels[channel]
    if _is_padding(window, shape, index):
        place = "in the padding around the input"
    else:
        place = place_text(opened, source, window.columns[column], window.rows[row], number)
    if traced.weights:
        text = product_text(window.values[index], window.weights[index])
    else:
        text = number_text(window.values[index])
        if traced.rule == "window maximum" and window.values[index] == traced.output:
            text += ", the largest"
        if traced.rule == "window maximum" and _is_padding(window, shape, index):
            text = "never the largest"
    return Content.assemble((f"{place}: ", ""), (text, "bold"))


def channels_line(
    traced: Traced, opened: Opened, window: TracedWindow, index: int, width: int
) -> Content:
    """Return the sum of each channel, as many as fit around the marked one."""
    chosen = window.place(index)[0]
    if not traced.weights or len(window.channels) < 2:
        return Content("")
    head = "sums by channel (, .): "
    words = []
    for at, number in enumerate(window.channels):
        name = channel_name(opened, traced.sources[0], number)
        text = f"{name}: {number_text(window.sum_of(at), 3)}"
        words.append(f"‹{text}›" if at == chosen else text)
    first, last = chosen, chosen + 1
    while True:
        grown = [(first, last + 1), (first - 1, last)]
        if last - chosen > chosen - first + 1:
            grown.reverse()
        for a, b in grown:
            if a >= 0 and b <= len(words) and len(_joined(words, a, b)) + len(head) <= width:
                first, last = a, b
                break
        else:
            return Content.assemble((head, "$text-muted"), _joined(words, first, last))


def _joined(words: Sequence[str], first: int, last: int) -> str:
    inside = "  ".join(words[first:last])
    return ("…  " if first else "") + inside + ("  …" if last < len(words) else "")


def terms_list(traced: Traced, opened: Opened, index: int, width: int, height: int) -> Content:
    """Return the values that a value is computed from, one a line, as many as fit.

    Args:
        traced: without a window.
        opened: the network.
        index: of the marked term.
        width, height: the room, in cells.
    """
    terms = traced.terms
    if not terms:
        return Content("")
    weighted = any(term.weight != 1.0 for term in terms)
    many = traced.count > 1 and len({term.source for term in terms}) == 1
    head = "what it is computed from"
    if many:
        head = "the largest products first" if weighted else "the largest first"
        if traced.count > len(terms):
            head += f", {len(terms):,} of {traced.count:,}"
        if short_place(opened, terms[0]).endswith(")"):
            head += "; channel (column, row)"
    lines = [Content.styled(f" {head}", "bold")]
    rows = max(height - 1, 1)
    start = _start(index, rows, len(terms))
    several = len({term.source for term in terms}) > 1
    shown = range(start, min(start + rows, len(terms)))
    results = {
        at: product_text(terms[at].value, terms[at].weight)
        if weighted
        else number_text(terms[at].value)
        for at in shown
    }
    wide = max(len(result) for result in results.values())
    room = max(width - wide - 3, 8)
    for at in shown:
        name = _term_name(opened, terms[at], room, named=several)
        line = f"{'▸' if at == index else ' '}{name:<{room}}  {results[at]:>{wide}}"
        lines.append(Content.styled(line, CHOSEN if at == index else ""))
    return Content("\n").join(lines)


def _term_name(opened: Opened, term: TracedTerm, room: int, *, named: bool) -> str:
    """Return where a term is read, in the longest form that fits; numbers are never cut."""
    layer = f"{name_of(opened, term.source)} " if named else ""
    short = short_place(opened, term)
    forms = [layer + term_place(opened, term), layer + short, short, short.partition(":")[0]]
    return next((form for form in forms if len(form) <= room), forms[-1])


def term_line(traced: Traced, opened: Opened, index: int) -> Content:
    """Return where the marked term is, and its product."""
    if not traced.terms:
        return Content("")
    term = traced.terms[min(index, len(traced.terms) - 1)]
    text = number_text(term.value)
    if term.weight != 1.0:
        text = product_text(term.value, term.weight)
    place = f"{name_of(opened, term.source)}, {term_place(opened, term)}: "
    return Content.assemble(place, (text, "bold"))


def trace_line(opened: Opened, steps: Sequence[tuple[int, int, int, int]], width: int) -> Content:
    """Return the values that were gone through, the last ones if not all fit.

    Args:
        opened: the network.
        steps: layer, column, row and channel of each, from 0.
        width: the room, in cells.
    """
    words = []
    for layer, x, y, channel in steps:
        place = f"{channel} ({x + 1}, {y + 1})" if shape_of(opened, layer)[0] else str(channel)
        words.append(f"{name_of(opened, layer)} {place}")
    while len(words) > 1 and len(" ← ".join(words)) + 2 > width:
        words = ["…", *words[2:]] if words[0] == "…" else ["…", *words[1:]]
    return Content.styled(f" {' ← '.join(words)}", "$text-muted")
