"""Recorded trainings with curves of a chosen kind, and with other events of their trainer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from tests.support.recording import CLOCK, EPOCH_SECONDS, STEPS, Recorder, began, epoch_at, spec
from tui.runs.events.event_types import (
    BatchesEnded,
    EpochEnded,
    EpochStarted,
    Event,
    Finished,
    Metrics,
)
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder

Curves = Callable[[int], Metrics]
SINCE = 5
"""The epoch from which the overfitting training overfits."""


def overfitting(epoch: int) -> Metrics:
    """Return what is measured where training goes on rising while validation loss rises."""
    return {
        "accuracy": 0.5 + 0.49 * (1 - math.exp(-epoch / 5)),
        "loss": 0.75 * math.exp(-epoch / 6),
        "val_accuracy": 0.5 + 0.22 * (1 - math.exp(-epoch / 2)),
        "val_loss": 0.68 - 0.02 * min(epoch, SINCE) + 0.045 * max(epoch - SINCE, 0),
    }


def exploding(epoch: int) -> Metrics:
    """Return what is measured where the loss is no number from epoch 4 on."""
    loss = 0.7 * epoch**2 if epoch < 4 else None
    return {"accuracy": 0.1, "loss": loss, "val_accuracy": 0.1, "val_loss": loss}


def flat(epoch: int) -> Metrics:
    """Return what is measured where nothing is learnt."""
    return {"accuracy": 0.5, "loss": 0.6931, "val_accuracy": 0.5, "val_loss": 0.6931}


def curve_events(
    curves: Curves,
    epochs: int,
    *,
    total: int | None = None,
    steps: int = STEPS,
    rate: float = 0.001,
    after: Mapping[int, list[Event]] | None = None,
) -> list[Event]:
    """Return the events of some whole epochs.

    Args:
        curves: what is measured in each.
        epochs: how many have ended.
        total: how many there are to be; as many where it is None.
        steps: batches an epoch.
        rate: the learning rate; epoch 3 and later have a tenth of it.
        after: further events behind some epochs.
    """
    found = began()
    best: tuple[float, int] = (-1.0, 0)
    for epoch in range(1, epochs + 1):
        at, now = epoch_at(epoch), curves(epoch)
        found.append(EpochStarted(at=at, epoch=epoch, epochs=total or epochs, steps=steps))
        found.append(
            BatchesEnded(
                at=at + 2,
                epoch=epoch,
                first=1,
                steps=steps,
                values={name: (now[name],) * steps for name in ("accuracy", "loss")},
                images_per_second=640.0,
            )
        )
        value = now["val_accuracy"] or 0.0
        best = max(best, (value, -epoch), key=lambda one: one[0])
        found.append(
            EpochEnded(
                at=at + EPOCH_SECONDS,
                epoch=epoch,
                epochs=total or epochs,
                seconds=EPOCH_SECONDS,
                images_per_second=640.0,
                metrics=now,
                best_epoch=abs(best[1]),
                best=best[0],
                best_metric="val_accuracy",
                learning_rate=rate if epoch < 3 else rate / 10,
                data_seconds=1.5,
                validation_seconds=0.25,
                saving_seconds=0.0,
            )
        )
        found += (after or {}).get(epoch, [])
    return found


def done(epochs: int) -> Event:
    """Return the last word of a training that went through all its epochs."""
    return Finished(
        at=CLOCK + 1000,
        reason="completed",
        sentence=f"All {epochs} epochs are done.",
        epochs=epochs,
    )


def ended_run(
    recorder: Recorder,
    curves: Curves,
    epochs: int,
    *,
    name: str = "curved",
    training: TrainingSpec | None = None,
    rate: float = 0.001,
) -> RunFolder:
    """Return a finished run with such curves."""
    events = [*curve_events(curves, epochs, rate=rate), done(epochs)]
    return recorder.make(events, training or spec(name, epochs=epochs))


def live_run(
    recorder: Recorder,
    curves: Curves,
    epochs: int,
    *,
    total: int = 20,
    after: Mapping[int, list[Event]] | None = None,
) -> RunFolder:
    """Return a run whose trainer is at work between two epochs, until `let_go`."""
    events = curve_events(curves, epochs, total=total, after=after)
    run = recorder.make(events, spec("live curves", epochs=total))
    recorder.hold(run)
    return run
