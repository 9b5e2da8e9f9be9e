"""Decode many images at once: threads, and a limit on the memory that they take together."""

from __future__ import annotations

import ctypes
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from PIL import Image

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST_THREADS = 32


def thread_count() -> int:
    """Return how many threads are worth starting here."""
    try:
        return min(_MOST_THREADS, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on this system
        return min(_MOST_THREADS, os.cpu_count() or 1)


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Generator[tuple[Item, Result], None, None]:
    """Call a function on every item in threads, and yield each item with its result.

    Pillow releases Python's lock while it decodes, so threads use all cores. Only a few items are
    submitted ahead, so closing the generator does not wait long. Unlike the threads of a
    `ThreadPoolExecutor`, these do not delay the end of the program if a disk never answers.

    Args:
        function: called in several threads at once.
        items: the items to call it on.
        workers: threads; all cores when None.
    """
    todo: SimpleQueue[tuple[Future[Result], Item] | None] = SimpleQueue()
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    threads = [
        Thread(target=_work, args=(function, todo), name=f"images-{number}", daemon=True)
        for number in range(workers or thread_count())
    ]
    for thread in threads:
        thread.start()
    try:
        for item in items:
            future: Future[Result] = Future()
            todo.put((future, item))
            waiting.append((item, future))
            if len(waiting) >= 8 * len(threads):
                first, result = waiting.popleft()
                yield first, result.result()
        while waiting:
            first, result = waiting.popleft()
            yield first, result.result()
    finally:
        for _, result in waiting:
            result.cancel()
        for _ in threads:
            todo.put(None)
        for thread in threads:
            thread.join()


def _work(
    function: Callable[[Item], Result], todo: SimpleQueue[tuple[Future[Result], Item] | None]
) -> None:
    """Process tasks until one is None."""
    while (task := todo.get()) is not None:
        future, item = task
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(function(item))
            except BaseException as error:
                future.set_exception(error)
        del task, future, item  # free its memory while waiting for the next task


MOST_BYTES = 400 * 10**6
"""Decoded images at one time: ten of 10 megapixels. A larger image is decoded alone."""
_PIXEL = 4
"""Bytes that Pillow uses for a pixel of a colour image."""


class MemoryBound:
    """Limits the memory of all images that threads decode at the same time.

    Args:
        most: bytes; an image that needs more is decoded alone.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most
        self._changed = threading.Condition()
        self._first = threading.Lock()

    @contextmanager
    def hold(self, need: int) -> Iterator[None]:
        """Reserve bytes while the body runs; wait until they are available."""
        need = min(max(need, 0), self._most)
        # Only one thread waits here at a time, so small images cannot delay a large one for ever.
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
_bound = MemoryBound(MOST_BYTES)


@contextmanager
def decoding(image: Image.Image) -> Iterator[None]:
    """Decode an image in the body, once there is memory for it.

    The image is closed at the end, so a result must be another image.
    """
    with room_for(*image.size):
        try:
            yield
        finally:
            image.close()


@contextmanager
def room_for(width: int, height: int) -> Iterator[None]:
    """Reserve the memory of width × height pixels while the body runs."""
    need = _PIXEL * width * height
    with _bound.hold(need):
        if need >= _LARGE:
            _return_freed_memory()
        yield


@cache
def _trim() -> Callable[[int], object] | None:
    """Return the C library's own `malloc_trim`; None where it has none."""
    try:
        return cast("Callable[[int], object]", ctypes.CDLL(None).malloc_trim)
    except (OSError, AttributeError, TypeError):
        return None


def _return_freed_memory() -> None:
    """Return the memory of earlier images to the system: malloc keeps some for each thread."""
    trim = _trim()
    if trim is not None:
        trim(0)
