"""Memory for batches, used again as soon as nobody holds the batch that was in it."""

from __future__ import annotations

import math
import sys
import threading
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_ALIGNED = 64  # TensorFlow takes such an array as it is; any other it copies
_MOST = 16
_probe = [object()]
_IDLE = sys.getrefcount(_probe[0])  # of an object that only a list holds


class Buffers:
    """Gives arrays whose values are left from earlier, to be overwritten whole.

    A new array of a few megabytes costs more in page faults than in filling it. Every view of an
    array counts as a reference to the memory below it, so memory that only this list holds is
    free, whoever had it: a batch that somebody keeps is never written to again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[NDArray[np.uint8]] = []

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array of any values."""
        wanted = np.dtype(dtype)
        size = math.prod(shape) * wanted.itemsize
        with self._lock:
            memory = self._free(size)
            start = -memory.ctypes.data % _ALIGNED
            return memory[start : start + size].view(wanted).reshape(shape)

    def _free(self, size: int) -> NDArray[np.uint8]:
        held = self._held
        for position in range(len(held)):
            if (
                held[position].nbytes >= size + _ALIGNED
                and sys.getrefcount(held[position]) <= _IDLE
            ):
                return held[position]
        new = np.empty(size + _ALIGNED, np.uint8)
        if len(held) < _MOST:
            held.append(new)
        return new
