"""Images per second: ways to read a folder of images, against plain `flow_from_directory`.

Each way is measured in turn with plain `flow_from_directory`, so that a busy machine slows both;
the table has the median of the ratios. Images come to 150×150 in batches of 20, without a model:
"as fit takes them" goes through Keras's own adapter, everything else is a bare loop over the
batches. The process has the environment that the app gives its trainer.

`image_dataset_from_directory` resizes in TensorFlow and so gives other pixels; it stands here for
its speed alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tui.datasets import LoaderSettings, check_images, describe
from tui.datasets.cache import DecodedImages, array_plans, clear_cache, decoded_images
from tui.datasets.images.parallel_decoding import thread_count
from tui.runs.process.trainer_environment import trainer_environment

SIZE = (150, 150)
BATCH = 20
AUGMENTATION: dict[str, Any] = {
    "rotation_range": 40,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 0.2,
    "zoom_range": 0.2,
    "horizontal_flip": True,
}
"""The course's own."""


def draw_photographs(folder: Path, number: int) -> Path:
    """Write two classes of textured JPEGs of about 400×300 and return their folder."""
    rng = np.random.default_rng(1)
    for index in range(number):
        width, height = int(rng.integers(320, 500)), int(rng.integers(240, 380))
        picture = np.zeros((height, width, 3), np.float32)
        for grain in (4, 16, 64, 160):
            coarse = rng.integers(0, 256, (grain, grain, 3), np.uint8)
            layer = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
            picture += np.asarray(layer, np.float32) / 4
        picture += rng.normal(0, 6, picture.shape)
        path = folder / ("smooth", "rough")[index % 2] / f"{index:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path, quality=90)
    return folder


class Ways:
    """The ways to read one folder; each returns the seconds of one epoch.

    Args:
        folder: holds one folder for each class.
    """

    def __init__(self, folder: Path) -> None:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        classes = tuple(count.name for count in describe(folder).classes)
        self.settings = LoaderSettings(
            directory=str(folder), classes=classes, target_size=SIZE, class_mode="sparse"
        )
        bad = {image.path for image in check_images(self.settings).bad}
        if bad:
            raise SystemExit(f"{len(bad)} files cannot be read, {sorted(bad)[0]!r} is one of them.")
        self.images = len(array_plans(self.settings)[0].files)

    def decoded(self) -> DecodedImages:
        """Decode the folder, or open what was decoded."""
        found = decoded_images(array_plans(self.settings))
        assert found is not None
        return found[0]

    def flow(self, **augmentation: Any) -> Any:
        """Return Keras's own iterator."""
        from keras.src.legacy.preprocessing.image import ImageDataGenerator

        generator = ImageDataGenerator(rescale=1 / 255, **augmentation)
        return generator.flow_from_directory(
            self.settings.directory,
            classes=list(self.settings.classes),
            target_size=SIZE,
            batch_size=BATCH,
            class_mode="sparse",
            seed=42,
        )

    def ours(self, **augmentation: Any) -> Any:
        """Return the iterator over decoded images."""
        from tui.trainer.data.cached_iterator import CachedIterator

        return CachedIterator(self.flow(**augmentation), self.decoded())

    def fitted(self, iterator: Any, workers: int = 1) -> Any:
        """Return the batches as `fit` takes them from an iterator."""
        from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

        iterator.workers = workers
        adapter = PyDatasetAdapter(iterator)
        batches = adapter.get_tf_dataset()
        adapter.on_epoch_begin()
        return batches

    def dataset(self) -> Any:
        """Return `image_dataset_from_directory`, scaled alike."""
        import keras

        found = keras.utils.image_dataset_from_directory(
            self.settings.directory,
            class_names=list(self.settings.classes),
            image_size=SIZE,
            batch_size=BATCH,
            seed=42,
            verbose=False,
        )
        return found.map(lambda images, labels: (images / 255, labels))


def epoch(batches: Any) -> float:
    """Go through one epoch; return the seconds."""
    began = time.perf_counter()
    for position in range(len(batches)):
        batches[position]
    return time.perf_counter() - began


