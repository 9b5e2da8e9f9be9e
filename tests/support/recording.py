"""Recorded trainings: run folders as a trainer leaves them, with a clock that stands still.

The events are the real structs, written by the real writer into folders made by `create_run`;
only who computes them differs. Nothing here knows of Textual.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from tui.datasets import LoaderSettings
from tui.runs.control.control_file import Control, ControlReader
from tui.runs.events.event_log import EventWriter, encode
from tui.runs.events.event_types import (
    BatchesEnded,
    CheckingImages,
    DataReady,
    EpochEnded,
    EpochStarted,
    Event,
    Failed,
    FileSaved,
    Finished,
    LeftOutImage,
    LibrariesLoaded,
    ModelReady,
    Notice,
    RunStarted,
    StopRequested,
    Validating,
)
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import COURSE_RULE, StopRule, TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

MOMENT = datetime(2026, 11, 22, 16, 12, 0)
"""When every recorded training began."""
CLOCK = 1_795_363_920.0
"""The same moment in an event's seconds since 1970."""
DIGITS = tuple(str(number) for number in range(10))
STEPS = 48
EPOCH_SECONDS = 2.5
PAUSE = b"--pause--"
"""A line of a recording at which the replay waits; see `replay.py`."""


def spec(
    name: str = "digits",
    *,
    epochs: int = 10,
    stop_rule: StopRule | None = COURSE_RULE,
    classes: tuple[str, ...] = DIGITS,
) -> TrainingSpec:
    """Return what a training on the handwritten digits is asked to do."""
    settings = LoaderSettings(
        directory="/images/digits",
        classes=classes,
        target_size=(8, 8),
        color_mode="grayscale",
        batch_size=32,
        rescale_divisor=255.0,
        class_mode="categorical",
        validation_split=0.2,
    )
    made = make_spec(name, settings, model="small", epochs=epochs, stop_rule=stop_rule)
    return made


def accuracy(epoch: float) -> float:
    """Return a training accuracy as such a run has it: fast at first, then slowly to 0.99."""
    return 0.1 + 0.89 * (1 - math.exp(-epoch / 1.4))


def values(epoch: float) -> dict[str, float]:
    """Return training accuracy and loss at a moment of the training."""
    return {"accuracy": accuracy(epoch), "loss": 2.3 * math.exp(-epoch / 1.6) + 0.03}


def metrics(epoch: int) -> dict[str, float | None]:
    """Return an epoch's metrics; validation is best in epoch 8 and gets a little worse then."""
    behind = 0.02 + 0.004 * max(epoch - 8, 0)
    train = values(epoch)
    return {
        **train,
        "val_accuracy": accuracy(epoch) - behind,
        "val_loss": train["loss"] + 2 * behind,
    }


def best(epoch: int) -> tuple[int, float]:
    """Return the best epoch so far and its validation accuracy."""
    seen = [(metrics(number)["val_accuracy"] or 0.0, number) for number in range(1, epoch + 1)]
    value, number = max(seen)
    return number, value


def began(
    *, left_out: tuple[LeftOutImage, ...] = (), classes: tuple[str, ...] = DIGITS
) -> list[Event]:
    """Return what a trainer says before its first epoch."""
    return [
        RunStarted(at=CLOCK, pid=1234, version="0.1.0"),
        LibrariesLoaded(at=CLOCK + 4, keras="3.14.1", backend="tensorflow", device="CPU, 2 cores"),
        CheckingImages(at=CLOCK + 4, done=0, total=1797),
        CheckingImages(at=CLOCK + 5, done=1797, total=1797),
        DataReady(
            at=CLOCK + 5,
            classes=classes,
            training_images=1442 - len(left_out),
            validation_images=355,
            left_out=left_out,
        ),
        ModelReady(at=CLOCK + 6, parameters=15_466, layers=7),
    ]


def epoch_at(epoch: int) -> float:
    """Return when an epoch began."""
    return CLOCK + 6 + (epoch - 1) * EPOCH_SECONDS


