"""Where the network and the image of a view come from, for its Keras code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tui.geometry import GeometryError, Graph, GraphRow, Network
from tui.inspection.view import View, selected_network
from tui.runs.store.model_files import model_path, snapshot_path, stale_best
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class CodeSource:
    """Where the network and the image of a view come from.

    Args:
        model: path of the `.keras` file; empty to build the network and load kept weights. With
            `kept` only its layers are needed.
        network: as built in training; needed if there is no `model`.
        kept: path of the kept weights (`.npz`), or empty.
        picture: path of the image file.
        height, width: of the network's input.
        color_mode: Keras's name for the channels of the image.
        interpolation: how the image is resized.
        divisor: image values 0..255 are divided by it.
        inside: names of the inner models that contain the layer of the view, the outermost
            first; usually empty.
        models: whether the model that contains the layer also contains models.
        operations: whether it also contains operations on values, which Keras does not count as
            layers.
        chain: whether each of the model's layers receives the output of the one before.
    """

    model: str
    network: Network | None
    kept: str
    picture: str
    height: int
    width: int
    color_mode: str
    interpolation: str
    divisor: float
    inside: tuple[str, ...] = ()
    models: bool = False
    operations: bool = False
    chain: bool = True


def source_of_layer(source: CodeSource, graph: Graph | None, row: GraphRow | None) -> CodeSource:
    """Return the source for the view of a layer of a foreign file."""
    if graph is None or row is None:
        return source
    inside, depth = row.models, len(row.models)
    return replace(
        source,
        inside=inside,
        models=any(len(one.models) > depth and one.models[:depth] == inside for one in graph.rows),
        operations=any(".ops." in one.module and one.models == inside for one in graph.rows),
        chain=all(one.follows and not one.models for one in graph.rows),
    )


def source_of_view(view: View) -> CodeSource:
    """Return the source of a view, of a run or of a foreign file.

    Raises:
        ValueError: if no network is open.
    """
    opened, selection = view.opened, view.selection
    if opened is None:
        raise ValueError("No network is open: open one first.")
    model, kept = selection.file, ""
    if selection.run:
        run = RunFolder(Path(selection.run))
        stale = stale_best(run, opened.epoch) if selection.weights == "best" else None
        snapshot = snapshot_path(run, opened.epoch)
        if selection.weights.startswith("epoch-") or (
            stale is not None and snapshot in stale.sources
        ):
            kept = str(snapshot)
        else:
            model = str(model_path(run, selection.weights))
    network = None
    if kept:
        try:
            network = selected_network(selection)
        except (GeometryError, RunError):
            network = None
        if view.graph is not None:  # a backbone's layers stand in the models that were saved
            names = ("best", "final")
            saved = (model_path(run, name) for name in names)
            model, network = next((str(path) for path in saved if path.exists()), ""), None
    return CodeSource(
        model=model,
        network=network,
        kept=kept,
        picture=selection.picture,
        height=opened.input_height,
        width=opened.input_width,
        color_mode=opened.color_mode,
        interpolation=opened.interpolation,
        divisor=opened.rescale_divisor,
    )
