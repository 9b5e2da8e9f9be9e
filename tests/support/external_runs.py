"""Runs of programs that cnn-tui did not start, as `RunCallback`, `Run` or a reader writes them.

The events are the real structs, written by the real writer; only who computes them differs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from tests.support.recording import CLOCK, Recorder
from tui.callback.training_record import TrainingRecord
from tui.runs.events.event_types import (
    BatchesEnded,
    DataReady,
    EpochEnded,
    EpochStarted,
    Event,
    Finished,
    LibrariesLoaded,
    ModelReady,
    Request,
    RunStarted,
)
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_folder import RunFolder

ALL: tuple[Request, ...] = (
    "pause",
    "resume",
    "stop",
    "stop after epoch",
    "stop rule",
    "patience",
    "learning rate",
    "epochs",
    "save",
)
SCRIPT = ExternalSpec(
    name="bigger kernels",
    source="script",
    path="/home/ada/train.py",
    arguments=("--kernel", "5"),
    directory="/home/ada",
    commit="1f2e3d4+",
    epochs=20,
    batch_size=32,
    learning_rate=0.001,
    optimizer="Adam",
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    requests=ALL,
    save="best",
)
"""A script with `RunCallback("bigger kernels", save="best")`."""
LOOP = ExternalSpec(name="my loop", source="script", path="/home/ada/loop.py")
"""A loop with `Run("my loop", control=False)` that says nothing but its metrics."""


def script(**changes: Any) -> ExternalSpec:
    """Return the spec of the script with some fields changed."""
    return replace(SCRIPT, **changes)


def falling(epoch: float, start: float = 2.0) -> float:
    """Return a loss that falls."""
    return float(round(start * 0.8**epoch + 0.05, 6))


def usual(epoch: int) -> dict[str, float | None]:
    """Return the metrics of a classification."""
    return {
        "accuracy": round(1 - falling(epoch) / 2.5, 6),
        "loss": falling(epoch),
        "val_accuracy": round(1 - falling(epoch, 2.2) / 2.5, 6),
        "val_loss": falling(epoch, 2.2),
    }


def beginning(*, keras: str = "3.14.1", samples: int = 1600) -> list[Event]:
    """Return the events that a callback writes before the first epoch."""
    events: list[Event] = [
        RunStarted(at=CLOCK, pid=os.getpid(), version="0.3.0"),
        LibrariesLoaded(at=CLOCK, keras=keras, backend="jax", device="CPU, 2 cores"),
    ]
    if samples:
        events.append(
            DataReady(at=CLOCK, classes=(), training_images=samples, validation_images=400)
        )
    return [*events, ModelReady(at=CLOCK, parameters=1_234, layers=4)]


def epoch_begun(epoch: int, *, epochs: int = 20, steps: int = 50) -> EpochStarted:
    return EpochStarted(at=CLOCK + 10 * (epoch - 1), epoch=epoch, epochs=epochs, steps=steps)


def batches(
    epoch: int, first: int, last: int, *, steps: int = 50, speed: float = 160.0, **values: float
) -> BatchesEnded:
    """Return some batches of an epoch, one every 0.2 s."""
    metrics = values or {"loss": 1.0, "accuracy": 0.5}
    return BatchesEnded(
        at=CLOCK + 10 * (epoch - 1) + 0.2 * last,
        epoch=epoch,
        first=first,
        steps=steps,
        values={
            name: tuple(value / number for number in range(first, last + 1))
            for name, value in metrics.items()
        },
        images_per_second=speed,
    )


def epochs_of(
    rows: Sequence[Mapping[str, float | None]],
    *,
    epochs: int = 20,
    rate: float = 0.001,
    speed: float = 160.0,
    data_seconds: float = 0.1,
    steps: int = 50,
) -> list[Event]:
    """Return the events of whole epochs, each with the metrics of one row."""
    record = TrainingRecord()
    events: list[Event] = []
    for number, metrics in enumerate(rows, start=1):
        record.add(number, dict(metrics))
        events.append(epoch_begun(number, epochs=epochs, steps=steps))
        events.append(
            EpochEnded(
                at=CLOCK + 10 * number,
                epoch=number,
                epochs=epochs,
                seconds=10.0,
                images_per_second=speed,
                metrics=dict(metrics),
                best_epoch=record.best_epoch,
                best=record.best,
                best_metric=record.best_metric,
                learning_rate=rate,
                data_seconds=data_seconds,
            )
        )
    return events


def finished(epochs: int) -> Finished:
    return Finished(
        at=CLOCK + 10 * epochs,
        reason="completed",
        sentence=f"All {epochs} epochs are done.",
        epochs=epochs,
    )


def loop_epochs(rows: Sequence[Mapping[str, float | None]]) -> list[Event]:
    """Return the events of a loop that reports the metrics of each row and nothing else."""
    events = epochs_of(rows, epochs=0, rate=0.0, speed=0.0, data_seconds=0.0, steps=0)
    return [RunStarted(at=CLOCK, pid=1, version="0"), *events]


def live(recorder: Recorder, spec: ExternalSpec, events: Sequence[Event]) -> RunFolder:
    """Return a run whose program is at work."""
    run = recorder.make(events, spec)
    recorder.hold(run)
    return run
