"""What a GPU gains: trainer, bare `fit`, loaders, first batch, determinism and memory in one table.

For a rented GPU and ten minutes: it stops by itself when `--minutes` are over and says what it left
out. It runs on Keras's backend that is there (TensorFlow, else JAX; `--backend`), also on a CPU.

Each row is a process of its own, all on the same drawn photographs with the same network and seed:

- bare fit: `flow_from_directory` and `fit`, nothing else, in the plain environment;
- bare fit, in memory: the same images as arrays, so that the loader costs nothing;
- trainer, keras loader and trainer, cached: as the app starts it, first with an empty cache.

"First batch" counts from the start of the process, with its imports. "Images/s" is the median of
the epochs after the first, training alone. "GPU" is the most memory that was in use above that
before, on all visible GPUs together (TensorFlow by itself takes all of it; the trainer lets it
grow), "memory" the most of the process itself. Histories are compared value by value, relative.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import psutil
from loader import draw_photographs
from trainings import History, difference, speeds_and_history

from tui.common.installed import is_installed
from tui.common.text import size_text
from tui.datasets import describe, suggest_settings
from tui.datasets.cache import clear_cache
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import BatchesEnded
from tui.runs.process.gpu_stats import GpuMonitor
from tui.runs.process.read_gpus import read_gpus
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run

BARE = """
import json, sys, time
import keras
import msgspec
import numpy
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from tui.runs.settings.spec import TrainingSpec
from tui.datasets import loader_arguments
from tui.keras_worker.build_model import compiled_model

spec = msgspec.json.decode(sys.stdin.buffer.read(), type=TrainingSpec)
keras.utils.set_random_seed(spec.seed)
plan = loader_arguments(spec.data)
train = ImageDataGenerator(**plan.generator).flow_from_directory(**plan.train)
validation = ImageDataGenerator(**plan.validation_generator).flow_from_directory(**plan.validation)
images, fitted = train.n, {"x": train, "validation_data": validation}
if "memory" in sys.argv:
    def arrays(batches):
        pairs = [batches[i] for i in range(len(batches))]
        return [numpy.concatenate(parts) for parts in zip(*pairs)]
    x, y = arrays(train)
    fitted = {"x": x, "y": y, "batch_size": train.batch_size,
              "validation_data": tuple(arrays(validation))}
keras.utils.set_random_seed(spec.seed)
model = compiled_model(spec)
speeds, first = [], []

