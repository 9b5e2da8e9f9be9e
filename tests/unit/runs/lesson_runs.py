"""The trainings of a page, and what their trainers told."""

from __future__ import annotations

from tests.support.recording import append
from tui.runs.events.event_types import DataReady, EpochEnded, Event, Failed, Finished, RunStarted
from tui.runs.lessons.lesson_plan import LessonPlan
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

STARTED = RunStarted(at=1.0, pid=1, version="0")
DONE = Finished(at=9.0, reason="completed", sentence="All 2 epochs are done.", epochs=2)
STOPPED = Finished(at=9.0, reason="stopped", sentence="Stopped.", epochs=1)
FAILED = Failed(at=9.0, what="It broke.", where="training", cure="Mend it.")
DATA = DataReady(at=2.0, classes=("a", "b"), training_images=39, validation_images=10)


def epoch(number: int, accuracy: float = 0.9, validation: float | None = 0.75) -> EpochEnded:
    """Return the end of an epoch of two."""
    return EpochEnded(
        at=2.0 + number,
        epoch=number,
        epochs=2,
        seconds=1.0,
        images_per_second=10.0,
        metrics={"accuracy": accuracy, "val_accuracy": validation},
        best_epoch=number,
        best=validation,
        best_metric="val_accuracy",
    )


def made_run(plan: LessonPlan, number: int, *events: Event) -> RunFolder:
    """Make a run of one of the specs, with what its trainer told."""
    run = create_run(plan.specs[number])
    append(run, [STARTED, *events])
    return run
