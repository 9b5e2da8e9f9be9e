"""What one value of a graph's layer sees of the input: a field, all of it, or no one answer."""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry.errors import GeometryError
from tui.geometry.graphs.graph import AnyShape, Graph, Seen
from tui.geometry.graphs.reaches import Enlarged, Everything, Reach, Shifted, back
from tui.geometry.receptive import Receptive, grow
from tui.geometry.shapes import Pair, Volume
from tui.geometry.tracing import Box


def seen_after(before: Sequence[Seen], reach: Sequence[Reach | None], output: AnyShape) -> Seen:
    """Return what a value of a layer sees.

    Args:
        before: what a value of each of its sources sees.
        reach: how a place goes back into each of them.
        output: what the layer puts out.

    Where branches meet, the fields are laid over each other: the result goes from the first
    column that one of them sees to the last. Where one holds the others it is that one, the
    largest. A branch that sees all, such as the weights of squeeze and excite, makes it all.
    """
    if not isinstance(output, Volume):
        return "all"
    found = [_through(seen, one) for seen, one in zip(before, reach, strict=False)]
    if "all" in found:
        return "all"
    if None in found or not found:
        return None
    fields = [seen for seen in found if isinstance(seen, Receptive)]
    if len(fields) < len(found) or len({field.jump for field in fields}) != 1:
        return "varies"
    return _over(fields)


def _over(fields: Sequence[Receptive]) -> Receptive:
    """The smallest field that holds several of the same jump."""
    sides = []
    for axis in (0, 1):
        start = min(field.start[axis] for field in fields)
        end = max(field.start[axis] + field.size[axis] for field in fields)
        sides.append((start, end - start))
    (left, width), (top, height) = sides
    return Receptive(Pair(width, height), fields[0].jump, Pair(left, top))


def _through(seen: Seen, reach: Reach | None) -> Seen:
    if seen == "all" or isinstance(reach, Everything):
        return "all"
    if reach is None:
        return None
    if seen is None or seen == "varies":
        return seen
    if isinstance(reach, Enlarged):
        return "varies"
    if isinstance(reach, Shifted):
        start, jump = seen.start, seen.jump
        shifted = Pair(start.w - reach.before.w * jump.w, start.h - reach.before.h * jump.h)
        return Receptive(seen.size, jump, shifted)
    return grow(seen, reach.effect) or "varies"


def graph_field(graph: Graph, index: int, x: int, y: int = 0) -> tuple[Box, Box]:
    """Return the part of the first input that one value depends on.

    Args:
        graph: the network.
        index: the row whose output is looked at.
        x, y: column and row of the value.

    Returns:
        The smallest box that holds all of it inside the input, and the same with the padding
        that was read. Channels are not told apart.

    Raises:
        GeometryError: no such row or place, or a layer on the way of which it is not known.
    """
    if not 0 <= index < len(graph.rows):
        raise GeometryError(f"there is no row {index}: take one from 0 to {len(graph.rows) - 1}.")
    plane = _plane(graph.rows[index].output)
    if plane is None or not (0 <= x < plane.w and 0 <= y < plane.h):
        raise GeometryError(
            f"column {x}, row {y} is outside the output {graph.rows[index].output}: count from 0."
        )
    inside = {index: Box(x, y, x, y)}
    whole = dict(inside)
    for position in range(index, -1, -1):
        if position not in inside:
            continue
        row = graph.rows[position]
        if len(row.reaches) < len(row.sources):
            raise GeometryError(f"what row {position} reads is not known.")
        for source, reach in zip(row.sources, row.reaches, strict=False):
            if reach is None:
                raise GeometryError(f"what row {position} reads is not known.")
            part = back(reach, inside[position])
            size = _plane(graph.source_shape(source))
            _add(inside, source, part.clipped(*size) if size is not None else part)
            _add(whole, source, back(reach, whole[position]))
    nothing = Box(0, 0, -1, -1)
    return inside.get(-1, nothing), whole.get(-1, nothing)


def _add(boxes: dict[int, Box], index: int, box: Box) -> None:
    """Let what is seen of a row hold one more box."""
    had = boxes.get(index)
    if had is None or had.empty:
        boxes[index] = box
    elif not box.empty:
        boxes[index] = Box(
            min(had.x0, box.x0), min(had.y0, box.y0), max(had.x1, box.x1), max(had.y1, box.y1)
        )


def _plane(shape: AnyShape | None) -> Pair | None:
    if shape is None:
        return None
    return shape.plane if isinstance(shape, Volume) else Pair(shape.size, 1)
