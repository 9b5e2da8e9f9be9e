"""A training that lasts for a week: its file, the list while it is at work, and opening it.

The events are written at the rate of a fast training: 52 batches a second, epochs of a minute, GPU.
This checkout's file is written as its trainer does, which shortens it as it goes; `--before` names
another checkout, to which the file is given as no trainer shortened it.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sides import HERE, Side, parser_of, table

from tui.runs.events.compaction import Compactor
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import (
    BatchesEnded,
    CheckpointWritten,
    EpochEnded,
    EpochStarted,
    Event,
    FileSaved,
    GpuStats,
    RunStarted,
    SnapshotKept,
    SystemStats,
    Validating,
)

EPOCH_SECONDS = 60
STEPS = 3_120
BEGAN = 1_795_000_000.0
LISTED = """
import json, os, time
from pathlib import Path
from tui.common.paths import runs_dir
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import BatchesEnded
from tui.runs.store.run_list import RunList
from tui.runs.store.find_runs import iter_runs
(run,) = iter_runs(runs_dir())
lock, writer, runs = run.acquire_lock(), EventWriter(run.events), RunList()
clock = time.process_time
def write():
    for _ in range(4):
        writer.write(BatchesEnded(at=time.time(), epoch=99999, first=1, steps=3120,
            values={"loss": (0.123456,) * 13, "accuracy": (0.123456,) * 13}, images_per_second=1.0))
began = clock(); [one] = runs.read(); first = clock() - began
assert one.state == "running", one
spent = []
for _ in range(3):
    write(); began = clock(); runs.read(); spent.append(clock() - began)
print(json.dumps({"first": first, "later": min(spent)}))
"""
OPENED = """
import json, resource, sys, time
from tui.common.paths import runs_dir
from tui.runs.events.run_follower import RunFollower
from tui.runs.store.find_runs import iter_runs
from tui.ui.charts.run_series import series
(run,) = iter_runs(runs_dir())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
follower = RunFollower(run)
while follower.poll():
    pass
opened = time.process_time()
series(follower.progress, "loss", 58, every_batch=True)
drawn = time.process_time()
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"open": opened - began, "draw": drawn - opened, "memory": (after - before) / 1024,
    "epochs": follower.progress.epochs_done}))
"""

LIVE = """
import time
from tui.common.paths import runs_dir
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import BatchesEnded
from tui.runs.store.find_runs import iter_runs
(run,) = iter_runs(runs_dir())
lock, writer = run.acquire_lock(), EventWriter(run.events)
while True:
    writer.write(BatchesEnded(at=time.time(), epoch=99999, first=1, steps=3120,
        values={"loss": (0.123456,) * 13, "accuracy": (0.123456,) * 13}, images_per_second=1.0))
    time.sleep(0.25)
