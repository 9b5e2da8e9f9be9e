"""Many files on all cores, their results in the files' own order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST_THREADS = 32


def cores() -> int:
    """Return how many threads are worth starting here."""
    try:
        return min(_MOST_THREADS, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on this system
        return min(_MOST_THREADS, os.cpu_count() or 1)


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Generator[tuple[Item, Result], None, None]:
    """Call a function on every item in threads, and yield each item with its result.

    Pillow decodes outside Python's lock, so threads use all cores. Only a few items are handed
    out early: a reader that closes the generator waits for no more than those.

    Args:
        function: is called in several threads at once.
        items: what to call it on.
        workers: threads; all cores when None.
    """
    threads = workers or cores()
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="images") as pool:
        try:
            for item in items:
                waiting.append((item, pool.submit(function, item)))
                if len(waiting) >= 8 * threads:
                    first, result = waiting.popleft()
                    yield first, result.result()
            while waiting:
                first, result = waiting.popleft()
                yield first, result.result()
        finally:
            for _, result in waiting:
                result.cancel()
