"""Writing to the disk beside the training: one task at a time, in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Background:
    """A thread for what an epoch leaves on the disk while the next one trains.

    Only one task is ever under way, so that a slow disk holds the training up instead of filling
    the memory with states that wait.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._last: Future[None] | None = None

    def do(self, task: Callable[[], None]) -> None:
        """Wait for the task before, and begin this one.

        Raises:
            Exception: whatever the task before raised.
        """
        self.wait()
        self._last = self._threads.submit(task)

    def wait(self) -> None:
        """Wait until nothing is under way.

        Raises:
            Exception: whatever the task raised.
        """
        last, self._last = self._last, None
        if last is not None:
            last.result()
