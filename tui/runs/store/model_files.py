"""The weights in a run's folder: `best.keras`, the checkpoints to resume from, the snapshots.

`best.keras` records the epoch of its weights in the comment of its archive, which Keras ignores.
Where the model of a better epoch could not be written and the trainer then died, the events name
that epoch and the file is of an earlier one.
"""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tui.common.safe_files import open_reading
from tui.runs.store.run_folder import RunFolder

BEST_NAME = "best.keras"
SNAPSHOT_LIMIT = 10
"""Snapshots that a run keeps."""
SNAPSHOT_BYTES = 1_000_000_000
"""Bytes that the snapshots of a run may take."""

_BEST_EPOCH = re.compile(rb"epoch (\d{1,6})")
_SAVED = re.compile(r"saved-epoch-(\d{1,6})(?:-batch-\d{1,9})?\.keras")
_CHECKPOINT = re.compile(r"epoch-(\d{4,6})\.state")
_SNAPSHOT = re.compile(r"epoch-(\d{4,6})\.npz")


def checkpoint_path(run: RunFolder, epoch: int) -> Path:
    """Return the path of the training state after an epoch; only the trainer reads it."""
    return run.path / "checkpoints" / f"epoch-{epoch:04}.state"


def checkpoints(run: RunFolder) -> list[int]:
    """Return the epochs with a checkpoint, whole or damaged, in order."""
    return _epochs_in(run.path / "checkpoints", _CHECKPOINT)


def snapshot_path(run: RunFolder, epoch: int) -> Path:
    """Return the path of the weights after an epoch; epoch 0 is before the first.

    The file is a NumPy `.npz` without pickles: float32 arrays named `0`, `1`, … in the order of
    `model.get_weights()`.
    """
    return run.path / "kept" / f"epoch-{epoch:04}.npz"


def snapshots(run: RunFolder) -> list[int]:
    """Return the epochs whose weights are kept, in order."""
    return _epochs_in(run.path / "kept", _SNAPSHOT)


def _epochs_in(folder: Path, pattern: re.Pattern[str]) -> list[int]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(int(found[1]) for name in names if (found := pattern.fullmatch(name)))


def epochs_to_keep(newest: int, limit: int = SNAPSHOT_LIMIT) -> list[int]:
    """Return the epochs whose weights are kept once `newest` has ended.

    Epoch 0 and the newest are always kept. Between them it is every first, second, fourth, eighth …
    epoch, as the limit allows. No epoch is needed later that was dropped earlier.

    Args:
        newest: the last whole epoch.
        limit: snapshots that may be kept, at least 2.

    >>> epochs_to_keep(5), epochs_to_keep(21), epochs_to_keep(22)
    ([0, 1, 2, 3, 4, 5], [0, 4, 8, 12, 16, 20, 21], [0, 4, 8, 12, 16, 20, 22])
    """
    step = 1
    while len(wanted := sorted({*range(0, newest, step), newest})) > limit:
        step *= 2
    return wanted


def best_path(run: RunFolder) -> Path:
    """Return the path of the best model, which need not exist."""
    return run.path / BEST_NAME


def saved_models(run: RunFolder) -> list[str]:
    """Return the names of the models that were saved on request, without their ending, by epoch."""
    try:
        names = os.listdir(run.path)
    except OSError:
        return []
    found = [name[: -len(".keras")] for name in names if _SAVED.fullmatch(name)]
    return sorted(found, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


def model_path(run: RunFolder, weights: str) -> Path:
    """Return the path of a whole model, which need not exist.

    Args:
        run: its folder.
        weights: `best`, the name of a model that was saved on request, or any other for the last.
    """
    known = weights == "best" or _SAVED.fullmatch(f"{weights}.keras")
    return run.path / f"{weights if known else 'final'}.keras"


def epoch_of_saved(name: str) -> int:
    """Return the epoch at work when a model was saved on request; -1 if its name does not say.

    >>> epoch_of_saved("saved-epoch-3-batch-12"), epoch_of_saved("best")
    (3, -1)
    """
    found = _SAVED.fullmatch(f"{name}.keras")
    return int(found[1]) if found is not None else -1


def write_epoch(path: Path, epoch: int) -> None:
    """Record in a `.keras` file the epoch of its weights.

    Raises:
        OSError: when it cannot be written.
    """
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"epoch %d" % epoch


def epoch_of_best(run: RunFolder) -> int | None:
    """Return the epoch of `best.keras`; 0 without such a file, None if it records no epoch.

    Files of earlier versions and damaged files record none.
    """
    try:
        with open_reading(best_path(run)) as file, zipfile.ZipFile(file) as archive:
            found = _BEST_EPOCH.fullmatch(archive.comment)
    except FileNotFoundError:
        return 0
    except (OSError, zipfile.BadZipFile, ValueError):
        return None
    return int(found[1]) if found is not None else None


@dataclass(frozen=True)
class StaleBest:
    """A `best.keras` that is missing or not of the best epoch.

    Args:
        saved_epoch: the epoch of its weights; 0 without such a file.
        best_epoch: the epoch whose weights it should hold.
        sources: files that hold the weights of the best epoch, the first to be tried first.
        training: whether a trainer is running and may still write it.
    """

    saved_epoch: int
    best_epoch: int
    sources: tuple[Path, ...]
    training: bool

    @property
    def sentence(self) -> str:
        """What is wrong with the file now."""
        if self.training:
            return f"{self._state}: the best, of epoch {self.best_epoch}, is not written yet."
        return self.after_training

    @property
    def after_training(self) -> str:
        """What is wrong with the file once the trainer has ended."""
        return f"{self._state}: the best, of epoch {self.best_epoch}, could not be written."

    @property
    def _state(self) -> str:
        saved = self.saved_epoch
        return f"{BEST_NAME} is of epoch {saved}" if saved else f"There is no {BEST_NAME}"


def stale_best(run: RunFolder, best_epoch: int) -> StaleBest | None:
    """Return what is wrong with a run's best model; None if it is right or nothing is known.

    Args:
        run: its folder.
        best_epoch: the run's best epoch by its events or its checkpoint; 0 or less if it has none.
    """
    saved = epoch_of_best(run)
    if best_epoch <= 0 or saved is None or saved == best_epoch:
        return None
    sources = [snapshot_path(run, best_epoch)] if best_epoch in snapshots(run) else []
    sources += [checkpoint_path(run, best_epoch)] if best_epoch in checkpoints(run) else []
    return StaleBest(saved, best_epoch, tuple(sources), run.alive())
