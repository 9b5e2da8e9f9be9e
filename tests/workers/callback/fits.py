"""Small trainings of a stranger's own, and the runs that they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tui.common.paths import runs_dir
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_folder import RunFolder

SAMPLES, BATCH = 48, 8
STEPS = SAMPLES // BATCH


def data(samples: int = SAMPLES) -> tuple[Any, Any]:
    """Return pictures and labels that do not change."""
    random = np.random.default_rng(1)
    return random.random((samples, 6, 6, 1), np.float32), random.integers(0, 2, samples)


def small_model(optimizer: Any = "adam", **compiled: Any) -> Any:
    """Return a small compiled model, always with the same weights."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    settings = {"loss": "binary_crossentropy", "metrics": ["accuracy"], **compiled}
    model.compile(optimizer=optimizer, **settings)
    return model


def fit(callbacks: list[Any], model: Any = None, **arguments: Any) -> dict[str, list[float]]:
    """Train, and return the history."""
    x, y = data()
    settings = {"validation_data": data(16), "epochs": 3, "batch_size": BATCH, **arguments}
    history = (model or small_model()).fit(x, y, verbose=0, callbacks=callbacks, **settings)
    found: dict[str, list[float]] = history.history
    return found


def runs() -> list[RunFolder]:
    """Return all runs, the oldest first."""
    return sorted(iter_runs(runs_dir()), key=lambda run: run.path.stat().st_ctime_ns)


def only_run() -> LoadedRun:
    """Return the one run that there is."""
    (run,) = runs()
    return load_run(run)


class At(keras.callbacks.Callback):  # type: ignore[misc]
    """Does something when a batch of an epoch begins, once."""

    def __init__(self, epoch: int, batch: int, action: Callable[[], object]) -> None:
        super().__init__()
        self.epoch, self.batch, self.action = epoch, batch, action
        self._now = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._now = epoch + 1

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if (self._now, batch + 1) == (self.epoch, self.batch):
            self.action()
