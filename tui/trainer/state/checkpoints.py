"""Checkpoints of a run: writing the newest, keeping two, restoring the newest that is complete."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import msgspec

from tui.callback.training_record import TrainingRecord
from tui.common.atomic_write import write_atomically
from tui.common.safe_files import make_own_folder
from tui.keras_worker.model_state import restore_variables
from tui.keras_worker.state_file import DamagedStateError, State, read_state, write_state
from tui.runs.events.event_types import CheckpointWritten, Resumed
from tui.runs.store.model_files import checkpoint_path, checkpoints, snapshot_path, snapshots
from tui.runs.store.run_folder import RunFolder
from tui.trainer.data.data_state import DATA_ARRAYS
from tui.trainer.phases import Phases
from tui.trainer.run_session import RunSession

KEPT = 2


def write_checkpoint(run: RunFolder, epoch: int, state: State) -> CheckpointWritten:
    """Write the state after an epoch atomically, and delete all but the last two checkpoints.

    Raises:
        OSError: when it cannot be written; the earlier checkpoints stay.
    """
    began = time.perf_counter()
    path = checkpoint_path(run, epoch)
    make_own_folder(path.parent)
    write_atomically(path, lambda beside: write_state(beside, state))
    for old in checkpoints(run)[:-KEPT]:
        with suppress(OSError):
            checkpoint_path(run, old).unlink()
    return CheckpointWritten(
        at=time.time(),
        epoch=epoch,
        seconds=round(time.perf_counter() - began, 3),
        bytes=path.stat().st_size,
    )


def newest_first(run: RunFolder) -> Iterator[tuple[int, State | str]]:
    """Yield the epoch and state of each checkpoint of a run, the newest first.

    For one that cannot be used, the reason takes the place of the state.
    """
    for epoch in reversed(checkpoints(run)):
        try:
            state = read_state(checkpoint_path(run, epoch))
            if state.values.get("epoch") != epoch:
                raise DamagedStateError(f"it says that it is of epoch {state.values.get('epoch')}")
        except OSError as error:
            yield epoch, error.strerror or str(error)
        except DamagedStateError as error:
            yield epoch, str(error)
        else:
            yield epoch, state


def delete_after(run: RunFolder, epoch: int) -> None:
    """Delete partial files, and checkpoints and snapshots after the epoch to continue from."""
    for later in checkpoints(run):
        if later > epoch:
            _unlink(checkpoint_path(run, later))
    for later in snapshots(run):
        if later > epoch:
            _unlink(snapshot_path(run, later))
    for folder in (run.path, run.path / "checkpoints", run.path / "kept"):
        with suppress(OSError):
            for name in os.listdir(folder):
                if name.startswith("new-"):
                    _unlink(folder / name)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


@dataclass(frozen=True)
class Restored:
    """The content of a checkpoint without the model's variables; empty for a new run.

    Args:
        record: of the epochs so far.
        control: the state of `TrainingControl`.
        schedule: the state of `RateSchedule`; empty where the rate is constant.
        data: state of the loaders and random numbers for the next epoch.
    """

    record: TrainingRecord = field(default_factory=TrainingRecord)
    control: dict[str, Any] = field(default_factory=dict)
    schedule: dict[str, Any] = field(default_factory=dict)
    data: State | None = None


def restore_checkpoint(session: RunSession, model: keras.Model, phases: Phases) -> Restored:
    """Restore a model from the newest complete checkpoint of its run, and report it.

    A new run begins; one that has no complete checkpoint begins again.

    Args:
        session: takes the event.
        model: of the run.
        phases: puts the model into the checkpoint's phase.
    """
    found, epoch, reasons = Restored(), 0, []
    for number, state in newest_first(session.run):
        try:
            found, epoch = _put(model, state, phases), number
            break
        except DamagedStateError as error:
            reasons.append(f"The checkpoint of epoch {number} was skipped: {error}.")
            phases.restore({})
    delete_after(session.run, epoch)
    if session.restarted:
        session.emit(Resumed(at=time.time(), epoch=epoch, reason=" ".join(reasons)))
    return found


def _put(model: keras.Model, state: State | str, phases: Phases) -> Restored:
    if isinstance(state, str):
        raise DamagedStateError(state)
    values = state.values
    try:
        found = Restored(
            record=msgspec.convert(values["record"], TrainingRecord),
            control=values["obey"],
            schedule=values.get("schedule", {}),
            data=State(values["data"], {name: state.arrays[name] for name in DATA_ARRAYS}),
        )
    except (KeyError, msgspec.ValidationError) as error:
        raise DamagedStateError(f"it is incomplete ({error})") from error
    phases.restore(values.get("phases", {}))
    restore_variables(model, state.arrays)
    return found
