"""Reading the event files of a run of TensorBoard, with TensorBoard's own messages and tensors.

Only scalars are taken, in both forms: a tensor of one number, as TensorFlow 2 writes them, and a
`simple_value`, as PyTorch and TensorFlow 1 do. TensorBoard's record reader and its `data_compat`,
which changes one form into the other, are not used: reading takes a third of the time without them.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

from tui.log_reader.event_records import HEAD, LARGEST_READ, find_records
from tui.log_reader.growing_file import GrowingFile
from tui.log_reader.series import SeriesStore
from tui.runs.watched.tensorboard_folders import Part, event_files, parts_of

_LIST_SECONDS = 1.0
"""Between two looks for new files while values come; longer where nothing grows."""
_FLOAT, _DOUBLE = 1, 2
_float, _double = struct.Struct("<f"), struct.Struct("<d")
_NO_METRICS = ("_hparams_/",)
"""Beginnings of tags that hold settings."""


class _EventFile:
    """One event file of a part."""

    def __init__(self, path: str, part: Part) -> None:
        self.file = GrowingFile(path)
        self.part = part
        self.damaged_at: int | None = None
        """The place of a damaged record, behind which nothing can be read."""
        self._rest = b""
        self._skip = 0

    def records(self) -> Iterator[list[bytes]]:
        """Yield the new records of each block.

        Raises:
            Restarted: when the file was replaced or cut off.
            OSError: when it cannot be read.
        """
        while self.damaged_at is None:
            if self._skip:  # of a large image
                available = max(os.stat(self.file.path).st_size - self.file.position, 0)
                passed = min(available, self._skip)
                self.file.position += passed
                self._skip -= passed
                if self._skip:
                    return
            block = self.file.block()
            if not block:
                return
            data = self._rest + block
            found = find_records(data)
            self._rest = data[found.used :]
            if found.wanted > LARGEST_READ and len(self._rest) >= HEAD:
                self._skip = found.wanted - len(self._rest)
                self._rest = b""
            if found.damaged:
                self.damaged_at = self.file.position - len(self._rest)
                self._rest = b""
            yield found.data


class EventFolder:
    """The event files of a run: those of its folder and of the folders that belong to it."""

    rows_are_epochs = False

    def __init__(self, path: str) -> None:
        self._path = path
        self._files: dict[str, _EventFile] = {}
        self._listed_at = 0.0
        self._list_seconds = _LIST_SECONDS
        self._last_steps: dict[str, int] = {}
        self._names: dict[Part, dict[str, str]] = {}
        self._event = _event_reader()

    def files(self) -> list[GrowingFile]:
        """Return the files that are known."""
        return [one.file for one in self._files.values()]

    @property
    def problem(self) -> str:
        """What is wrong with the files, in a sentence; empty if nothing is."""
        for one in self._files.values():
            if one.damaged_at is not None:
                name = os.path.basename(one.file.path)
                return (
                    f"{name} is damaged at byte {one.damaged_at:,}: what comes after that in it "
                    "cannot be read."
                )
        return ""

    def grown(self) -> bool:
        """Return whether there is something to read.

        Raises:
            OSError: when the folder is gone.
        """
        if time.monotonic() - self._listed_at >= self._list_seconds:
            before = len(self._files)
            self._list()
            if len(self._files) > before:
                return True
        found = any(
            one.damaged_at is None and one.file.grown() for one in list(self._files.values())
        )
        # A folder at rest is listed less often; its files are still looked at.
        self._list_seconds = _LIST_SECONDS if found else min(2 * self._list_seconds, 15.0)
        return found

    def _list(self) -> None:
        self._listed_at = time.monotonic()
        for part in parts_of(self._path):
            for path in event_files(part.folder):
                if path not in self._files:
                    self._files[path] = _EventFile(path, part)

    def read(self, store: SeriesStore, until: float) -> bool:
        """Read new values into a store; return whether there may be more.

        Args:
            store: the series.
            until: when to stop, by the monotonic clock.

        Raises:
            Restarted: when a file was replaced or cut off.
            OSError: when a file or the folder cannot be read.
        """
        if not self._files:
            self._list()
        for path, one in list(self._files.items()):
            try:
                for records in one.records():
                    for record in records:
                        self._take(record, one.part, store)
                    if time.monotonic() > until:
                        return True
            except FileNotFoundError:
                del self._files[path]  # what was read of it stays
        return False

    def _take(self, record: bytes, part: Part, store: SeriesStore) -> None:
        """Add the scalars of a record."""
        try:
            event = self._event(record)
        except Exception:  # protobuf's own errors: no event, though its checksum is right
            return
        if event.WhichOneof("what") != "summary":
            return
        step, at = event.step, event.wall_time
        names = self._names.setdefault(part, {})
        for value in event.summary.value:
            number = scalar_of(value)
            if number is None:
                continue
            tag = value.tag
            name = names.get(tag)
            if name is None:
                if tag.startswith(_NO_METRICS):
                    continue
                name = names[tag] = part.series(tag)
            store.add(name, self._step(name, step, store), number, at)

    def _step(self, name: str, step: int, store: SeriesStore) -> float:
        """Return the step of a value; where a program gives none, all are 0 and are counted."""
        last = self._last_steps.get(name)
        self._last_steps[name] = step
        if step == 0 and last == 0:
            return store.series[name].last_step + 1
        return float(step)


def scalar_of(value: Any) -> float | None:
    """Return the number of a value of a summary; None for an image, a text or a histogram."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if kind != "tensor":
        return None
    tensor = value.tensor
    if any(dim.size != 1 for dim in tensor.tensor_shape.dim):
        return None
    if value.metadata.plugin_data.plugin_name not in ("", "scalars"):
        return None
    if tensor.dtype == _FLOAT:
        if tensor.float_val:
            return float(tensor.float_val[0])
        if len(tensor.tensor_content) == _float.size:
            return float(_float.unpack(tensor.tensor_content)[0])
        return None
    if tensor.dtype == _DOUBLE:
        if tensor.double_val:
            return float(tensor.double_val[0])
        if len(tensor.tensor_content) == _double.size:
            return float(_double.unpack(tensor.tensor_content)[0])
        return None
    return _other_number(tensor)


def _other_number(tensor: Any) -> float | None:
    """Return the number of a tensor of another type: half precision, whole numbers."""
    from tensorboard.util import tensor_util

    try:
        array = tensor_util.make_ndarray(tensor)
        return float(array.reshape(-1)[0]) if array.size == 1 else None
    except (TypeError, ValueError):
        return None  # a text


def _event_reader() -> Callable[[bytes], Any]:
    """Return what reads the event of a record."""
    from tensorboard.compat.proto import event_pb2

    reader: Callable[[bytes], Any] = event_pb2.Event.FromString
    return reader
