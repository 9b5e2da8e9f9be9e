"""The selection, the answers of the inspector to it, and the geometry of the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui.common.text import clean
from tui.geometry import (
    Box,
    Effect,
    GeometryError,
    Graph,
    GraphRow,
    Network,
    ReceptiveField,
    Row,
    field_of,
    graph_field,
    parse_network,
    trace_network,
)
from tui.inspection.answers import LayerInfo, Maps, Opened
from tui.inspection.rasters import Raster
from tui.inspection.requests import LookAt
from tui.keras_io.network_files import graph_from_file, network_from_file
from tui.runs.store.model_files import model_path
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_network import network_of_run

INPUT = -1
"""The layer of a selection that means the image itself."""

Order = Literal["index", "activation"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to look at.

    Args:
        run: path of a run's folder; empty for a file.
        weights: of the run, as in `OpenRun`.
        file: path of a foreign `.keras` file; empty for a run.
        picture: path of an image file; empty for none.
        layer: position in `Opened.layers`; -1 for the image itself.
        position: of the chosen channel in the order, from 0.
        order: of the channels.
    """

    run: str = ""
    weights: str = "best"
    file: str = ""
    picture: str = ""
    layer: int = 0
    position: int = 0
    order: Order = "index"

    @property
    def source(self) -> tuple[str, str, str]:
        """The network and its weights."""
        return self.run, self.weights, self.file


@dataclass(frozen=True, slots=True)
class View:
    """What is on screen; all parts belong to the same selection.

    Args:
        selection: the selection that it shows.
        opened: the network.
        raster: the image as the network receives it; None before there is one.
        request: the request that `maps` answers.
        maps: the channels.
        rows: the traced network of a run; empty if unknown.
        graph: the graph of a foreign file or of a network on a backbone, with a row per layer;
            else None.
    """

    selection: Selection = Selection()
    opened: Opened | None = None
    raster: Raster | None = None
    request: LookAt | None = None
    maps: Maps | None = None
    rows: tuple[Row, ...] = ()
    graph: Graph | None = None

    def field(self, layer: int, x: int, y: int) -> tuple[Box, Box] | None:
        """Return the input columns and rows that one value of a layer depends on.

        Args:
            layer: position in `Opened.layers`.
            x, y: column and row of the value, from 0.

        Returns:
            The part inside the image, and the whole field including padding; None if unknown.
        """
        if self.opened is None:
            return None
        graph = self.graph
        row = geometry_rows(self.opened.layers, self.rows)[layer] if graph is None else None
        try:
            if graph is not None:
                return graph_field(graph, layer, x, y)
            if row is None:
                return None
            last = field_of(self.rows, row, x, y)[-1]
        except GeometryError:
            return None
        return last.box, last.unclipped

    def arithmetic(self, layer: int) -> tuple[Effect | None, ReceptiveField | None]:
        """Return the effect of a layer on the shape, and its receptive field; None if unknown.

        Args:
            layer: position in `Opened.layers`.
        """
        if self.opened is None:
            return None, None
        one = self.row(layer)
        if one is not None:
            field = one.receptive_field
            return one.effect, field if isinstance(field, ReceptiveField) else None
        index = geometry_rows(self.opened.layers, self.rows)[layer]
        if index is None:
            return None, None
        return self.rows[index].effect, self.rows[index].receptive_field

    def row(self, layer: int | str) -> GraphRow | None:
        """Return the row of a layer in the graph of a foreign file.

        Args:
            layer: position in `Opened.layers`, or a name.
        """
        graph = self.graph
        if graph is None:
            return None
        if isinstance(layer, int):
            return graph.rows[layer]
        return next((row for row in graph.rows if row.name == layer), None)


def geometry_rows(layers: tuple[LayerInfo, ...], rows: tuple[Row, ...]) -> list[int | None]:
    """Return the index of the traced row of each layer of a Keras model, or None.

    Keras may have layers that are part of the next row (a padding), or have no row (the input).
    """
    found: list[int | None] = []
    position = 0
    for layer in layers:
        row = rows[position] if position < len(rows) else None
        if row is not None and row.effect is not None and row.layer.keras_name == layer.kind:
            found.append(position)
            position += 1
        else:
            found.append(None)
    return found


def run_rows(selection: Selection) -> tuple[Row, ...]:
    """Return the traced network of a run; empty for a file, on a backbone, or if unknown."""
    if selection.file:
        return ()
    try:
        return trace_network(selected_network(selection))
    except (GeometryError, RunError):
        return ()


def foreign_file(selection: Selection) -> str:
    """Return the path of a selected model that cnn-tui did not build; empty for its own runs.

    It is a file that the user named, or one that a program of the user's own saved in its run.
    """
    if selection.file or not selection.run:
        return selection.file
    run = RunFolder(Path(selection.run))
    return str(model_path(run, selection.weights)) if run.external() is not None else ""


def file_graph(selection: Selection, opened: Opened) -> Graph | None:
    """Return the graph of a foreign file, or of a run on a pretrained backbone; else None.

    None also if the file has changed since.
    """
    path = foreign_file(selection)
    try:
        graph = graph_from_file(Path(path)) if path else unlisted_graph(selection.run)
    except GeometryError:
        return None
    if graph is None:
        return None
    same = [row.name for row in graph.rows] == [layer.name for layer in opened.layers]
    return graph if same else None


def unlisted_graph(path: str) -> Graph | None:
    """Return the network of a run whose spec does not list its layers; None for any other."""
    run = RunFolder(Path(path))
    try:
        spec = run.spec()
    except RunError:
        return None
    return network_of_run(run).graph if spec.layers_unlisted else None


def selected_network(selection: Selection) -> Network:
    """Return the network of a selection, read as data.

    Raises:
        GeometryError: if it cannot be expressed.
        RunError: if the run's spec cannot be read.
    """
    if selection.file:
        return network_from_file(Path(selection.file)).network
    spec = RunFolder(Path(selection.run)).spec()
    if spec.base is not None:
        raise GeometryError(f"{spec.base.name} is no chain of layers: it has branches.")
    if spec.model_file is not None:
        raise GeometryError(f"{clean(spec.model_file.name, 60)} is built from its file.")
    return parse_network(spec.network)
