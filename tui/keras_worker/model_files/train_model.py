"""The model of a run that trains a network from a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tui.common.text import clean
from tui.keras_worker.failures import TrainingError, is_out_of_memory
from tui.keras_worker.model_files.build import ReadModel, read_model
from tui.keras_worker.model_state import refresh_normalization
from tui.keras_worker.refusal import Refusal
from tui.runs.settings.model_file import ModelFile
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.initial_model import check_copy, initial_model_path
from tui.runs.store.run_folder import RunFolder

_WHERE = "building the network"
_AGAIN = "Begin a new training with the file."


def model_of_file(run: RunFolder, spec: TrainingSpec) -> keras.Model:
    """Build the network of a run's file for its images, not compiled.

    Args:
        run: the run, which has a copy of the file.
        spec: its settings.

    Returns:
        A model from one image to one output, with the weights that the training begins with.

    Raises:
        TrainingError: when the copy is not there or was changed, or cannot be built.
    """
    file = spec.model_file
    assert file is not None
    if problem := check_copy(run, file):
        raise TrainingError(problem, _WHERE, _AGAIN)
    path = initial_model_path(run, file)
    try:
        read = read_model(path, spec.data.target_size, file.name)
        model = _plain(read.build(trained=True))
        with tempfile.TemporaryDirectory(prefix="cnn-tui-") as folder:
            weights, _ = read.copy_weights(Path(folder))
            _load(model, weights, read, file)
    except Refusal as refusal:
        raise TrainingError(refusal.what, _WHERE, refusal.cure) from refusal
    return model


def _plain(model: keras.Model) -> keras.Model:
    """Return a model whose input and output are tensors, not lists or dictionaries of one."""
    if isinstance(model, keras.Sequential):
        return model
    if keras.backend.is_keras_tensor(model.input) and keras.backend.is_keras_tensor(model.output):
        return model
    return keras.Model(model.inputs[0], model.outputs[0], name=model.name)


def _load(model: keras.Model, weights: Path, read: ReadModel, file: ModelFile) -> None:
    """Load the weights of a file; of new ones only what its Normalization measured is kept."""
    new = [np.array(one) for one in model.get_weights()] if file.new_weights else None
    measured = {id(weight) for layer in _normalizations(model) for weight in layer.weights}
    if new is not None and not measured:
        return
    try:
        model.load_weights(weights)
    except Exception as error:
        # HDF5 and Keras raise many kinds for a damaged file.
        if is_out_of_memory(error):
            raise
        why = clean(str(error).strip().split("\n")[0].rstrip("."), 160)
        raise Refusal(
            f"The weights in {read.name} cannot be loaded: they are damaged or of another network "
            f"({why}).",
            "Save the model again with model.save, or choose another file.",
        ) from error
    if new is not None:
        for weight, value in zip(model.weights, new, strict=True):
            if id(weight) not in measured:
                weight.assign(value)
        refresh_normalization(model)


def _normalizations(model: keras.Model) -> list[Any]:
    found: list[Any] = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += _normalizations(layer)
        elif isinstance(layer, keras.layers.Normalization):
            found.append(layer)
    return found
