"""Bytes, speeds and times in words, and the speed of the last seconds."""

from __future__ import annotations

from collections import deque

_WINDOW = 6.0  # seconds over which a speed is averaged


def time_text(seconds: float) -> str:
    """Return a time that is left, no finer than it is known.

    >>> time_text(7.4), time_text(95), time_text(4020)
    ('7 s', '1 min 35 s', '1 h 7 min')
    """
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Meter:
    """The speed over the last few seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def see(self, now: float, done: int) -> None:
        """Take note of how far it is.

        Args:
            now: seconds of a clock that never goes back.
            done: bytes so far; fewer than before means that something new began.
        """
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    @property
    def speed(self) -> float | None:
        """Return bytes a second; None while too little is known."""
        if len(self._seen) < 2:
            return None
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return (after - before) / (end - start) if end - start >= 0.5 else None

    def left(self, total: int | None) -> float | None:
        """Return the seconds until `total` bytes at this speed; None where nobody can say."""
        speed = self.speed
        if total is None or not speed:
            return None
        return max(total - self._seen[-1][1], 0) / speed
