"""The end of a network: what its outputs mean as probabilities of classes."""

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
    """Return what the last layer does to the scores.

    Raises:
        Refusal: when the network does not end in one value a class.
    """
    if len(model.outputs) != 1:
        raise Refusal(
            f"The network has {len(model.outputs)} outputs, and not one value a class.",
            "Look at its feature maps instead.",
        )
    shape = model.output_shape
    if len(shape) != 2:
        raise Refusal(
            f"The network ends in {'×'.join(map(str, shape[1:]))} values, not in one a class.",
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
    """Return one probability a class.

    Args:
        head: what the last layer did.
        outputs: of (pictures, units).

    Returns:
        Of (pictures, classes); a single unit p becomes (1 − p, p). Scores without a sigmoid or
        softmax of their own get one here.
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
    """Let the last layer put out its logits for a while; say whether it does."""
    activation = getattr(last, "activation", None)
    if activation not in (keras.activations.sigmoid, keras.activations.softmax):
        yield False
        return
    last.activation = keras.activations.linear
    try:
        yield True
    finally:
        last.activation = activation
