"""From a `Network` to a Keras model."""

from __future__ import annotations

import keras

from tui.geometry import GeometryError, Network, keras_layers, parse_network
from tui.trainer.failures import TrainingError
from tui.training.spec import TrainingSpec

OPTIMIZERS = {
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
}
LOSSES = {
    "binary": "binary_crossentropy",
    "categorical": "categorical_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
}


def build_model(network: Network) -> keras.Sequential:
    """Build the Keras model of a network.

    Args:
        network: fits from its input to its last layer.

    Returns:
        A model of input (height, width, depth), not compiled.
    """
    volume = network.input
    layers = [getattr(keras.layers, name)(**options) for name, options in keras_layers(network)]
    return keras.Sequential([keras.Input((volume.height, volume.width, volume.depth)), *layers])


def compiled_model(spec: TrainingSpec) -> keras.Sequential:
    """Build and compile what a spec describes.

    Raises:
        TrainingError: when the network does not fit its input or the data.
    """
    try:
        network = parse_network(spec.network)
        model = build_model(network)
    except GeometryError as error:
        raise TrainingError(
            error.message, "building the network", "Change the network in the calculator."
        ) from error
    wanted = 1 if spec.data.class_mode == "binary" else len(spec.data.classes)
    if model.output_shape != (None, wanted):
        raise TrainingError(
            f"The network ends in {model.output_shape[1:]}, but {len(spec.data.classes)} classes "
            f"with class_mode={spec.data.class_mode!r} need ({wanted},).",
            "building the network",
            f"End it with Dense({wanted}).",
        )
    model.compile(
        optimizer=OPTIMIZERS[spec.optimizer](learning_rate=spec.learning_rate),
        loss=LOSSES[spec.data.class_mode],
        metrics=["accuracy"],
    )
    return model
