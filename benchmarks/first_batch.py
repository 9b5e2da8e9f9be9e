"""From pressing Start to the first batch, with the trainer started ahead.

The bare script's clock starts when its imports are done and stops at its first batch's end; the
trainer's starts when the run is handed over to the process that has its imports done and stops
at the time in the first `batches_ended` event. The trainer also decodes or checks every image
before (`cold`); in a later training of the same folder (`warm`) that is done.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from loader import draw_photographs
from trainings import wait

from tui.datasets import describe, digits_folder, suggest_settings
from tui.datasets.cache import clear_cache
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import BatchesEnded
from tui.runs.process.launch import Launcher
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

BARE = """
import sys, time
import keras
import msgspec
import scipy.ndimage
from tui.runs.settings.spec import TrainingSpec
from tui.datasets import loader_arguments
from tui.keras_worker.build_model import compiled_model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

spec = msgspec.json.decode(sys.stdin.buffer.read(), type=TrainingSpec)
began = time.time()
keras.utils.set_random_seed(spec.seed)
plan = loader_arguments(spec.data)
train = ImageDataGenerator(**plan.generator).flow_from_directory(**plan.train)
validation = ImageDataGenerator(**plan.validation_generator).flow_from_directory(**plan.validation)
model = compiled_model(spec)

class First(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print(time.time() - began, flush=True)
        sys.exit()

model.fit(train, validation_data=validation, epochs=1, verbose=0, callbacks=[First()])
"""


def bare(spec: TrainingSpec) -> float:
    """Return the seconds from the bare script's imports to its first batch."""
    done = subprocess.run(
        [sys.executable, "-c", BARE],
        input=msgspec.json.encode(spec),
        capture_output=True,
        env=trainer_environment(),
    )
    if not done.stdout:
        raise SystemExit(done.stderr.decode()[-2000:])
    return float(done.stdout.splitlines()[-1])


def ours(spec: TrainingSpec, events: bool = False) -> float:
    """Return the seconds from handing a run over to its first batch."""
    launcher = Launcher()
    launcher.prepare()
    assert launcher._ready is not None
    wait_until_idle(launcher._ready.pid)
    began = time.time()
    run = create_run(spec)
    launcher.start(run)
    first = first_batch(run)
    if events:
        for event in EventReader(run.events).read():
            print(f"    {event.at - began:6.3f} s  {type(event).__name__}")
    run.kill()
    wait(launcher)
    return first.at - began


def first_batch(run: RunFolder) -> BatchesEnded:
    """Wait for a run's first batch."""
    reader = EventReader(run.events)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for event in reader.read():
            if isinstance(event, BatchesEnded):
                return event
        time.sleep(0.01)
    raise SystemExit(f"No batch within 120 s: see {run.log}.")


def wait_until_idle(pid: int) -> None:
    """Wait until a process has used no processor time for a while: its imports are done."""
    used, since = "", time.monotonic()
    while time.monotonic() - since < 1.5:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        if (now := " ".join(fields[11:13])) != used:
            used, since = now, time.monotonic()
        time.sleep(0.1)


def main() -> None:
    """Alternate the sides and print medians and differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images (default: drawn ones)")
    parser.add_argument("--digits", action="store_true", help="the digits instead")
    parser.add_argument("--images", type=int, default=300, help="how many to draw")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--events", action="store_true", help="list the trainer's events with their times"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        folder = arguments.folder or (
            digits_folder()
            if arguments.digits
            else draw_photographs(Path(home) / "photographs", arguments.images)
        )
        spec = make_spec("benchmark", suggest_settings(describe(folder)), stop_rule=None)
        seconds: dict[str, list[float]] = {"bare": [], "cold": [], "warm": []}
        for _ in range(arguments.rounds):
            clear_cache()
            seconds["bare"].append(bare(spec))
            seconds["cold"].append(ours(spec, arguments.events))
            seconds["warm"].append(ours(spec, arguments.events))
            print("  ".join(f"{name} {row[-1]:.2f} s" for name, row in seconds.items()), flush=True)
    base = statistics.median(seconds["bare"])
    print(f"bare script: first batch {base:.2f} s after its imports")
    for name in ("cold", "warm"):
        found = statistics.median(seconds[name])
        print(f"trainer, {name}: {found:.2f} s after Start, {found - base:+.2f} s (aim: < +1.5 s)")


if __name__ == "__main__":
    main()
