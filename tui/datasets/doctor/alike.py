"""Pictures that look alike: perceptual hashes that differ in a few bits only.

Comparing all with all would take minutes for tens of thousands. Hashes that differ in at most k
bits agree wholly in one of k + 1 bands of their bits, so only hashes that share a band are
compared.

numpy is imported inside the functions: the first screen does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import int64, uint64
    from numpy.typing import NDArray

MOST_BITS_APART = 6
"""Of 128. Saved again at quality 30, or at half the size, 99 of 100 photographs stay within it."""


def groups_alike(
    looks: Sequence[bytes], stop: Callable[[], bool] = lambda: False
) -> list[tuple[int, ...]]:
    """Group pictures that look alike; a group is joined by pairs, one picture after the other.

    Args:
        looks: perceptual hashes, all of the same length, a multiple of 8 bytes; an empty one is
            alike to nothing.
        stop: asked now and then; True ends it early, with what was found.

    Returns:
        Positions in `looks`, in groups of at least two.
    """
    import numpy as np

    owners: dict[bytes, list[int]] = {}
    for position, look in enumerate(looks):
        if look:
            owners.setdefault(look, []).append(position)
    if not owners:
        return []
    distinct = list(owners)
    words = np.frombuffer(b"".join(distinct), dtype=np.uint64).reshape(len(distinct), -1)
    groups: dict[int, list[int]] = {}
    for look, label in zip(distinct, _labels(words, stop).tolist(), strict=True):
        groups.setdefault(label, []).extend(owners[look])
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def _labels(words: NDArray[uint64], stop: Callable[[], bool]) -> NDArray[int64]:
    """Give hashes that are at most `MOST_BITS_APART` bits apart the same label, pair by pair."""
    import numpy as np

    bits = np.unpackbits(words.view(np.uint8), axis=1)
    edges = np.linspace(0, bits.shape[1], MOST_BITS_APART + 2).astype(int)
    labels = np.arange(len(words))
    for start, end in pairwise(edges):
        band = bits[:, start:end].astype(np.int64) @ (1 << np.arange(end - start, dtype=np.int64))
        order = np.argsort(band, kind="stable")
        ordered = band[order]
        # Those that share a band stand together: compare each with the next, then with the next
        # but one, and so on for as long as any two still share it.
        here = np.arange(len(order) - 1)
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
            for one, other in zip(first[near], second[near], strict=True):
                if labels[one] != labels[other]:
                    labels[labels == labels[other]] = labels[one]
            step += 1
    return labels
