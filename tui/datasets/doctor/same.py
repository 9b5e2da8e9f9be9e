"""Grouping rows of numbers that are the same.

numpy is imported inside the functions: the first screen does not wait for it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tui.datasets.doctor.groups import Groups

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray


def grouped(columns: Sequence[NDArray[Any]], places: NDArray[int64]) -> Groups:
    """Group places whose values are the same in every column.

    Args:
        columns: of one length.
        places: what to call the rows, rising.

    Returns:
        Groups of at least two, their members rising, in the order of their first.

    >>> import numpy as np
    >>> grouped([np.array([5, 7, 5, 7, 8])], np.array([0, 1, 2, 3, 4]))
    <2: (0, 2), (1, 3)>
    """
    import numpy as np

    if not len(places):
        return Groups(array("i"), array("i"))
    order = np.lexsort(tuple(reversed(columns)))  # stable: members of a group stay in order
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = False
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(new)
    lengths = np.diff(starts, append=len(order))
    several = lengths > 1
    starts, lengths = starts[several], lengths[several]
    by_first = np.argsort(places[order[starts]], kind="stable")
    starts, lengths = starts[by_first], lengths[by_first]
    ends = np.cumsum(lengths)
    # For each member its place in `order`: the start of its group, and how far it is into it.
    members = np.repeat(starts - np.concatenate(([0], ends[:-1])), lengths) + np.arange(
        ends[-1] if len(ends) else 0
    )
    found = places[order[members]]
    return Groups(
        array("i", found.astype(np.int32).tobytes()), array("i", ends.astype(np.int32).tobytes())
    )