def through(batches: Iterable[Any]) -> float:
    """Go through a dataset once; return the seconds."""
    began = time.perf_counter()
    for _ in batches:
        pass
    return time.perf_counter() - began


def table(ways: Ways) -> list[tuple[str, Callable[[], float], Callable[[], float]]]:
    """Return for each row its name, its measurement, and what it is held against."""
    import tensorflow as tf

    plain, augmented = ways.flow(), ways.flow(**AUGMENTATION)

    def cold() -> float:
        clear_cache()
        began = time.perf_counter()
        epoch(ways.ours())
        return time.perf_counter() - began

    def checked() -> float:
        began = time.perf_counter()
        check_images(ways.settings)
        epoch(plain)
        return time.perf_counter() - began

    def again(batches: Any, through_it: Callable[[Any], float]) -> float:
        through_it(batches)
        return through_it(batches)

    def dataset(*, cache: bool = False, prefetch: bool = False) -> Any:
        found = ways.dataset()
        found = found.cache() if cache else found
        return found.prefetch(tf.data.AUTOTUNE) if prefetch else found

    def base() -> float:
        return epoch(plain)

    def base_augmented() -> float:
        return epoch(augmented)

    def second_run() -> float:
        began = time.perf_counter()
        epoch(ways.ours())
        return time.perf_counter() - began

    other = "image_dataset_from_directory"
    return [
        ("plain flow_from_directory, again", base, base),
        ("plain, as fit takes it", lambda: through(ways.fitted(ways.flow())), base),
        (
            f"plain, as fit takes it, workers={thread_count()}",
            lambda: through(ways.fitted(ways.flow(), thread_count())),
            base,
        ),
        ("plain after a check of every file", checked, base),
        (other, lambda: through(dataset()), base),
        (f"{other}, prefetch", lambda: through(dataset(prefetch=True)), base),
        (f"{other}, cache: epoch 1", lambda: through(dataset(cache=True)), base),
        (f"{other}, cache: later", lambda: again(dataset(cache=True), through), base),
        (
            f"{other}, cache, prefetch: later",
            lambda: again(dataset(cache=True, prefetch=True), through),
            base,
        ),
        ("cached, cold: decoding and epoch 1", cold, base),
        ("cached, a second run: opening and epoch 1", second_run, base),
        ("cached, warm: later epochs", lambda: again(ways.ours(), epoch), base),
        ("cached, warm, as fit takes it", lambda: again(ways.fitted(ways.ours()), through), base),
        ("cached, warm, augmented; against plain, augmented", augmented_of(ways), base_augmented),
    ]


def augmented_of(ways: Ways) -> Callable[[], float]:
    """Return the measurement of an augmented epoch over decoded images."""
    return lambda: epoch(ways.ours(**AUGMENTATION))


def main() -> None:
    """Print images/s and the ratio to plain for every way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images (default: drawn photographs)")
    parser.add_argument("--images", type=int, default=600, help="how many to draw")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    wanted = trainer_environment()
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        # The allocator reads its settings when a process starts.
        os.execve(sys.executable, [sys.executable, *sys.argv], wanted)
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
        folder = arguments.folder or draw_photographs(Path(home) / "drawn", arguments.images)
        ways = Ways(folder)
        print(f"{ways.images} images at {SIZE[0]}×{SIZE[1]}, {thread_count()} cores", flush=True)
        rows = table(ways)
        speeds: dict[str, list[float]] = {name: [] for name, *_ in rows}
        ratios: dict[str, list[float]] = {name: [] for name, *_ in rows}
        for _ in range(arguments.rounds):
            for name, measure, against in rows:
                before, seconds, after = against(), measure(), against()
                speeds[name].append(ways.images / seconds)
                ratios[name].append((before + after) / 2 / seconds)
        for name in speeds:
            low, high = min(ratios[name]), max(ratios[name])
            print(
                f"{name:<52} {statistics.median(speeds[name]):9,.0f} images/s"
                f"  {statistics.median(ratios[name]):6.2f}×  ({low:.2f} to {high:.2f})"
            )


if __name__ == "__main__":
    main()
