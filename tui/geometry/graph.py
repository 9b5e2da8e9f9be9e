"""A network whose layers may branch and join: a table of rows, each with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError
from tui.geometry.network import Network, trace_network
from tui.geometry.reach import AnyField, Reach, field_after, reach_of, source_box
from tui.geometry.receptive_field import Box, ReceptiveField
from tui.geometry.shapes import AnyShape, Volume, plane_of


@dataclass(frozen=True, slots=True)
class GraphInput:
    """An input of a network.

    Args:
        name: the name in the file.
        shape: its shape.
        free: which of height and width the file leaves open; `shape` has a number for them.
    """

    name: str
    shape: AnyShape
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphRow:
    """One call of a layer. Names are as they stand in the file: clean them before showing them.

    Args:
        index: position in `Graph.rows`, from 0.
        name: the layer's.
        class_name: of `keras.layers`.
        module: the module of the class; empty where an older Keras did not write it.
        models: names of the models that hold it, the outermost first; mostly empty.
        use: which call of the layer it is, from 0: only a shared layer has more.
        sources: rows that it receives; −1 is the first input, −2 the second.
        output: the shape that it puts out; None where it is not known.
        parameters: all its numbers, 0 from the second call on; None where not known.
        trainable: those that training changes; 0 where the layer is frozen.
        macs: multiply-and-add steps for one picture; None where not known.
        receptive_field: what one value sees of the input. Where branches meet, the smallest
            field that holds those of all branches.
        reaches: for each source, how a place in the output leads back to places in it.
        effect: what a layer of the calculator does; else None.
        problem: why something is not known, in a sentence; empty where all is.
        known: whether it is a layer of Keras that can be described here.
    """

    index: int
    name: str
    class_name: str
    module: str
    models: tuple[str, ...]
    use: int
    sources: tuple[int, ...]
    output: AnyShape | None
    parameters: int | None
    trainable: int | None
    macs: int | None
    receptive_field: AnyField
    reaches: tuple[Reach | None, ...] = ()
    effect: Effect | None = None
    problem: str = ""
    known: bool = True

    @property
    def follows(self) -> bool:
        """Whether it receives the row before and nothing else."""
        return self.sources == (self.index - 1,)

    @property
    def complete(self) -> bool:
        """Whether its shape and its cost are known."""
        return not self.problem and self.output is not None and self.parameters is not None


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as a table.

    Args:
        inputs: its inputs, mostly one picture.
        rows: the layers, each after all its sources; models inside the model are replaced
            by their layers.
        outputs: the rows whose outputs are the network's.
        notes: sentences on what was left out.
    """

    inputs: tuple[GraphInput, ...]
    rows: tuple[GraphRow, ...]
    outputs: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def source_name(self, source: int) -> str:
        """Return the name of a row or, for a negative number, of an input."""
        return self.rows[source].name if source >= 0 else self.inputs[-1 - source].name

    def source_shape(self, source: int) -> AnyShape | None:
        """Return the output of a row or, for a negative number, the shape of an input."""
        return self.rows[source].output if source >= 0 else self.inputs[-1 - source].shape


