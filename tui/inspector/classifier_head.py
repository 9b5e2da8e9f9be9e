"""The end of a classifier: from its outputs to the probabilities of classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from tui.inspector.refusal import Refusal

Head = Literal["sigmoid", "softmax", "other"]


def head_of(model: keras.Model, last: keras.Layer) -> Head:
    """Return the activation at the end of a network.

    Raises:
        Refusal: if the network does not end in one value per class.
    """
    if len(model.outputs) != 1:
        raise Refusal(
            f"The network has {len(model.outputs)} outputs, not one value per class.",
            "Look at its feature maps instead.",
        )
    shape = model.output_shape
    if len(shape) != 2:
        raise Refusal(
            f"The network ends in {'×'.join(map(str, shape[1:]))} values, not in one per class.",
            "Look at its feature maps instead.",
        )
    if isinstance(last, keras.layers.Softmax):
        return "softmax"
    activation = getattr(last, "activation", None)
    if activation is keras.activations.sigmoid and shape[1] == 1:
        return "sigmoid"
    if activation is keras.activations.softmax and shape[1] > 1:
        return "softmax"
    return "other"


def probabilities(head: Head, outputs: NDArray[Any]) -> NDArray[np.float64]:
    """Return one probability per class.

    Args:
        head: the activation at the end of the network.
        outputs: (images, units).

    Returns:
        (images, classes); a single unit p becomes (1 − p, p). A sigmoid or softmax is applied to
        scores that have none.
    """
    scores = outputs.astype(np.float64)
    if scores.shape[1] == 1:
        single = scores if head == "sigmoid" else 1 / (1 + np.exp(-np.clip(scores, -500, 500)))
        return np.concatenate([1 - single, single], axis=1)
    if head == "softmax":
        return scores
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@contextmanager
def without_activation(last: keras.Layer) -> Iterator[bool]:
    """Remove a sigmoid or softmax of the last layer temporarily; yield whether there was one."""
    activation = getattr(last, "activation", None)
    if activation not in (keras.activations.sigmoid, keras.activations.softmax):
        yield False
        return
    last.activation = keras.activations.linear
    try:
        yield True
    finally:
        last.activation = activation
