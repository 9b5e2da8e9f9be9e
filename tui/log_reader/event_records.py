"""The records of TensorBoard's event files, found and checked many at a time.

A record is the length of its data (8 bytes), a checksum of that, the data, and a checksum of the
data: the format TFRecord. TensorBoard's own record reader computes each checksum a byte at a time
in Python; here those of all records of the same length are computed together by NumPy.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from tui.runs.export.tensorboard_logs import CRC32C_TABLE, CRC_MASK

HEAD = 12
"""Bytes before the data: the length and its checksum."""
TAIL = 4
LARGEST = 1 << 30
"""Bytes of the largest record; nothing writes so large a one."""
LARGEST_READ = 4 * 1024 * 1024
"""Larger records hold images or graphs, never scalars, and are passed over."""
_LARGEST_CHECKED = 64 * 1024
_length = struct.Struct("<QI")
_checksum = struct.Struct("<I")

Bytes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
Checksums = np.ndarray[tuple[int], np.dtype[np.uint32]]
_TABLE = np.array(CRC32C_TABLE, np.uint32)


@dataclass(frozen=True)
class Records:
    """The whole records at the beginning of some bytes.

    Args:
        data: of each record that may hold scalars.
        used: bytes that they take, heads and checksums included.
        wanted: bytes that the next record takes, where its length is known; otherwise 0.
        damaged: whether the next record is damaged.
    """

    data: list[bytes]
    used: int
    wanted: int
    damaged: bool


def find_records(block: bytes) -> Records:
    """Return the records at the beginning of some bytes; an incomplete one is left for later."""
    places: list[tuple[int, int]] = []
    sums: list[int] = []
    position, end, wanted = 0, len(block), 0
    while position + HEAD <= end:
        length, checksum = _length.unpack_from(block, position)
        if length > LARGEST:
            sums.append(checksum)
            places.append((position, -1))  # the check below finds it wrong
            break
        after = position + HEAD + length + TAIL
        if after > end:
            wanted = HEAD + length + TAIL
            break
        places.append((position, length))
        sums.append(checksum)
        position = after
    if wanted:
        sums.append(_length.unpack_from(block, position)[1])
        places.append((position, -2))
    good = _good_heads(block, places, sums)
    if wanted and good < len(places):
        wanted = 0
    damaged = good < len(places)
    whole = [one for one in places[:good] if one[1] >= 0]
    wrong = _first_wrong(block, whole)
    if wrong < len(whole):
        whole, damaged, wanted = whole[:wrong], True, 0
    used = whole[-1][0] + HEAD + whole[-1][1] + TAIL if whole else 0
    data = [block[at + HEAD : at + HEAD + length] for at, length in whole if length <= LARGEST_READ]
    return Records(data, used, wanted, damaged)


def _good_heads(block: bytes, places: list[tuple[int, int]], sums: list[int]) -> int:
    """Return how many lengths at the beginning have the right checksum."""
    if not places:
        return 0
    flat = np.frombuffer(block, np.uint8)
    at = np.array([place for place, _ in places])
    heads = flat[at[:, None] + np.arange(8)]
    wrong = np.flatnonzero(masked_checksums(heads) != np.array(sums, np.uint32))
    return int(wrong[0]) if len(wrong) else len(places)


def _first_wrong(block: bytes, places: list[tuple[int, int]]) -> int:
    """Return the index of the first record whose data is damaged; their number without one."""
    flat = np.frombuffer(block, np.uint8)
    groups: dict[int, list[int]] = {}
    for index, (_, length) in enumerate(places):
        if length <= _LARGEST_CHECKED:
            groups.setdefault(length, []).append(index)
    first = len(places)
    for length, members in groups.items():
        at = np.array([places[index][0] for index in members]) + HEAD
        rows = flat[at[:, None] + np.arange(length)]
        tails = flat[(at + length)[:, None] + np.arange(TAIL)]
        expected = np.ascontiguousarray(tails).view("<u4")[:, 0]
        wrong = np.flatnonzero(masked_checksums(rows) != expected)
        if len(wrong):
            first = min(first, members[int(wrong[0])])
    return first


def masked_checksums(rows: Bytes) -> Checksums:
    """Return the masked checksum of each row of bytes."""
    value: Checksums = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in np.ascontiguousarray(rows.T):
        value = _TABLE[(value ^ column) & 0xFF] ^ (value >> 8)
    value = ~value
    rotated = (value >> 15) | (value << 17)
    return (rotated + np.uint32(CRC_MASK)).astype(np.uint32)
