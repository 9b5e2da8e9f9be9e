"""`cnn-tui open` on a run of 100,000 batches: when it and its curves are on screen, and memory."""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sides import HERE, Side, Terminal

from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import (
    BatchesEnded,
    EpochEnded,
    EpochStarted,
    Event,
    Finished,
    RunStarted,
)

STEPS = 1000
BEST = b"0.9601"
"""Its best value, which is on screen once all of it is read."""
NAME = "2026-11-01T000000-long-0001"


def events(batches: int) -> Iterator[Event]:
    """Yield the events of a run of so many batches, four lines a second at 52 batches a second."""
    epochs = batches // STEPS
    at = 1_795_000_000.0
    yield RunStarted(at=at, pid=1, version="0")
    for epoch in range(1, epochs + 1):
        yield EpochStarted(at=at, epoch=epoch, epochs=epochs, steps=STEPS)
        for first in range(1, STEPS + 1, 13):
            row = range(first, min(first + 13, STEPS + 1))
            at += 0.25
            loss = [
                round(2 / (1 + epoch / 9) + math.sin(n * 0.7 + epoch) / math.sqrt(n), 6)
                for n in row
            ]
            yield BatchesEnded(
                at=at,
                epoch=epoch,
                first=first,
                steps=STEPS,
                values={
                    "loss": tuple(loss),
                    "accuracy": tuple(round(1 / (1 + abs(value)), 6) for value in loss),
                },
                images_per_second=1664.0,
            )
        yield EpochEnded(
            at=at,
            epoch=epoch,
            epochs=epochs,
            seconds=20.0,
            images_per_second=1600.0,
            metrics={
                "loss": 1 / epoch,
                "accuracy": 1 - 1 / (epoch + 1),
                "val_loss": 1 / epoch + 0.1,
                "val_accuracy": 0.97 - 1 / (epoch + 1),
            },
            best_epoch=epoch,
            best=0.97 - 1 / (epoch + 1),
            best_metric="val_accuracy",
            learning_rate=0.001,
        )
    yield Finished(at=at, reason="completed", sentence=f"All {epochs} epochs.", epochs=epochs)


def make_run(home: Path, batches: int) -> None:
    """Write the run."""
    path = home / "state" / "runs" / NAME
    for folder in reversed((path, *path.parents)):
        folder.mkdir(mode=0o700, exist_ok=True)
    writer = EventWriter(path / "events.jsonl")
    for event in events(batches):
        writer.write(event)
    writer.close()
    (path / "spec.json").write_text(
        '{"name":"the long one","network":"28x28x1 flatten dense:k=10","epochs":100,'
        '"data":{"directory":"/images","classes":["a","b"]}}'
    )


def opened(side: Side) -> tuple[float, float, float]:
    """Return the seconds to the run's name and to its curves, and the peak memory in MiB."""
    command = str(Path(sys.executable).with_name("cnn-tui"))
    with Terminal(side, [command, "open"]) as terminal:
        name, curves = terminal.seconds_until(b"the long one", BEST)
        terminal.drain(1.0)
        return name, curves, terminal.most_memory()


def main() -> None:
    """Open the run several times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batches", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        make_run(home, arguments.batches)
        rounds = [opened(Side("here", HERE, home)) for _ in range(arguments.rounds + 1)][1:]
    for name, unit, row in zip(
        ("its name is on screen", "its curves are on screen", "peak memory"),
        ("s", "s", "MiB"),
        zip(*rounds, strict=True),
        strict=True,
    ):
        spread = f"(least {min(row):.2f}, most {max(row):.2f})"
        print(f"{name:<26} median {statistics.median(row):7.2f} {unit}  {spread}")
    print("aim: on screen within a second, and no more than 124 MiB")


if __name__ == "__main__":
    main()
