"""Writing the best model beside the training, from a copy of its weights."""

from __future__ import annotations

import time

import keras

from tui.trainer.data_state import numpy_state, python_state, set_numpy_state, set_python_state
from tui.trainer.files import write_whole
from tui.trainer.snapshots import Weights
from tui.training.events import Saved
from tui.training.runs import RunFolder

NAME = "best.keras"


class BestModel:
    """A twin of the model in training, which can be written while that one learns.

    Args:
        run: where to write it.
        model: compiled.
    """

    def __init__(self, run: RunFolder, model: keras.Model) -> None:
        self._run = run
        # Its own first weights are drawn as it is made: the training must not notice.
        python, numpy = python_state(), numpy_state()
        self._twin = keras.models.clone_model(model)
        self._twin.compile_from_config(model.get_compile_config())
        set_python_state(python)
        set_numpy_state(numpy)
        self.waiting: Weights | None = None
        """Weights that are not on the disk yet, in the order of `model.get_weights()`."""

    def write(self) -> Saved | None:
        """Write the weights that wait, if there are some, as a whole model.

        Raises:
            OSError: when the disk does not take it; they go on waiting.
        """
        if self.waiting is None:
            return None
        self._twin.set_weights(self.waiting)
        twin = self._twin
        write_whole(self._run.path / NAME, lambda path: twin.save(path, include_optimizer=False))
        self.waiting = None
        return Saved(at=time.time(), file=NAME)
