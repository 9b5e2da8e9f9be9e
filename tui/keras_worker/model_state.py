"""All variables of a model in training: weights, Dropout's seeds, the optimizer's."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.keras_worker.state_file import Arrays, DamagedStateError


def all_variables(model: keras.Model) -> list[Any]:
    """Return every variable that the next batch depends on, always in the same order.

    Metrics are not among them: they begin anew with each epoch.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def copy_variables(model: keras.Model) -> Arrays:
    """Return copies of a model's variables, `v0`, `v1`, …"""
    # A copy of its own: on a CPU the array may be the tensor's own memory.
    return {
        f"v{position}": np.array(keras.ops.convert_to_numpy(variable), copy=True)
        for position, variable in enumerate(all_variables(model))
    }


def restore_variables(model: keras.Model, arrays: Arrays) -> None:
    """Bring variables back that `copy_variables` took from a model of the same spec.

    Raises:
        DamagedStateError: when they are another model's; nothing is changed then.
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


def weights_of(model: keras.Model, arrays: Arrays) -> list[NDArray[Any]]:
    """Return `model.get_weights()` as it was when the arrays were taken."""
    places = {id(variable): f"v{n}" for n, variable in enumerate(model.variables)}
    return [arrays[places[id(weight)]] for weight in model.weights]


def first_non_finite(model: keras.Model, arrays: Arrays) -> str | None:
    """Return the name of the first variable with a value that is not finite, if there is one."""
    for position, variable in enumerate(all_variables(model)):
        value = arrays[f"v{position}"]
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            return str(variable.path)
    return None
