"""When questions come faster than answers, only the newest matters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """Does one thing after the other; of those that wait, only the last.

    While somebody holds a key down, each press asks anew. What is being worked on is finished
    and shown, what waits behind it is dropped for what came last.

    >>> async def twice(number: int) -> int:
    ...     await asyncio.sleep(0)
    ...     return 2 * number
    >>> async def three() -> list[int | None]:
    ...     newest: Newest[int] = Newest()
    ...     return await asyncio.gather(*(newest.do(lambda n=n: twice(n)) for n in (1, 2, 3)))
    >>> asyncio.run(three())
    [2, None, 6]
    """

    def __init__(self) -> None:
        self._working = asyncio.Lock()
        self._last = 0

    async def do(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """Do something when what is at work now has ended.

        Args:
            work: begins it, for example `lambda: client.ask(request)`.

        Returns:
            Its result; None when something newer came before it could begin.
        """
        self._last += 1
        mine = self._last
        async with self._working:
            if mine != self._last:
                return None
            return await work()