def epoch_begun(epoch: int, epochs: int, *, batches: int = STEPS) -> list[Event]:
    """Return an epoch's events up to so many of its batches, four lines an epoch."""
    at = epoch_at(epoch)
    found: list[Event] = [EpochStarted(at=at, epoch=epoch, epochs=epochs, steps=STEPS)]
    for first in range(1, batches + 1, 12):
        last = min(first + 11, batches)
        rows = [values(epoch - 1 + number / STEPS) for number in range(first, last + 1)]
        found.append(
            BatchesEnded(
                at=at + 2.0 * last / STEPS,
                epoch=epoch,
                first=first,
                steps=STEPS,
                values={name: tuple(row[name] for row in rows) for name in ("accuracy", "loss")},
                images_per_second=650.0,
            )
        )
    return found


def epoch_ended(epoch: int, epochs: int) -> list[Event]:
    """Return what ends an epoch, the saving of the best model included."""
    at = epoch_at(epoch) + EPOCH_SECONDS
    number, value = best(epoch)
    found: list[Event] = [
        Validating(at=at - 0.4, epoch=epoch, step=12, steps=12),
        EpochEnded(
            at=at,
            epoch=epoch,
            epochs=epochs,
            seconds=EPOCH_SECONDS,
            images_per_second=640.0,
            metrics=metrics(epoch),
            best_epoch=number,
            best=value,
            best_metric="val_accuracy",
        ),
    ]
    if number == epoch:
        found.append(FileSaved(at=at, file="best.keras"))
    return found


def whole_epochs(first: int, last: int, epochs: int) -> list[Event]:
    """Return all events of some epochs."""
    found: list[Event] = []
    for epoch in range(first, last + 1):
        found += epoch_begun(epoch, epochs) + epoch_ended(epoch, epochs)
    return found


def finished(epochs: int) -> list[Event]:
    """Return the last words of a training that went through all its epochs."""
    at = epoch_at(epochs) + EPOCH_SECONDS
    number, value = best(epochs)
    return [
        FileSaved(at=at, file="final.keras"),
        Finished(
            at=at,
            reason="completed",
            sentence=f"All {epochs} epochs are done; best val_accuracy {value:.4f} (epoch "
            f"{number}).",
            epochs=epochs,
        ),
    ]


def stopped(epoch: int) -> list[Event]:
    """Return the last words of a training that the learner stopped in an epoch."""
    at = epoch_at(epoch) + 1
    return [
        StopRequested(at=at),
        FileSaved(at=at, file="final.keras"),
        Finished(
            at=at,
            reason="stopped",
            sentence=f"Stopped in epoch {epoch} as you asked; final.keras is saved.",
            epochs=epoch - 1,
        ),
    ]


FAILURE = Failed(
    at=CLOCK + 9,
    what="The GPU has no memory left for a batch of 32.",
    where="training",
    cure="Choose a smaller batch size.",
)
LEFT_OUT = (
    LeftOutImage("3/torn.png", "image file is truncated"),
    LeftOutImage("7/empty.png", "the file is empty"),
    LeftOutImage("9/words.png", "cannot identify image file"),
)
HOSTILE = "[/] [@click=app.quit]x[/] a\nb \x1b]0;x\x07"
"""Markup that would close or act, a newline, and an escape sequence that sets a title."""


