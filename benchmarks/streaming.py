"""What streaming costs: the trainer against a bare `fit` of the same batches, on a tiny network.

Both read the same decoded images with the trainer's own loader and have its environment, so that
only the callbacks differ: the bare side has a clock, the trainer writes events, reads requests,
measures and keeps checkpoints. Each runs in a fresh process, in turn. An epoch is timed from its
beginning to the first batch of its validation; of each process the fastest epoch counts, which
another process on the machine disturbs least. `--callback` measures `RunCallback` in the same way,
in a program with its own `fit`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

import msgspec
from trainings import printed, trained

from tui.datasets import describe, digits_folder, suggest_settings
from tui.runs.events.event_types import EpochStarted, Validating
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec

BARE = """
import json, sys, time
import keras
import msgspec
from tui.runs.settings.spec import TrainingSpec
from tui.datasets.cache import array_plans, decoded_images
from tui.trainer.data.loaders import make_loaders
from tui.trainer.data.cached_iterator import CachedIterator
from tui.keras_worker.build_model import compiled_model

spec = msgspec.json.decode(sys.stdin.buffer.read(), type=TrainingSpec)
keras.utils.set_random_seed(spec.seed)
arrays = {array.plan.directory: array for array in decoded_images(array_plans(spec.data))}
train, validation = (CachedIterator(one, arrays[one.directory]) for one in make_loaders(spec, ()))
keras.utils.set_random_seed(spec.seed)
model = compiled_model(spec)
seconds = []

class Clock(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.time()
    def on_test_batch_begin(self, batch, logs=None):
        if batch == 0:
            seconds.append(time.time() - self.began)

model.fit(train, validation_data=validation, epochs=spec.epochs, verbose=0, callbacks=[Clock()])
print(json.dumps(seconds))
"""


SCRIPT = """
import json, sys, time
import numpy as np
import keras
from tui.callback import RunCallback

random = np.random.default_rng(1)
images = int(sys.argv[2]) * 32
x, y = random.random((images, 8, 8, 1), np.float32), random.integers(0, 10, images)
keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((8, 8, 1)),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
began, seconds = [], []

class First(keras.callbacks.Callback):
    async_safe = True
    def on_epoch_begin(self, epoch, logs=None):
        began.append(time.perf_counter())

class Last(keras.callbacks.Callback):
    async_safe = True
    def on_epoch_end(self, epoch, logs=None):
        seconds.append(time.perf_counter() - began[-1])

recording = [RunCallback("benchmark")] if sys.argv[1] == "recorded" else []
callbacks = [First(), *recording, Last()]
model.fit(x, y, batch_size=32, epochs=int(sys.argv[3]), verbose=0, callbacks=callbacks)
print(json.dumps(seconds))
"""


def script(kind: str, steps: int, epochs: int) -> float:
    """Return the seconds of the fastest epoch of a program with its own `fit`.

    Args:
        kind: `bare`, or `recorded` with RunCallback.
        steps: batches an epoch.
        epochs: how many.
    """
    seconds: list[float] = printed(
        SCRIPT, kind, str(steps), str(epochs), environment=trainer_environment()
    )
    return min(seconds)


def measure_callback(rounds: int, steps: int, epochs: int) -> None:
    """Alternate a program with and without RunCallback; print the ratios and their median."""
    ratios = []
    for _ in range(rounds):
        plain, recorded = script("bare", steps, epochs), script("recorded", steps, epochs)
        ratios.append(plain / recorded)
        step = 1000 * plain / steps
        print(
            f"step {step:.3f} ms bare, epoch {1000 * plain:.0f} ms bare, "
            f"{1000 * recorded:.0f} ms recorded   {ratios[-1]:.3f}×",
            flush=True,
        )
    print(f"RunCallback leaves {statistics.median(ratios):.3f}×   (aim: at least 0.98)")


def bare(spec: TrainingSpec) -> list[float]:
    """Return the seconds of each epoch's training part in the bare script."""
    seconds: list[float] = printed(
        BARE, environment=trainer_environment(), given=msgspec.json.encode(spec)
    )
    return seconds


def ours(spec: TrainingSpec) -> list[float]:
    """Return the seconds of each epoch's training part in the trainer."""
    seconds = []
    began: float | None = None
    for event in trained(spec):
        if isinstance(event, EpochStarted):
            began = event.at
        elif isinstance(event, Validating) and began is not None:
            seconds.append(event.at - began)
            began = None
    return seconds


def main() -> None:
    """Alternate both and print each round's ratio, and the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images (default: the digits)")
    parser.add_argument("--model", default="digits")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--callback", action="store_true", help="measure RunCallback in a program of one's own"
    )
    parser.add_argument("--steps", type=int, default=200, help="batches an epoch, with --callback")
    arguments = parser.parse_args()
    if arguments.callback:
        with tempfile.TemporaryDirectory() as home:
            os.environ["CNN_TUI_HOME"] = home
            measure_callback(arguments.rounds, arguments.steps, arguments.epochs)
        return
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        settings = suggest_settings(describe(arguments.folder or digits_folder()))
        settings = msgspec.structs.replace(settings, batch_size=arguments.batch_size)
        spec = make_spec(
            "benchmark", settings, model=arguments.model, epochs=arguments.epochs, stop_rule=None
        )
        ratios = []
        for _ in range(arguments.rounds):
            plain, recorded = min(bare(spec)), min(ours(spec))
            ratios.append(plain / recorded)
            print(
                f"epoch {1000 * plain:.0f} ms bare, {1000 * recorded:.0f} ms recorded   "
                f"{ratios[-1]:.3f}×",
                flush=True,
            )
    print(f"the trainer has {statistics.median(ratios):.3f}× the images/s   (aim: at least 0.98)")


if __name__ == "__main__":
    main()
