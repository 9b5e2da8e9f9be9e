"""The copy of a model file in the folder of the run that trains it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePath
from typing import BinaryIO

import msgspec

from tui.common.atomic_write import write_atomically
from tui.common.paths import StateError
from tui.common.safe_files import open_reading
from tui.common.text import clean, size_text
from tui.geometry import GeometryError
from tui.keras_io.file_network import FileNetwork, file_network
from tui.keras_io.unsupported_files import error_text
from tui.runs.settings.model_file import ModelFile
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder

LARGEST = 4 * 2**30
"""Bytes of the largest file that is copied; VGG-16 has an eighth of that."""
_CHUNK = 2**20
_AGAIN = "Choose it again."


def initial_model_path(run: RunFolder, file: ModelFile) -> Path:
    """Return the path of the run's copy, which keeps the ending that Keras looks at."""
    return run.path / f"initial{PurePath(file.path).suffix.lower()}"


def copy_model_file(path: Path, spec: TrainingSpec) -> TrainingSpec:
    """Copy the file of a spec into the folder of its run; without a file nothing is done.

    Args:
        path: of the run's folder.
        spec: what to train.

    Returns:
        The spec with the digest of the copy.

    Raises:
        StateError: when the file is not there, or another than it was when it was chosen.
        OSError: when the copy cannot be written.
    """
    file = spec.model_file
    if file is None:
        return spec
    to = initial_model_path(RunFolder(path), file)
    digest = hashlib.sha256()

    def write(beside: Path) -> None:
        with _source(file) as source, beside.open("wb") as copy:
            while piece := source.read(_CHUNK):
                digest.update(piece)
                copy.write(piece)

    write_atomically(to, write)
    try:
        described = file_network(to).described
    except GeometryError as error:
        described = error.message
    if described != file.described:
        to.unlink(missing_ok=True)
        raise StateError(
            f"{clean(file.path, 200)} holds another network than when it was chosen. {_AGAIN}"
        )
    copied = msgspec.structs.replace(file, digest=digest.hexdigest())
    return msgspec.structs.replace(spec, model_file=copied)


def _source(file: ModelFile) -> BinaryIO:
    try:
        size = os.stat(file.path).st_size
        if size > LARGEST:
            raise StateError(
                f"{clean(file.name, 60)} is larger than {size_text(LARGEST)}. Choose another file."
            )
        return Path(file.path).open("rb")
    except OSError as error:
        raise StateError(
            f"{clean(file.path, 200)} cannot be read: {error.strerror}. {_AGAIN}"
        ) from error


def initial_network(run: RunFolder, spec: TrainingSpec) -> FileNetwork:
    """Return the network in a run's copy of a file, for the size of its images (blocking).

    Args:
        run: the run.
        spec: its settings, with a file.

    Raises:
        GeometryError: when the copy cannot be read.
    """
    assert spec.model_file is not None
    return file_network(initial_model_path(run, spec.model_file), spec.data.target_size)


def check_copy(run: RunFolder, file: ModelFile) -> str:
    """Return why a run's copy of a file cannot be trained (blocking); empty if it can.

    Args:
        run: the run.
        file: as in its spec.
    """
    path = initial_model_path(run, file)
    digest = hashlib.sha256()
    try:
        with open_reading(path) as copy:
            while piece := copy.read(_CHUNK):
                digest.update(piece)
    except OSError as error:
        return f"{path.name}, the run's copy of {clean(file.name, 60)}, cannot be read: " + (
            f"{error.strerror or error}."
        )
    if file.digest and digest.hexdigest() != file.digest:
        return f"{path.name} is not the copy of {clean(file.name, 60)} that the run was made with."
    return ""


def repeated_spec(run: RunFolder, spec: TrainingSpec) -> TrainingSpec:
    """Return the settings of a run for another one: its file is the run's copy.

    Args:
        run: the run.
        spec: its settings.
    """
    if spec.model_file is None:
        return spec
    copy = initial_model_path(run, spec.model_file)
    file = msgspec.structs.replace(spec.model_file, path=str(copy))
    return msgspec.structs.replace(spec, model_file=file)


def problem_of(error: GeometryError) -> str:
    """Return why a run's copy cannot be read, in a sentence; clean."""
    return clean(error_text(error), 600)
