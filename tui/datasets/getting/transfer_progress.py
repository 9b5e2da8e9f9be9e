"""The progress of a transfer: its amounts, speed and text, and the request to stop it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tui.common.text import clean, size_text
from tui.datasets.getting.transfer_errors import TransferStopped

Stage = Literal["waiting", "connecting", "downloading", "checking", "unpacking", "writing", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a transfer.

    Args:
        stage: what is being done.
        what: the file that it is done to, safe to show.
        done: bytes so far.
        total: bytes in all; None if unknown.
    """

    stage: Stage = "waiting"
    what: str = ""
    done: int = 0
    total: int | None = None


class Control:
    """Shared by a transfer's thread, which reports progress, and a watcher, which can stop it.

    Neither calls into the other's thread, so a blocked terminal does not delay a transfer.
    """

    def __init__(self) -> None:
        self.progress = Progress()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._cut: Callable[[], None] | None = None

    def ask_to_stop(self) -> None:
        """Request the transfer to stop; a blocked network read is interrupted."""
        with self._lock:
            self._stop.set()
            if self._cut is not None:
                self._cut()

    @property
    def stopping(self) -> bool:
        """Return whether a stop was requested."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise if a stop was requested.

        Raises:
            TransferStopped: if it was.
        """
        if self._stop.is_set():
            raise TransferStopped("Stopped.")

    def pause(self, seconds: float) -> None:
        """Wait for some seconds, or until a stop is requested.

        Raises:
            TransferStopped: if it was requested.
        """
        self._stop.wait(seconds)
        self.check()

    def set_wake_up(self, cut: Callable[[], None] | None) -> None:
        """Set what interrupts a blocked read when a stop is requested; None after the read."""
        with self._lock:
            self._cut = cut
            if cut is not None and self._stop.is_set():
                cut()

    def report(self, stage: Stage, what: str, done: int = 0, total: int | None = None) -> None:
        """Report progress."""
        self.progress = Progress(stage, what, done, total)


_WINDOW = 6.0  # seconds over which a speed is averaged


def time_text(seconds: float) -> str:
    """Return a remaining time, rounded to seconds or minutes.

    >>> time_text(7.4), time_text(95), time_text(4020)
    ('7 s', '1 min 35 s', '1 h 7 min')
    """
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class SpeedMeter:
    """Measures the speed over the last few seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, done: int) -> None:
        """Add a measurement.

        Args:
            now: seconds of a monotonic clock.
            done: bytes so far; fewer than before starts a new measurement.
        """
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    @property
    def speed(self) -> float | None:
        """Return bytes per second; None until there are enough measurements."""
        if len(self._seen) < 2:
            return None
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return (after - before) / (end - start) if end - start >= 0.5 else None

    def seconds_left(self, total: int | None) -> float | None:
        """Return the seconds until `total` bytes at this speed; None if unknown."""
        speed = self.speed
        if total is None or not speed:
            return None
        return max(total - self._seen[-1][1], 0) / speed


_SHORTEST_BAR, _LONGEST_BAR = 8, 40


def progress_words(progress: Progress, speed: float | None, left: float | None) -> tuple[str, str]:
    """Return as text what is being done, and how far it is.

    >>> progress_words(Progress("downloading", "pets.zip", 34_000_000, 68_000_000), 2e6, 17.0)
    ('downloading pets.zip', '34 MB of 68 MB · 2 MB/s · 17 s left')
    """
    amounts = []
    if progress.total and progress.stage != "unpacking":
        amounts.append(f"{size_text(progress.done)} of {size_text(progress.total)}")
    elif progress.done and progress.stage == "downloading":
        amounts.append(size_text(progress.done))
    if progress.stage == "downloading":
        amounts += [f"{size_text(speed)}/s"] if speed else []
        amounts += [f"{time_text(left)} left"] if left is not None else []
    return f"{progress.stage} {progress.what}".strip(), " · ".join(amounts)


def done_fraction(progress: Progress) -> float | None:
    """Return the fraction done, from 0 to 1; None if unknown."""
    return min(progress.done / progress.total, 1.0) if progress.total else None


def text_bar(part: float, width: int) -> str:
    """Return a progress bar as text.

    >>> text_bar(0.5, 8)
    '━━━━╌╌╌╌'
    """
    full = min(int(part * width), width)
    return "━" * full + "╌" * (width - full)


def progress_text(
    progress: Progress, speed: float | None, left: float | None, *, width: int
) -> str:
    """Return the progress of a transfer on one line, no wider than a terminal.

    Args:
        progress: how far it is.
        speed: bytes per second, if known.
        left: seconds left, if known.
        width: the most characters.
    """
    doing, amounts = progress_words(progress, speed, left)
    part = done_fraction(progress)
    line = amounts if part is None else f"{100 * part:3.0f} %  {amounts}".rstrip()
    room = width - len(doing) - len(line) - 4
    if part is not None and room >= _SHORTEST_BAR:
        line = f"{text_bar(part, min(room, _LONGEST_BAR))} {line}"
    # A long name is cut, the numbers never.
    doing = clean(doing, max(width - len(line) - 2, 0))
    return f"{doing}  {line}".strip()[:width]