class Clock(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.time()
    def on_train_batch_end(self, batch, logs=None):
        first[:] = first or [time.time()]
    def on_test_begin(self, logs=None):
        speeds.append(images / (time.time() - self.began))

history = model.fit(**fitted, epochs=spec.epochs, verbose=0, callbacks=[Clock()])
print("\\n" + json.dumps({"first": first[0], "speeds": speeds, "history": history.history}))
"""

DETERMINISTIC = {
    "tensorflow": {"TF_DETERMINISTIC_OPS": "1"},
    "jax": {"XLA_FLAGS": "--xla_gpu_deterministic_ops=true"},
}
IN_MEMORY = "bare fit, in memory"


class OutOfTimeError(Exception):
    """The minutes are over."""


@dataclass
class Row:
    """What was measured of one process."""

    name: str
    first: float
    speeds: list[float]
    history: History
    gpu: int
    memory: int

    @property
    def speed(self) -> float:
        """Images per second, without the first epoch where there are more."""
        return statistics.median(self.speeds[1:] or self.speeds)


class Peak:
    """The most memory that a process and the GPUs have in use while it runs."""

    def __init__(self, pid: int) -> None:
        self.gpu = self.memory = 0
        self._pid, self._over = pid, threading.Event()
        self._gpus = GpuMonitor()
        self._before = self._used()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _used(self) -> int:
        return sum(gpu.memory_used or 0 for gpu in self._gpus.read())

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.gpu = max(self.gpu, self._used() - self._before)
            try:
                self.memory = max(self.memory, psutil.Process(self._pid).memory_info().rss)
            except psutil.Error:
                continue

    def stop(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()
        self._gpus.close()


class Bench:
    """Runs the processes, one after the other, until the time is over.

    Args:
        backend: of Keras.
        minutes: for everything.
    """

    def __init__(self, backend: str, minutes: float) -> None:
        self.backend = backend
        self._end = time.monotonic() + minutes * 60
        self.longest = 0.0
        """Seconds of the process that took longest."""

    def _run(
        self, command: list[str], environment: dict[str, str], given: bytes = b""
    ) -> tuple[str, float, Peak]:
        """Run a process to its end; return its output, when it was started, and its memory."""
        left = self._end - time.monotonic()
        if left < self.longest:
            raise OutOfTimeError
        began = time.time()
        process = subprocess.Popen(
            [sys.executable, "-P", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment | {"KERAS_BACKEND": self.backend},
        )
        peak = Peak(process.pid)
        try:
            output, errors = process.communicate(given, timeout=left)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise OutOfTimeError from None
        finally:
            peak.stop()
        self.longest = max(self.longest, time.time() - began)
        if process.returncode:
            raise RuntimeError(errors.decode(errors="replace").strip()[-600:])
        return output.decode(errors="replace"), began, peak

    def bare(self, name: str, spec: TrainingSpec, **more: str) -> Row:
        """Measure the bare script; `mode` is `memory` for arrays, the rest are variables."""
        mode = more.pop("mode", "")
        output, began, peak = self._run(
            ["-c", BARE, mode], dict(os.environ) | more, msgspec.json.encode(spec)
        )
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return Row(
            name,
            found["first"] - began,
            found["speeds"],
            found["history"],
            peak.gpu,
            peak.memory,
        )

    def trainer(self, name: str, spec: TrainingSpec, **more: str) -> Row:
        """Measure the trainer."""
        run = create_run(spec)
        command = ["-m", "tui.trainer", str(run.path)]
        try:
            _, began, peak = self._run(command, trainer_environment() | more)
        except RuntimeError as error:
            log = run.log.read_text(errors="replace") if run.log.exists() else ""
            raise RuntimeError(f"{error} {log.strip()[-600:]}".strip()) from None
        events = list(EventReader(run.events).read())
        first = next(event.at for event in events if isinstance(event, BatchesEnded))
        speeds, history = speeds_and_history(events)
        if len(speeds) != spec.epochs:
            raise RuntimeError(f"{len(speeds)} of {spec.epochs} epochs: {events[-1]}")
        return Row(
            name,
            first - began,
            speeds,
            history,
            peak.gpu,
            peak.memory,
        )


def machine_text(backend: str) -> str:
    """Return what this is measured on."""
    import importlib.metadata

    versions = [f"Python {sys.version.split()[0]}"]
    for package in ("keras", "tensorflow", "jax", "torch"):
        if is_installed(package):
            try:
                versions.append(f"{package} {importlib.metadata.version(package)}")
            except importlib.metadata.PackageNotFoundError:
                versions.append(package)
    gpus = [f"{gpu.name} ({size_text(gpu.memory_total or 0)})" for gpu in read_gpus()]
    return (
        f"{', '.join(gpus) or 'no GPU'}; {os.cpu_count()} cores; {', '.join(versions)}; {backend}"
    )


def compared(bare: Row | None, row: Row) -> str:
    """Return how far a history is from the bare one; arrays are shuffled in another order."""
    if bare is None or row.name == IN_MEMORY:
        return "-"
    return f"{difference(bare.history, row.history):.1e}"


def table(rows: list[Row]) -> str:
    """Return the rows as text, each against the first bare one."""
    bare = next((row for row in rows if row.name == "bare fit"), None)
    head = ("", "first batch", "images/s", "× bare", "GPU", "memory", "history differs")
    lines = [head]
    for row in rows:
        lines.append(
            (
                row.name,
                f"{row.first:.1f} s",
                f"{row.speed:,.0f}",
                f"{row.speed / bare.speed:.2f}" if bare else "?",
                size_text(row.gpu) if row.gpu else "-",
                size_text(row.memory),
                compared(bare, row),
            )
        )
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def main() -> None:
    """Measure row after row, and print the table of what there was time for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="images (default: drawn ones)")
    parser.add_argument("--images", type=int, default=800, help="how many to draw")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, help="images a batch (default: as suggested)")
    parser.add_argument("--minutes", type=float, default=9.0, help="for everything")
    parser.add_argument("--backend", choices=("tensorflow", "jax"))
    parser.add_argument("--tiny", action="store_true", help="to try this script on a CPU")
    arguments = parser.parse_args()
    backend = arguments.backend or os.environ.get("KERAS_BACKEND") or ""
    backend = backend or ("tensorflow" if is_installed("tensorflow") else "jax")
    bench = Bench(backend, arguments.minutes)
    print(machine_text(backend), flush=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        images = 40 if arguments.tiny else arguments.images
        folder = arguments.folder or draw_photographs(Path(home) / "photographs", images)
        settings = suggest_settings(describe(folder))
        if arguments.tiny:
            settings = msgspec.structs.replace(settings, target_size=(64, 64))
        if arguments.batch:
            settings = msgspec.structs.replace(settings, batch_size=arguments.batch)
        epochs = 2 if arguments.tiny else arguments.epochs

        def spec(loader: Any) -> TrainingSpec:
            return make_spec("benchmark", settings, epochs=epochs, stop_rule=None, loader=loader)

        plain, cached = spec("keras"), spec("cached")
        fixed = DETERMINISTIC[backend]
        clear_cache()
        steps: list[tuple[str, Callable[[str], Row]]] = [
            ("bare fit", lambda name: bench.bare(name, plain)),
            ("trainer, cached, first", lambda name: bench.trainer(name, cached)),
            ("trainer, cached, again", lambda name: bench.trainer(name, cached)),
            (IN_MEMORY, lambda name: bench.bare(name, plain, mode="memory")),
            ("trainer, keras loader", lambda name: bench.trainer(name, plain)),
            ("trainer, deterministic", lambda name: bench.trainer(name, cached, **fixed)),
            ("the same again", lambda name: bench.trainer(name, cached, **fixed)),
        ]
        rows: list[Row] = []
        for name, step in steps:
            began = time.monotonic()
            try:
                rows.append(step(name))
            except OutOfTimeError:
                print(f"{name}: left out, the time is over", flush=True)
                continue
            except (RuntimeError, StopIteration, ValueError) as error:
                print(f"{name}: failed: {error}", flush=True)
                continue
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print("\n" + table(rows))
    by_name = {row.name: row for row in rows}
    for one, other, text in (
        ("trainer, cached, first", "trainer, cached, again", "as it is"),
        (
            "trainer, deterministic",
            "the same again",
            f"with {' '.join(map('='.join, fixed.items()))}",
        ),
    ):
        if one in by_name and other in by_name:
            found = difference(by_name[one].history, by_name[other].history)
            print(f"Two trainings {text}: their histories differ by {found:.1e}")


if __name__ == "__main__":
    main()
