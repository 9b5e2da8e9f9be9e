"""Runs as TensorBoard's logs: `train` and `validation`, as Keras's own callback writes them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tui.runs.curves.compare import distinct_labels
from tui.runs.events.event_types import EpochEnded
from tui.runs.export.records import first_record, scalars_record
from tui.runs.export.writing import ExportError, already_there, cannot_write, write_whole
from tui.runs.store.loaded_run import LoadedRun

SUB_RUNS = ("train", "validation")
FILE_NAME = "events.out.tfevents.0000000000.cnn-tui.v2"
"""TensorBoard looks for `tfevents`; the rest marks the file as ours."""
_LARGEST = 3.4028234e38
"""The greatest number that 32 bits hold."""


def write_logs(runs: Sequence[LoadedRun], folder: Path, *, force: bool = False) -> list[Path]:
    """Write the logs of one run into a folder, or of each of several into one of its own there.

    `tensorboard --logdir FOLDER` opens them.

    Returns:
        The files that were written.

    Raises:
        ExportError: when such a file is there already, or cannot be written.
    """
    places = [folder]
    if len(runs) > 1:
        places = [folder / name for name in folder_names(distinct_labels(runs))]
    files = [
        (place / sub / FILE_NAME, sub_run(one.progress.epoch_details, sub))
        for one, place in zip(runs, places, strict=True)
        for sub in SUB_RUNS
    ]
    files = [(path, data) for path, data in files if data]
    if not files:
        raise ExportError("No epoch has ended yet: there is nothing to write.")
    for path, _ in files:
        if not force and os.path.lexists(path):
            raise already_there(path)
    for path, data in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error
        write_whole(path, data, force=force)
    return [path for path, _ in files]


def sub_run(epochs: Iterable[EpochEnded], sub: str) -> bytes:
    """Return the event file of one sub-run; empty where it has nothing to tell.

    Steps count epochs from 0, as Keras's callback does.

    Args:
        epochs: the whole ones.
        sub: `train` or `validation`.
    """
    records = []
    began = 0.0
    for event in epochs:
        values = scalars_of(event, sub)
        began = began or event.at
        if values:
            records.append(scalars_record(event.at, event.epoch - 1, values))
    return first_record(began) + b"".join(records) if records else b""


def scalars_of(event: EpochEnded, sub: str) -> dict[str, float]:
    """Return an epoch's values under the tags that Keras gives them.

    >>> from tui.runs.events.event_types import EpochEnded
    >>> told = EpochEnded(at=0, epoch=1, epochs=1, seconds=1, images_per_second=1, best_epoch=1,
    ...     best=1, best_metric="loss", metrics={"loss": 0.5, "val_loss": 0.75, "auc": None})
    >>> scalars_of(told, "train"), scalars_of(told, "validation")
    ({'epoch_loss': 0.5}, {'epoch_loss': 0.75})
    """
    validation = sub == "validation"
    found = {
        f"epoch_{name.removeprefix('val_') if validation else name}": value
        for name, value in event.metrics.items()
        if value is not None and abs(value) <= _LARGEST and name.startswith("val_") == validation
    }
    if not validation and 0 < event.learning_rate <= _LARGEST:
        found["epoch_learning_rate"] = event.learning_rate
    return found


def folder_names(labels: Sequence[str]) -> list[str]:
    """Return a folder name for each label, no two of them the same.

    >>> folder_names(["digits · digits", "../digits", "digits digits"])
    ['digits-digits', 'digits', 'digits-digits-2']
    """
    names: list[str] = []
    for label in labels:
        base = re.sub(r"[^\w]+", "-", label).strip("-")[:60] or "run"
        name, number = base, 1
        while name in names:
            number += 1
            name = f"{base}-{number}"
        names.append(name)
    return names