"""


def system_stats(at: float) -> SystemStats:
    """Return a report on a machine with a GPU."""
    gpu = GpuStats(
        index=0,
        name="a GPU",
        percent=71.0,
        memory_used=31 * 10**8,
        memory_total=15**9,
        watts=250.0,
        celsius=65.0,
    )
    return SystemStats(
        at=at,
        seconds=round(at - BEGAN, 2),
        gpus=(gpu,),
        cpu_percent=round(40 + 20 * math.sin(at), 1),
        cores=16,
        process_cores=3.1,
        load=4.5,
        memory_used=9 * 10**9,
        memory_total=64 * 10**9,
        process_memory=2 * 10**9,
        disk_free=10**11,
        disk_read=1e6,
        disk_written=2e5,
    )


def events_of(hours: float) -> Iterator[Event]:
    """Yield the events that a trainer writes in so many hours."""
    epochs = int(hours * 3600 / EPOCH_SECONDS)
    at = BEGAN
    yield RunStarted(at=at, pid=1, version="0")
    for epoch in range(1, epochs + 1):
        yield EpochStarted(at=at, epoch=epoch, epochs=epochs, steps=STEPS)
        level = 2 / (1 + epoch / 300)
        for first in range(1, STEPS + 1, 13):
            row = range(first, min(first + 13, STEPS + 1))
            loss = [round(level + math.sin(n * 0.7 + epoch) / math.sqrt(n), 6) for n in row]
            yield BatchesEnded(
                at=at + first / 52,
                epoch=epoch,
                first=first,
                steps=STEPS,
                values={
                    "accuracy": tuple(round(1 / (1 + abs(value)), 6) for value in loss),
                    "loss": tuple(loss),
                },
                images_per_second=1664.0,
            )
            if first % 104 == 1:
                yield system_stats(at + first / 52)
        at += EPOCH_SECONDS
        yield Validating(at=at, epoch=epoch, step=1, steps=90)
        yield EpochEnded(
            at=at,
            epoch=epoch,
            epochs=epochs,
            seconds=60.0,
            images_per_second=1664.0,
            metrics={"accuracy": 0.9, "loss": level, "val_accuracy": 0.8, "val_loss": level + 0.1},
            best_epoch=epoch,
            best=0.8,
            best_metric="val_accuracy",
            learning_rate=0.001,
            data_seconds=1.0,
            validation_seconds=2.0,
            saving_seconds=0.1,
        )
        yield SnapshotKept(at=at, epoch=epoch, dropped=(epoch - 9,) if epoch > 9 else ())
        yield CheckpointWritten(at=at, epoch=epoch, seconds=0.5, bytes=10**7)
        if epoch % 50 == 0:
            yield FileSaved(at=at, file="best.keras")


def make_run(home: Path, hours: float, *, shortened: bool) -> Path:
    """Write a run of so many hours, unless it is there; return its file."""
    path = home / "state" / "runs" / "2026-11-01T000000-week-0001" / "events.jsonl"
    if path.exists():
        return path
    for folder in reversed((path.parent, *path.parent.parents)):
        folder.mkdir(mode=0o700, exist_ok=True)
    writer = EventWriter(path)
    looks = Compactor(writer)
    for event in events_of(hours):
        writer.write(event)
        if shortened:
            looks.start_if_due()
            looks.wait()  # a real trainer goes on meanwhile; here hours pass in seconds
    writer.close()
    (path.parent / "spec.json").write_text(
        '{"name":"week","network":"28x28x1 flatten dense:k=10","epochs":100000,'
        '"data":{"directory":"/images","classes":["a","b"]}}'
    )
    return path


def main() -> None:
    """Write the runs and print each figure of each side."""
    parser = parser_of(__doc__)
    parser.add_argument("--hours", type=float, default=168.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = arguments.home or Path(temporary)
        rows: dict[str, dict[str, float]] = {}
        sides = [("now, never shortened", HERE, False), ("now", HERE, True)]
        if arguments.before is not None:
            sides.insert(0, ("before", arguments.before.resolve(), False))
        for name, source, shortened in sides:
            home = base / ("shortened" if shortened else "whole")
            path = make_run(home, arguments.hours, shortened=shortened)
            copy = path.with_name("copy")
            shutil.copyfile(path, copy)
            side = Side(name, source, home)
            figures = {"size of the file, MB": path.stat().st_size / 1e6}
            listed = side.values(LISTED)
            figures["first look at the list, s CPU"] = listed["first"]
            figures["each later look, s CPU"] = listed["later"]
            with side.beside(LIVE):
                figures["a core, Home while it is at work"] = side.idle(["-m", "tui"], b"", 8, 10)
            copy.replace(path)
            opened = side.values(OPENED)
            figures["opening it, s CPU"] = opened["open"]
            figures["drawing every batch, s CPU"] = opened["draw"]
            figures["memory for it, MiB"] = opened["memory"]
            for figure, value in figures.items():
                rows.setdefault(figure, {})[name] = value
        table(rows, dict.fromkeys(rows, ""))
        print("aim: some tens of MB; opened within a second; a later look costs next to nothing")


if __name__ == "__main__":
    main()
