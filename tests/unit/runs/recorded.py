"""Runs that were recorded: histories of real trainings, and run folders made from a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.support.recording import append
from tui.runs.events.event_types import (
    DataReady,
    EpochEnded,
    EpochStarted,
    Event,
    Finished,
    LibrariesLoaded,
    RunStarted,
)
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

HISTORIES = Path(__file__).parent / "histories"
"""What trainings of the digits and of 1,400 cats and dogs have told, numbers only."""

Row = Sequence[float | None]
AT = 1_700_000_000.0


@dataclass(frozen=True)
class Recorded:
    """A history of a real training, and what it was measured on."""

    classes: int
    validation_images: int
    history: dict[str, list[float | None]]

    @property
    def epochs(self) -> int:
        return len(self.history["loss"])


def recorded(name: str) -> Recorded:
    """Return a recorded history."""
    return msgspec.json.decode((HISTORIES / f"{name}.json").read_bytes(), type=Recorded)


def epoch_events(history: Mapping[str, Row], **more: float) -> list[Event]:
    """Return what the trainer tells of each epoch; `more` are fields of `EpochEnded`."""
    epochs = max((len(row) for row in history.values()), default=0)
    metric = "val_accuracy" if "val_accuracy" in history else "accuracy"
    events: list[Event] = []
    best, best_epoch = None, 0
    for number in range(1, epochs + 1):
        metrics = {name: row[number - 1] for name, row in history.items()}
        value = metrics.get(metric)
        if value is not None and (best is None or value > best):
            best, best_epoch = value, number
        at = AT + 10 * number
        events.append(EpochStarted(at=at - 9, epoch=number, epochs=epochs, steps=5))
        events.append(
            EpochEnded(
                at=at,
                epoch=number,
                epochs=epochs,
                images_per_second=200.0,
                metrics=metrics,
                best=best,
                best_epoch=best_epoch,
                best_metric=metric,
                **{"seconds": 2.0, "learning_rate": 0.001, **more},
            )
        )
    return events


def run_of(
    spec: TrainingSpec,
    history: Mapping[str, Row],
    *,
    ended: bool = True,
    after: Sequence[Event] = (),
    **more: float,
) -> RunFolder:
    """Make a run folder that has told a history.

    Args:
        spec: what it trained.
        history: what it measured.
        ended: whether its last word was said.
        after: events before that.
        more: fields of each `EpochEnded`.
    """
    run = create_run(spec)
    epochs = max((len(row) for row in history.values()), default=0)
    events: list[Event] = [
        RunStarted(at=AT, pid=1, version="0"),
        LibrariesLoaded(at=AT, keras="3.15.1", backend="tensorflow", device="CPU, 2 cores"),
        DataReady(at=AT, classes=spec.data.classes, training_images=100, validation_images=50),
        *epoch_events(history, **more),
        *after,
    ]
    if ended:
        sentence = f"All {epochs} epochs are done."
        events.append(Finished(at=AT + 99, reason="completed", sentence=sentence, epochs=epochs))
    append(run, events)
    return run
