"""The gradient of a class's score with respect to a layer's output, on each backend of Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.inspector.refusal import Refusal

Values = NDArray[np.float32]
Score = Callable[[Any], Any]


def output_and_gradient(
    model: keras.Model, layer: keras.Layer, batch: Values, score: Score
) -> tuple[Values, Values | None]:
    """Return a layer's output for a batch, and the gradient of a score with respect to it.

    Args:
        model: its outputs are the layer's and those that the score is taken from.
        layer: the layer, used once in the model.
        batch: the model's input.
        score: takes the second output, and returns a single value.

    Returns:
        Both in the shape of the output; None for the gradient if the score does not depend on it.

    Raises:
        Refusal: if Keras uses a backend without gradients.
    """
    backend = keras.backend.backend()
    compute = _BACKENDS.get(backend)
    if compute is None:
        raise Refusal(
            f"Grad-CAM needs gradients, which Keras does not compute with {backend}.",
            "Use the occlusion map.",
        )
    value, gradient = compute(model, layer, batch, score)
    to_numpy = keras.ops.convert_to_numpy
    return to_numpy(value), None if gradient is None else to_numpy(gradient)


def _with_tensorflow(
    model: keras.Model, layer: keras.Layer, batch: Values, score: Score
) -> tuple[Any, Any]:
    import tensorflow as tf

    given = tf.convert_to_tensor(batch)
    with tf.GradientTape() as tape:
        tape.watch(given)  # else layers that are not trained are not recorded
        value, scores = model(given, training=False)
        single = score(scores)
    return value, tape.gradient(single, value)


def _with_torch(
    model: keras.Model, layer: keras.Layer, batch: Values, score: Score
) -> tuple[Any, Any]:
    import torch

    given = keras.ops.convert_to_tensor(batch).requires_grad_()
    with torch.enable_grad():
        value, scores = model(given, training=False)
        (gradient,) = torch.autograd.grad(score(scores), value, allow_unused=True)
    return value.detach(), gradient


def _with_jax(
    model: keras.Model, layer: keras.Layer, batch: Values, score: Score
) -> tuple[Any, Any]:
    import jax

    value, _ = model(batch, training=False)

    def moved(offset: Any) -> Any:
        # JAX differentiates functions of their arguments: of something added to the output.
        with _added_to(layer, offset):
            _, scores = model(batch, training=False)
        return score(scores)

    return value, jax.grad(moved)(jax.numpy.zeros_like(value))


@contextmanager
def _added_to(layer: keras.Layer, offset: Any) -> Iterator[None]:
    """Add a value to a layer's output within a `with` block."""
    plain = layer.call
    own = "call" in vars(layer)
    # Not Keras's own way of setting, which looks for variables in what is set.
    object.__setattr__(layer, "call", lambda *given, **more: plain(*given, **more) + offset)
    try:
        yield
    finally:
        if own:
            object.__setattr__(layer, "call", plain)
        else:
            object.__delattr__(layer, "call")


_BACKENDS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "tensorflow": _with_tensorflow,
    "torch": _with_torch,
    "jax": _with_jax,
}
