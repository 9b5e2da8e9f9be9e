"""Saving the models of a run: the present one, and the best one beside the training."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import keras

from tui.common.atomic_write import write_atomically
from tui.keras_worker.model_state import weights_of
from tui.keras_worker.snapshot_files import Weights, read_weights
from tui.keras_worker.state_file import DamagedStateError, read_state
from tui.runs.events.event_types import FileSaved, Notice
from tui.runs.store.model_files import BEST_NAME, best_path, write_epoch
from tui.runs.store.run_folder import RunFolder
from tui.trainer.data.data_state import (
    numpy_state,
    python_state,
    set_numpy_state,
    set_python_state,
)
from tui.trainer.run_session import RunSession
from tui.trainer.several_gpus.mirrored_model import as_on_one_device
from tui.trainer.several_machines.connection import undistributed


def save_model(
    session: RunSession, model: keras.Model, name: str, *, optimizer: bool = True
) -> bool:
    """Save a model; a failure is reported and does not end the run.

    Returns:
        Whether it was saved.
    """
    try:
        with as_on_one_device(model), undistributed():
            write_atomically(
                session.run.path / name, lambda path: model.save(path, include_optimizer=optimizer)
            )
    except OSError as error:
        session.emit(
            Notice(at=time.time(), text=f"Could not save {name}: {error.strerror or error}.")
        )
        return False
    session.emit(FileSaved(at=time.time(), file=name))
    return True


def main_memory() -> AbstractContextManager[None]:
    """Return a scope in which models are built in main memory.

    Where several processes train, the first CPU of all is process 0's: the others cannot use it.
    """
    if keras.backend.backend() == "jax":
        import jax

        scope = jax.default_device(jax.local_devices(backend="cpu")[0])
    else:
        scope = keras.device("cpu:0")
    found: AbstractContextManager[None] = scope
    return found


class BestModel:
    """A copy of the model in training, which can be saved while the training continues.

    Args:
        run: where to write it.
        model: compiled.
    """

    def __init__(self, run: RunFolder, model: keras.Model) -> None:
        self._run = run
        # Making it draws initial weights: the random numbers of the training must not change.
        python, numpy = python_state(), numpy_state()
        # In main memory: it is only saved, and the GPU's memory is for the training.
        with main_memory(), as_on_one_device(model), undistributed():
            self._copy = keras.models.clone_model(model)
            self._copy.compile_from_config(model.get_compile_config())
        set_python_state(python)
        set_numpy_state(numpy)
        self.pending: tuple[int, Weights] | None = None
        """An epoch and its weights that are not saved yet, as from `model.get_weights()`."""

    def follow(self, model: keras.Model) -> None:
        """Let the copy have the same layers trainable as the model."""
        for own, layer in zip(self._copy.layers, model.layers, strict=True):
            own.trainable = layer.trainable

    def keep_pending(self) -> None:
        """Copy the pending weights: the next epoch writes over the memory that they are in."""
        if self.pending is not None:
            epoch, weights = self.pending
            self.pending = epoch, [weight.copy() for weight in weights]

    def write(self) -> FileSaved | None:
        """Save the pending weights, if there are any, as a model.

        Raises:
            OSError: when it cannot be written; the weights stay pending.
        """
        if self.pending is None:
            return None
        epoch, weights = self.pending
        with main_memory():
            self._copy.set_weights(weights)

        def write(path: Path) -> None:
            with main_memory():
                self._copy.save(path, include_optimizer=False)
            write_epoch(path, epoch)

        write_atomically(best_path(self._run), write)
        self.pending = None
        return FileSaved(at=time.time(), file=BEST_NAME)


def first_readable_weights(model: keras.Model, files: Iterable[Path]) -> Weights | None:
    """Return the weights in the first of several files that can be read; None if none can.

    Args:
        model: of the run.
        files: snapshots and checkpoints of one epoch.
    """
    for path in files:
        with suppress(OSError, ValueError, KeyError, DamagedStateError):
            if path.suffix == ".npz":
                return read_weights(path)
            return weights_of(model, read_state(path).arrays)
    return None
