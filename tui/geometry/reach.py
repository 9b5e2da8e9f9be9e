"""What one layer of a graph puts out, and from which places of its sources each value comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.geometry.effects import Effect
from tui.geometry.layers import Flatten
from tui.geometry.receptive_field import Box, ReceptiveField, back_through
from tui.geometry.shapes import AnyShape, Pair, Vector, Volume, plane_of

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
    """Every value comes from a window of a layer that the calculator has.

    Args:
        effect: what the layer does.
    """

    effect: Effect


@dataclass(frozen=True, slots=True)
class Enlarged:
    """Every value of the source is repeated.

    Args:
        times: how many times across and down.
    """

    times: Pair


@dataclass(frozen=True, slots=True)
class Everything:
    """Every value comes from all of the source.

    Args:
        plane: columns and rows of the source.
    """

    plane: Pair


Reach: TypeAlias = Shifted | Windows | Enlarged | Everything
"""How a place in a layer's output leads back to places in one of its sources."""

AnyField: TypeAlias = ReceptiveField | Literal["all", "varies"] | None
"""What one value sees of the input: a field of one size; "all" of it; "varies" where values
differ in how much they see; None where it is not known."""


@dataclass(frozen=True, slots=True)
class LayerOutput:
    """What a layer makes of what it receives.

    Args:
        shape: of what it puts out.
        parameters, trainable, macs: as in :class:`tui.geometry.graph.GraphRow`.
        reaches: how a place leads back into each source; None where that is not known.
        effect: what a layer of the calculator does; else None.
    """

    shape: AnyShape
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    reaches: tuple[Reach | None, ...] = (Shifted(),)
    effect: Effect | None = None


def all_of(shape: AnyShape) -> Everything:
    """Return the reach of a value that comes from all of a shape."""
    return Everything(plane_of(shape))


def reach_of(effect: Effect) -> Reach:
    """Return the reach of a layer that the calculator has."""
    if isinstance(effect.output, Vector) and not isinstance(effect.layer, Flatten):
        return all_of(effect.input)
    return Windows(effect)


def source_box(reach: Reach, box: Box) -> Box:
    """Return what a box of the output comes from; it may reach into the padding.

    >>> source_box(Enlarged(Pair(2, 2)), Box(1, 0, 4, 3))
    Box(x0=0, y0=0, x1=2, y1=1)
    """
    match reach:
        case Shifted(before):
            return box.moved(Pair(-before.w, -before.h))
        case Windows(effect):
            return back_through(effect, box)
        case Enlarged(times):
            return Box(box.x0 // times.w, box.y0 // times.h, box.x1 // times.w, box.y1 // times.h)
        case Everything(plane):
            return Box(0, 0, plane.w - 1, plane.h - 1)


def field_after(
    before: Sequence[AnyField], reaches: Sequence[Reach | None], output: AnyShape
) -> AnyField:
    """Return what a value of a layer sees of the network's input.

    Where branches meet, it is the smallest field that holds the fields of all branches. If one
    branch sees everything, such as the weights of squeeze and excite, so does the result.

    Args:
        before: what a value of each source sees.
        reaches: how a place leads back into each source.
        output: what the layer puts out.
    """
    if not isinstance(output, Volume):
        return "all"
    found = [_through(field, reach) for field, reach in zip(before, reaches, strict=False)]
    if "all" in found:
        return "all"
    if None in found or not found:
        return None
    fields = [field for field in found if isinstance(field, ReceptiveField)]
    if len(fields) < len(found) or len({field.jump for field in fields}) != 1:
        return "varies"
    return _joined(fields)


def _joined(fields: Sequence[ReceptiveField]) -> ReceptiveField:
    """Return the smallest field that holds several of the same jump."""
    sides = []
    for axis in (0, 1):
        start = min(field.start[axis] for field in fields)
        end = max(field.start[axis] + field.size[axis] for field in fields)
        sides.append((start, end - start))
    (left, width), (top, height) = sides
    return ReceptiveField(Pair(width, height), fields[0].jump, Pair(left, top))


def _through(field: AnyField, reach: Reach | None) -> AnyField:
    """Return what a value sees that reaches into a source with this field."""
    if field == "all" or isinstance(reach, Everything):
        return "all"
    if reach is None:
        return None
    if field is None or field == "varies":
        return field
    match reach:
        case Enlarged():
            return "varies"
        case Shifted(before):
            return field.after_padding(before)
        case Windows(effect):
            return field.after_layer(effect) or "varies"
