"""Open a foreign `.keras` or `.h5` file, without trusting it (`tui.keras_worker.model_files`)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras

from tui.geometry import Graph, Volume
from tui.inspection.requests import OpenFile
from tui.inspector.image_preparation import Preparation
from tui.inspector.memory_limit import limit_memory
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.run_weights import WeightsFile, load_weights
from tui.keras_io.own_rescaling import own_rescaling
from tui.keras_worker.model_files.build import COLOR_MODES, read_model


def open_file(request: OpenFile) -> OpenedNetwork:
    """Load a `.keras` file, or an HDF5 file of `model.save`.

    Raises:
        Refusal: if it is neither, has layers that are not run here, or is too large.
    """
    read = read_model(Path(request.path))
    graph, volume = read.graph, read.volume
    with tempfile.TemporaryDirectory(prefix="cnn-tui-") as folder:
        weights, held = read.copy_weights(Path(folder))
        limit_memory(4 * held + 4 * read.activations + 2**30)
        keras.utils.clear_session()
        model = read.build()
        load_weights(model, WeightsFile(weights, -1))
    divisor = request.rescale_divisor
    own = own_rescaling(graph)
    if divisor <= 0:
        divisor = 1.0 if own else 255.0
    return OpenedNetwork(
        model=model,
        preparation=Preparation.plain(
            (volume.height, volume.width), COLOR_MODES[volume.depth], divisor
        ),
        classes=(),
        weights=read.name,
        note=" ".join(
            note
            for note in (
                _size_note(graph),
                "" if request.rescale_divisor > 0 else _rescaling_note(own),
            )
            if note
        ),
        graph=graph,
    )


def _rescaling_note(own: str) -> str:
    if own:
        return f"It begins with its own {own}, so it receives values from 0 to 255."
    return "Image values are divided by 255: the file does not say how it was trained."


def _size_note(graph: Graph) -> str:
    given = graph.inputs[0]
    if not given.free or not isinstance(given.shape, Volume):
        return ""
    return (
        f"It takes images of any {' and '.join(given.free)}: they are resized to "
        f"{given.shape.width}×{given.shape.height}."
    )
