"""What the calculator says of a network and of one layer's result, in lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.numbers import count
from tui.geometry import Effect, GeometryError, Row, Shape, Vector, network_totals
from tui.ui.layer_calculator import arithmetic_text, output_text
from tui.ui.network_table import short_number

_INPUT_FIELDS = {"width", "height", "depth"}
"""What an error names as its field when the input's numbers are to blame."""


def chain_text(traced: Sequence[Row], cursor: int) -> Content:
    """Return the names of the layers near the cursor in a line, the cursor's own marked."""
    first, last = max(cursor - 2, 0), min(max(cursor + 3, 5), len(traced))
    parts: list[Content] = []
    for row in traced[first:last]:
        text = f" {row.name} "
        marked = row.index == cursor
        parts.append(Content.styled(text, "reverse bold") if marked else Content(text))
    return Content(" → ").join(parts) if parts else Content(" no layer yet: a adds one")


def totals_text(traced: Sequence[Row]) -> Content:
    """Return what a network costs."""
    totals, layers = network_totals(traced), len(traced)
    return Content(
        f"{count(totals.parameters, 23)} parameters   {short_number(totals.macs)} MACs   "
        f"{layers} layer{'s' * (layers != 1)}"
    )


def input_text(shape: Shape | None, error: GeometryError | None) -> Content:
    """Return what stands below the input: what is wrong with it, or how long a vector is."""
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
        good: the last result that worked.
        error: why the numbers as they are now do not fit.
        waiting: whether a layer above it does not fit.
        hidden: whether the result is to be predicted.
    """
    told = Content.styled(f"✗ {error.sentence}", "$text-error") if error is not None else None
    if waiting:
        return Content(""), Content("This layer waits: a layer above it does not fit.")
    if good is None:
        return Content(""), told or Content.styled("The input volume as it is.", "$text-muted")
    if hidden:
        return Content("?  predict it below"), told or Content("")
    return output_text(good, old=error is not None), arithmetic_text(good, error)
