"""Images to train on without a network: the handwritten digits that scikit-learn carries."""

from __future__ import annotations

import csv
import fcntl
import gzip
import importlib.util
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tui.datasets.listing import is_image_name, walk
from tui.datasets.summary import FolderError
from tui.paths import StateError, cache_dir, private_folder
from tui.text import clean

DIGITS = 1797
SIDE = 8  # pixels
_LEVELS = 16  # scikit-learn's values run from 0 to 16
_CURE = "Install it again: pip install --force-reinstall scikit-learn"


def digits_folder() -> Path:
    """Return the folder of handwritten digits, and write it the first time.

    1,797 grayscale PNG files of 8×8 pixels, in one folder for each digit.

    Returns:
        A folder with the sub-folders `0` to `9`.

    Raises:
        FolderError: when scikit-learn's file is missing or damaged, or there is no room to write.
    """
    try:
        samples = private_folder(cache_dir() / "samples")
        target = samples / "digits"
        if not _complete(target):
            with _locked(samples / "digits.lock"):
                # Another process may have written them while this one waited.
                if not _complete(target):
                    _write(target)
        return target
    except StateError as error:
        raise FolderError(str(error)) from error
    except OSError as error:
        raise FolderError(
            f"The digits cannot be written ({error.strerror or clean(error)}): free some room, or "
            "set CNN_TUI_HOME to a folder that you can write to."
        ) from error


def _complete(folder: Path) -> bool:
    paths = [
        os.path.join(path, name)
        for path, names in walk(str(folder)).folders
        for name in names
        if is_image_name(name)
    ]
    try:
        return len(paths) == DIGITS and all(os.path.getsize(path) for path in paths)
    except OSError:
        return False


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends."""
    with open(file, "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(target: Path) -> None:
    """Write beside the target and rename: a kill leaves all of the digits or none."""
    from PIL import Image

    rows = _read_digits()
    for old in target.parent.glob("digits-*.part"):  # of a process that was killed
        shutil.rmtree(old, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix="digits-", suffix=".part", dir=target.parent))
    try:
        for name in range(10):
            (part / str(name)).mkdir(mode=0o700)
        for number, (pixels, label) in enumerate(rows):
            image = Image.frombytes("L", (SIDE, SIDE), pixels)
            image.save(part / str(label) / f"{number:04d}.png")
        if target.is_symlink() or target.is_file():
            target.unlink()
        elif target.exists():
            shutil.rmtree(target)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _digits_file() -> Path:
    # find_spec finds the package without running it: importing scikit-learn takes a second.
    spec = importlib.util.find_spec("sklearn")
    for place in (spec.submodule_search_locations or []) if spec else []:
        file = Path(place) / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            return file
    raise FolderError(f"The digits come with scikit-learn, and it is not there. {_CURE}")


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
            f"scikit-learn's digits are {len(digits):,} instead of {DIGITS:,}, or damaged. {_CURE}"
        )
    return digits


@dataclass(frozen=True, slots=True)
class Sample:
    """A folder of images that can be had without a network.

    Args:
        name: a short name to choose it by.
        sentence: what it holds.
        build: returns its folder, and writes it the first time; may raise `FolderError`.
    """

    name: str
    sentence: str
    build: Callable[[], Path]


SAMPLES: dict[str, Sample] = {
    "digits": Sample(
        "digits",
        f"{DIGITS:,} real handwritten digits of {SIDE}×{SIDE} pixels, ten classes; "
        "trains in about a minute.",
        digits_folder,
    ),
}
