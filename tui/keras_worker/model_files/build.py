"""Reading the description of a model file, checking it, and building the model that it describes.

`tui.geometry` first reads the description as data: known layers, connected in any way, of sizes
that can be computed here. Only then does Keras create the layers, in safe mode and from that
description reduced to what is known. The weights are read from a checked copy; nothing else in the
file is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from tui.common.text import clean, size_text
from tui.geometry import GeometryError, Graph, Volume, graph_totals
from tui.keras_io.file_network import with_input_size
from tui.keras_io.model_json import load_json
from tui.keras_io.older_keras import translate_config
from tui.keras_io.read_graph import graph_from_config
from tui.keras_io.unsupported_files import UnsupportedFile
from tui.keras_worker.model_files.archive import copy_weights, description_of
from tui.keras_worker.model_files.config import checked_config, is_keras2, to_keras3
from tui.keras_worker.refusal import Refusal

COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
MAX_ACTIVATION_BYTES = 2 * 2**30
"""The outputs of all layers for one image."""
MAX_MACS = 10**12
"""Multiply-adds for one image; VGG-16 has a sixtieth of that."""
_OWN_LAYERS = "Only known Keras layers are run here, never code from a file."
_LOOK_ONLY = "Look at its layers as a table instead: a in Look inside, or cnn-tui calc --from."
_AGAIN = "Save the model again with model.save, or choose another file."
_BYTES_PER_VALUE = 4
_TOLERANCE_BYTES = 2**20


@dataclass(frozen=True)
class ReadModel:
    """The description of a model in a file, read as data and checked.

    Args:
        path: of the file.
        name: of the file, for messages; clean.
        data: the values of its JSON.
        graph: its layers.
        volume: the image that it takes.
        activations: bytes that the outputs of all layers take for one image.
    """

    path: Path
    name: str
    data: Any
    graph: Graph
    volume: Volume
    activations: int

    def build(self, *, trained: bool = False) -> keras.Model:
        """Have Keras build the model, with new weights.

        Args:
            trained: whether it is to be trained.

        Raises:
            Refusal: if Keras cannot build it, or it has a class that is not Keras's.
        """
        data = to_keras3(self.data, trained=trained) if is_keras2(self.data) else self.data
        try:
            model = keras.saving.deserialize_keras_object(checked_config(data), safe_mode=True)
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError) as error:
            why = clean(str(error).strip().split("\n")[0].rstrip("."), 160)
            raise Refusal(
                f"{self.name} cannot be built by Keras from its description "
                f"({type(error).__name__}: {why}).",
                _AGAIN,
            ) from error
        if not isinstance(model, keras.Model) or not model.built:
            raise Refusal(
                f"{self.name} has no model with a known input size.", "Choose another file."
            )
        return model

    def copy_weights(self, folder: Path) -> tuple[Path, int]:
        """Copy the weights into a folder, and check the copy.

        Returns:
            The copy, and the bytes of all arrays in it.

        Raises:
            Refusal: if there are none, or they are damaged or fewer than described.
        """
        weights, held = copy_weights(self.path, folder)
        declared = graph_totals(self.graph).parameters * _BYTES_PER_VALUE
        if declared > 3 * held + _TOLERANCE_BYTES:
            raise Refusal(
                f"{self.name} declares {size_text(declared)} of weights but has only "
                f"{size_text(held)}.",
                "Save the model again, or choose another file.",
            )
        return weights, held


def read_model(path: Path, size: tuple[int, int] | None = None, name: str = "") -> ReadModel:
    """Read the description in a `.keras` file, or an HDF5 file of `model.save`.

    Args:
        path: of the file.
        size: height and width of the images, for a file that leaves them open.
        name: the file's name in messages.

    Raises:
        Refusal: if it is neither, has layers that are not run here, or is too large.
    """
    name = clean(name or path.name, 60)
    try:
        text = description_of(path)
        data: Any = translate_config(load_json(text))
        graph = graph_from_config(data)
        if size is not None and graph.inputs[0].free:
            data = with_input_size(data, *size)
            graph = graph_from_config(data)
    except UnsupportedFile as error:
        raise Refusal(error.message.rstrip(":."), " ".join(error.lines) or _LOOK_ONLY) from error
    except GeometryError as error:
        why = error.message.removeprefix(f"{name}: ")
        raise Refusal(f"{name} cannot be run here: {why}", _OWN_LAYERS) from error
    volume = _input_volume(name, graph)
    return ReadModel(path, name, data, graph, volume, _checked_activations(name, graph))


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


def _checked_activations(name: str, graph: Graph) -> int:
    """Return the bytes of all outputs; refuse what is too large before it is built."""
    for row in graph.rows:
        if not row.complete:
            why = row.problem or f"the output of {clean(row.name, 40)} is not known."
            raise Refusal(f"{name} cannot be run here: {clean(why)}", _OWN_LAYERS)
    totals = graph_totals(graph)
    activations = totals.activations * _BYTES_PER_VALUE
    if activations > MAX_ACTIVATION_BYTES:
        raise Refusal(
            f"{name} would take {size_text(activations)} for one image, but at most "
            f"{size_text(MAX_ACTIVATION_BYTES)} are allowed.",
            _LOOK_ONLY,
        )
    if totals.macs > MAX_MACS:
        raise Refusal(
            f"{name} would compute {totals.macs:,} multiply-adds for one image, but at most "
            f"{MAX_MACS:,} are allowed.",
            _LOOK_ONLY,
        )
    return activations
