"""The layer with which a network rescales its images itself."""

from __future__ import annotations

from tui.geometry.graph import Graph
from tui.keras_io.layer_classes import LEFT_OUT

_SCALES = frozenset({"Rescaling", "Normalization"})
_BEFORE_SCALES = frozenset({*LEFT_OUT, "Identity", "Dropout", "Resizing", "ZeroPadding2D"})


def own_rescaling(graph: Graph) -> str:
    """Return the layer with which a network rescales the image first; empty if there is none.

    >>> from tui.keras_io import read_graph
    >>> own_rescaling(read_graph("8x8x1 dropout rescaling flatten"))
    'Rescaling'
    >>> own_rescaling(read_graph("8x8x1"))
    ''
    """
    source = -1
    for row in graph.rows:
        if source not in row.sources:
            continue
        if row.class_name in _SCALES or ".ops." in row.module:
            return row.class_name
        if row.class_name not in _BEFORE_SCALES:
            return ""
        source = row.index
    return ""
