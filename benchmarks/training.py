"""Images per second: the trainer against the bare Keras script of the same `fit`.

Both read the same folder with `flow_from_directory` (the trainer decodes once where `--loader
cached` asks for it), build the same network from the same seed and train the same epochs; each runs
in a fresh process, in turn. The speed is that of an epoch's training part; the first epoch is left
out, for it traces the graph. The trainer starts with the environment that the app gives it (see
`tui.training.launch.trainer_environment`).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from tui.datasets import describe, digits_folder, suggest_settings
from tui.training.eventlog import EventReader
from tui.training.events import EpochEnded
from tui.training.launch import Launcher
from tui.training.recipe import make_spec
from tui.training.runs import RunFolder, create_run
from tui.training.spec import LOADERS, TrainingSpec

BARE = """
import json, sys, time
import keras
import msgspec
from tui.training.spec import TrainingSpec
from tui.datasets import loader_arguments
from tui.trainer.network import compiled_model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

spec = msgspec.json.decode(sys.stdin.buffer.read(), type=TrainingSpec)
keras.utils.set_random_seed(spec.seed)
plan = loader_arguments(spec.data)
generator = ImageDataGenerator(**plan.generator)
train = generator.flow_from_directory(**plan.train)
validation = generator.flow_from_directory(**plan.validation)
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


def bare(spec: TrainingSpec, environment: dict[str, str]) -> tuple[list[float], list[float]]:
    """Run the bare script; return each epoch's images/s and the accuracies."""
    done = subprocess.run(
        [sys.executable, "-c", BARE],
        input=msgspec.json.encode(spec),
        capture_output=True,
        check=True,
        env=environment,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return found["speeds"], found["history"]["accuracy"]


def ours(spec: TrainingSpec) -> tuple[list[float], list[float]]:
    """Run the trainer; return each epoch's images/s and the accuracies."""
    run: RunFolder = create_run(spec)
    launcher = Launcher()
    launcher.start(run)
    process = launcher._started[0]
    process.wait()
    events = EventReader(run.events).read()
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    return (
        [event.images_per_second for event in epochs],
        [event.metrics["accuracy"] or 0.0 for event in epochs],
    )


def main() -> None:
    """Alternate the two and print medians, their ratio, and whether the histories agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images (default: the digits)")
    parser.add_argument("--model")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--loader", choices=LOADERS, default="keras", help="the trainer's; the script's is plain"
    )
    parser.add_argument(
        "--same-allocator",
        action="store_true",
        help="give the bare script the trainer's environment too: what the streaming alone costs",
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        settings = suggest_settings(describe(arguments.folder or digits_folder()))
        spec = make_spec(
            "benchmark",
            settings,
            model=arguments.model,
            epochs=arguments.epochs,
            stop_rule=None,
            loader=arguments.loader,
        )
        environment = dict(os.environ)
        if arguments.same_allocator:
            from tui.training.launch import trainer_environment

            environment = trainer_environment()
        speeds: dict[str, list[float]] = {"bare script": [], "trainer": []}
        for _ in range(arguments.rounds):
            plain, plain_history = bare(spec, environment)
            trained, history = ours(spec)
            speeds["bare script"].append(statistics.median(plain[1:]))
            speeds["trainer"].append(statistics.median(trained[1:]))
            close = max(abs(a - b) for a, b in zip(plain_history, history, strict=True))
            ratio = speeds["trainer"][-1] / speeds["bare script"][-1]
            print(f"ratio {ratio:.2f}   accuracies differ by at most {close:.6f}", flush=True)
    for name, found in speeds.items():
        print(f"{name:<12} median {statistics.median(found):8,.0f} images/s")
    ratios = [a / b for a, b in zip(speeds["trainer"], speeds["bare script"], strict=True)]
    print(f"ratio        median {statistics.median(ratios):8.2f}  (aim: at least 0.98)")


if __name__ == "__main__":
    main()
