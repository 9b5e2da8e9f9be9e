"""A bound for the memory of images that are decoded at once, however many threads decode.

A file of a few kilobytes can hold 178 million pixels before Pillow refuses it, 0.7 GB once it is
decoded. Thirty-two threads that met such files together would take twenty.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 400 * 10**6
"""Of decoded images at once: ten of 10 megapixels. What is larger is decoded alone."""
_PIXEL = 4
"""Bytes in which Pillow holds a pixel of a colour image."""


class Bound:
    """Lets threads decode as long as all of them together stay within a bound.

    Args:
        most: bytes; who needs more waits until it is alone.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most
        self._changed = threading.Condition()
        self._first = threading.Lock()

    @contextmanager
    def hold(self, need: int) -> Iterator[None]:
        """Take some bytes for as long as the body runs; wait for them where they are not there."""
        need = min(max(need, 0), self._most)
        # One waits at a time: small images that keep coming cannot push a large one back for ever.
        with self._first, self._changed:
            self._changed.wait_for(lambda: self._left >= need)
            self._left -= need
        try:
            yield
        finally:
            with self._changed:
                self._left += need
                self._changed.notify()


_LARGE = 64 * 2**20
_bound = Bound(MOST_BYTES)


@contextmanager
def decoding(image: Image.Image) -> Iterator[None]:
    """Decode an image in the body, once there is room for it.

    Its pixels are given up at the end, before the next one begins: what is made of them has to be
    another image by then.
    """
    with room_for(*image.size):
        try:
            yield
        finally:
            image.close()


@contextmanager
def room_for(width: int, height: int) -> Iterator[None]:
    """Hold the room for so many pixels while the body runs."""
    need = _PIXEL * width * height
    with _bound.hold(need):
        if need >= _LARGE:
            _give_back()
        yield


@cache
def _trim() -> Callable[[int], object] | None:
    """Return the C library's own `malloc_trim`; None where it has none."""
    try:
        return cast("Callable[[int], object]", ctypes.CDLL(None).malloc_trim)
    except (OSError, AttributeError, TypeError):
        return None


def _give_back() -> None:
    """Give the memory of earlier images back: each thread's share of malloc keeps its own."""
    trim = _trim()
    if trim is not None:
        trim(0)
