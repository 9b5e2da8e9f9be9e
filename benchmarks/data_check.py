"""How much memory and time `cnn-tui data check` takes for a folder of very many images.

The images are names (hard links) of twenty small files: twenty different pictures, and all others
copies, which is also the most that the report has to hold. The first look opens every file, the
second knows them.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

_CHILD = """
import contextlib, os, resource, sys
sys.argv[:] = ["cnn-tui", "data", "check", sys.argv[1]]
from tui.cli.main import main
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    with contextlib.suppress(SystemExit):
        main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
_PICTURES = 20
_CLASSES = 10


def make(top: Path, images: int) -> None:
    """Make a folder of so many names."""
    chance = random.Random(1)
    sources = []
    (top / "sources").mkdir()
    for number in range(_PICTURES):
        image = Image.frombytes("RGB", (40, 40), chance.randbytes(40 * 40 * 3))
        sources.append(top / "sources" / f"{number}.png")
        image.save(sources[-1])
    for label in range(_CLASSES):
        folder = top / "many" / f"class{label}"
        folder.mkdir(parents=True)
        for number in range(images // _CLASSES):
            os.link(sources[number % _PICTURES], folder / f"picture_{number:06d}.png")


def main() -> None:
    """Measure both looks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=500_000, help="how many (500,000)")
    images = parser.parse_args().images
    unit = 1 if sys.platform == "darwin" else 1024
    with tempfile.TemporaryDirectory() as top:
        make(Path(top), images)
        environment = {**os.environ, "CNN_TUI_HOME": f"{top}/home"}
        for look in ("first look", "second look"):
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _CHILD, f"{top}/many"],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            seconds = time.perf_counter() - started
            peak = int(done.stdout.split()[-1]) * unit
            print(f"{look:<12} {peak / 1e6:6.0f} MB  {seconds:6.1f} s  of {images:,} images")


if __name__ == "__main__":
    main()
