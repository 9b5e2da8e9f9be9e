"""A network whose layers need not follow one another: a table of rows, each with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.geometry.effects import Effect
from tui.geometry.graphs.reaches import Reach
from tui.geometry.receptive import Receptive
from tui.geometry.shapes import Shape, Vector, Volume


@dataclass(frozen=True, slots=True)
class Block:
    """Values on other axes than a picture has: what a reshape may put out.

    Args:
        sides: the length of each axis, in Keras's order, without the batch.

    >>> str(Block((49, 64))), Block((49, 64)).size
    ('49×64', 3136)
    """

    sides: tuple[int, ...]

    def __str__(self) -> str:
        return "×".join(map(str, self.sides)) or "1"

    @property
    def size(self) -> int:
        """How many values it holds."""
        product = 1
        for side in self.sides:
            product *= side
        return product


AnyShape: TypeAlias = Shape | Block
"""A volume, a vector, or anything else."""

Seen: TypeAlias = Receptive | Literal["all", "varies"] | None
"""What one value sees of the input: a field of one size; "all" of it; "varies" where values
differ in how much they see; None where it is not known."""


@dataclass(frozen=True, slots=True)
class GraphInput:
    """Where a picture, or something else, comes in.

    Args:
        name: the name in the file.
        shape: what comes in.
        free: which of height and width the file leaves open; `shape` says what was taken.
    """

    name: str
    shape: AnyShape
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphRow:
    """One use of a layer. Names are as they stand in the file: clean them before showing them.

    Args:
        index: position in `Graph.rows`, from 0.
        name: the layer's.
        class_name: of `keras.layers`.
        module: where the class is from; empty where an older Keras did not say.
        inside: names of the models that hold it, the outermost first; mostly empty.
        use: which use of the layer it is, from 0: only a shared layer has more.
        sources: rows that it receives; −1 is the first input, −2 the second.
        output: what it puts out; None where that is not known.
        parameters: all its numbers, 0 from the second use on; None where not known.
        trainable: those that training changes; 0 where the layer is frozen.
        macs: multiply-and-add steps for one picture; None where not known.
        seen: what one value sees of the input. Where branches meet, it is what they see
            together, which is the largest of their fields wherever that holds the others.
        reaches: for each source, how a place in the output goes back to places in it.
        effect: the arithmetic of a layer that the calculator knows; else None.
        problem: why something is not known, in a sentence; empty where all is.
        known: whether Keras has such a layer and this program knows it.
    """

    index: int
    name: str
    class_name: str
    module: str
    inside: tuple[str, ...]
    use: int
    sources: tuple[int, ...]
    output: AnyShape | None
    parameters: int | None
    trainable: int | None
    macs: int | None
    seen: Seen
    reaches: tuple[Reach | None, ...] = ()
    effect: Effect | None = None
    problem: str = ""
    known: bool = True

    @property
    def follows(self) -> bool:
        """Whether it receives the row before and nothing else."""
        return self.sources == (self.index - 1,)

    @property
    def whole(self) -> bool:
        """Whether its shape and its cost are known."""
        return not self.problem and self.output is not None and self.parameters is not None


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as a table.

    Args:
        inputs: what comes in; mostly one picture.
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
        """Return what a row puts out or, for a negative number, what an input is."""
        return self.rows[source].output if source >= 0 else self.inputs[-1 - source].shape


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
    field: Seen
    complete: bool


def graph_totals(graph: Graph) -> GraphTotals:
    """Return the sums over a graph's rows; what is not known counts nothing."""
    rows: Sequence[GraphRow] = graph.rows
    # Not those of a global pooling that keeps a width and a height of 1.
    maps = [
        row
        for row in rows
        if isinstance(row.output, Volume)
        and (isinstance(row.seen, Receptive) or row.output.plane != (1, 1))
    ]
    return GraphTotals(
        layers=len(rows),
        parameters=sum(row.parameters or 0 for row in rows),
        trainable=sum(row.trainable or 0 for row in rows),
        macs=sum(row.macs or 0 for row in rows),
        activations=sum(row.output.size for row in rows if row.output is not None),
        field=maps[-1].seen if maps else None,
        complete=all(row.whole for row in rows),
    )


def sides_of(shape: AnyShape) -> tuple[int, ...]:
    """Return a shape as Keras writes it, without the batch: rows before columns."""
    if isinstance(shape, Volume):
        return shape.height, shape.width, shape.depth
    return (shape.size,) if isinstance(shape, Vector) else shape.sides


def shape_of(sides: Sequence[int]) -> AnyShape:
    """Return the shape of which Keras writes these sides, without the batch.

    >>> shape_of((10, 20, 3)), shape_of((7,)), shape_of((4, 5))
    (Volume(width=20, height=10, depth=3), Vector(size=7), Block(sides=(4, 5)))
    """
    if len(sides) == 3:
        return Volume(sides[1], sides[0], sides[2])
    return Vector(sides[0]) if len(sides) == 1 else Block(tuple(sides))
