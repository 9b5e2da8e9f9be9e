"""Open a foreign `.keras` or `.h5` file, without trusting it.

`tui.geometry` first reads its description as data: known layers, connected in any way, of sizes
that can be computed here. Only then does Keras create the layers, in safe mode and from that
description reduced to what is known, and the weights are read from a checked copy. Nothing else in
the archive is opened.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import keras

from tui.common.text import clean, size_text
from tui.geometry import GeometryError, Graph, Volume, graph_totals
from tui.inspection.requests import OpenFile
from tui.inspector.image_preparation import Preparation
from tui.inspector.memory_limit import limit_memory
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.foreign_archive import copy_weights, description_of
from tui.inspector.opening.foreign_config import checked_config, is_keras2, to_keras3
from tui.inspector.opening.run_weights import WeightsFile, load_weights
from tui.inspector.refusal import Refusal, refusal_of
from tui.keras_io.model_json import load_json
from tui.keras_io.older_keras import translate_config
from tui.keras_io.own_rescaling import own_rescaling
from tui.keras_io.read_graph import graph_from_config
from tui.keras_io.unsupported_files import UnsupportedFile

COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
MAX_ACTIVATION_BYTES = 2 * 2**30
"""The outputs of all layers for one image."""
MAX_MACS = 10**12
"""Multiply-adds for one image; VGG-16 has a sixtieth of that."""
_OWN_LAYERS = "Only known Keras layers are run here, never code from a file."
_LOOK_ONLY = "Look at its layers as a table instead: a in Look inside, or cnn-tui calc --from."
_BYTES_PER_VALUE = 4
_TOLERANCE_BYTES = 2**20


def open_file(request: OpenFile) -> OpenedNetwork:
    """Load a `.keras` file, or an HDF5 file of `model.save`.

    Raises:
        Refusal: if it is neither, has layers that are not run here, or is too large.
    """
    path = Path(request.path)
    name = clean(path.name, 60)
    try:
        text = description_of(path)
        data: Any = translate_config(load_json(text))
        graph = graph_from_config(data)
    except UnsupportedFile as error:
        raise Refusal(error.message.rstrip(":."), " ".join(error.lines) or _LOOK_ONLY) from error
    except GeometryError as error:
        why = error.message.removeprefix(f"{name}: ")
        raise Refusal(f"{name} cannot be run here: {why}", _OWN_LAYERS) from error
    volume = _input_volume(name, graph)
    sizes = _checked_sizes(name, graph)
    with tempfile.TemporaryDirectory(prefix="cnn-tui-") as folder:
        weights, held = copy_weights(path, Path(folder))
        if sizes.parameters > 3 * held + _TOLERANCE_BYTES:
            raise Refusal(
                f"{name} declares {size_text(sizes.parameters)} of weights but has only "
                f"{size_text(held)}.",
                "Save the model again, or choose another file.",
            )
        limit_memory(4 * held + 4 * sizes.activations + 2**30)
        keras.utils.clear_session()
        model = _build_model(name, checked_config(to_keras3(data) if is_keras2(data) else data))
        if not isinstance(model, keras.Model) or not model.built:
            raise Refusal(f"{name} has no model with a known input size.", "Choose another file.")
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
        weights=name,
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


def _build_model(name: str, config: Any) -> Any:
    """Have Keras build the described model; refuse what it cannot build."""
    try:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        why = refusal_of(error).what
        raise Refusal(
            f"{name} cannot be built by Keras from its description "
            f"({clean(why.rstrip('.'), 160)}).",
            "Save the model again with model.save, or choose another file.",
        ) from error


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


class _Sizes:
    """Bytes that the parameters and the outputs of a network take."""

    def __init__(self, parameters: int, activations: int) -> None:
        self.parameters, self.activations = (
            parameters * _BYTES_PER_VALUE,
            activations * _BYTES_PER_VALUE,
        )


def _input_volume(name: str, graph: Graph) -> Volume:
    """Return the input volume; refuse a network whose input is not one image."""
    shape = graph.inputs[0].shape
    if len(graph.inputs) != 1:
        raise Refusal(
            f"{name} takes {len(graph.inputs)} inputs, but one image is given.",
            "Choose a network with one input.",
        )
    if not isinstance(shape, Volume) or shape.depth not in COLOR_MODES:
        raise Refusal(
            f"{name} takes {shape}, but an image has a depth of 1, 3 or 4.",
            "Choose a network for images.",
        )
    return shape


def _checked_sizes(name: str, graph: Graph) -> _Sizes:
    """Return the sizes of a network; refuse what is too large before it is built."""
    for row in graph.rows:
        if not row.complete:
            why = row.problem or f"the output of {clean(row.name, 40)} is not known."
            raise Refusal(f"{name} cannot be run here: {clean(why)}", _OWN_LAYERS)
    totals = graph_totals(graph)
    sizes = _Sizes(totals.parameters, totals.activations)
    if sizes.activations > MAX_ACTIVATION_BYTES:
        raise Refusal(
            f"{name} would take {size_text(sizes.activations)} for one image, but at most "
            f"{size_text(MAX_ACTIVATION_BYTES)} are allowed.",
            _LOOK_ONLY,
        )
    if totals.macs > MAX_MACS:
        raise Refusal(
            f"{name} would compute {totals.macs:,} multiply-adds for one image, but at most "
            f"{MAX_MACS:,} are allowed.",
            _LOOK_ONLY,
        )
    return sizes
