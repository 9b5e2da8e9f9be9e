"""The sliding window as text: input, filter, output, and the sum at one position."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from tui.geometry import MaxPool2D, WindowSum
from tui.geometry.windows.scene import Scene

EDITED = "bold reverse $text-warning"


@dataclass(frozen=True, slots=True)
class SceneView:
    """The part of a scene in view.

    Args:
        place: index of the output value, counted row by row.
        slice: index of the depth slice of the input.
        filter: index of the filter, or of the channel of a pooling.
        edited: "input" or "filter" while its numbers are edited, else empty.
        row, column: position of the edited number, from 0.
        weights: whether weights, and what is calculated with them, are shown.
    """

    place: int = 0
    slice: int = 0
    filter: int = 0
    edited: str = ""
    row: int = 0
    column: int = 0
    weights: bool = True


def signed(value: float) -> str:
    """Return a number as written in a sum.

    >>> signed(3), signed(-1.5)
    ('3', '(−1.5)')
    """
    return f"(−{-value:g})" if value < 0 else f"{value:g}"


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _one_of(what: str, number: int, count: int) -> str:
    """Return which of several is shown; empty if there is only one."""
    return f"  {what} {number + 1}/{count}".replace("   ", " ") if count > 1 else ""


def input_text(scene: Scene, view: SceneView) -> Content:
    """Return the input with its padding; the window is in brackets, unread values are crossed."""
    across, down = scene.axes
    y, x = divmod(view.place, scene.output.width)
    plane = scene.grid[view.slice]
    reads = {(term.row, term.column) for term in scene.at(x, y, view.filter).terms}
    other = view.slice not in scene.slices_read(view.filter)
    wide = max(len(_number(value)) for line in plane for value in line)
    right = across.span - across.before - across.unread
    bottom = down.span - down.before - down.unread
    head = f"{across.size}×{down.size}×{len(scene.grid)}"
    lines = [
        Content.assemble(
            ("input ", "bold $input-color"),
            f"{head}{_one_of('slice', view.slice, len(scene.grid))}",
        )
    ]
    for row in range(-down.before, down.size + down.after):
        parts: list[tuple[str, str]] = []
        for column in range(-across.before, across.size + across.after):
            padded = not (0 <= row < down.size and 0 <= column < across.size)
            number = ("0" if padded else _number(plane[row][column])).rjust(wide)
            style = "$text-muted" if padded else "$input-color"
            if view.edited == "input" and (row, column) == (view.row, view.column):
                parts.append((f"‹{number}›", EDITED))
            elif (row, column) in reads and not other:
                parts.append((f"[{number}]", f"bold reverse {style}"))
            elif column >= right or row >= bottom:
                parts.append((f" {'×'.rjust(wide)} ", "$text-muted"))
            elif padded:
                parts.append((f" {'·'.rjust(wide)} ", "$text-muted dim"))
            else:
                parts.append((f" {number} ", style))
        lines.append(Content.assemble(*parts))
    if across.unread or down.unread:
        lines.append(Content.styled("× is never read", "$text-muted"))
    if other:
        lines.append(Content.styled("not read for this slice", "$text-muted"))
    return Content("\n").join(lines)


def filter_text(scene: Scene, view: SceneView) -> Content:
    """Return the filter's slice for the slice of the input in view, or the pooling's rule."""
    if not scene.filters:
        window = scene.axes[0].kernel, scene.axes[1].kernel
        name = "largest" if isinstance(scene.layer, MaxPool2D) else "mean"
        return Content.assemble(
            ("window ", "bold $filter-color"), f"{window[0]}×{window[1]}\n", f"takes the {name}"
        )
    if not view.weights:
        across, down = scene.axes
        return Content.assemble(("filter ", "bold $filter-color"), f"{across.kernel}×{down.kernel}")
    chosen = scene.filters[view.filter]
    plane = chosen[filter_slice(scene, view)]
    wide = max(len(_number(value)) for line in plane for value in line)
    lines = [
        Content.assemble(
            ("filter", "bold $filter-color"), _one_of("", view.filter, len(scene.filters))
        )
    ]
    for row, line in enumerate(plane):
        parts: list[tuple[str, str]] = []
        for column, value in enumerate(line):
            number = _number(value).rjust(wide)
            if view.edited == "filter" and (row, column) == (view.row, view.column):
                parts.append((f"‹{number}›", EDITED))
            else:
                parts.append((f" {number} ", "$filter-color"))
        lines.append(Content.assemble(*parts))
    return Content("\n").join(lines)


def filter_slice(scene: Scene, view: SceneView) -> int:
    """Return the index of the filter's slice for the slice of the input in view."""
    read = scene.slices_read(view.filter)
    return read.index(view.slice) if view.slice in read else 0


