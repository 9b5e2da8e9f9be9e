"""Writing the best model beside the training, from a copy of its weights."""

from __future__ import annotations

import keras

from tui.trainer.data_state import numpy_state, python_state, set_numpy_state, set_python_state
from tui.trainer.files import save_model
from tui.trainer.link import Link
from tui.trainer.snapshots import Weights

NAME = "best.keras"


class BestModel:
    """A twin of the model in training, which can be written while that one learns.

    Args:
        link: where to tell.
        model: compiled.
    """

    def __init__(self, link: Link, model: keras.Model) -> None:
        self._link = link
        # Its own first weights are drawn as it is made: the training must not notice.
        python, numpy = python_state(), numpy_state()
        self._twin = keras.models.clone_model(model)
        self._twin.compile_from_config(model.get_compile_config())
        set_python_state(python)
        set_numpy_state(numpy)

    def write(self, weights: Weights) -> None:
        """Write the model with these weights as `best.keras`; a full disk does not end the run.

        Args:
            weights: in the order of `model.get_weights()`; nobody changes them any more.
        """
        self._twin.set_weights(weights)
        save_model(self._link, self._twin, NAME, optimizer=False)
