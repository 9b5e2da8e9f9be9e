"""Waiting for what another process or thread does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0
"""Seconds to wait before a test gives up: much more than is needed, for a busy machine."""

T = TypeVar("T")


def until(
    look: Callable[[], T], problem: Callable[[], str] = str, *, seconds: float = PATIENCE
) -> T:
    """Look again and again until something is there, and return it.

    Args:
        look: what is waited for.
        problem: called when it did not come: what the failed test prints.
        seconds: when to give up.
    """
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, problem() or f"not within {seconds:.0f} s"
        time.sleep(0.02)
    return found
