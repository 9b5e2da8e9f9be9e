"""Building a pretrained backbone and the network that stands on it.

The backbone takes pixels from 0 to 255: its preprocessing is its first layers, so that nobody who
uses a saved model can forget it. The whole network is one flat model, whose layers are those of the
backbone and then those of the head.
"""

from __future__ import annotations

import os
from typing import Any

import keras
import numpy as np

from tui.common.safe_files import UnsafeFileError, check_file
from tui.common.text import clean
from tui.geometry import Network
from tui.keras_io import keras_layers
from tui.keras_worker.failures import TrainingError, is_out_of_memory
from tui.runs.settings.backbone_kind import (
    CAFFE_MEAN,
    IMAGENET_DEVIATION,
    IMAGENET_MEAN,
    Backbone,
    Pixels,
)
from tui.runs.settings.backbones import backbone
from tui.runs.settings.pretrained import PretrainedBase

_WHERE = "building the network"


def build_backbone(
    base: PretrainedBase, input_shape: tuple[int, int, int], *, weights: bool = True
) -> keras.Model:
    """Build a backbone without its top, all of it frozen.

    Its Dropout is switched off (rate 0), as `backbone(x, training=False)` would do; frozen
    BatchNormalization is in inference mode anyway.

    Args:
        base: which, and its file of weights.
        input_shape: height, width and 3.
        weights: whether to load the file; without, they are random.

    Returns:
        A model from pixels, 0 to 255, to the backbone's output, named like the backbone in lower
        case. Its first layers are the preprocessing (`preprocessing_layers`).

    Raises:
        TrainingError: when the file cannot be read, or holds other weights.
    """
    kind = backbone(base.name)
    pixels = keras.Input(input_shape, name="pixels")
    inner = getattr(keras.applications, kind.name)(
        include_top=False,
        weights=None,
        input_tensor=preprocessed(pixels, kind.pixels),
        input_shape=input_shape,
    )
    model = keras.Model(pixels, inner.output, name=kind.name.lower())
    if weights:
        load_backbone(model, kind, base.weights)
    for layer in all_layers(model):
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    for layer in model.layers:
        layer.trainable = False
    return model


def with_head(base_model: keras.Model, head: Network) -> keras.Model:
    """Return the network of a backbone and a head, not compiled.

    Args:
        base_model: as `build_backbone` returns it; its layers are shared, not copied.
        head: whose input volume is the backbone's output.
    """
    value, taken = base_model.output, {layer.name for layer in base_model.layers}
    for name, options in keras_layers(head):
        own = f"head_{options['name']}" if options["name"] in taken else options["name"]
        value = getattr(keras.layers, name)(**{**options, "name": own})(value)
    return keras.Model(base_model.input, value)


def preprocessed(pixels: Any, kind: Pixels) -> Any:
    """Return the pixels as a backbone expects them, as `preprocess_input` of Keras computes them.

    Args:
        pixels: a symbolic image, 0 to 255.
        kind: of the preprocessing.
    """
    layers = keras.layers
    if kind == "tf":
        return layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(pixels)
    if kind == "torch":
        scaled = layers.Rescaling(1 / 255, name="rescaling_to_1")(pixels)
        variance = [one**2 for one in IMAGENET_DEVIATION]
        return _standardized(scaled, IMAGENET_MEAN, variance)
    if kind == "caffe":
        return _standardized(keras.ops.flip(pixels, axis=-1), CAFFE_MEAN, [1.0] * 3)
    return pixels


def _standardized(values: Any, mean: tuple[float, ...], variance: list[float]) -> Any:
    layer = keras.layers.Normalization(
        axis=-1, mean=list(mean), variance=variance, name="preprocessing"
    )
    return layer(values)


def all_layers(model: keras.Model) -> list[keras.Layer]:
    """Return the layers of a model and of the models inside it."""
    found: list[keras.Layer] = []
    for layer in model.layers:
        found += all_layers(layer) if isinstance(layer, keras.Model) else [layer]
    return found


def load_backbone(model: keras.Model, kind: Backbone, path: str) -> None:
    """Load a backbone's weights from a file.

    Args:
        model: with the preprocessing in front, which has no weights.
        kind: which backbone it is.
        path: a file as Keras downloads it (`.h5`), or of `save_weights` or `save`.

    Raises:
        TrainingError: when it cannot be read, or holds other weights.
    """
    name = clean(os.path.basename(path), 80)
    cure = (
        f"Give the file that Keras downloads, {kind.file}, or one that was saved by "
        f"`keras.applications.{kind.name}(include_top=False).save_weights(…)`."
    )
    try:
        check_file(os.path.realpath(path))  # a link that the user made is theirs to follow
    except FileNotFoundError as error:
        raise TrainingError(f"The file of weights {clean(path)} is not there.", _WHERE, cure) from (
            error
        )
    except UnsafeFileError as error:
        raise TrainingError(f"{name} is not read: {error.strerror}.", _WHERE, cure) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise TrainingError(f"{name} cannot be read: {clean(why)}.", _WHERE, cure) from error
    try:
        model.load_weights(path)
    except Exception as error:
        # HDF5, zipfile and Keras raise many kinds for a file of another network, or a damaged one.
        if is_out_of_memory(error):
            raise
        why = clean(str(error).strip().split("\n")[0].rstrip("."), 160)
        raise TrainingError(
            f"{name} does not hold the weights of {kind.name} without its top ({why}).",
            _WHERE,
            cure,
        ) from error
    _correct_normalization(model, kind)


def _correct_normalization(model: keras.Model, kind: Backbone) -> None:
    """Let the first layers of EfficientNet divide by the deviation, with ImageNet's weights.

    Keras's files for EfficientNetB0 to B7 hold the deviation where the layer takes its square root
    (https://github.com/tensorflow/tensorflow/issues/49930). With `weights="imagenet"` Keras adds a
    layer that divides by the root once more; here the variance is made that of the formula.
    """
    if not kind.name.startswith("EfficientNetB"):
        return
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:
            variance = np.asarray(layer.adapt_variance, "float32")
            if np.allclose(variance, IMAGENET_DEVIATION, atol=1e-3):
                layer.adapt_variance.assign(variance * np.asarray(IMAGENET_DEVIATION, "float32"))
                layer.finalize_state()
