"""Building the Keras model of a `Network`."""

from __future__ import annotations

from typing import Any

import keras

from tui.datasets import LoaderSettings
from tui.geometry import GeometryError, Network, parse_network
from tui.keras_io import keras_layers
from tui.keras_io.compile_names import CLASS_MODE_LOSSES, LOSS_METRICS, OPTIMIZERS
from tui.keras_worker.backbones import build_backbone, with_head
from tui.keras_worker.failures import TrainingError
from tui.keras_worker.model_files.train_model import model_of_file
from tui.runs.network_check import judge_network, output_count
from tui.runs.settings.findings import Finding
from tui.runs.settings.pretrained_model import features_of
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder


def build_model(network: Network) -> keras.Sequential:
    """Build the Keras model of a network.

    Args:
        network: one whose layers fit together.

    Returns:
        A model with the input (height, width, depth), not compiled.
    """
    volume = network.input
    layers = [getattr(keras.layers, name)(**options) for name, options in keras_layers(network)]
    return keras.Sequential([keras.Input((volume.height, volume.width, volume.depth)), *layers])


def compiled_model(
    spec: TrainingSpec, run: RunFolder | None = None, *, pretrained: bool = True
) -> keras.Model:
    """Build and compile the model of a spec.

    Args:
        spec: what is trained.
        run: its run; needed where that has a copy of the network's file.
        pretrained: whether to load the weights of its backbone, where it has one; a run whose
            weights are loaded next does not need the file.

    Raises:
        TrainingError: when the network does not fit its input or the data.
    """
    found: tuple[Finding, ...] = ()
    if spec.model_file is not None:
        assert run is not None
        model = model_of_file(run, spec)
    else:
        model, found = _of_layers(spec, pretrained)
    if not _suits(model.output_shape, spec.data):
        why, cure = (found[0].sentence, found[0].cure) if found else ("", "")
        raise TrainingError(
            why or f"The network ends in {model.output_shape[1:]}.", "building the network", cure
        )
    compile_model(model, spec)
    return model


def _of_layers(spec: TrainingSpec, pretrained: bool) -> tuple[keras.Model, tuple[Finding, ...]]:
    """Return the model of a spec's layers, and what keeps it from learning."""
    try:
        network = parse_network(spec.network)
        model = _on_backbone(spec, network, pretrained) if spec.base else build_model(network)
    except GeometryError as error:
        raise TrainingError(
            error.message, "building the network", "Change the network in the calculator."
        ) from error
    # Networks that Keras trains without learning are refused before a start; a run of an earlier
    # version can be resumed all the same.
    return model, judge_network(network, spec.data, features_of(spec.base, spec.data))


def compile_model(model: keras.Model, spec: TrainingSpec, optimizer: Any = None) -> None:
    """Compile a model for a spec; that of a file as it was compiled, where the spec says so.

    Args:
        model: whose outputs suit the labels.
        spec: has the optimizer, its learning rate and the class mode.
        optimizer: of another model with the same layers, to share it; None: a new one.
    """
    compiled = spec.model_file.compiled if spec.model_file is not None else None
    if compiled is None:
        kind = getattr(keras.optimizers, OPTIMIZERS[spec.optimizer])
        model.compile(
            optimizer=optimizer or kind(learning_rate=spec.learning_rate),
            loss=CLASS_MODE_LOSSES[spec.data.class_mode],
            metrics=["accuracy"],
        )
        return
    kind = getattr(keras.optimizers, compiled.optimizer)
    loss: Any = compiled.loss
    if compiled.loss_arguments:
        loss = getattr(keras.losses, LOSS_METRICS[loss])(**compiled.loss_arguments)
    accuracy: Any = "accuracy"
    if compiled.from_logits and spec.data.class_mode == "binary":
        # A score of 0 is a probability of a half; Keras's "accuracy" would compare it with 0.5.
        accuracy = keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)
    model.compile(
        optimizer=optimizer or kind(learning_rate=spec.learning_rate, **compiled.arguments),
        loss=loss,
        metrics=[accuracy],
    )


def _on_backbone(spec: TrainingSpec, head: Network, pretrained: bool) -> keras.Model:
    assert spec.base is not None
    height, width = spec.data.target_size
    shape = (height, width, spec.data.channels)
    return with_head(build_backbone(spec.base, shape, weights=pretrained), head)


def _suits(shape: tuple[int | None, ...], data: LoaderSettings) -> bool:
    """Return whether Keras accepts the loader's labels for outputs of a shape."""
    wanted, units = output_count(data), shape[-1]
    if len(shape) != 2 or units is None:
        return False
    return units == wanted or (data.class_mode == "sparse" and units > wanted)
