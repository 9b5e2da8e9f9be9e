"""Find the weights of a run, and load them into its network."""

from __future__ import annotations

import dataclasses
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import keras

from tui.common.safe_files import UnsafeFileError, check_file
from tui.common.text import clean
from tui.inspector.refusal import Refusal, refusal_of
from tui.keras_worker.failures import is_out_of_memory
from tui.keras_worker.model_state import set_weights, weights_of
from tui.keras_worker.snapshot_files import read_weights
from tui.keras_worker.state_file import read_state
from tui.runs.events.event_types import EpochEnded
from tui.runs.events.log_end import last_events
from tui.runs.store.model_files import (
    StaleBest,
    best_path,
    checkpoint_path,
    checkpoints,
    epoch_of_saved,
    model_path,
    saved_models,
    snapshot_path,
    snapshots,
    stale_best,
)
from tui.runs.store.run_folder import RunFolder

_EPOCH = re.compile(r"epoch-(\d{1,6})")
_DAMAGED = (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class WeightsFile:
    """A file of weights.

    Args:
        path: of the file.
        epoch: after which the weights were saved; -1 if unknown.
        note: a sentence about them; may be empty.
    """

    path: Path
    epoch: int
    note: str = ""


def find_weights(run: RunFolder, name: str) -> list[WeightsFile]:
    """Return the file of the requested weights; for `last` also those that can replace it.

    Args:
        run: the run.
        name: `best`, `final`, `last`, `epoch-N`, or that of a model saved on request.

    Returns:
        At least one file; if one is damaged, the next may be used.

    Raises:
        Refusal: if there are none of that name.
    """
    kept = snapshots(run)
    last = last_events(run.events, (EpochEnded,)).get(EpochEnded)
    done = last.epoch if isinstance(last, EpochEnded) else -1
    best = last.best_epoch if isinstance(last, EpochEnded) else -1
    stale = stale_best(run, best)
    named = {
        "best": WeightsFile(
            best_path(run),
            best if stale is None else stale.saved_epoch,
            "" if stale is None else stale.sentence,
        ),
        "final": WeightsFile(run.path / "final.keras", done),
    }
    for saved in saved_models(run):
        named[saved] = WeightsFile(model_path(run, saved), epoch_of_saved(saved))
    epoch = _EPOCH.fullmatch(name)
    if name == "last":
        candidates = [found for found in named.values() if found.path.exists()]
        candidates += [
            WeightsFile(checkpoint_path(run, epoch), epoch) for epoch in checkpoints(run)
        ]
        candidates += [WeightsFile(snapshot_path(run, epoch), epoch) for epoch in kept]
        if candidates:
            return sorted(candidates, key=_epoch_order, reverse=True)
    elif name in named:
        if named[name].path.exists():
            return [*(_of_the_best(stale) if name == "best" else []), named[name]]
    elif epoch is not None:
        if int(epoch[1]) in kept:
            return [WeightsFile(snapshot_path(run, int(epoch[1])), int(epoch[1]))]
    else:
        raise Refusal(
            f"There are no weights called {clean(name, 40)!r}.",
            "Choose best, final, last, or epoch-N.",
        )
    raise Refusal(_missing(run, name), _other_weights(run, kept, named))


def _of_the_best(stale: StaleBest | None) -> list[WeightsFile]:
    """Return the files with the best weights where `best.keras` does not have them."""
    if stale is None:
        return []
    note = f"{stale.sentence} Shown is epoch {stale.best_epoch} itself."
    return [WeightsFile(path, stale.best_epoch, note) for path in stale.sources]


def _epoch_order(found: WeightsFile) -> tuple[int, bool]:
    # For the same epoch, the file written at the end of training may include some more batches.
    return found.epoch, found.path.name == "final.keras"


def _missing(run: RunFolder, name: str) -> str:
    if name == "last":
        return "The run has no weights yet." if run.alive() else "The run has no weights."
    if run.alive():
        return f"The run has no weights {name!r} yet: it is still training."
    return f"The run has no weights {name!r}."


def _other_weights(run: RunFolder, kept: list[int], named: dict[str, WeightsFile]) -> str:
    there = [name for name, found in named.items() if found.path.exists()]
    there += [f"epoch-{epoch}" for epoch in kept]
    if there:
        return f"There are: {', '.join(there)}."
    return "Wait until its first epoch has ended." if run.alive() else "Choose another run."


def load_first_readable(model: keras.Model, candidates: list[WeightsFile]) -> WeightsFile:
    """Load the first undamaged file, and return it; its note names the first damaged one.

    Raises:
        Refusal: of the first file, if all are damaged.
    """
    passed: list[Refusal] = []
    for found in candidates:
        try:
            load_weights(model, found)
        except Refusal as refusal:
            passed.append(refusal)
            continue
        if passed:
            note = f"{passed[0].what} Shown is {found.path.name}. {found.note}".rstrip()
            return dataclasses.replace(found, note=note)
        return found
    raise passed[0]


def load_weights(model: keras.Model, found: WeightsFile) -> None:
    """Load the weights of a file into a model.

    Raises:
        Refusal: if the file is damaged or belongs to another network.
    """
    try:
        check_file(found.path)
        if found.path.suffix == ".state":
            set_weights(model, weights_of(model, read_state(found.path).arrays))
        elif found.path.suffix == ".npz":
            set_weights(model, read_weights(found.path))
        else:
            model.load_weights(found.path)
    except MemoryError as error:
        raise refusal_of(error) from error
    except UnsafeFileError as error:
        raise Refusal(
            f"{found.path.name} is not read: {error.strerror}.", "Choose other weights of the run."
        ) from error
    except _DAMAGED as error:
        if is_out_of_memory(error):  # as HDF5 reports it
            raise refusal_of(error) from error
        why = refusal_of(error).what
        raise Refusal(
            f"{found.path.name} cannot be loaded: it is damaged or belongs to another network "
            f"({clean(why.rstrip('.'), 160)}).",
            "Choose other weights of the run.",
        ) from error
