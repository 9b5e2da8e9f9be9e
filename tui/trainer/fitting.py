"""The call of `model.fit`: its callbacks, and the epoch where it begins."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import Any

import keras

from tui.callback.actions import Actions
from tui.callback.ending import Ending
from tui.callback.epoch_clock import EpochClock
from tui.callback.keras_stream import KerasStream, set_learning_rate
from tui.callback.training_control import TrainingControl
from tui.callback.training_events import TrainingEvents
from tui.keras_worker.failures import Cancelled
from tui.keras_worker.state_file import State
from tui.runs.events.event_types import Notice
from tui.runs.settings.scheduled_rate import ScheduledRate, phases
from tui.runs.settings.schedules import parse_schedule
from tui.runs.settings.spec import TrainingSpec
from tui.trainer.callbacks.checkpoint_callback import CheckpointCallback
from tui.trainer.callbacks.finite_loss import FiniteLoss
from tui.trainer.callbacks.folder_watch import FolderWatch
from tui.trainer.callbacks.rate_schedule import RateSchedule
from tui.trainer.data.data_state import DataState
from tui.trainer.data.features import head_on_features
from tui.trainer.data.loaders import Loaders
from tui.trainer.data.timed_dataset import TimedDataset
from tui.trainer.data.weighted_batches import WeightedBatches
from tui.trainer.phases import Phases
from tui.trainer.run_session import RunSession
from tui.trainer.several_gpus.replicas import Replicas
from tui.trainer.several_gpus.shared_training import SharedTraining
from tui.trainer.state.checkpoints import restore_checkpoint
from tui.trainer.state.saved_models import save_model

_NO_LIMIT = 100_000
"""Epochs given to `fit`: more than anybody wants, because `TrainingControl` ends the training."""


class Fitting:
    """One call of `fit` with its callbacks.

    Args:
        session: takes the events and brings the requests.
        spec: what to train.
        model: compiled; it gets the state of the run's last checkpoint, where there is one.
        loaders: no batch was taken from them yet.
        replicas: the devices; the model was built in their scope.
    """

    def __init__(
        self,
        session: RunSession,
        spec: TrainingSpec,
        model: keras.Model,
        loaders: Loaders,
        replicas: Replicas,
    ) -> None:
        self._session = session
        self._model = model
        self._loaders = loaders
        self._shared = None
        if replicas.several:
            self._shared = SharedTraining(session, spec, model, loaders, replicas)
        self._training = TimedDataset(loaders.training)
        self._weights = loaders.class_weights(spec)
        self._clock = clock = EpochClock(self._training.waited)
        actions = Actions(
            stop=_cancel,
            save=partial(save_model, session, model),
            set_rate=self._set_rate,
        )
        self._spec = spec
        self._phases = phases = Phases(spec, model)
        restored = restore_checkpoint(session, model, phases)
        self._control = TrainingControl(session, phases.spec, actions, clock, shared=session.shared)
        self._schedule = self._rate_schedule(spec)
        self._control.restore(restored.control, restored.record.done)
        self._control.phase_begins(phases.spec, phases.last_epoch, new=False)
        if self._schedule is not None:
            self._schedule.phase_begins(phases.number, phases.first_epoch - 1)
            self._schedule.restore(restored.schedule)
        self._data = DataState(loaders.training)
        self.events = TrainingEvents(
            session.emit,
            images=loaders.training.n,
            batch_size=spec.data.batch_size,
            validation_steps=len(loaders.validation) if loaders.validation is not None else 0,
            epochs=lambda: self._control.settings.epochs,
            record=restored.record,
            clock=clock,
        )
        clock.while_paused = self.events.flush  # batch hooks may run late
        finite_loss = FiniteLoss(spec, each_batch=session.connection is None)
        self._checkpoints = CheckpointCallback(
            session,
            self.events,
            self._control,
            self._data,
            clock,
            finite_loss,
            model,
            phases,
            self._schedule,
        )
        self._checkpoints.checkpoint_epoch = restored.record.done
        self._checkpoints.write_missing_best()
        if restored.data is not None:
            self._continue_with(restored.data)
        # The order at an epoch's end: check the loss, report, decide, change the rate, save.
        stream = KerasStream(self.events, self._control, clock)
        self._callbacks = [finite_loss, stream, self._checkpoints]
        if self._schedule is not None:
            self._callbacks.insert(2, self._schedule)
        if loaders.decoding.arrays:
            self._callbacks.append(FolderWatch(session, spec.data))

    def _rate_schedule(self, spec: TrainingSpec) -> RateSchedule | None:
        """Return the callback of the spec's schedule; None where the rate is constant."""
        schedule = parse_schedule(spec.schedule)
        if schedule.is_constant:
            return None
        rate = ScheduledRate(schedule, phases(spec), lambda: self._control.settings.epochs)
        return RateSchedule(self._session, rate, lambda: self._control.place)

    def _set_rate(self, rate: float) -> None:
        """Set a learning rate that was requested."""
        if self._schedule is not None:
            self._schedule.set_by_hand(rate)
        else:
            set_learning_rate(self._model, rate)

    def _continue_with(self, data: State) -> None:
        self._checkpoints.next_epoch_data = data
        if not self._data.matches(data):
            self._session.emit(
                Notice(
                    at=time.time(),
                    text="The training images are not those that the run began with: it continues "
                    "with those that are there now, in a new order.",
                )
            )

    def run(self) -> Ending:
        """Train to the end and return why it ended.

        Raises:
            Cancelled: when the user asked to stop.
        """
        record, control = self.events.record, self._control
        self._session.raise_if_stopped()
        disable_autotune()
        if record.done == 0:
            self._checkpoints.keep_initial_weights()
            if self._phases.several:
                self._session.emit(self._phases.event())
        # A trainer may have died after its last epoch and before its last event.
        elif not control.is_over(record.done, record.last):
            self._data.watch_validation()
        while control.ending is None:
            if control.phase_over:
                self._begin_next_phase()
            self._fit()
        assert self._control.ending is not None
        return self._control.ending

    def _begin_next_phase(self) -> None:
        """Put the model and the requests into the next phase."""
        reason, done = self._control.phase_reason, self.events.record.done
        self._phases.begin_next(done)
        self._checkpoints.phase_begins()
        self._control.phase_begins(self._phases.spec, self._phases.last_epoch, new=True)
        if self._schedule is not None:
            self._schedule.phase_begins(self._phases.number, done)
        self._session.emit(self._phases.event(reason))
        # `fit` takes batches for their shapes before its first epoch: they have to be the same in
        # a process that resumes the run here.
        if self._checkpoints.next_epoch_data is not None:
            self._data.restore(self._checkpoints.next_epoch_data)
            self._checkpoints.next_epoch_data = None

    def _fit(self) -> None:
        """Train until the phase, or the training, is over."""
        record, loaders = self.events.record, self._loaders
        model, training, validation = self._model, self._training, loaders.validation
        callbacks = self._callbacks
        if self._weights:
            training = WeightedBatches(training, self._weights)
        if self._shared is not None:
            if record.done == 0:
                callbacks = [self._shared.speed_report(self._clock), *callbacks]
            model = self._shared.model
            training, validation = map(self._shared.filled, (training, validation))
        elif connection := self._session.connection:
            training, validation = map(connection.share, (training, validation))
        else:
            head = head_on_features(self._session, self._spec, model, self._phases, loaders)
            model = head or model
        model.fit(
            training,
            validation_data=validation,
            epochs=_NO_LIMIT,
            initial_epoch=record.done,
            callbacks=callbacks,
            verbose=0,
        )

    def wait(self) -> None:
        """Wait until all files of the epochs are on the disk."""
        self._checkpoints.wait()

    def save_after_failure(self) -> int:
        """Save what can be saved after a failure.

        Returns:
            The last epoch with a checkpoint; 0: none.
        """
        with suppress(Exception):  # the failure itself is reported
            self.events.flush()
            self._checkpoints.wait()
        return self._checkpoints.checkpoint_epoch


def _cancel() -> None:
    raise Cancelled


def disable_autotune() -> None:
    """Switch off the autotuning of tf.data for the batches that Keras hands over, in this process.

    tf.data tunes a pipeline now and then in a thread that goes by the time of day. After the clock
    was set back by three hours this thread may sleep for three hours, and the training waits for it
    at the end of an epoch. The pipeline here is one generator: there is nothing to tune.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf
    from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

    plain = PyDatasetAdapter.get_tf_dataset
    if getattr(plain, "without_autotune", False):
        return

    def without_autotune(self: Any) -> Any:
        options = tf.data.Options()
        options.autotune.enabled = False
        return plain(self).with_options(options)

    without_autotune.without_autotune = True  # type: ignore[attr-defined]
    PyDatasetAdapter.get_tf_dataset = without_autotune
