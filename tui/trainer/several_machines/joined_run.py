"""What a process other than the first trains: the run of process 0, in a folder of its own.

It does all that process 0 does, with the same files; the folder is deleted at its end. So no two
processes ever take different ways.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tui.keras_worker.failures import TrainingError
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_folder import RunFolder
from tui.trainer.several_machines.connection import Connection
from tui.trainer.state.checkpoints import newest_first

SPEC = "spec"


def offer_run(connection: Connection, run: RunFolder) -> None:
    """Give the run of process 0 to the others: its spec, and its last complete checkpoint."""
    connection.publish(SPEC, msgspec.json.encode(run.spec()).decode())
    epoch, data = 0, b""
    for number, state in newest_first(run):
        if not isinstance(state, str):
            epoch, data = number, checkpoint_path(run, number).read_bytes()
            break
    connection.publish("epoch", str(epoch))
    if epoch:
        connection.share_bytes(data)


@contextmanager
def joined_run(connection: Connection, folder: str = "") -> Iterator[RunFolder]:
    """Receive the run of process 0 into a folder that is deleted after the `with` block.

    Args:
        connection: with the others.
        folder: of the images on this machine; empty: as in process 0.

    Raises:
        TrainingError: when there is a validation folder, and only the training folder is elsewhere.
    """
    spec = msgspec.json.decode(connection.receive(SPEC), type=TrainingSpec)
    if folder:
        spec = msgspec.structs.replace(spec, data=moved(spec, folder))
    base = Path(tempfile.mkdtemp(prefix="cnn-tui-process-"))
    try:
        run = RunFolder(base / "run")
        run.path.mkdir()
        (run.path / "spec.json").write_bytes(msgspec.json.encode(spec))
        epoch = int(connection.receive("epoch"))
        if epoch:
            path = checkpoint_path(run, epoch)
            path.parent.mkdir()
            path.write_bytes(connection.share_bytes(b""))
        yield run
    finally:
        shutil.rmtree(base, ignore_errors=True)


def moved(spec: TrainingSpec, folder: str) -> object:
    """Return the loader's settings with the images in another folder.

    Args:
        spec: of process 0.
        folder: what was given on this machine: the folder of the classes, or the one above it.
    """
    data = spec.data
    place = Path(folder).absolute()
    training = Path(data.directory)
    if data.validation_directory is None:
        return msgspec.structs.replace(data, directory=str(place))
    validation = Path(data.validation_directory)
    if training.parent != validation.parent:
        raise TrainingError(
            f"The validation images of process 0 are in another place ({validation}), and only one "
            "folder was given here.",
            "reading the folder",
            "Put the images at the same paths on all machines.",
        )
    if (place / training.name).is_dir():
        place = place / training.name
    return msgspec.structs.replace(
        data, directory=str(place), validation_directory=str(place.parent / validation.name)
    )
