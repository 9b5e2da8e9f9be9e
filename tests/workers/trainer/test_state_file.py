"""The file of a checkpoint: what was written comes back, and nothing else is believed. No Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tui.common.atomic_write import write_atomically
from tui.keras_worker.snapshot_files import keep_snapshot, read_weights, write_weights
from tui.keras_worker.state_file import DamagedStateError, State, read_state, write_state
from tui.runs.store.model_files import snapshot_path, snapshots
from tui.runs.store.run_folder import RunFolder

ARRAYS: dict[str, NDArray[Any]] = {
    "v0": np.arange(12, dtype=np.float32).reshape(3, 4),
    "v1": np.array(np.nan, np.float32),
    "v2": np.zeros((0, 5), np.int64),
    "v3": np.array([2**32 - 1], np.uint32),
    "v4": np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
}
VALUES = {"epoch": 3, "history": {"loss": [0.1, None]}, "words": "é ␛", "gauss": 0.1 + 0.2}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "epoch-0003.state"
    assert write_state(path, State(VALUES, ARRAYS)) == path.stat().st_size
    return path


def test_what_was_written_comes_back_to_the_last_bit(path: Path) -> None:
    state = read_state(path)
    assert state.values == VALUES
    assert list(state.arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        read = state.arrays[name]
        assert (read.dtype, read.shape) == (array.dtype, array.shape)
        assert read.tobytes() == array.tobytes()


def test_a_file_that_was_torn_anywhere_is_not_believed(path: Path) -> None:
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(DamagedStateError):
            read_state(path)


def test_a_single_bit_is_noticed_wherever_it_is(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for position in range(len(data)):
        data[position] ^= 4
        path.write_bytes(data)
        with pytest.raises(DamagedStateError):
            read_state(path)
        data[position] ^= 4
    path.write_bytes(data + b"\0")
    with pytest.raises(DamagedStateError):
        read_state(path)


def test_a_file_that_cannot_be_written_leaves_the_one_before(path: Path) -> None:
    before = path.read_bytes()

    def fails(beside: Path) -> None:
        beside.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_atomically(path, fails)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_snapshots_hold_the_weights_in_their_order_and_make_room(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    dropped: list[int] = []
    for epoch in range(14):
        weights = [np.full((2, 3), epoch + part, np.float32) for part in range(12)]
        kept = keep_snapshot(run, epoch, weights)
        assert kept is not None and kept.epoch == epoch
        dropped += kept.dropped
    assert snapshots(run) == [0, 2, 4, 6, 8, 10, 12, 13]
    assert sorted([*dropped, *snapshots(run)]) == [*range(14)]
    read = read_weights(snapshot_path(run, 13))
    assert [int(array[0, 0]) for array in read] == [*range(13, 25)]

    data = snapshot_path(run, 13).read_bytes()
    for damaged in (b"", data[: len(data) // 2], b"rubbish"):
        snapshot_path(run, 13).write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged"):
            read_weights(snapshot_path(run, 13))
    with pytest.raises(OSError):
        read_weights(snapshot_path(run, 99))


def test_weights_too_large_for_two_snapshots_are_not_kept(tmp_path: Path) -> None:
    huge = np.broadcast_to(np.float32(1), (600_000_000,))  # 2.4 GB that are four bytes
    assert keep_snapshot(RunFolder(tmp_path), 0, [huge]) is None
    assert snapshots(RunFolder(tmp_path)) == []


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    path = tmp_path / "epoch-0001.npz"
    write_weights(path, [np.array([print], dtype=object)])
    with pytest.raises(ValueError, match="damaged"):
        read_weights(path)
    write_weights(path, [np.zeros(3, np.float32)])
    assert len(read_weights(path)) == 1
