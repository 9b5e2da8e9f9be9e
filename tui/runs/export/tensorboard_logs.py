"""Runs as TensorBoard logs: `train` and `validation`, as Keras's own callback writes them.

An event file is a sequence of TFRecords, each a length and data with a checksum of both; the data
is an `Event` in Protocol Buffers' wire format. Only scalars are needed, so the few fields are
written here and neither TensorBoard nor TensorFlow is imported.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tui.runs.events.event_types import EpochEnded
from tui.runs.export.comparison import distinct_labels
from tui.runs.export.export_file import AlreadyThereError, ExportError, cannot_write, write_whole
from tui.runs.store.loaded_run import LoadedRun

SUB_RUNS = ("train", "validation")
FILE_NAME = "events.out.tfevents.0000000000.cnn-tui.v2"
"""TensorBoard looks for `tfevents` in the name."""
_FLOAT32_MAX = 3.4028234e38


def write_logs(runs: Sequence[LoadedRun], folder: Path, *, force: bool = False) -> list[Path]:
    """Write the logs of one run into a folder, or of several into subfolders of it.

    `tensorboard --logdir FOLDER` opens them.

    Returns:
        The files written.

    Raises:
        ExportError: when such a file exists already, or cannot be written.
    """
    folders = [folder]
    if len(runs) > 1:
        folders = [folder / name for name in folder_names(distinct_labels(runs))]
    files = [
        (target / sub / FILE_NAME, event_file(run.progress.epoch_details, sub))
        for run, target in zip(runs, folders, strict=True)
        for sub in SUB_RUNS
    ]
    files = [(path, data) for path, data in files if data]
    if not files:
        raise ExportError("No epoch has ended yet, so there is nothing to write.")
    for path, _ in files:
        if not force and os.path.lexists(path):
            raise AlreadyThereError(path)
    for path, data in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error
        write_whole(path, data, force=force)
    return [path for path, _ in files]


def event_file(epochs: Iterable[EpochEnded], sub: str) -> bytes:
    """Return the event file of a sub-run; empty if it has no values.

    The steps are epochs, counted from 0 as Keras's callback does.

    Args:
        epochs: the whole epochs.
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
    """Return an epoch's values by Keras's tags.

    >>> from tui.runs.events.event_types import EpochEnded
    >>> ended = EpochEnded(at=0, epoch=1, epochs=1, seconds=1, images_per_second=1, best_epoch=1,
    ...     best=1, best_metric="loss", metrics={"loss": 0.5, "val_loss": 0.75, "auc": None})
    >>> scalars_of(ended, "train"), scalars_of(ended, "validation")
    ({'epoch_loss': 0.5}, {'epoch_loss': 0.75})
    """
    validation = sub == "validation"
    found = {
        f"epoch_{name.removeprefix('val_') if validation else name}": value
        for name, value in event.metrics.items()
        if value is not None
        and abs(value) <= _FLOAT32_MAX
        and name.startswith("val_") == validation
    }
    if not validation and 0 < event.learning_rate <= _FLOAT32_MAX:
        found["epoch_learning_rate"] = event.learning_rate
    return found


def folder_names(labels: Sequence[str]) -> list[str]:
    """Return a distinct folder name for each label.

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


_POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), reflected
_DT_FLOAT = 1
_DATA_CLASS_SCALAR = 1


def _table() -> tuple[int, ...]:
    rows = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (_POLYNOMIAL if number & 1 else 0)
        rows.append(number)
    return tuple(rows)


CRC32C_TABLE = _table()
CRC_MASK = 0xA282EAD8
"""Added to each checksum in the TFRecord format, after it is rotated."""


def crc32c(data: bytes) -> int:
    """Return the CRC-32C checksum.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ CRC32C_TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """Return a TFRecord: the length, its checksum, the data, its checksum."""
    length = struct.pack("<Q", len(data))
    return length + _masked_crc(length) + data + _masked_crc(data)


def _masked_crc(data: bytes) -> bytes:
    """Return the masked checksum of the TFRecord format: rotated, plus a constant."""
    value = crc32c(data)
    return struct.pack("<I", ((value >> 15 | value << 17) + CRC_MASK) & 0xFFFFFFFF)


def first_record(at: float) -> bytes:
    """Return the first record of every event file.

    Args:
        at: seconds since 1970.
    """
    return record(_double(1, at) + _bytes(3, b"brain.Event:2"))


def scalars_record(at: float, step: int, values: Mapping[str, float]) -> bytes:
    """Return the record of one step's values, in the form of `tf.summary.scalar`.

    Args:
        at: seconds since 1970.
        step: 0 or more.
        values: by tag; each is written as float32.
    """
    summary = b"".join(_bytes(1, _value(tag, value)) for tag, value in values.items())
    return record(_double(1, at) + _number(2, step) + _bytes(5, summary))


def _value(tag: str, value: float) -> bytes:
    tensor = _number(1, _DT_FLOAT) + _bytes(2, b"") + _bytes(5, struct.pack("<f", value))
    plugin = _bytes(1, _bytes(1, b"scalars")) + _number(4, _DATA_CLASS_SCALAR)
    return _bytes(1, tag.encode()) + _bytes(8, tensor) + _bytes(9, plugin)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value
