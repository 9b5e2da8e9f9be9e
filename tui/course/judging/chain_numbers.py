"""The number of each layer of a chain."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from tui.course.lesson.questions import ChainBlock, ChainQuantity
from tui.geometry import (
    QUANTITIES,
    GeometryError,
    Network,
    ReceptiveField,
    Row,
    right_answer,
    trace_network,
)

RECEPTIVE_FIELD: Literal["receptive-field"] = "receptive-field"
CHAIN_QUANTITIES: tuple[ChainQuantity, ...] = (*QUANTITIES, RECEPTIVE_FIELD)
"""What can be asked of the rows of a chain."""


@lru_cache(maxsize=256)
def cached_trace(network: Network) -> tuple[Row, ...]:
    """Return :func:`tui.geometry.trace_network` of a network, cached."""
    return trace_network(network)


def row_value(network: Network, asks: ChainQuantity, row: int) -> int:
    """Return the number of a row.

    Args:
        network: the input and the layers.
        asks: what is asked.
        row: the layer, from 1.

    Raises:
        GeometryError: the row has no such number.
    """
    found = cached_trace(network)[row - 1]
    if asks != RECEPTIVE_FIELD:
        assert found.effect is not None
        return right_answer(asks, found.effect)
    seen = found.receptive_field
    if seen is None:
        raise GeometryError(
            f"after {found.layer.keras_name} the values have no common receptive field: ask about "
            "the layers before it."
        )
    if seen.size.w != seen.size.h:
        raise GeometryError(
            f"the receptive field of {found.name} is {seen.size}, which is more than one number: "
            "use square windows."
        )
    return seen.size.w


def answerable_rows(network: Network, asks: ChainQuantity) -> tuple[int, ...]:
    """Return the layers, from 1, that have an answer."""
    return tuple(
        row
        for row in range(1, len(network.layers) + 1)
        if no_answer_reason(network, asks, row) == ""
    )


def no_answer_reason(network: Network, asks: ChainQuantity, row: int) -> str:
    """Return why a row has no answer; empty when it has one."""
    try:
        row_value(network, asks, row)
    except GeometryError as error:
        return error.message
    return ""


def field_before(block: ChainBlock, row: int) -> ReceptiveField:
    """Return the receptive field of what enters a layer, from 1."""
    if row == 1:
        return ReceptiveField()
    found = cached_trace(block.network)[row - 2].receptive_field
    assert found is not None
    return found


def chain_answers(block: ChainBlock) -> tuple[int, ...]:
    """Return the right number of every row that is asked about."""
    return tuple(row_value(block.network, block.asks, row) for row in block.rows)
