"""One training from its spec to its last word."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import keras

from tui.text import clean
from tui.trainer.failures import Cancelled
from tui.trainer.link import Link
from tui.trainer.loaders import load
from tui.trainer.network import compiled_model
from tui.trainer.stream import StreamCallback
from tui.training.events import (
    DataReady,
    Finished,
    LeftOut,
    LibrariesLoaded,
    ModelReady,
    Notice,
    Saved,
)
from tui.training.report import history_csv
from tui.training.runs import RunFolder


def train(link: Link) -> None:
    """Train what the run's spec says and leave everything in its folder.

    Raises:
        TrainingError: when the training cannot go on, for a reason with a name.
    """
    spec = link.run.spec()
    link.tell(
        LibrariesLoaded(
            at=time.time(),
            keras=keras.__version__,
            backend=keras.backend.backend(),
            device=device_name(),
        )
    )
    keras.utils.set_random_seed(spec.seed)
    stream = None
    try:
        loaded = load(spec, link)
        training, validation = loaded.training, loaded.validation
        decoding = loaded.decoding
        link.tell(
            DataReady(
                at=time.time(),
                classes=tuple(training.class_indices),
                training_images=training.n,
                validation_images=validation.n if validation is not None else 0,
                left_out=tuple(LeftOut(clean(bad.path), bad.reason) for bad in decoding.bad),
                loader="cached" if decoding.arrays else "keras",
                cache_hit=decoding.hit,
                decode_seconds=decoding.seconds,
                share=spec.share,
                readable_images=loaded.readable if spec.share < 1 else 0,
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
        # Building weights must not depend on how the loaders used the random numbers.
        keras.utils.set_random_seed(spec.seed)
        model = compiled_model(spec)
        link.tell(
            ModelReady(at=time.time(), parameters=model.count_params(), layers=len(model.layers))
        )
        stream = StreamCallback(
            link,
            images=training.n,
            batch_size=spec.data.batch_size,
            validation_steps=len(validation) if validation is not None else 0,
            rule=spec.stop_rule,
            on_best=lambda: save_model(link, model, "best.keras", optimizer=False),
            on_epoch=lambda: save_history(link, stream),
        )
        link.check()
        model.fit(
            training,
            validation_data=validation,
            epochs=spec.epochs,
            callbacks=[stream],
            verbose=0,
        )
    except Cancelled:
        finish_stopped(link, stream, save=lambda: save_model(link, model, "final.keras"))
        return
    save_model(link, model, "final.keras")
    done = len(stream.epochs)
    rule = bool(stream.rule_sentence)
    link.tell(
        Finished(
            at=time.time(),
            reason="rule" if rule else "completed",
            sentence=stream.rule_sentence or f"All {done} epochs are done.",
            epochs=done,
        )
    )


def finish_stopped(link: Link, stream: StreamCallback | None, save: Callable[[], None]) -> None:
    """Put away what there is and say where the training was stopped."""
    if stream is None or stream.epoch == 0:
        sentence, done = "Stopped before the first batch.", 0
    else:
        stream.flush()
        done = len(stream.epochs)
        whole = "no epoch is whole" if done == 0 else f"{done} epoch{'s' * (done > 1)} whole"
        sentence = f"Stopped after batch {stream.batch} of epoch {stream.epoch}; {whole}."
        save()
    link.tell(Finished(at=time.time(), reason="stopped", sentence=sentence, epochs=done))


def save_model(link: Link, model: keras.Model, name: str, *, optimizer: bool = True) -> None:
    """Write a model whole or not at all; a disk that does not take it does not end the run."""
    path = link.run.path / name
    beside = link.run.path / f"new-{name}"
    try:
        model.save(beside, include_optimizer=optimizer)
        replace_whole(beside, path)
        link.tell(Saved(at=time.time(), file=name))
    except OSError as error:
        beside.unlink(missing_ok=True)
        link.tell(Notice(at=time.time(), text=f"Could not save {name}: {error.strerror or error}."))


def save_history(link: Link, stream: StreamCallback | None) -> None:
    """Write the history so far as `history.csv`."""
    if stream is None:
        return
    run: RunFolder = link.run
    beside = run.history_csv.with_suffix(".new")
    try:
        beside.write_text(history_csv(stream.epochs, stream.history))
        replace_whole(beside, run.history_csv)
    except OSError as error:
        beside.unlink(missing_ok=True)
        link.tell(
            Notice(at=time.time(), text=f"Could not write history.csv: {error.strerror or error}.")
        )


def replace_whole(beside: Path, path: Path) -> None:
    """Move a file that was written beside its place into it, once it is safely on the disk."""
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(beside, path)


def device_name() -> str:
    """Return what computes, in a few words."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        for device in tf.config.list_physical_devices("GPU"):
            # The box is shared: take memory as needed, not all of it at once.
            tf.config.experimental.set_memory_growth(device, True)
            details = tf.config.experimental.get_device_details(device)
            return str(details.get("device_name", device.name))
    elif keras.backend.backend() == "jax":
        import jax  # type: ignore[import-not-found]

        return str(jax.devices()[0].device_kind)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU, {cores} cores"
