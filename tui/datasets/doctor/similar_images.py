"""Group images whose bytes are the same, and images that look alike."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tui.datasets.doctor.compact_sequences import Groups
from tui.datasets.doctor.image_facts import LOOK_BITS

if TYPE_CHECKING:
    from numpy import int32, int64, uint64
    from numpy.typing import NDArray


def group_equal(columns: Sequence[NDArray[Any]], places: NDArray[int64]) -> Groups:
    """Group places whose values are the same in every column.

    Args:
        columns: arrays of equal length.
        places: the numbers of the rows, ascending.

    Returns:
        Groups of at least two, their members ascending, in the order of their first.

    >>> import numpy as np
    >>> group_equal([np.array([5, 7, 5, 7, 8])], np.array([0, 1, 2, 3, 4]))
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


MOST_BITS_APART = 6
"""Of 128. Saved again at quality 30, or at half the size, 99 of 100 photographs stay within it."""


def group_similar(
    words: NDArray[uint64], places: NDArray[int64], stop: Callable[[], bool] = lambda: False
) -> Groups:
    """Group pictures that look alike; a group is connected by pairs that look alike.

    Args:
        words: one perceptual hash per row, as two numbers.
        places: the numbers of the rows, ascending.
        stop: called from time to time; True ends it early with what was found so far.

    Returns:
        Places, in groups of at least two.
    """
    distinct, inverse = _distinct_rows(words)
    return group_equal([_similar_labels(distinct, stop)[inverse]], places)


def _distinct_rows(words: NDArray[uint64]) -> tuple[NDArray[uint64], NDArray[int32]]:
    """Return the different rows, and for each row which of them it is."""
    import numpy as np

    order = np.lexsort((words[:, 1], words[:, 0]))
    ordered = words[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    inverse = np.empty(len(order), dtype=np.int32)
    inverse[order] = np.cumsum(new) - 1
    return ordered[new], inverse


def _bands(words: NDArray[uint64]) -> Iterator[NDArray[uint64]]:
    """Yield for each band of bits its value in every hash."""
    import numpy as np

    high, low = words[:, 0].byteswap(), words[:, 1].byteswap()
    edges = np.linspace(0, LOOK_BITS, MOST_BITS_APART + 2).astype(int).tolist()
    for start, end in pairwise(edges):
        mask = np.uint64((1 << (end - start)) - 1)
        if end <= 64:
            yield (high >> np.uint64(64 - end)) & mask
        elif start >= 64:
            yield (low >> np.uint64(128 - end)) & mask
        else:
            yield ((high << np.uint64(end - 64)) | (low >> np.uint64(128 - end))) & mask


def _similar_labels(words: NDArray[uint64], stop: Callable[[], bool]) -> NDArray[int32]:
    """Give hashes that are at most `MOST_BITS_APART` bits apart the same label, pair by pair."""
    import numpy as np

    parents = array("i", range(len(words)))
    labels = np.frombuffer(parents, dtype=np.int32) if parents else np.zeros(0, dtype=np.int32)
    for band in _bands(words):
        order = np.argsort(band, kind="stable").astype(np.int32)
        ordered = band[order]
        # Hashes that share a band are neighbours: compare each with the next, then with the next
        # but one, and so on as long as any two still share it.
        here = np.arange(len(order) - 1, dtype=np.int32)
        step = 1
        while len(here) and not stop():
            here = here[here + step < len(order)]
            here = here[ordered[here] == ordered[here + step]]
            first, second = order[here], order[here + step]
            # Thousands of pictures of one scene would be millions of pairs: those that have the
            # same label already are not compared again.
            new = labels[first] != labels[second]
            first, second = first[new], second[new]
            near = np.bitwise_count(words[first] ^ words[second]).sum(axis=1) <= MOST_BITS_APART
            for one, other in zip(first[near].tolist(), second[near].tolist(), strict=True):
                parents[_root(parents, other)] = _root(parents, one)
            if near.any():
                _flatten(labels)
            step += 1
    return labels


def _root(parents: array[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


def _flatten(labels: NDArray[int32]) -> None:
    """Replace every label by the last one of its chain."""
    while True:
        further = labels[labels]
        if (further == labels).all():
            return
        labels[:] = further
