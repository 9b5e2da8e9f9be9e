"""Whether something failed for want of memory, and what would need less."""

from __future__ import annotations

import re

_WANT = re.compile(
    r"OOM when allocating|ResourceExhausted|RESOURCE_EXHAUSTED|out of memory|OUT_OF_MEMORY"
    r"|[Ff]ailed to allocate memory|Unable to allocate \d|memory allocation failed"
    r"|std::bad_alloc|\bMemoryError\b|[Cc]annot allocate memory|failed to map segment"
    r"|can't start new thread|not enough memory"
)


def speaks_of_memory(text: str) -> bool:
    """Say whether a message of a library, or a log, tells of memory that there was not."""
    return _WANT.search(text) is not None


def smaller(batch_size: int | None) -> str:
    """Return what to choose when the memory did not suffice.

    Args:
        batch_size: images a batch; None where it is not known.

    >>> smaller(20)
    'Choose a smaller batch size, for example 10 instead of 20, a smaller target size or fewer \
units in the Dense layer.'
    """
    rest = "a smaller target size or fewer units in the Dense layer"
    if batch_size is None:
        return f"Choose a smaller batch size, {rest}."
    if batch_size == 1:
        return f"A batch has only one image already: choose {rest}."
    half = f"{batch_size // 2} instead of {batch_size}"
    return f"Choose a smaller batch size, for example {half}, {rest}."
