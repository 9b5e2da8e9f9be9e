"""One training, from its spec to its last event."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress

import keras

from tui.callback.model_facts import network_json
from tui.callback.training_events import TrainingEvents
from tui.callback.training_record import stopped_sentence
from tui.common.atomic_write import replace_file
from tui.common.text import clean, in_words
from tui.keras_worker.build_model import compiled_model
from tui.keras_worker.failures import (
    Cancelled,
    TrainingError,
    explain_building,
    explain_failure,
    with_checkpoint,
)
from tui.runs.events.event_types import (
    DataReady,
    Finished,
    LeftOutImage,
    LibrariesLoaded,
    ModelReady,
    Notice,
)
from tui.runs.process.logout import after_logout
from tui.runs.process.system_stats import SystemSampler
from tui.runs.process.trainer_environment import ONEDNN_VARIABLE
from tui.runs.settings.external_spec import NETWORK_NAME
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.model_files import checkpoints
from tui.trainer.data.loaders import Loaders, images_per_class, load, require_validation
from tui.trainer.fitting import Fitting
from tui.trainer.judging import judge_at_end
from tui.trainer.run_session import RunSession
from tui.trainer.several_gpus.mirrored_model import synchronize_normalization
from tui.trainer.several_gpus.replicas import Replicas, choose_replicas
from tui.trainer.state.saved_models import save_model


def train(session: RunSession) -> None:
    """Train what the run's spec asks for; all results go into the run folder.

    Raises:
        TrainingError: when the training cannot continue.
    """
    spec = session.run.spec()
    # A resumed run that cannot start has not lost what it had reached.
    newest = max(checkpoints(session.run), default=0)
    connection = session.connection
    try:
        replicas = choose_replicas(spec, resumed=newest > 0)
        if connection is not None:
            check_alone(spec)
            connection.check_batch(spec.data.batch_size)
            if spec.base is not None:
                raise TrainingError(
                    f"A network on {spec.base.name} is trained by one process, not by "
                    f"{connection.machines.processes} together.",
                    "starting",
                    "Start it without CNN_TUI_PROCESSES.",
                )
            replicas = Replicas(f"{connection.machines.processes} × {replicas.description}")
    except TrainingError as error:
        raise with_checkpoint(error, session.run.name, newest) from error
    session.emit(
        LibrariesLoaded(
            at=time.time(),
            keras=keras.__version__,
            backend=keras.backend.backend(),
            device=replicas.description,
            onednn=os.environ.get(ONEDNN_VARIABLE, "")[:1],
            replicas=replicas.devices,
        )
    )
    logout = after_logout()
    if logout.fate == "killed":
        session.emit(Notice(at=time.time(), text=f"{logout.sentence} {logout.cure}"))
    if replicas.notice:
        session.emit(Notice(at=time.time(), text=replicas.notice))
    if connection is not None:
        session.emit(Notice(at=time.time(), text=together(connection.hosts())))
    keras.utils.set_random_seed(spec.seed)
    try:
        loaded = load(spec, session)
        if connection is not None:
            connection.check_images(loaded.training.filenames, loaded.training.n)
        if not newest:  # a run of an earlier version may have started without
            require_validation(spec, loaded)
        emit_data_ready(session, spec, loaded)
        # Building weights must not depend on how the loaders used the random numbers.
        keras.utils.set_random_seed(spec.seed)
    except Cancelled:
        finish_stopped(session)
        return
    except Exception as error:
        raise with_checkpoint(explain_failure(error), session.run.name, newest) from error
    try:
        with replicas.scope():
            # A run that continues has its weights in a checkpoint, whatever became of the file.
            there = spec.base is None or os.path.exists(spec.base.weights)
            model = compiled_model(spec, session.run, pretrained=there or not newest)
        if replicas.several:
            synchronize_normalization(model)
    except Exception as error:
        raise with_checkpoint(explain_building(error), session.run.name, newest) from error
    if spec.layers_unlisted:
        keep_network(session, model)
    session.emit(
        ModelReady(
            at=time.time(),
            parameters=model.count_params(),
            layers=len(model.layers),
            trainable=sum(math.prod(one.shape) for one in model.trainable_weights),
        )
    )
    fitting = Fitting(session, spec, model, loaded, replicas)
    if spec.base is not None and not there and not fitting.events.record.done:
        raise TrainingError(
            f"No checkpoint of {session.run.name} can be read, and the file of weights "
            f"{clean(spec.base.weights)} is not there.",
            "building the network",
            "Put the file back, and resume the run once more.",
        )
    try:
        gpus = "CPU" not in replicas.description
        with SystemSampler(session.emit, session.run.path, gpus=gpus):
            ending = fitting.run()
    except Cancelled:
        fitting.wait()
        finish_stopped(
            session, fitting.events, save=lambda: save_model(session, model, "final.keras")
        )
        return
    except Exception as error:
        failure = explain_failure(error, spec.data.batch_size)
        raise with_checkpoint(failure, session.run.name, fitting.save_after_failure()) from error
    fitting.wait()
    if not save_model(session, model, "final.keras"):
        kept = fitting.save_after_failure()
        raise with_checkpoint(unsaved_error(ending.sentence, kept), session.run.name, kept)
    done = fitting.events.record.done
    judged = ""
    if ending.reason != "stopped":
        judged = judge_at_end(session, spec, model, loaded, done)
    session.emit(
        Finished(
            at=time.time(),
            reason=ending.reason,
            sentence=f"{ending.sentence} {judged}".rstrip(),
            epochs=done,
        )
    )


def keep_network(session: RunSession, model: keras.Model) -> None:
    """Write down the layers of a network whose spec does not list them."""
    text = network_json(model)
    with suppress(OSError):  # it is only to be shown
        if text:
            replace_file(session.run.path / NETWORK_NAME, text.encode())


def check_alone(spec: TrainingSpec) -> None:
    """Check that several processes can train a spec together.

    Raises:
        TrainingError: when they cannot.
    """
    if spec.model_file is not None:
        raise TrainingError(
            f"{clean(spec.model_file.name, 60)} is trained by one process: only the first has the "
            "run's copy of the file.",
            "connecting the processes",
            "Start it without --processes.",
        )


def together(hosts: list[str]) -> str:
    """Return the notice that several processes train together.

    >>> together(["node1", "node1", "node2"])[:47]
    '3 processes train together, on node1 and node2:'
    """
    names = in_words(list(dict.fromkeys(hosts)))
    return (
        f"{len(hosts)} processes train together, on {names}: the history equals that of one only "
        "to rounding."
    )


def emit_data_ready(session: RunSession, spec: TrainingSpec, loaded: Loaders) -> None:
    """Report the data: classes, images, and the images that are left out."""
    training, validation, decoding = loaded.training, loaded.validation, loaded.decoding
    session.emit(
        DataReady(
            at=time.time(),
            classes=tuple(training.class_indices),
            training_images=training.n,
            validation_images=validation.n if validation is not None else 0,
            left_out=tuple(
                LeftOutImage.of(
                    bad.path, bad.reason, validation=bad.directory != spec.data.directory
                )
                for bad in decoding.bad
            ),
            loader="cached" if decoding.arrays else "keras",
            cache_hit=decoding.hit,
            decode_seconds=decoding.seconds,
            share=spec.share,
            readable_images=loaded.readable if spec.share < 1 else 0,
            class_images=images_per_class(training),
            class_validation_images=images_per_class(validation),
            class_weights=loaded.class_weights(spec),
        )
    )
    if validation is None:
        session.emit(
            Notice(
                at=time.time(),
                text="There are no validation images: overfitting cannot be seen. "
                "Choose a validation split above 0 or a validation folder.",
            )
        )


def finish_stopped(
    session: RunSession,
    events: TrainingEvents | None = None,
    save: Callable[[], bool] = lambda: True,
) -> None:
    """Save what there is and report where the training was stopped.

    Args:
        session: of the run.
        events: None where `fit` had not begun.
        save: saves the model; returns whether it could.
    """
    done = events.record.done if events is not None else session.run.epochs_done()
    if events is None or events.epoch == 0:
        sentence = stopped_sentence(0, 0, done)
    else:
        events.flush()
        sentence = stopped_sentence(events.epoch, events.batch, done)
        if not save():
            sentence += " final.keras could not be written."
    if session.terminated:
        sentence += " The system asked for it (SIGTERM)."
    session.emit(Finished(at=time.time(), reason="stopped", sentence=sentence, epochs=done))


def unsaved_error(sentence: str, kept: int) -> TrainingError:
    """Return the error of a training that ended and whose weights could not be saved.

    Args:
        sentence: how it ended.
        kept: the last epoch with a checkpoint; 0: none.
    """
    cure = "Free some space, or make the run's folder writable"
    return TrainingError(
        f"{sentence} But final.keras could not be written.",
        "saving the weights",
        f"{cure}." if kept else f"{cure}, and train again: nothing was saved.",
    )
