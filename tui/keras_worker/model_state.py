"""The variables of a model in training: weights, the seeds of Dropout, the optimizer's."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.keras_worker.state_file import Arrays, DamagedStateError


def all_variables(model: keras.Model) -> list[Any]:
    """Return every variable that affects the next batch, always in the same order.

    Metrics are not among them: they are reset in each epoch.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def copy_variables(model: keras.Model, into: Arrays | None = None) -> Arrays:
    """Return copies of a model's variables, `v0`, `v1`, …

    Args:
        model: compiled.
        into: arrays that an earlier call returned; those that fit are written over. New memory
            costs several times as much as the copy.
    """
    found: Arrays = {}
    for position, variable in enumerate(all_variables(model)):
        name, values = f"v{position}", _values(variable)
        kept = into.get(name) if into else None
        if kept is not None and kept.shape == values.shape and kept.dtype == values.dtype:
            np.copyto(kept, values)
            found[name] = kept
        else:
            # A copy: on a CPU the array may share the memory of the tensor.
            found[name] = np.array(values, copy=True)
    return found


def _values(variable: Any) -> NDArray[Any]:
    """Return the values of a variable, where possible without a copy of them."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        value = variable.value
        # Values of several devices, and types that NumPy does not know, are for Keras.
        if isinstance(value, tf.Variable) and value.dtype.is_floating and "CPU" in value.device:
            with suppress(TypeError, ValueError):
                return np.asarray(memoryview(tf.convert_to_tensor(value)))
    found: NDArray[Any] = keras.ops.convert_to_numpy(variable)
    return found


def restore_variables(model: keras.Model, arrays: Arrays) -> None:
    """Restore variables that `copy_variables` returned for a model of the same spec.

    Raises:
        DamagedStateError: when they are of another model; then nothing is changed.
    """
    variables = all_variables(model)
    values = [arrays.get(f"v{position}") for position in range(len(variables))]
    for variable, value in zip(variables, values, strict=True):
        if value is None or value.shape != tuple(variable.shape):
            shape = None if value is None else value.shape
            raise DamagedStateError(
                f"it is of another network: {variable.path} has shape {tuple(variable.shape)}, "
                f"not {shape}"
            )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    refresh_normalization(model)


def set_weights(model: keras.Model, weights: list[NDArray[Any]]) -> None:
    """Give a model its weights, as `model.set_weights`, and let all its layers use them."""
    model.set_weights(weights)
    refresh_normalization(model)


def refresh_normalization(model: keras.Model) -> None:
    """Let each Normalization use the mean and the variance among its weights.

    It keeps a copy, which only `load_weights` renews. EfficientNet begins with such a layer.
    """
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            refresh_normalization(layer)
        elif isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def weights_of(model: keras.Model, arrays: Arrays) -> list[NDArray[Any]]:
    """Return `model.get_weights()` as it was when the arrays were copied."""
    names = {id(variable): f"v{n}" for n, variable in enumerate(model.variables)}
    return [arrays[names[id(weight)]] for weight in model.weights]


def first_non_finite(model: keras.Model, arrays: Arrays) -> str | None:
    """Return the name of the first variable with a value that is not finite; None if all are."""
    for position, variable in enumerate(all_variables(model)):
        value = arrays[f"v{position}"]
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            return str(variable.path)
    return None
