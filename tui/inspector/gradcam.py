"""Grad-CAM: which cells of the last convolution speak for a class.

Each channel of that convolution's output is weighted by the mean gradient of the class's score
over it; the weighted sum, where it is above 0, is the heat (Selvaraju and others, 2017).

The score is the logit, the value before the sigmoid or softmax. The gradient of a softmax's
probability tells also of every other class, and where a network is sure, the gradient of a
probability is so small that it vanishes in float32. For the first of the two classes that a
sigmoid tells apart, the score is the logit with its sign turned round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.inspector.head import without_activation
from tui.inspector.opened import OpenedNetwork, is_convolution
from tui.inspector.refusal import Refusal


@dataclass(frozen=True)
class Cam:
    """A heat map, 0 and more, of (height, width) of a convolution's output.

    Args:
        heat: the map.
        layer: name of the convolution.
        gradient_of: `logit`, or `output` where the network ends without sigmoid or softmax.
    """

    heat: NDArray[np.float64]
    layer: str
    gradient_of: str


def last_convolution(network: OpenedNetwork) -> int:
    """Return the position of the last convolution, of those with more than one cell if any.

    Raises:
        Refusal: when there is none.
    """
    found = [place for place, layer in enumerate(network.layers) if is_convolution(layer)]
    if not found:
        raise Refusal(
            "Grad-CAM is taken at the last convolution, and this network has none.",
            "Take the occlusion map.",
        )
    # Squeeze and excite has convolutions of a single cell, and some networks end in one.
    wide = [place for place in found if network.features.shapes[place][:2] != (1, 1)]
    return (wide or found)[-1]


def grad_cam(network: OpenedNetwork, picture: NDArray[np.float32], label: int) -> Cam:
    """Return what of a picture speaks for a class.

    Args:
        network: with a convolution in it.
        picture: what the network gets, (height, width, depth).
        label: index of the class.

    Raises:
        Refusal: no convolution, or a Keras on another backend than TensorFlow.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise Refusal(
            f"Grad-CAM is computed with TensorFlow, and Keras runs on {backend} here.",
            "Take the occlusion map, or start with KERAS_BACKEND=tensorflow.",
        )
    import tensorflow as tf

    position = last_convolution(network)
    features, last = network.features, network.last
    score_of = features.outputs[network.end]
    softmax = isinstance(last, keras.layers.Softmax)
    if softmax:
        score_of = network.before_last()
    both = keras.Model(features.inputs, [features.outputs[position], score_of])
    batch = tf.convert_to_tensor(picture[None])
    with without_activation(last) as linear, tf.GradientTape() as tape:
        tape.watch(batch)  # else nothing is noted of layers that are not trained
        value, scores = both(batch, training=False)
        score = _score(scores, label)
    gradient = tape.gradient(score, value)
    if gradient is None:
        raise Refusal(
            "No gradient comes from the class's score to the last convolution.",
            "Take the occlusion map.",
        )
    maps = value.numpy()[0].astype(np.float64)
    weights = gradient.numpy()[0].astype(np.float64).mean(axis=(0, 1))
    heat = np.maximum(maps @ weights, 0)
    heat = np.where(np.isfinite(heat), heat, 0)
    return Cam(heat, network.layers[position].name, "logit" if linear or softmax else "output")


def _score(scores: Any, label: int) -> Any:
    if scores.shape[-1] == 1:
        return scores[0, 0] if label == 1 else -scores[0, 0]
    return scores[0, label]
