"""`best.keras`: of which epoch it is, and what is to be known where that is not the best one.

The file says of itself which epoch its weights are of, in its archive's comment, which Keras passes
over. Where a disk did not take the model of a better epoch and the trainer then died, the events
tell of that epoch, and the file is of an older one.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tui.common.safe_files import open_reading
from tui.runs.store.checkpoints import checkpoint_path, checkpoints
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.snapshots import snapshot_path, snapshots

NAME = "best.keras"
_EPOCH = re.compile(rb"epoch (\d{1,6})")


def best_path(run: RunFolder) -> Path:
    """Return where the best model is kept, if there is one."""
    return run.path / NAME


def write_epoch(path: Path, epoch: int) -> None:
    """Have a `.keras` file say which epoch its weights are of.

    Raises:
        OSError: when it cannot be written.
    """
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"epoch %d" % epoch


def epoch_of_best(run: RunFolder) -> int | None:
    """Return the epoch that `best.keras` is of; 0 where there is none, None where it says nothing.

    A file of an earlier version says nothing, nor does one that is damaged.
    """
    try:
        with open_reading(best_path(run)) as file, zipfile.ZipFile(file) as archive:
            found = _EPOCH.fullmatch(archive.comment)
    except FileNotFoundError:
        return 0
    except (OSError, zipfile.BadZipFile, ValueError):
        return None
    return int(found[1]) if found is not None else None


@dataclass(frozen=True)
class StaleBest:
    """A best model that is not of the best epoch.

    Args:
        found: the epoch that it is of; 0: there is none.
        best: the epoch that it should be of.
        kept: files that hold the weights of that epoch, the first to be tried first.
        live: whether a trainer is at work, and may write it still.
    """

    found: int
    best: int
    kept: tuple[Path, ...]
    live: bool

    @property
    def sentence(self) -> str:
        """What is to be known of it now."""
        if self.live:
            return f"{self._is_of}: the best, of epoch {self.best}, is not written yet."
        return self.after_death

    @property
    def after_death(self) -> str:
        """What is to be known of it once the trainer is gone that could not write it."""
        return f"{self._is_of}: the best, of epoch {self.best}, could not be written."

    @property
    def _is_of(self) -> str:
        return f"{NAME} is of epoch {self.found}" if self.found else f"There is no {NAME}"


def stale_best(run: RunFolder, best: int) -> StaleBest | None:
    """Return what is wrong with a run's best model; None where nothing is, or nothing is known.

    Args:
        run: whose.
        best: its best epoch, as its events or its checkpoint tell it; 0 or less where none is.
    """
    found = epoch_of_best(run)
    if best <= 0 or found is None or found == best:
        return None
    kept = [snapshot_path(run, best)] if best in snapshots(run) else []
    kept += [checkpoint_path(run, best)] if best in checkpoints(run) else []
    return StaleBest(found, best, tuple(kept), run.alive())
