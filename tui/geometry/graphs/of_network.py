"""A plain chain of the calculator as a graph, so that it can be shown as one."""

from __future__ import annotations

from tui.geometry.graphs.fields import seen_after
from tui.geometry.graphs.graph import Graph, GraphInput, GraphRow, Seen
from tui.geometry.graphs.reaches import Everything, Reach, Windows
from tui.geometry.layers import Flatten
from tui.geometry.network import Network, trace_network
from tui.geometry.receptive import Receptive
from tui.geometry.shapes import Pair, Vector, Volume


def graph_of_network(network: Network, notes: tuple[str, ...] = ()) -> Graph:
    """Return a chain as a graph.

    Args:
        network: the chain.
        notes: what was not kept of where it comes from.

    >>> from tui.geometry.oneline import parse_network
    >>> graph = graph_of_network(parse_network("8x8x1 conv:k=4,f=3 flatten dense:k=2"))
    >>> [(row.name, str(row.output), row.sources) for row in graph.rows]
    [('conv2d', '6×6×4', (-1,)), ('flatten', '144', (0,)), ('dense', '2', (1,))]
    """
    rows: list[GraphRow] = []
    seen: Seen = Receptive()
    for row in trace_network(network):
        effect = row.effect
        reach: Reach | None = None
        if effect is not None:
            reach = Windows(effect)
            if isinstance(effect.output, Vector) and not isinstance(row.layer, Flatten):
                shape = effect.input
                plane = shape.plane if isinstance(shape, Volume) else Pair(shape.size, 1)
                reach = Everything(plane)
            seen = seen_after([seen], [reach], effect.output)
        problem = "it waits for the layers before it." if row.waiting else ""
        rows.append(
            GraphRow(
                index=row.index,
                name=row.name,
                class_name=row.layer.keras_name,
                module="keras.layers",
                inside=(),
                use=0,
                sources=(row.index - 1,),
                output=effect.output if effect else None,
                parameters=effect.parameters if effect else None,
                trainable=effect.trainable if effect else None,
                macs=effect.macs if effect else None,
                seen=seen if effect else None,
                reaches=(reach,) if reach is not None else (),
                effect=effect,
                problem=row.error.message if row.error else problem,
            )
        )
    ends = (len(rows) - 1,) if rows else ()
    return Graph((GraphInput("input", network.input),), tuple(rows), ends, notes)
