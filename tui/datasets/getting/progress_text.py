"""How far a transfer is, on one line."""

from __future__ import annotations

from tui.common.text import clean, size_text
from tui.datasets.getting.amounts import time_text
from tui.datasets.getting.control import Progress

_LEAST_BAR, _MOST_BAR = 8, 40


def progress_words(progress: Progress, speed: float | None, left: float | None) -> tuple[str, str]:
    """Return what is being done, and how far it is, in words.

    >>> progress_words(Progress("downloading", "pets.zip", 34_000_000, 68_000_000), 2e6, 17.0)
    ('downloading pets.zip', '34 MB of 68 MB · 2 MB/s · 17 s left')
    """
    told = []
    if progress.total and progress.stage != "unpacking":
        told.append(f"{size_text(progress.done)} of {size_text(progress.total)}")
    elif progress.done and progress.stage == "downloading":
        told.append(size_text(progress.done))
    if progress.stage == "downloading":
        told += [f"{size_text(speed)}/s"] if speed else []
        told += [f"{time_text(left)} left"] if left is not None else []
    return f"{progress.stage} {progress.what}".strip(), " · ".join(told)


def share(progress: Progress) -> float | None:
    """Return how much is done, from 0 to 1; None when nobody knows."""
    return min(progress.done / progress.total, 1.0) if progress.total else None


def bar(part: float, width: int) -> str:
    """Return a bar of which a part is full.

    >>> bar(0.5, 8)
    '━━━━╌╌╌╌'
    """
    full = min(int(part * width), width)
    return "━" * full + "╌" * (width - full)


def progress_text(
    progress: Progress, speed: float | None, left: float | None, *, width: int
) -> str:
    """Return how far a transfer is, no wider than a terminal.

    Args:
        progress: how far it is.
        speed: bytes a second, if known.
        left: seconds that are left, if known.
        width: the most characters.
    """
    doing, told = progress_words(progress, speed, left)
    part = share(progress)
    line = told if part is None else f"{100 * part:3.0f} %  {told}".rstrip()
    room = width - len(doing) - len(line) - 4
    if part is not None and room >= _LEAST_BAR:
        line = f"{bar(part, min(room, _MOST_BAR))} {line}"
    # The numbers matter more than the whole of a long name.
    doing = clean(doing, max(width - len(line) - 2, 0))
    return f"{doing}  {line}".strip()[:width]
