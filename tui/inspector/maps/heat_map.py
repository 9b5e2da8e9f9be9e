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
from tui.inspector.maps.feature_maps import to_uint8
from tui.inspector.maps.score_gradient import output_and_gradient
from tui.inspector.opened_network import OpenedNetwork, is_convolution
from tui.inspector.predictions import batch_size, predict
from tui.inspector.refusal import Refusal


@dataclass(frozen=True)
class GradCam:
    """A heat map of values from 0, with the height and width of a convolution's output.

    Args:
        heat: the map.
        layer: name of the convolution.
        gradient_of: `logit`, or `output` where the network ends without sigmoid or softmax.
    """

    heat: NDArray[np.float64]
    layer: str
    gradient_of: str


def last_convolution(network: OpenedNetwork) -> int:
    """Return the position of the last convolution, if possible one with more than one cell.

    Raises:
        Refusal: if there is none.
    """
    found = [place for place, layer in enumerate(network.layers) if is_convolution(layer)]
    if not found:
        raise Refusal(
            "Grad-CAM needs a convolution, but this network has none.",
            "Use the occlusion map.",
        )
    # Squeeze-and-excite blocks have convolutions with a single cell, and some networks end in one.
    wide = [place for place in found if network.features.shapes[place][:2] != (1, 1)]
    return (wide or found)[-1]


def grad_cam(network: OpenedNetwork, picture: NDArray[np.float32], label: int) -> GradCam:
    """Return which parts of an image speak for a class.

    Args:
        network: with a convolution in it.
        picture: the input of the network, (height, width, depth).
        label: index of the class.

    Raises:
        Refusal: if there is no convolution, or Keras uses a backend without gradients.
    """
    position = last_convolution(network)
    features, last = network.features, network.last
    score_of = features.outputs[network.end]
    softmax = isinstance(last, keras.layers.Softmax)
    if softmax:
        score_of = network.before_last()
    both = keras.Model(features.inputs, [features.outputs[position], score_of])
    layer = network.layers[position]
    with without_activation(last) as linear:
        value, gradient = output_and_gradient(
            both, layer, picture[None], lambda scores: _score(scores, label)
        )
    if gradient is None:
        raise Refusal(
            "The score of the class has no gradient at the last convolution.",
            "Use the occlusion map.",
        )
    maps = value[0].astype(np.float64)
    weights = gradient[0].astype(np.float64).mean(axis=(0, 1))
    heat = np.maximum(maps @ weights, 0)
    heat = np.where(np.isfinite(heat), heat, 0)
    return GradCam(heat, layer.name, "logit" if linear or softmax else "output")


def _score(scores: Any, label: int) -> Any:
    if scores.shape[-1] == 1:
        return scores[0, 0] if label == 1 else -scores[0, 0]
    return scores[0, label]


CELLS = 12
"""Positions of the patch along each side; fewer for an image with fewer pixels."""
GREY = 127.5
"""Value of the patch, on the scale 0..255 before rescaling."""


def patch_bounds(side: int) -> list[tuple[int, int]]:
    """Return the start and end of the patch along one side, for each cell.

    It is two cells wide, centred on the cell, and cut off at the border.

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
    report: Callable[[int, int], None],
) -> NDArray[np.float64]:
    """Return how much the probability of a class falls at each position; 0 where it rises.

    Args:
        network: the open network.
        picture: its input, (height, width, depth).
        label: index of the class.
        whole: its probability for the whole image.
        report: called with the number of positions done and of all.
    """
    rows, columns = patch_bounds(picture.shape[0]), patch_bounds(picture.shape[1])
    patches = [(row, column) for row in rows for column in columns]
    grey = GREY / network.preparation.divisor
    heat: list[float] = []
    size = batch_size(network)
    report(0, len(patches))
    for first in range(0, len(patches), size):
        part = patches[first : first + size]
        batch = np.repeat(picture[None], len(part), axis=0)
        for image, ((top, bottom), (left, right)) in zip(batch, part, strict=True):
            image[top:bottom, left:right] = grey
        heat += (whole - predict(network, batch)[:, label]).tolist()
        report(len(heat), len(patches))
    return np.asarray(np.maximum(heat, 0), np.float64).reshape(len(rows), len(columns))


def explain_image(
    network: OpenedNetwork, request: Explain, report: Callable[[int, int], None]
) -> Explained:
    """Answer with a heat map of what in an image speaks for a class."""
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
        heat = occlusion(network, picture, label, float(found[label]), report)
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
    """Return a heat map as bytes, 255 for its maximum."""
    return to_uint8(heat, 0.0, float(heat.max())).tobytes()
