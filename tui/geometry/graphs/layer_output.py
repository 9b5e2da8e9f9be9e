"""What one layer of a graph makes of what it receives, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from tui.geometry.effects import Effect
from tui.geometry.graphs.graph import AnyShape
from tui.geometry.graphs.reaches import Everything, Reach, Shifted
from tui.geometry.shapes import Pair, Volume


@dataclass(frozen=True, slots=True)
class Made:
    """What a layer does.

    Args:
        output: what it puts out.
        parameters, trainable, macs: as in :class:`tui.geometry.graphs.graph.GraphRow`.
        reach: how a place goes back into each source; None where that is not known.
        effect: the arithmetic, of a layer of the calculator.
    """

    output: AnyShape
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    reach: tuple[Reach | None, ...] = (Shifted(),)
    effect: Effect | None = None


def all_of(shape: AnyShape) -> Everything:
    if isinstance(shape, Volume):
        return Everything(shape.plane)
    return Everything(Pair(shape.size, 1))