def output_text(scene: Scene, view: SceneView) -> Content:
    """Return the output up to the current position; the rest is still unknown."""
    output = scene.output
    lines = [
        Content.assemble(
            ("output ", "bold $output-color"),
            f"{output.width}×{output.height}{_one_of('slice', view.filter, output.depth)}",
        )
    ]
    texts = [
        _number(round(scene.at(x, y, view.filter).total, 1)) if view.weights else "■"
        for y in range(output.height)
        for x in range(output.width)
    ]
    wide = max(3, *map(len, texts))
    for y in range(output.height):
        parts: list[tuple[str, str]] = []
        for x in range(output.width):
            number = y * output.width + x
            if number > view.place:
                parts.append((f" {'·':>{wide}} ", "$text-muted"))
            elif number == view.place:
                parts.append((f"[{texts[number]:>{wide}}]", "bold reverse $output-color"))
            else:
                parts.append((f" {texts[number]:>{wide}} ", "$output-color"))
        lines.append(Content.assemble(*parts))
    return Content("\n").join(lines)


def sum_text(scene: Scene, view: SceneView, real: str) -> Content:
    """Return the text below the numbers: the sum, the real input, and the keys for editing.

    Args:
        scene: the scene.
        view: the part in view.
        real: the real input, of which the scene is a small version; empty for none.
    """
    text = _products_text(scene, view)
    if real and real != str(scene.effect.input):
        text = Content.assemble(text, (f"\na small version of {real}", "$text-muted"))
    if view.edited:
        other = "the filter" if view.edited == "input" and scene.filters else "the end"
        text = Content.assemble(
            text,
            (
                f"\nediting the {view.edited}: arrows move, type a number, − changes the sign, "
                f"e goes on to {other}",
                "$text-warning",
            ),
        )
    return text


def _products_text(scene: Scene, view: SceneView) -> Content:
    """Return the products and the sum at the current position, slice by slice."""
    y, x = divmod(view.place, scene.output.width)
    window = scene.at(x, y, view.filter)
    where = f"row {y + 1}, column {x + 1}: "
    if not scene.filters:
        values = ", ".join(_number(term.value) for term in window.terms if not term.padded)
        rule = "largest" if isinstance(scene.layer, MaxPool2D) else "mean"
        text = f"{rule} of {values} = {_number(round(window.total, 3))}"
    elif not view.weights:
        text = f"the filter reads {len(window.terms)} values and writes one"
    elif not window.terms:
        text = "no input value reaches this position, so it stays 0"
    else:
        text = _products(window, view.slice)
    note = Content.styled(f"\n{scene.note}", "$text-muted") if scene.note else Content("")
    return Content.assemble((where, "bold"), text, note)


def _products(window: WindowSum, shown: int) -> str:
    sums: dict[int, float] = {}
    for term in window.terms:
        sums[term.depth] = sums.get(term.depth, 0.0) + term.value * term.weight
    if len(sums) == 1:
        return window.text(limit=9)
    shown = shown if shown in sums else min(sums)
    terms = [term for term in window.terms if term.depth == shown]
    products = " + ".join(f"{term.value:g}·{signed(term.weight)}" for term in terms[:9])
    more = " + …" if len(terms) > 9 else ""
    slices = " + ".join(signed(value) for value in sums.values())
    return (
        f"slice {shown + 1}: {products}{more} = {_number(sums[shown])}\n"
        f"all slices: {slices} = {_number(window.total)}"
    )
