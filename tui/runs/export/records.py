"""TensorBoard's event files, written down to the byte with the standard library alone.

An event file is a row of TFRecords, each with its length and two checksums; each holds one
`Event` in Protocol Buffers' wire format. Scalars are all that a training has to tell, and those
few fields stand here, so that nothing of TensorBoard or TensorFlow need be loaded to write them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

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


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """Return the CRC-32C checksum.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """Return one TFRecord: length, its checksum, the data, its checksum."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def _masked(data: bytes) -> bytes:
    """Return a checksum turned and shifted, as the format wants it."""
    value = crc32c(data)
    return struct.pack("<I", ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def first_record(at: float) -> bytes:
    """Return the record that every event file begins with.

    Args:
        at: seconds since 1970.
    """
    return record(_double(1, at) + _bytes(3, b"brain.Event:2"))


def scalars_record(at: float, step: int, values: Mapping[str, float]) -> bytes:
    """Return the record of one step's values, in the form of `tf.summary.scalar`.

    Args:
        at: seconds since 1970.
        step: what the values belong to, 0 or more.
        values: by their tags; each is kept in 32 bits.
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
