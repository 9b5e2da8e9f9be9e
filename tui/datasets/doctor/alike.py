"""Pictures that look alike: perceptual hashes that differ in a few bits only.

Comparing all with all would take minutes for tens of thousands. Hashes that differ in at most k
bits agree wholly in one of k + 1 bands of their bits, so only hashes that share a band are
compared.

numpy is imported inside the functions: the first screen does not wait for it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tui.datasets.doctor.facts import LOOK_BITS
from tui.datasets.doctor.groups import Groups
from tui.datasets.doctor.same import grouped

if TYPE_CHECKING:
    from numpy import int32, int64, uint64
    from numpy.typing import NDArray

MOST_BITS_APART = 6
"""Of 128. Saved again at quality 30, or at half the size, 99 of 100 photographs stay within it."""


def alike(
    words: NDArray[uint64], places: NDArray[int64], stop: Callable[[], bool] = lambda: False
) -> Groups:
    """Group pictures that look alike; a group is joined by pairs, one picture after the other.

    Args:
        words: a perceptual hash a row, as two numbers.
        places: what to call the rows, rising.
        stop: asked now and then; True ends it early, with what was found.

    Returns:
        Places, in groups of at least two.
    """
    distinct, inverse = _distinct(words)
    return grouped([_labels(distinct, stop)[inverse]], places)


def _distinct(words: NDArray[uint64]) -> tuple[NDArray[uint64], NDArray[int32]]:
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


def _labels(words: NDArray[uint64], stop: Callable[[], bool]) -> NDArray[int32]:
    """Give hashes that are at most `MOST_BITS_APART` bits apart the same label, pair by pair."""
    import numpy as np

    parents = array("i", range(len(words)))
    labels = np.frombuffer(parents, dtype=np.int32) if parents else np.zeros(0, dtype=np.int32)
    for band in _bands(words):
        order = np.argsort(band, kind="stable").astype(np.int32)
        ordered = band[order]
        # Those that share a band stand together: compare each with the next, then with the next
        # but one, and so on for as long as any two still share it.
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
                parents[_top(parents, other)] = _top(parents, one)
            if near.any():
                _flatten(labels)
            step += 1
    return labels


def _top(parents: array[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


def _flatten(labels: NDArray[int32]) -> None:
    """Lead every label to the last one of its chain."""
    while True:
        further = labels[labels]
        if (further == labels).all():
            return
        labels[:] = further