class Recorder:
    """Writes recorded trainings into the state folder that the environment names."""

    def __init__(self) -> None:
        self._locks: list[int] = []
        self._made = 0

    def make(
        self,
        events: Iterable[Event],
        training: TrainingSpec | ExternalSpec | None = None,
        *,
        hour: int | None = None,
    ) -> RunFolder:
        """Make a run folder with events in it.

        Args:
            events: what the trainer said; with none there is no events file either.
            training: what it was asked; the digits in ten epochs by default.
            hour: when it was made; each one an hour later than the one before by default. It
                also makes the folder's name the same each time.
        """
        self._made += 1
        now = MOMENT.replace(hour=self._made if hour is None else hour)
        made = create_run(training or spec(), now=now)
        stem = made.path.name.rpartition("-")[0]
        run = RunFolder(made.path.rename(made.path.with_name(f"{stem}-0000")))
        found = list(events)
        if found:
            append(run, found)
        return run

    def finished(self, *, hour: int | None = None, epochs: int = 10) -> RunFolder:
        """Return a training that went through all its epochs."""
        events = [*began(), *whole_epochs(1, epochs, epochs), *finished(epochs)]
        return self.make(events, spec(epochs=epochs), hour=hour)

    def stopped(self, *, hour: int | None = None) -> RunFolder:
        """Return a training that was stopped in epoch 4."""
        events = [*began(), *whole_epochs(1, 3, 10), *epoch_begun(4, 10, batches=20), *stopped(4)]
        return self.make(events, spec("stopped digits"), hour=hour)

    def failed(self, *, hour: int | None = None) -> RunFolder:
        """Return a training that failed in its first epoch."""
        events = [*began(), *epoch_begun(1, 10, batches=0), FAILURE]
        return self.make(events, spec("failed digits"), hour=hour)

    def died(self, *, hour: int | None = None) -> RunFolder:
        """Return a training whose trainer was killed in epoch 4."""
        events = [*began(), *whole_epochs(1, 3, 10), *epoch_begun(4, 10, batches=24)]
        return self.make(events, spec("died digits"), hour=hour)

    def live(self, *, hour: int | None = None) -> RunFolder:
        """Return a training in the middle of epoch 4, its lock held until `let_go`."""
        events = [*began(), *whole_epochs(1, 3, 10), *epoch_begun(4, 10, batches=24)]
        run = self.make(events, spec("live digits"), hour=hour)
        self.hold(run)
        return run

    def queued(self, training: TrainingSpec | None = None, *, hour: int | None = None) -> RunFolder:
        """Return a training that waits for the others; each one behind the one before."""
        run = self.make([], training or spec("queued digits"), hour=hour)
        run.queue_mark.write_text(f"{CLOCK + self._made:.6f}")
        return run

    def left_out(self, *, hour: int | None = None) -> RunFolder:
        """Return a finished training that left three images out."""
        events = [*began(left_out=LEFT_OUT), *whole_epochs(1, 2, 2), *finished(2)]
        return self.make(events, spec("gappy digits", epochs=2), hour=hour)

    def hostile(self, *, hour: int | None = None) -> RunFolder:
        """Return a finished training whose every text tries to act on the terminal."""
        classes = (HOSTILE.replace("/", ""), "dogs")  # no folder's name holds a slash
        bad = (LeftOutImage(f"{HOSTILE}/{HOSTILE}.png", HOSTILE),)
        end = Finished(at=CLOCK + 20, reason="completed", sentence=f"Done. {HOSTILE}", epochs=2)
        events = [
            *began(left_out=bad, classes=classes),
            Notice(at=CLOCK + 6, text=HOSTILE),
            *whole_epochs(1, 2, 2),
            end,
        ]
        run = self.make(events, spec(HOSTILE, epochs=2, classes=classes), hour=hour)
        run.log.write_text(f"one line\n{HOSTILE}\nlast line")
        return run

    def torn(self, *, hour: int | None = None) -> RunFolder:
        """Return a died training with an unknown event and half a last line."""
        events = [*began(), *whole_epochs(1, 2, 10)]
        run = self.make(events, spec("torn digits"), hour=hour)
        with run.events.open("ab") as file:
            file.write(b'{"type":"of_the_future","at":1.0,"more":{"x":[1,2]}}\n')
            file.write(b"".join(encode(one) + b"\n" for one in whole_epochs(3, 3, 10)))
            file.write(b'{"type":"epoch_ended","at":1.0,"epo')
        return run

    def hold(self, run: RunFolder) -> None:
        """Hold a run's lock, as its living trainer does."""
        self._locks.append(run.acquire_lock())

    def let_go(self) -> None:
        """Release every lock, as the system does when a trainer dies."""
        while self._locks:
            os.close(self._locks.pop())


def append(run: RunFolder, events: Iterable[Event]) -> None:
    """Append events to a run, as its trainer does."""
    writer = EventWriter(run.events)
    for event in events:
        writer.write(event)
    writer.close()


def control(run: RunFolder) -> Control:
    """Return the requests that the trainer would read now."""
    return ControlReader(run.control).read()


def script(epochs: int = 10, *, pause_in: int = 4) -> Iterator[bytes]:
    """Yield the lines of a recording for the replay: it waits in the middle of one epoch."""
    for event in [*began(), *whole_epochs(1, pause_in - 1, epochs)]:
        yield encode(event)
    for event in epoch_begun(pause_in, epochs, batches=24):
        yield encode(event)
    yield PAUSE
    later = whole_epochs(pause_in, epochs, epochs)[3:]  # what of this epoch was told is over
    for event in [*later, *finished(epochs)]:
        yield encode(event)


def write_script(path: Path, lines: Iterable[bytes]) -> None:
    """Write a recording where the replay finds it."""
    path.write_bytes(b"\n".join(lines) + b"\n")
