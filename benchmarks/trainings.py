"""What the benchmarks of trainings share: scripts in processes of their own, and the trainer."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import EpochEnded, Event
from tui.runs.process.launch import Launcher
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run

History = dict[str, list[float]]


def printed(code: str, *arguments: str, environment: dict[str, str], given: bytes = b"") -> Any:
    """Run a script and return the value that its last line holds as JSON.

    Args:
        code: of the script.
        arguments: of it.
        environment: its variables.
        given: what it reads from its input.
    """
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], input=given, capture_output=True, env=environment
    )
    if done.returncode:
        raise SystemExit(done.stderr.decode()[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def trained(spec: TrainingSpec) -> list[Event]:
    """Train as the app does, and return the run's events."""
    run = create_run(spec)
    launcher = Launcher()
    launcher.start(run)
    wait(launcher)
    events = list(EventReader(run.events).read())
    if sum(isinstance(event, EpochEnded) for event in events) != spec.epochs:
        raise SystemExit(f"The trainer did not come to its end: see {run.log}.")
    return events


def wait(launcher: Launcher) -> None:
    """Wait until all trainers that were started have ended."""
    while launcher.runs:
        time.sleep(0.1)


def speeds_and_history(events: list[Event]) -> tuple[list[float], History]:
    """Return each epoch's images/s and the metrics of all."""
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    history = {name: [event.metrics[name] or 0.0 for event in epochs] for name in epochs[0].metrics}
    return [event.images_per_second for event in epochs], history


def difference(one: History, other: History) -> float:
    """Return the greatest difference of two histories, relative to the values.

    >>> difference({"loss": [1.0, 2.0]}, {"loss": [1.0, 2.5]})
    0.25
    """
    common = one.keys() & other.keys()
    pairs = [pair for name in common for pair in zip(one[name], other[name], strict=True)]
    return max(abs(a - b) / max(abs(a), 1e-9) for a, b in pairs)
