"""Text of the calculator: the network in a line, its cost, and a layer's result."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.numbers import count
from tui.geometry import Effect, GeometryError, Row, Shape, Vector, network_totals
from tui.ui.layer_calculator import arithmetic_text, output_text
from tui.ui.network_table import short_number

_INPUT_FIELDS = {"width", "height", "depth"}
"""Fields of a GeometryError that belong to the input."""


def chain_text(traced: Sequence[Row], cursor: int) -> Content:
    """Return the names of the layers near the cursor, the one under it marked."""
    first, last = max(cursor - 2, 0), min(max(cursor + 3, 5), len(traced))
    parts: list[Content] = []
    for row in traced[first:last]:
        text = f" {row.name} "
        marked = row.index == cursor
        parts.append(Content.styled(text, "reverse bold") if marked else Content(text))
    return Content(" → ").join(parts) if parts else Content(" no layer yet: a adds one")


def totals_text(traced: Sequence[Row]) -> Content:
    """Return the parameters, MACs and number of layers of a network."""
    totals, layers = network_totals(traced), len(traced)
    return Content(
        f"{count(totals.parameters, 23)} parameters   {short_number(totals.macs)} MACs   "
        f"{layers} layer{'s' * (layers != 1)}"
    )


def input_text(shape: Shape | None, error: GeometryError | None) -> Content:
    """Return the line below the input: its error, or the length of a vector."""
    if error is not None and error.field in _INPUT_FIELDS:
        return Content.styled(f"✗ {error.sentence}", "$text-error")
    if isinstance(shape, Vector):
        return Content(f"{count(shape.size, 23)} values in a row")
    return Content("")


def result_texts(
    good: Effect | None, error: GeometryError | None, *, waiting: bool, hidden: bool
) -> tuple[Content, Content]:
    """Return a layer's output and its arithmetic.

    Args:
        good: the last valid result.
        error: why the current numbers have none.
        waiting: whether an earlier layer is invalid.
        hidden: whether the result is being predicted.
    """
    message = Content.styled(f"✗ {error.sentence}", "$text-error") if error is not None else None
    if waiting:
        return Content(""), Content("An earlier layer does not fit.")
    if good is None:
        return Content(""), message or Content.styled("The input volume, unchanged.", "$text-muted")
    if hidden:
        return Content("?  predict it below"), message or Content("")
    return output_text(good, old=error is not None), arithmetic_text(good, error)
