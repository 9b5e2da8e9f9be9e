"""What a file or a folder seems to be that is no log: for the sentence that says so."""

from __future__ import annotations

import os
from pathlib import Path

from tui.common.safe_files import open_reading

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        b"SQLite format 3\0",
        "an SQLite database, as MLflow, Optuna and Aim keep their runs in; these are not read",
    ),
    (b"PK\x03\x04", "a zip archive; where it is a .keras file, 6 Look inside opens it"),
    (b"\x89HDF", "an HDF5 file; where it holds a network, 6 Look inside opens it"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b":W&B", "a run of Weights & Biases; these are not read, but what it exports as CSV is"),
)
_PICKLE = (
    "a Python pickle, which is not opened, since that may run any program in it. Write the history "
    "with json.dump(history.history, file) instead"
)


def file_kind(path: Path | str) -> str:
    """Return what a file seems to be by its first bytes, as the rest of "it is …".

    Raises:
        OSError: when it cannot be read.
    """
    with open_reading(path) as file:
        start = file.read(4096)
    if not start:
        return "empty"
    for beginning, kind in _BEGINNINGS:
        if start.startswith(beginning):
            return kind
    if start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05":
        return _PICKLE
    if b"\0" in start or sum(byte < 9 for byte in start) > len(start) // 50:
        return "a binary file of an unknown format"
    try:
        start.decode()
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:
            return "a binary file of an unknown format"
    if start.lstrip()[:1] in (b"{", b"["):
        return "JSON, but no history: expected are lists of numbers by name, or a list of entries"
    return "a text without columns of a training, such as epoch, loss or accuracy"


def folder_kind(names: set[str]) -> str:
    """Return what a folder without logs seems to be, as the rest of "it is …"; empty if unknown.

    Args:
        names: of the files and folders in it.
    """
    if any(name.endswith(".wandb") for name in names) or {"latest-run", "wandb"} & names:
        return (
            "a folder of Weights & Biases; its runs are not read, but what it exports as CSV is, "
            "and so is what `wandb.tensorboard` writes"
        )
    if "meta.yaml" in names or "mlruns" in names:
        return "a folder of MLflow, which is not read"
    if any(os.path.splitext(name)[1] in (".db", ".sqlite", ".sqlite3") for name in names):
        return "a folder with a database, which is not read"
    if any(name.startswith("checkpoint") for name in names) and not names & {"train"}:
        return "a folder of checkpoints"
    return ""
