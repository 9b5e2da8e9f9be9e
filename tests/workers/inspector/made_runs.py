"""Runs to look into: made by hand, for nothing has to be learned to be looked at."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from tui.datasets import ClassMode, ColorMode, LoaderSettings
from tui.keras_worker.build_model import compiled_model
from tui.keras_worker.model_state import copy_variables
from tui.keras_worker.snapshot_files import write_weights
from tui.keras_worker.state_file import State
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import DataReady, EpochEnded, LeftOutImage
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import snapshot_path
from tui.runs.store.run_folder import RunFolder
from tui.trainer.state.checkpoints import write_checkpoint

COURSE = (
    "24x20x3 conv:k=8,f=3,a=relu maxpool:f=2 conv:k=6,f=3,a=relu maxpool:f=2 flatten "
    "dense:k=9,a=relu dropout dense:k=1,a=sigmoid"
)
DIGITS = (
    "8x8x1 conv:k=12,f=3,p=same,a=relu maxpool:f=2 conv:k=8,f=3,p=1 flatten dense:k=3,a=softmax"
)
MANY = (
    "17x19x3 rescaling depthwise:f=3,a=relu batchnorm separable:k=5,f=3,s=2,a=relu "
    "transposed:k=4,f=3,s=2 activation:function=relu avgpool:f=2 globalavg dense:k=3,a=softmax"
)


def noise(path: Path, seed: int, size: tuple[int, int] = (30, 26), mode: str = "RGB") -> Path:
    """Write a picture of coarse noise, its size as (width, height)."""
    rng = np.random.default_rng(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
    coarse.resize(size, Image.Resampling.BICUBIC).convert(mode).save(path)
    return path


def noise_classes(folder: Path, classes: tuple[str, ...], images: int) -> Path:
    """Write a folder of classes and return it."""
    for label, name in enumerate(classes):
        for number in range(images):
            noise(folder / name / f"{number:02}.png", 100 * label + number)
    return folder


def spec_of(network: str, folder: Path, **loader: Any) -> TrainingSpec:
    """Return a spec for a network, with classes enough for its end."""
    width, height, depth = (int(side) for side in network.split()[0].split("x"))
    classes = ("cats", "dogs") if network.endswith("sigmoid") else ("ants", "bees", "cats")
    mode: ClassMode = "binary" if len(classes) == 2 else "sparse"
    colours: ColorMode = "grayscale" if depth == 1 else "rgb"
    settings: dict[str, Any] = {"target_size": (height, width), "color_mode": colours, **loader}
    data = LoaderSettings(directory=str(folder), classes=classes, class_mode=mode, **settings)
    return TrainingSpec(name="looked at", network=network, data=data, epochs=3)


def fresh_model(spec: TrainingSpec) -> keras.Model:
    """Return the model as the trainer has it before the first epoch."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(spec.seed)
    return compiled_model(spec)


def shaken(model: keras.Model, seed: int) -> list[Any]:
    """Give a model other weights, as a training would, and return them."""
    rng = np.random.default_rng(seed)
    weights = [
        # Variances stay above 0.
        np.abs(array + rng.normal(0, 0.1, array.shape)).astype(np.float32)
        if "variance" in variable.path
        else (array + rng.normal(0, 0.1, array.shape)).astype(np.float32)
        for variable, array in zip(model.weights, model.get_weights(), strict=True)
    ]
    model.set_weights(weights)
    return weights


def made_run(
    spec: TrainingSpec, *, left_out: tuple[LeftOutImage, ...] = (), images: int = 0
) -> RunFolder:
    """Return a run of three epochs, the second the best, each with weights of its own.

    Weights are kept of epochs 0 and 2, checkpoints of 2 and 3.
    """
    run = create_run(spec)
    model = fresh_model(spec)
    write_weights(snapshot_path(run, 0), model.get_weights())
    writer = EventWriter(run.events)
    now = time.time()
    writer.write(
        DataReady(
            at=now,
            classes=spec.data.classes,
            training_images=1,
            validation_images=images,
            left_out=left_out,
        )
    )
    for epoch in (1, 2, 3):
        shaken(model, epoch)
        writer.write(
            EpochEnded(
                at=now,
                epoch=epoch,
                epochs=3,
                seconds=1.0,
                images_per_second=1.0,
                metrics={},
                best_epoch=min(epoch, 2),
                best=0.5,
                best_metric="loss",
            )
        )
        if epoch == 2:
            model.save(run.path / "best.keras", include_optimizer=False)
            write_weights(snapshot_path(run, 2), model.get_weights())
        if epoch > 1:
            write_checkpoint(run, epoch, State({"epoch": epoch}, copy_variables(model)))
    model.save(run.path / "final.keras")
    writer.close()
    return run
