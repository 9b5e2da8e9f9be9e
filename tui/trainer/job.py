"""One training from its spec to its last word."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tui.keras_worker.build_model import compiled_model
from tui.keras_worker.devices import spare_the_gpus
from tui.keras_worker.failures import (
    Cancelled,
    TrainingError,
    explain,
    explain_building,
    with_state,
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
from tui.runs.process.trainer_environment import VARIABLE as ONEDNN
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.model_files import checkpoints
from tui.trainer.callbacks.device_stats import telling_device_stats
from tui.trainer.callbacks.event_callback import EventCallback
from tui.trainer.data.loaders import Loaded, load, need_validation
from tui.trainer.fitting import Fitting
from tui.trainer.run_session import Link
from tui.trainer.state.saved_models import save_model


def train(link: Link) -> None:
    """Train what the run's spec says and leave everything in its folder.

    Raises:
        TrainingError: when the training cannot go on, for a reason with a name.
    """
    spec = link.run.spec()
    device = device_name()
    link.tell(
        LibrariesLoaded(
            at=time.time(),
            keras=keras.__version__,
            backend=keras.backend.backend(),
            device=device,
            onednn=os.environ.get(ONEDNN, "")[:1],
        )
    )
    logout = after_logout()
    if logout.fate == "killed":
        link.tell(Notice(at=time.time(), text=f"{logout.sentence} {logout.cure}"))
    # Of a run that is taken up again: what it had reached is not lost where it cannot begin.
    newest = max(checkpoints(link.run), default=0)
    keras.utils.set_random_seed(spec.seed)
    try:
        loaded = load(spec, link)
        if not newest:  # a run of earlier days may have begun without
            need_validation(spec, loaded)
        tell_data(link, spec, loaded)
        # Building weights must not depend on how the loaders used the random numbers.
        keras.utils.set_random_seed(spec.seed)
    except Cancelled:
        finish_stopped(link)
        return
    except Exception as error:
        raise with_state(explain(error), link.run.name, newest) from error
    try:
        model = compiled_model(spec)
    except Exception as error:
        raise with_state(explain_building(error), link.run.name, newest) from error
    link.tell(ModelReady(at=time.time(), parameters=model.count_params(), layers=len(model.layers)))
    fitting = Fitting(link, spec, model, loaded)
    try:
        with telling_device_stats(link.tell, gpu=not device.startswith("CPU")):
            ending = fitting.run()
    except Cancelled:
        fitting.wait()
        finish_stopped(link, fitting.stream, save=lambda: save_model(link, model, "final.keras"))
        return
    except Exception as error:
        failure = explain(error, spec.data.batch_size)
        raise with_state(failure, link.run.name, fitting.end()) from error
    fitting.wait()
    if not save_model(link, model, "final.keras"):
        kept = fitting.end()
        raise with_state(unsaved(ending.sentence, kept), link.run.name, kept)
    link.tell(
        Finished(
            at=time.time(),
            reason=ending.reason,
            sentence=ending.sentence,
            epochs=fitting.stream.record.done,
        )
    )


def tell_data(link: Link, spec: TrainingSpec, loaded: Loaded) -> None:
    """Tell what there is to train on."""
    training, validation, decoding = loaded.training, loaded.validation, loaded.decoding
    link.tell(
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
            class_images=images_of_classes(training),
            class_validation_images=images_of_classes(validation),
        )
    )
    if validation is None:
        link.tell(
            Notice(
                at=time.time(),
                text="There are no validation images: overfitting cannot be seen. "
                "Choose a validation split above 0 or a validation folder.",
            )
        )


def images_of_classes(loader: Any) -> tuple[int, ...]:
    """Return how many images of each class a loader has; of none, nothing."""
    if loader is None:
        return ()
    counts = np.bincount(loader.classes, minlength=loader.num_classes)
    return tuple(counts.tolist())


def finish_stopped(
    link: Link, stream: EventCallback | None = None, save: Callable[[], bool] = lambda: True
) -> None:
    """Put away what there is and say where the training was stopped."""
    done = stream.record.done if stream is not None else link.run.epochs_done()
    whole = "no epoch is whole" if done == 0 else f"{done} epoch{'s' * (done > 1)} whole"
    if stream is None or stream.epoch == 0:
        sentence = "Stopped before the first batch" + (f"; {whole}." if done else ".")
    else:
        stream.flush()
        sentence = f"Stopped after batch {stream.batch} of epoch {stream.epoch}; {whole}."
        if not save():
            sentence += " final.keras could not be written."
    if link.terminated:
        sentence += " The system asked for it (SIGTERM)."
    link.tell(Finished(at=time.time(), reason="stopped", sentence=sentence, epochs=done))


def unsaved(sentence: str, kept: int) -> TrainingError:
    """Return what to say of a training that came to its end on a disk that took no weights.

    Args:
        sentence: how it ended.
        kept: the last epoch whose state is on the disk; 0: none.
    """
    cure = "Free some space, or make the run's folder writable"
    return TrainingError(
        f"{sentence} But final.keras could not be written.",
        "saving the weights",
        f"{cure}." if kept else f"{cure}, and train anew: nothing was kept.",
    )


def device_name() -> str:
    """Return what computes, in a few words."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        for device in spare_the_gpus()[:1]:
            details = tf.config.experimental.get_device_details(device)
            return str(details.get("device_name", device.name))
    elif keras.backend.backend() == "jax":
        import jax  # type: ignore[import-not-found]

        return str(jax.devices()[0].device_kind)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU, {cores} cores"
