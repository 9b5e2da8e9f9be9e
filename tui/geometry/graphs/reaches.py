"""From a place in a layer's output back to the places in what it receives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui.geometry.effects import Effect
from tui.geometry.shapes import Pair
from tui.geometry.tracing import Box, back_through

_NONE = Pair(0, 0)


@dataclass(frozen=True, slots=True)
class Shifted:
    """Every value comes from one place, moved by what was added or cut off before it.

    Args:
        before: columns and rows added at the left and the top; negative where cut off.
    """

    before: Pair = _NONE


@dataclass(frozen=True, slots=True)
class Windows:
    """A layer that the calculator knows.

    Args:
        effect: its arithmetic.
    """

    effect: Effect


@dataclass(frozen=True, slots=True)
class Enlarged:
    """Every value of the input becomes several.

    Args:
        times: how many across and down.
    """

    times: Pair


@dataclass(frozen=True, slots=True)
class Everything:
    """Every value comes from all of the input.

    Args:
        plane: columns and rows of the input.
    """

    plane: Pair


Reach: TypeAlias = Shifted | Windows | Enlarged | Everything


def back(reach: Reach, box: Box) -> Box:
    """Return what a box of the output comes from; it may stick out into padding.

    >>> back(Enlarged(Pair(2, 2)), Box(1, 0, 4, 3))
    Box(x0=0, y0=0, x1=2, y1=1)
    """
    match reach:
        case Shifted(before):
            return Box(box.x0 - before.w, box.y0 - before.h, box.x1 - before.w, box.y1 - before.h)
        case Windows(effect):
            return back_through(effect, box)
        case Enlarged(times):
            return Box(box.x0 // times.w, box.y0 // times.h, box.x1 // times.w, box.y1 // times.h)
        case Everything(plane):
            return Box(0, 0, plane.w - 1, plane.h - 1)
