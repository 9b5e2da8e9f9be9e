"""Opening somebody else's `.keras` file, of which nothing is believed.

What it may be is decided from its description as data, by `tui.geometry`: a chain of known
layers, of sizes that can be computed here. Only then are its layers made, by Keras in safe mode
and from that same description without whatever else it holds, and its weights are read from a
copy that was looked through. Nothing else in the archive is opened.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras

from tui.geometry import GeometryError, Network, Volume, network_totals, trace_network
from tui.geometry.json_text import load_json
from tui.geometry.keras_import import network_from_config
from tui.looking.messages import OpenFile
from tui.text import clean, size_text
from tui.trainer.looking.archive import copy_weights, description_of
from tui.trainer.looking.config import plain_config
from tui.trainer.looking.limits import memory_at_most
from tui.trainer.looking.opened import OpenedNetwork, flat_layers
from tui.trainer.looking.pictures import Preparation
from tui.trainer.looking.refusal import Refusal
from tui.trainer.looking.weights import Found, load_into

COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
MOST_ACTIVATIONS = 2 * 2**30
"""Bytes that one picture may take in all layers together."""
MOST_MACS = 10**12
"""Multiply-adds for one picture: VGG-16 takes a sixtieth of it."""
_VALUE = 4
_SMALL = 2**20


def open_file(request: OpenFile) -> OpenedNetwork:
    """Load a `.keras` file.

    Raises:
        Refusal: when it is none, when it holds what is not run here, or more than it should.
    """
    path = Path(request.path)
    name = clean(path.name, 60)
    try:
        text = description_of(path)
        data = load_json(text)
        network = network_from_config(data).network
    except GeometryError as error:
        raise Refusal(
            f"{name} cannot be run here: {error.message}",
            "Only chains of those layers are run, and never code that a file brings along.",
        ) from error
    sizes = _judged(name, network)
    with tempfile.TemporaryDirectory(prefix="cnn-tui-") as folder:
        weights = Path(folder) / "model.weights.h5"
        held = copy_weights(path, weights)
        if sizes.parameters > 3 * held + _SMALL:
            raise Refusal(
                f"{name} declares {size_text(sizes.parameters)} of weights and holds "
                f"{size_text(held)}.",
                "Save the model again, or choose another file.",
            )
        memory_at_most(4 * held + 4 * sizes.activations + 2**30)
        keras.utils.clear_session()
        model = keras.saving.deserialize_keras_object(plain_config(data), safe_mode=True)
        if not isinstance(model, keras.Model) or not model.built:
            raise Refusal(f"{name} holds no model of known input size.", "Choose another file.")
        load_into(model, Found(weights, -1))
    divisor = request.rescale_divisor
    if divisor <= 0:
        own = isinstance(flat_layers(model)[0], keras.layers.Rescaling)
        divisor = 1.0 if own else 255.0
    volume = network.input
    return OpenedNetwork(
        model=model,
        preparation=Preparation.plain(
            (volume.height, volume.width), COLOR_MODES[volume.depth], divisor
        ),
        classes=(),
        weights=name,
        note="" if request.rescale_divisor > 0 else _rescaling_note(divisor),
    )


def _rescaling_note(divisor: float) -> str:
    if divisor == 1:
        return "It begins with a Rescaling of its own: it gets values from 0 to 255."
    return f"A picture's values are divided by {divisor:g}: the file does not say how it was."


class _Sizes:
    """Bytes that a network takes."""

    def __init__(self, parameters: int, activations: int) -> None:
        self.parameters, self.activations = parameters * _VALUE, activations * _VALUE


def _judged(name: str, network: Network) -> _Sizes:
    """Return what a network takes; refuse what is too large, before anything is made of it."""
    volume = network.input
    rows = trace_network(network)
    for row in rows:
        if row.error is not None:
            raise Refusal(
                f"{name} cannot be run: {row.name}: {row.error.message}", "Choose another file."
            )
    if not rows:
        raise Refusal(f"{name} has no layers.", "Choose another file.")
    if not isinstance(volume, Volume) or volume.depth not in COLOR_MODES:
        raise Refusal(
            f"{name} takes {volume}, and a picture has a depth of 1, 3 or 4.",
            "Choose a network for pictures.",
        )
    totals = network_totals(rows)
    sizes = _Sizes(totals.parameters, totals.activations)
    if sizes.activations > MOST_ACTIVATIONS:
        raise Refusal(
            f"{name} would take {size_text(sizes.activations)} for one picture, and at most "
            f"{size_text(MOST_ACTIVATIONS)} are given.",
            "Look at its layers in the calculator instead.",
        )
    if totals.macs > MOST_MACS:
        raise Refusal(
            f"{name} would compute {totals.macs:,} multiply-adds for one picture, and at most "
            f"{MOST_MACS:,} are done.",
            "Look at its layers in the calculator instead.",
        )
    return sizes
