"""Images to train on without a download: real handwritten digits, and generated shapes."""

from __future__ import annotations

import contextlib
import csv
import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.common.atomic_write import replace_file
from tui.common.file_locks import locked
from tui.common.installed import files_in, is_installed, not_installed
from tui.common.paths import StateError, cache_dir, private_folder
from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderError
from tui.datasets.folder.listing import is_image_name, walk_folder
from tui.datasets.samples import generated_shapes as shapes

DIGITS = 1797
SIDE = 8  # pixels
_LEVELS = 16  # scikit-learn's values run from 0 to 16
_CURE = "Install it again: pip install --force-reinstall scikit-learn"


def digits_folder() -> Path:
    """Return the folder of handwritten digits, writing it the first time.

    1,797 grayscale PNG files of 8×8 pixels, in one folder for each digit.

    Returns:
        A folder with the sub-folders `0` to `9`.

    Raises:
        FolderError: when scikit-learn's file is missing or damaged, or there is no space.
    """
    return _sample_folder("digits", DIGITS, _write_digits)


def shapes_folder() -> Path:
    """Return the folder of generated shapes, writing it the first time.

    600 colour PNG files of 64×64 pixels: checked and striped shapes.

    Returns:
        A folder with the sub-folders `checked` and `striped`.

    Raises:
        FolderError: when there is no space.
    """
    return _sample_folder("generated-shapes", shapes.NUMBER, shapes.write_shapes)


def shape_picture() -> Path:
    """Return the file of one generated shape, which is checked; it is written the first time.

    It is ready at once, unlike the whole sample.

    Raises:
        FolderError: when there is no space.
    """
    import io

    import numpy as np
    from PIL import Image

    with _told("generated shape"):
        target = private_folder(cache_dir() / "samples") / "checked-shape.png"
        if not (target.is_file() and target.stat().st_size):
            pixels = shapes.draw(shapes.CLASSES[0], np.random.RandomState(shapes.SEED))
            data = io.BytesIO()
            Image.fromarray(pixels, "RGB").save(data, "PNG")
            replace_file(target, data.getvalue())
        return target


def _sample_folder(name: str, number: int, write: Callable[[Path], None]) -> Path:
    """Return a sample's folder, writing it if it is incomplete."""
    with _told(name.replace("-", " ")):
        samples = private_folder(cache_dir() / "samples")
        target = samples / name
        if not _complete(target, number):
            with locked(samples / f"{name}.lock"):
                # Another process may have written it while this one waited.
                if not _complete(target, number):
                    _replace(target, write)
        return target


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Turn errors of the disk within a `with` block into a `FolderError` with the cure."""
    try:
        yield
    except StateError as error:
        raise FolderError(str(error)) from error
    except OSError as error:
        raise FolderError(
            f"The {what} cannot be written ({error.strerror or clean(error)}): "
            "free some space, or set CNN_TUI_HOME to a folder that you can write to."
        ) from error


def _complete(folder: Path, number: int) -> bool:
    paths = [
        os.path.join(path, name)
        for path, names in walk_folder(str(folder)).folders
        for name in names
        if is_image_name(name)
    ]
    try:
        return len(paths) == number and all(os.path.getsize(path) for path in paths)
    except OSError:
        return False


def _replace(target: Path, write: Callable[[Path], None]) -> None:
    """Write beside the target and rename, so that a killed process leaves all of it or none."""
    for old in target.parent.glob(f"{target.name}-*.part"):  # left by a killed process
        shutil.rmtree(old, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix=f"{target.name}-", suffix=".part", dir=target.parent))
    try:
        write(part)
        if target.is_symlink() or target.is_file():
            target.unlink()
        elif target.exists():
            shutil.rmtree(target)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_digits(folder: Path) -> None:
    from PIL import Image

    rows = _read_digits()
    for name in range(10):
        (folder / str(name)).mkdir(mode=0o700)
    for number, (pixels, label) in enumerate(rows):
        image = Image.frombytes("L", (SIDE, SIDE), pixels)
        image.save(folder / str(label) / f"{number:04d}.png")


def _digits_file() -> Path:
    # Found without running the package: importing scikit-learn takes a second.
    for file in files_in("sklearn", "datasets", "data", "digits.csv.gz"):
        return file
    if not is_installed("sklearn"):
        raise FolderError(not_installed("The sample of handwritten digits", "sklearn"))
    raise FolderError(f"The digits come with scikit-learn, but their file is missing. {_CURE}")


def _read_digits() -> list[tuple[bytes, int]]:
    """Return each digit's 64 pixels, 0 to 255, and its label."""
    file = _digits_file()
    try:
        with gzip.open(file, "rt", encoding="ascii", newline="") as lines:
            rows = [[int(float(value)) for value in row] for row in csv.reader(lines)]
        digits = [
            (bytes(round(255 * value / _LEVELS) for value in row[:-1]), row[-1]) for row in rows
        ]
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise FolderError(
            f"scikit-learn's digits cannot be read: {clean(error)}. {_CURE}"
        ) from error
    whole = all(len(pixels) == SIDE * SIDE and 0 <= label <= 9 for pixels, label in digits)
    if len(digits) != DIGITS or not whole:
        raise FolderError(
            f"scikit-learn's file has {len(digits):,} digits instead of {DIGITS:,}, or is damaged. "
            f"{_CURE}"
        )
    return digits


@dataclass(frozen=True, slots=True)
class Sample:
    """A folder of images that needs no download.

    Args:
        name: a short name to choose it by.
        sentence: what it holds.
        build: returns its folder, writing it the first time; may raise `FolderError`.
        images: how many images it has.
        classes: how many classes.
    """

    name: str
    sentence: str
    build: Callable[[], Path]
    images: int = 0
    classes: int = 0


SAMPLES: dict[str, Sample] = {
    "digits": Sample(
        "digits",
        f"{DIGITS:,} real handwritten digits of {SIDE}×{SIDE} pixels, ten classes; "
        "trains in about a minute.",
        digits_folder,
        DIGITS,
        10,
    ),
    "generated-shapes": Sample(
        "generated-shapes",
        f"{shapes.NUMBER:,} generated colour pictures of {shapes.SIDE}×{shapes.SIDE} pixels, "
        "checked and striped: not photographs; trains in about a minute.",
        shapes_folder,
        shapes.NUMBER,
        len(shapes.CLASSES),
    ),
}
