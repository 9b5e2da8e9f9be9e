"""Heat maps: which parts of an image speak for a class, by Grad-CAM or occlusion.

Grad-CAM weights each channel of the last convolution's output by the mean gradient of the class's
score with respect to it. The weighted sum, where it is above 0, is the heat (Selvaraju et al.,
2017). The score is the logit, the value before the sigmoid or softmax: the gradient of a softmax's
probability depends on all other classes too, and where a network is confident, it is so small that
it vanishes in float32. For the first of the two classes of a sigmoid, the score is the negative
logit.

Occlusion measures how much the probability of the class falls where a patch hides the image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.inspection.answers import Explained
from tui.inspection.requests import Explain
from tui.inspector.classifier_head import without_activation
from tui.inspector.feature_maps import to_uint8
from tui.inspector.opened_network import OpenedNetwork, is_convolution
from tui.inspector.predictions import batch_size, predict
from tui.inspector.refusal import Refusal


@dataclass(frozen=True)
class GradCam:
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


def grad_cam(network: OpenedNetwork, picture: NDArray[np.float32], label: int) -> GradCam:
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
    return GradCam(heat, network.layers[position].name, "logit" if linear or softmax else "output")


def _score(scores: Any, label: int) -> Any:
    if scores.shape[-1] == 1:
        return scores[0, 0] if label == 1 else -scores[0, 0]
    return scores[0, label]


CELLS = 12
"""Places of the patch on each side; fewer on a picture of fewer pixels."""
GREY = 127.5
"""Of 0..255, before the rescaling."""


def patch_bounds(side: int) -> list[tuple[int, int]]:
    """Return where the patch begins and ends along one side, once for each cell.

    It is two cells wide, its middle is the cell's, and it stops at the border.

    >>> patch_bounds(4)
    [(0, 2), (0, 3), (1, 4), (2, 4)]
    """
    cells = min(CELLS, side)
    width = side / cells
    return [
        (
            max(0, int(np.ceil((cell - 0.5) * width))),
            min(side, int(np.ceil((cell + 1.5) * width))),
        )
        for cell in range(cells)
    ]


def occlusion(
    network: OpenedNetwork,
    picture: NDArray[np.float32],
    label: int,
    whole: float,
    tell: Callable[[int, int], None],
) -> NDArray[np.float64]:
    """Return how much a class's probability falls, place by place; 0 where it rises.

    Args:
        network: what is asked.
        picture: what it gets, (height, width, depth).
        label: index of the class.
        whole: its probability for the whole picture.
        tell: called with the places done and all of them.
    """
    rows, columns = patch_bounds(picture.shape[0]), patch_bounds(picture.shape[1])
    patches = [(row, column) for row in rows for column in columns]
    grey = GREY / network.preparation.divisor
    heat: list[float] = []
    size = batch_size(network)
    tell(0, len(patches))
    for first in range(0, len(patches), size):
        part = patches[first : first + size]
        batch = np.repeat(picture[None], len(part), axis=0)
        for image, ((top, bottom), (left, right)) in zip(batch, part, strict=True):
            image[top:bottom, left:right] = grey
        heat += (whole - predict(network, batch)[:, label]).tolist()
        tell(len(heat), len(patches))
    return np.asarray(np.maximum(heat, 0), np.float64).reshape(len(rows), len(columns))


def explain_image(
    network: OpenedNetwork, request: Explain, tell: Callable[[int, int], None]
) -> Explained:
    """Show what of a picture speaks for a class."""
    picture = network.preparation.array(request.picture)
    found = predict(network, picture[None])[0]
    label = int(found.argmax()) if request.label == -1 else request.label
    if not 0 <= label < len(found):
        raise Refusal(
            f"There is no class {label}: the network has {len(found)}.",
            f"Choose 0 to {len(found) - 1}, or -1 for the predicted one.",
        )
    layer = gradient_of = ""
    if request.method == "grad-cam":
        cam = grad_cam(network, picture, label)
        heat, layer, gradient_of = cam.heat, cam.layer, cam.gradient_of
    else:
        heat = occlusion(network, picture, label, float(found[label]), tell)
    return Explained(
        id=request.id,
        method=request.method,
        label=label,
        layer=layer,
        height=heat.shape[0],
        width=heat.shape[1],
        heat=_bytes(heat),
        greatest=float(heat.max()),
        probability=float(found[label]),
        gradient_of=gradient_of,
    )


def _bytes(heat: NDArray[np.float64]) -> bytes:
    """Return a heat of 0 and more as bytes, 255 its greatest."""
    return to_uint8(heat, 0.0, float(heat.max())).tobytes()
