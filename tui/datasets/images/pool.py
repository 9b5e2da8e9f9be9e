"""Many files on all cores, their results in the files' own order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
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
    out early: a reader that closes the generator waits for no more than those. The program's end
    waits for none of them: a disk may never answer (`ThreadPoolExecutor` waits for its threads).

    Args:
        function: is called in several threads at once.
        items: what to call it on.
        workers: threads; all cores when None.
    """
    todo: SimpleQueue[tuple[Future[Result], Item] | None] = SimpleQueue()
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    threads = [
        Thread(target=_work, args=(function, todo), name=f"images-{number}", daemon=True)
        for number in range(workers or cores())
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
    """Call a function on items, one after the other, until there is None."""
    while (task := todo.get()) is not None:
        future, item = task
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(function(item))
            except BaseException as error:
                future.set_exception(error)
        del task, future, item  # nothing of it is kept while this waits for the next one
