"""How soon the child process shows what a network makes of a picture.

Two networks with fresh weights: the digits' own at 8×8×1, and the course's at 150×150×3. Times are
what the app waits for, from the question to the answer, pipe included. Beside each stands the bare
forward pass in the same process's terms: `model(picture)` of a plain Keras script.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tui.datasets import LoaderSettings
from tui.inspection.inspector_client import InspectorClient
from tui.inspection.requests import Explain, LookAt, OpenRun
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run

NETWORKS = {
    "digits": "8x8x1 conv:k=12,f=3,p=same,a=relu maxpool:f=2 flatten dense:k=10,a=softmax",
    "course": "150x150x3 conv:k=16,f=3,a=relu maxpool:f=2 conv:k=32,f=3,a=relu maxpool:f=2 "
    "conv:k=64,f=3,a=relu maxpool:f=2 flatten dense:k=512,a=relu dense:k=2,a=softmax",
}

BARE = """
import json, sys, time
began = time.perf_counter()
import keras, numpy as np
from tui.keras_worker.build_model import build_model
from tui.keras_worker.snapshot_files import write_weights
from tui.geometry import parse_network
imported = time.perf_counter() - began
times = {"import": imported}
for name, (network, path) in json.load(sys.stdin).items():
    model = build_model(parse_network(network))
    from pathlib import Path
    write_weights(Path(path), model.get_weights())
    looking = keras.Model(model.inputs, [layer.output for layer in model.layers])
    picture = np.random.rand(1, *model.input_shape[1:]).astype("float32")
    found = []
    for _ in range(12):
        began = time.perf_counter()
        [np.asarray(output) for output in looking([picture])]
        found.append(time.perf_counter() - began)
    times[name] = found
print(json.dumps(times))
"""


def made_runs(folder: Path) -> dict[str, Path]:
    """Make a run of each network, without weights yet."""
    runs = {}
    for name, network in NETWORKS.items():
        side, _, depth = network.split()[0].split("x")
        classes = tuple(map(str, range(10))) if name == "digits" else ("cats", "dogs")
        data = LoaderSettings(
            directory=str(folder),
            classes=classes,
            class_mode="sparse",
            target_size=(int(side), int(side)),
            color_mode="grayscale" if depth == "1" else "rgb",
        )
        runs[name] = create_run(TrainingSpec(name=name, network=network, data=data)).path
    return runs


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Return how many milliseconds something took."""
    began = time.perf_counter()
    await work()
    return 1000 * (time.perf_counter() - began)


async def measure(
    runs: dict[str, Path], pictures: list[Path], bare: dict[str, list[float]]
) -> None:
    """Print a table of what a learner waits for."""
    client = InspectorClient()
    began = time.perf_counter()
    await client.start()
    await client.ready()
    print(f"{'child ready':<40} {time.perf_counter() - began:8.2f} s")
    for name, run in runs.items():
        opening = await timed(lambda run=run: client.ask(OpenRun(run=str(run), weights="epoch-0")))  # type: ignore[misc]
        first = await timed(lambda: client.ask(LookAt(picture=str(pictures[0]), layer=0)))
        print(f"{name + ': opening':<40} {opening:8.1f} ms")
        print(f"{name + ': first map after that':<40} {first:8.1f} ms")
        layers = [
            await timed(lambda n=n: client.ask(LookAt(picture=str(pictures[0]), layer=n)))  # type: ignore[misc]
            for n in (1, 2, 3)
        ]
        others = [
            await timed(lambda p=p: client.ask(LookAt(picture=str(p), layer=0)))  # type: ignore[misc]
            for p in pictures[1:]
        ]
        rows = {"next layer": layers, "next picture": others}
        rows["plain Keras: all layers' outputs"] = [1000 * t for t in bare[name][2:]]
        rows["Grad-CAM"] = [
            await timed(lambda p=p: client.ask(Explain(picture=str(p))))  # type: ignore[misc]
            for p in pictures[:5]
        ]
        rows["occlusion"] = [
            await timed(lambda p=p: client.ask(Explain(picture=str(p), method="occlusion")))  # type: ignore[misc]
            for p in pictures[:3]
        ]
        for what, times in rows.items():
            print(
                f"{name + ': ' + what:<40} {statistics.median(times):8.1f} ms"
                f"  (worst {max(times):.1f})",
                flush=True,
            )
    await client.close()


def main() -> None:
    """Draw pictures, make runs, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=12)
    arguments = parser.parse_args()
    from PIL import Image

    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        pictures = [Path(home) / f"{number}.jpg" for number in range(arguments.pictures)]
        for path in pictures:
            Image.effect_noise((400, 300), 80).convert("RGB").save(path)
        runs = made_runs(Path(home))
        kept = {
            name: [NETWORKS[name], str(run / "kept" / "epoch-0000.npz")]
            for name, run in runs.items()
        }
        done = subprocess.run(
            [sys.executable, "-c", BARE],
            input=json.dumps(kept).encode(),
            capture_output=True,
            check=True,
            env=trainer_environment(),
        )
        bare = json.loads(done.stdout.splitlines()[-1])
        print(f"{'plain Keras: import':<40} {bare['import']:8.2f} s")
        asyncio.run(measure(runs, pictures, bare))


if __name__ == "__main__":
    main()
