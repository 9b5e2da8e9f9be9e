"""What a trainer leaves of a run of three epochs, for tests of what becomes of it later."""

from __future__ import annotations

from tests.support.recording import append
from tui.runs.events.event_types import (
    BatchesEnded,
    CheckpointWritten,
    EpochEnded,
    EpochStarted,
    Event,
    Failed,
    Finished,
    RunStarted,
    SnapshotKept,
)
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_folder import RunFolder


def epoch(number: int, loss: float = 0.5) -> list[Event]:
    """Return what is told of an epoch of two batches."""
    accuracy = 0.5 + number / 100
    return [
        EpochStarted(at=1.0, epoch=number, epochs=9, steps=2),
        BatchesEnded(
            at=1.0,
            epoch=number,
            first=1,
            steps=2,
            values={"loss": (loss, loss / 2)},
            images_per_second=9.0,
        ),
        EpochEnded(
            at=2.0,
            epoch=number,
            epochs=9,
            seconds=1.0,
            images_per_second=10.0 * number,
            metrics={"accuracy": accuracy},
            best_epoch=number,
            best=accuracy,
            best_metric="accuracy",
        ),
        SnapshotKept(at=2.0, epoch=number),
        CheckpointWritten(at=2.0, epoch=number, seconds=0.1, bytes=100),
    ]


STARTED = RunStarted(at=0.0, pid=1, version="1")
STOPPED = Finished(at=3.0, reason="stopped", sentence="Stopped after batch 1.", epochs=3)
FAILED = Failed(at=3.0, what="It broke.", where="training", cure="Mend it.")
RULED = Finished(at=3.0, reason="rule", sentence="Stopped by the rule.", epochs=3)


def three_epochs(run: RunFolder, *endings: Event) -> None:
    """Write what a run of three epochs left."""
    append(run, [STARTED, *epoch(1), *epoch(2), *epoch(3), *endings])
    checkpoint_path(run, 3).parent.mkdir()
    checkpoint_path(run, 3).touch()
