"""Images per second: the trainer against the bare Keras script of the same `fit`.

Three sides, each in a fresh process, in turn: the bare script, the bare script with the trainer's
environment (allocator, oneDNN), and the trainer as the app starts it. All read the same folder,
build the same network from the same seed and train the same epochs. The speed is that of an
epoch's training part; the first epoch is left out, for it traces the graph. The histories are
compared value by value, to the six digits that the trainer writes.

On CPUs with AVX512 VNNI TensorFlow uses oneDNN by itself, with a pool for its tensors: there the
environment changes little. `--as-avx2` shows what it gains on those that have AVX2 alone: the bare
script computes without oneDNN, as TensorFlow would there, the others with its AVX2 code.

A rented machine may be slower for some seconds, and no process in it can know. The fastest epochs
of each side met the least of that, so their ratio stands beside that of the medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

import msgspec
from loader import draw_photographs
from trainings import History, difference, printed, speeds_and_history, trained

from tui.datasets import describe, digits_folder, suggest_settings
from tui.runs.process.trainer_environment import (
    MALLOC_SETTINGS,
    ONEDNN_VARIABLE,
    trainer_environment,
)
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import LOADERS, TrainingSpec

BARE = """
import json, sys, time
import keras
import msgspec
from tui.runs.settings.spec import TrainingSpec
from tui.datasets import loader_arguments
from tui.keras_worker.build_model import compiled_model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

spec = msgspec.json.decode(sys.stdin.buffer.read(), type=TrainingSpec)
keras.utils.set_random_seed(spec.seed)
plan = loader_arguments(spec.data)
train = ImageDataGenerator(**plan.generator).flow_from_directory(**plan.train)
validation = ImageDataGenerator(**plan.validation_generator).flow_from_directory(**plan.validation)
keras.utils.set_random_seed(spec.seed)
model = compiled_model(spec)
speeds = []

class Clock(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.time()
    def on_test_begin(self, logs=None):
        speeds.append(train.n / (time.time() - self.began))

history = model.fit(train, validation_data=validation, epochs=spec.epochs, verbose=0,
                    callbacks=[Clock()])
print(json.dumps({"speeds": speeds, "history": history.history}))
"""


def bare(spec: TrainingSpec, environment: dict[str, str]) -> tuple[list[float], History]:
    """Run the bare script; return each epoch's images/s and the history."""
    found = printed(BARE, environment=environment, given=msgspec.json.encode(spec))
    return found["speeds"], found["history"]


def main() -> None:
    """Alternate the sides and print medians, their ratios, and whether the histories agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images (default: drawn ones)")
    parser.add_argument("--digits", action="store_true", help="the digits instead")
    parser.add_argument("--images", type=int, default=300, help="how many to draw")
    parser.add_argument("--model")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loader", choices=LOADERS, default="cached", help="the trainer's")
    parser.add_argument("--as-avx2", action="store_true", help="as on a CPU without AVX512")
    arguments = parser.parse_args()
    for name in (*MALLOC_SETTINGS, ONEDNN_VARIABLE):
        os.environ.pop(name, None)
    if arguments.as_avx2:
        os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        folder = arguments.folder or (
            digits_folder()
            if arguments.digits
            else draw_photographs(Path(home) / "photographs", arguments.images)
        )
        spec = make_spec(
            "benchmark",
            suggest_settings(describe(folder)),
            model=arguments.model,
            epochs=arguments.epochs,
            stop_rule=None,
            loader=arguments.loader,
        )
        plain, tuned = dict(os.environ), trainer_environment()
        if arguments.as_avx2:
            plain[ONEDNN_VARIABLE] = "0"
        speeds: dict[str, list[float]] = {"bare": [], "bare, tuned": [], "trainer": []}
        best = dict.fromkeys(speeds, 0.0)
        for _ in range(arguments.rounds):
            first, history = bare(spec, plain)
            second, same = bare(spec, tuned)
            third, ours = speeds_and_history(trained(spec))
            for found, (name, side) in zip((first, second, third), speeds.items(), strict=True):
                side.append(statistics.median(found[1:]))
                best[name] = max(best[name], *found[1:])
            print(
                "images/s  "
                + "  ".join(f"{name} {side[-1]:,.0f}" for name, side in speeds.items())
                + f"  histories differ by {difference(same, ours):.1e}"
                + f" (bare: {difference(history, ours):.1e})",
                flush=True,
            )
    for name, side in speeds.items():
        ratios = [a / b for a, b in zip(side, speeds["bare"], strict=True)]
        print(
            f"{name:<16} median {statistics.median(side):8,.0f} images/s   "
            f"{statistics.median(ratios):.2f}× the bare script   "
            f"fastest epochs {best[name]:,.0f}, {best[name] / best['bare']:.2f}×"
        )


if __name__ == "__main__":
    main()
