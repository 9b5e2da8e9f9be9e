"""A filter on a picture, in words and numbers: its weights, and what its map is like."""

from __future__ import annotations

from textual.content import Content

from tui.datasets.images.planes import Plane
from tui.geometry import Conv2D, Kernel, Pair, apply_layer, formula

_EDITED = "bold reverse $text-warning"


def weights_text(kernel: Kernel, edited: tuple[int, int] | None) -> Content:
    """Return a filter's weights.

    Args:
        kernel: the filter.
        edited: row and column of the weight that is typed, from 0; None for none.
    """
    over = f"  / {kernel.divisor}" if kernel.divisor != 1 else ""
    lines = [
        Content.assemble(("filter 3×3×1", "bold $filter-color"), (over, "$filter-color")),
    ]
    for row, line in enumerate(kernel.weights):
        parts: list[tuple[str, str]] = []
        for column, weight in enumerate(line):
            text = f"{weight}".replace("-", "−").rjust(2)
            if (row, column) == edited:
                parts.append((f" ‹{text}›", _EDITED))
            else:
                parts.append((f"  {text} ", "$filter-color"))
        lines.append(Content.assemble(*parts))
    return Content("\n").join(lines)


def map_text(kernel: Kernel, stride: int, plane: Plane, made: Plane, *, editing: bool) -> Content:
    """Return what a filter finds, the width of its map, and the values that came out.

    Args:
        kernel: the filter.
        stride: the window's.
        plane: what it runs on.
        made: what came out, through the layers that follow.
        editing: whether its weights are typed now.
    """
    effect = apply_layer(Conv2D(1, Pair.square(3), Pair.square(stride)), plane.volume)
    lines = [
        Content.assemble((f"{kernel.title}: ", "bold"), f"finds {kernel.finds}"),
        Content(formula(effect).width),
    ]
    if made.flat:
        lines.append(Content.styled("Every value of this map is the same: it is dead.", "bold"))
    else:
        low, high = float(made.values.min()), float(made.values.max())
        lines.append(Content(f"values {low:.0f} to {high:.0f}".replace("-", "−")))
    if editing:
        lines.append(
            Content.styled(
                "editing: arrows move, 0-9 type, − the sign, escape ends", "$text-warning"
            )
        )
    return Content("\n").join(lines)
