"""The part of a training that is `model.fit`: its callbacks, and where it begins."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import Any

import keras

from tui.keras_worker.state_file import State
from tui.runs.events.event_types import Notice
from tui.runs.settings.spec import TrainingSpec
from tui.trainer.callbacks.checkpoint_callback import CheckpointCallback
from tui.trainer.callbacks.control_callback import ControlCallback, Ending
from tui.trainer.callbacks.event_callback import EventCallback
from tui.trainer.callbacks.finite_loss import FiniteLoss
from tui.trainer.callbacks.folder_watch import FolderWatch
from tui.trainer.callbacks.timing import Timing
from tui.trainer.data.data_state import DataState
from tui.trainer.data.loaders import Loaded
from tui.trainer.run_session import Link
from tui.trainer.state.checkpoints import take_up
from tui.trainer.state.saved_models import save_model

FAR = 100_000
"""More epochs than anybody wants: `ControlCallback` ends the training."""


class Fitting:
    """One training with everything that stands around it.

    Args:
        link: where to tell, and where requests come from.
        spec: what to train.
        model: compiled; is brought to the run's last checkpoint, where there is one.
        loaded: the loaders, which have given no batch yet.
    """

    def __init__(self, link: Link, spec: TrainingSpec, model: keras.Model, loaded: Loaded) -> None:
        self._link = link
        self._model = model
        self._loaded = loaded
        self._timing = timing = Timing()
        save = partial(save_model, link, model)
        self._obey = ControlCallback(link, spec, save=save, timing=timing)
        taken = take_up(link, model)
        self._obey.restore(taken.obey, taken.record.done)
        self._data = DataState(loaded.training)
        self.stream = EventCallback(
            link,
            images=loaded.training.n,
            batch_size=spec.data.batch_size,
            validation_steps=len(loaded.validation) if loaded.validation is not None else 0,
            epochs=lambda: self._obey.epochs,
            record=taken.record,
            timing=timing,
        )
        timing.while_paused = self.stream.flush  # batches that end late are told
        finite = FiniteLoss(spec)
        self._keep = CheckpointCallback(
            link, self.stream, self._obey, self._data, timing, finite, model
        )
        self._keep.safe = taken.record.done
        self._keep.best_again()
        if taken.data is not None:
            self._go_on(taken.data)
        # In this order at an epoch's end: measured, looked at, told, judged, kept.
        self._callbacks = [timing, finite, self.stream, self._obey, self._keep]
        if loaded.decoding.arrays:
            self._callbacks.append(FolderWatch(link, spec.data))

    def _go_on(self, data: State) -> None:
        self._keep.between = data
        self._data.watch_validation()
        if not self._data.fits(data):
            self._link.tell(
                Notice(
                    at=time.time(),
                    text="The training images are not those that the run began with: it goes on "
                    "with the ones that are there now, shuffled anew.",
                )
            )

    def run(self) -> Ending:
        """Train to the end and say why it is one.

        Raises:
            Cancelled: when the user asked to stop.
        """
        record = self.stream.record
        self._link.check()
        without_tuning()
        if record.done == 0:
            self._keep.before_first()
        # A trainer may have died after its last epoch and before its last word.
        if record.done == 0 or not self._obey.over(record.done, record.last):
            self._model.fit(
                self._timing.watch(self._loaded.training),
                validation_data=self._loaded.validation,
                epochs=FAR,
                initial_epoch=record.done,
                callbacks=self._callbacks,
                verbose=0,
            )
        assert self._obey.ending is not None
        return self._obey.ending

    def wait(self) -> None:
        """Wait until everything that the epochs brought is on the disk."""
        self._keep.wait()

    def end(self) -> int:
        """Put away what can be after a failure.

        Returns:
            The last epoch whose state is on the disk; 0: none.
        """
        with suppress(Exception):  # the failure itself is what is told
            self.stream.flush()
            self._keep.wait()
        return self._keep.safe


def without_tuning() -> None:
    """Have Keras hand its batches to TensorFlow without that thread, in this whole process."""
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf
    from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

    plain = PyDatasetAdapter.get_tf_dataset
    if getattr(plain, "steady", False):
        return

    def steady(self: Any) -> Any:
        options = tf.data.Options()
        options.autotune.enabled = False
        return plain(self).with_options(options)

    steady.steady = True  # type: ignore[attr-defined]
    PyDatasetAdapter.get_tf_dataset = steady
