"""The state of the random numbers and the order of the images at an epoch's end.

What the next epoch takes from them, in Keras's own order: Python's `random` shuffles the batches
as the epoch begins; each training batch seeds NumPy with the loader's seed plus the batches that
it has ever given, and the augmentation draws from there; at the epoch's end NumPy permutes the
images for the next one, before the validation draws (two coins an image, which change nothing).
`fit` draws batches ahead within an epoch only: at its end all are given. So the state is NumPy's,
Python's, the count of batches and the order of the images.
"""

from __future__ import annotations

import hashlib
import random
from typing import Any

import numpy as np
from keras.src.legacy.preprocessing.image import DirectoryIterator

from tui.keras_worker.state_file import Arrays, State

DATA_ARRAYS = ("numpy", "python", "order")
"""The arrays of a `DataState`, by name."""


def numpy_state() -> State:
    """Return the state of NumPy's global random numbers."""
    state: Any = np.random.get_state(legacy=False)
    values = {
        "pos": int(state["state"]["pos"]),
        "has_gauss": int(state["has_gauss"]),
        "gauss": float(state["gauss"]),
    }
    return State(values, {"key": np.array(state["state"]["key"], np.uint32)})


def set_numpy_state(state: State) -> None:
    """Restore the state that `numpy_state` returned."""
    values = state.values
    position = (values["pos"], values["has_gauss"], values["gauss"])
    np.random.set_state(("MT19937", state.arrays["key"], *position))


def python_state() -> State:
    """Return the state of Python's global random numbers."""
    version, words, gauss = random.getstate()
    return State({"version": version, "gauss": gauss}, {"words": np.array(words, np.uint32)})


def set_python_state(state: State) -> None:
    """Restore the state that `python_state` returned."""
    words = tuple(int(word) for word in state.arrays["words"])
    random.setstate((state.values["version"], words, state.values["gauss"]))


class DataState:
    """Captures and restores the random numbers and the image order of a training.

    Args:
        training: the training loader, its files final.
    """

    def __init__(self, training: DirectoryIterator) -> None:
        self._training = training
        self._files = hashlib.blake2b(
            "\0".join(training.filenames).encode("utf-8", "surrogateescape"), digest_size=16
        ).hexdigest()
        self._before_validation: State | None = None

    def capture(self) -> State:
        """Return the state; to be called at an epoch's end."""
        numpy, python = numpy_state(), python_state()
        values = {
            "files": self._files,
            "batches": self._training.total_batches_seen,
            "numpy": numpy.values,
            "python": python.values,
        }
        order = np.array(self._training.index_array, np.int64)
        arrays: Arrays = {
            "numpy": numpy.arrays["key"],
            "python": python.arrays["words"],
            "order": order,
        }
        return State(values, arrays)

    def matches(self, state: State) -> bool:
        """Return whether a state is of the same training images, file by file."""
        return bool(state.values["files"] == self._files)

    def restore(self, state: State) -> None:
        """Restore a state; to be called as an epoch begins.

        Where the images are others, their order is not restored: they are shuffled anew.
        """
        arrays, values = state.arrays, state.values
        if self.matches(state):
            self._training.total_batches_seen = values["batches"]
            self._training.index_array = np.array(arrays["order"], np.intp)
        set_numpy_state(State(values["numpy"], {"key": arrays["numpy"]}))
        set_python_state(State(values["python"], {"words": arrays["python"]}))

    # A process that resumes a run builds its validation data anew, which draws two batches more
    # than in a process that has them. Without a seed for the loader the difference would show.

    def watch_validation(self) -> None:
        """Remember NumPy's state at the next end of an epoch's training part."""
        inside: Any = self._training
        permute = inside.on_epoch_end

        def on_epoch_end() -> None:
            permute()
            self._before_validation = numpy_state()

        inside.on_epoch_end = on_epoch_end

    def validation_begins(self) -> None:
        """Undo what building the validation has drawn; only the first time."""
        if self._before_validation is not None:
            set_numpy_state(self._before_validation)
            self._before_validation = None
            vars(self._training).pop("on_epoch_end", None)