def graph_of_network(network: Network, notes: tuple[str, ...] = ()) -> Graph:
    """Return a chain as a graph.

    Args:
        network: the chain.
        notes: what was lost when it was read.

    >>> from tui.geometry.one_line import parse_network
    >>> graph = graph_of_network(parse_network("8x8x1 conv:k=4,f=3 flatten dense:k=2"))
    >>> [(row.name, str(row.output), row.sources) for row in graph.rows]
    [('conv2d', '6×6×4', (-1,)), ('flatten', '144', (0,)), ('dense', '2', (1,))]
    """
    rows: list[GraphRow] = []
    field: AnyField = ReceptiveField()
    for row in trace_network(network):
        effect = row.effect
        reaches: tuple[Reach, ...] = ()
        if effect is not None:
            reaches = (reach_of(effect),)
            field = field_after([field], reaches, effect.output)
        problem = "it waits for the layers before it." if row.waiting else ""
        rows.append(
            GraphRow(
                index=row.index,
                name=row.name,
                class_name=row.layer.keras_name,
                module="keras.layers",
                models=(),
                use=0,
                sources=(row.index - 1,),
                output=effect.output if effect else None,
                parameters=effect.parameters if effect else None,
                trainable=effect.trainable if effect else None,
                macs=effect.macs if effect else None,
                receptive_field=field if effect else None,
                reaches=reaches,
                effect=effect,
                problem=row.error.message if row.error else problem,
            )
        )
    ends = (len(rows) - 1,) if rows else ()
    return Graph((GraphInput("input", network.input),), tuple(rows), ends, notes)


@dataclass(frozen=True, slots=True)
class GraphTotals:
    """Sums over the rows that are known.

    Args:
        layers: how many rows.
        parameters, trainable, macs: as in :class:`GraphRow`.
        activations: values that all rows put out together, for one picture.
        field: what one value of the last feature maps sees; None where not known.
        complete: whether every row is known, so that the sums are the whole network's.
    """

    layers: int
    parameters: int
    trainable: int
    macs: int
    activations: int
    field: AnyField
    complete: bool


def graph_totals(graph: Graph) -> GraphTotals:
    """Return the sums over a graph's rows; what is not known counts as 0."""
    rows: Sequence[GraphRow] = graph.rows
    # Not those of a global pooling that keeps a width and a height of 1.
    maps = [
        row
        for row in rows
        if isinstance(row.output, Volume)
        and (isinstance(row.receptive_field, ReceptiveField) or row.output.plane != (1, 1))
    ]
    return GraphTotals(
        layers=len(rows),
        parameters=sum(row.parameters or 0 for row in rows),
        trainable=sum(row.trainable or 0 for row in rows),
        macs=sum(row.macs or 0 for row in rows),
        activations=sum(row.output.size for row in rows if row.output is not None),
        field=maps[-1].receptive_field if maps else None,
        complete=all(row.complete for row in rows),
    )


def graph_field(graph: Graph, index: int, x: int, y: int = 0) -> tuple[Box, Box]:
    """Return the part of the first input that one value depends on.

    Args:
        graph: the network.
        index: the row whose output is traced.
        x, y: column and row of the value.

    Returns:
        The smallest box that holds all of it inside the input, and the same with the padding
        that was read. All channels count as one.

    Raises:
        GeometryError: no such row or place, or a layer on the way whose windows are not known.
    """
    if not 0 <= index < len(graph.rows):
        raise GeometryError(f"there is no row {index}: take one from 0 to {len(graph.rows) - 1}.")
    output = graph.rows[index].output
    plane = None if output is None else plane_of(output)
    if plane is None or not (0 <= x < plane.w and 0 <= y < plane.h):
        raise GeometryError(f"column {x}, row {y} is outside the output {output}: count from 0.")
    nothing = Box(0, 0, -1, -1)
    inside = {index: Box(x, y, x, y)}
    unclipped = dict(inside)
    for position in range(index, -1, -1):
        if position not in inside:
            continue
        row = graph.rows[position]
        if len(row.reaches) < len(row.sources):
            raise GeometryError(f"what row {position} reads is not known.")
        for source, reach in zip(row.sources, row.reaches, strict=False):
            if reach is None:
                raise GeometryError(f"what row {position} reads is not known.")
            part = source_box(reach, inside[position])
            shape = graph.source_shape(source)
            part = part.clipped(plane_of(shape)) if shape is not None else part
            inside[source] = inside.get(source, nothing).joined(part)
            whole = source_box(reach, unclipped[position])
            unclipped[source] = unclipped.get(source, nothing).joined(whole)
    return inside.get(-1, nothing), unclipped.get(-1, nothing)
