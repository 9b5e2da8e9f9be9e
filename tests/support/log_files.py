"""Logs as other programs write them, made by TensorBoard's own writer and by plain text."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tui.runs.export.tensorboard_logs import first_record, record, scalars_record

Points = Iterable[tuple[int, float]]
BEGAN = 1_700_000_000.0
"""When the first value of a log was written."""
OLD = 3600.0
"""Seconds since a log was changed that nothing writes any more."""


def event_folder(
    folder: Path,
    scalars: Mapping[str, Points],
    *,
    number: int = 0,
    simple: bool = False,
    at: float = BEGAN,
) -> Path:
    """Write an event file, the values in the order of their steps; return its path.

    Args:
        folder: made where it is missing.
        scalars: for each tag its steps and values.
        number: part of the file's name; later files have greater ones.
        simple: whether to write `simple_value`s, as PyTorch's SummaryWriter does, by TensorBoard's
            own writer; otherwise tensors, as TensorFlow 2 does.
        at: when the first was written; each step takes a second.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = sorted(
        (step, place, tag, value)
        for place, (tag, points) in enumerate(scalars.items())
        for step, value in points
    )
    path = folder / f"events.out.tfevents.{1_700_000_000 + number}.host"
    if simple:
        _simple_values(folder, path, rows, at)
        return path
    records = [scalars_record(at + step, step, {tag: value}) for step, _, tag, value in rows]
    path.write_bytes(first_record(at) + b"".join(records))
    return path


def _simple_values(
    folder: Path, path: Path, rows: Sequence[tuple[int, int, str, float]], at: float
) -> None:
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    before = set(os.listdir(folder))
    writer = EventFileWriter(str(folder))
    for step, _, tag, value in rows:
        summary = summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)]
        )
        writer.add_event(event_pb2.Event(wall_time=at + step, step=step, summary=summary))
    writer.close()
    (written,) = set(os.listdir(folder)) - before
    (folder / written).rename(path)


def append_scalars(path: Path, at: float, step: int, values: Mapping[str, float]) -> None:
    """Append the values of a step to an event file."""
    with path.open("ab") as file:
        file.write(scalars_record(at, step, values))


def large_record(size: int) -> bytes:
    """Return a record that is no event with scalars, such as an image."""
    return record(b"\x2a" + _varint(size) + b"\0" * size)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def keras_logs(folder: Path, epochs: int = 4, *, batches: int = 0) -> Path:
    """Write what Keras's TensorBoard callback writes: `train` and `validation`."""
    training: dict[str, list[tuple[int, float]]] = {
        "epoch_loss": [(epoch, 1 / (epoch + 1)) for epoch in range(epochs)],
        "epoch_accuracy": [(epoch, 1 - 0.5 / (epoch + 1)) for epoch in range(epochs)],
        "epoch_learning_rate": [(epoch, 0.001) for epoch in range(epochs)],
    }
    records = [first_record(BEGAN)]
    for epoch in range(epochs):
        for batch in range(batches):
            step = epoch * batches + batch
            at = BEGAN + 10 * epoch + batch / max(batches, 1) * 9
            records.append(scalars_record(at, step, {"batch_loss": 2 / (step + 1)}))
        at = BEGAN + 10 * epoch + 9.5
        records += [
            scalars_record(at, epoch, {tag: points[epoch][1]}) for tag, points in training.items()
        ]
    (folder / "train").mkdir(parents=True)
    (folder / "train" / "events.out.tfevents.1.host.v2").write_bytes(b"".join(records))
    records = [first_record(BEGAN)]
    for epoch in range(epochs):
        values = {
            "epoch_loss": 1.2 / (epoch + 1),
            "epoch_accuracy": 0.9 - 0.5 / (epoch + 1),
        }
        at = BEGAN + 10 * epoch + 9.6
        records += [scalars_record(at, epoch, {tag: value}) for tag, value in values.items()]
    (folder / "validation").mkdir()
    (folder / "validation" / "events.out.tfevents.1.host.v2").write_bytes(b"".join(records))
    return folder


def text_file(path: Path, text: str) -> Path:
    """Write a file, with its folder; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def table(path: Path, rows: Sequence[Mapping[str, Any]], separator: str = ",") -> Path:
    """Write a table as Keras's CSVLogger does, with `NA` for a missing value."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [separator.join(names)]
    lines += [separator.join(str(row.get(name, "NA")) for name in names) for row in rows]
    return text_file(path, "\n".join(lines) + "\n")


def history(path: Path, columns: Mapping[str, Sequence[float]]) -> Path:
    """Write `history.history` as JSON."""
    return text_file(path, json.dumps(columns))


def age(path: Path, seconds: float = OLD) -> Path:
    """Let files look as if nothing had written to them for a while."""
    now = time.time() - seconds
    for one in [path, *path.rglob("*")]:
        os.utime(one, (now, now))
    return path
