"""Sequences that take a few bytes per entry: groups of files, and texts about files.

A folder may contain half a million images. Tuples of numbers and texts about them would take
hundreds of megabytes, of which five lines are shown.
"""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Generic, TypeVar, overload

Item = TypeVar("Item")


class CompactSequence(Sequence[Item], Generic[Item]):
    """A sequence whose items are made on access; equal to a tuple of the same items."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, islice(self, 5)))
        return f"<{len(self):,}: {shown}{', …' if len(self) > 5 else ''}>"

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        """Return one item, or some as a tuple."""
        if isinstance(index, slice):
            return tuple(self._item(place) for place in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"{index} of {len(self)}")
        return self._item(place)

    def __iter__(self) -> Iterator[Item]:
        return map(self._item, range(len(self)))

    @abstractmethod
    def _item(self, place: int) -> Item:
        """Return the item at an index that is in range."""


class Groups(CompactSequence[tuple[int, ...]]):
    """Groups of indices, one after the other: four bytes per index.

    Args:
        members: the indices of all groups.
        ends: where in `members` each group ends.

    >>> found = Groups.of([(0, 3), (1, 2, 4)])
    >>> len(found), found[1], found == ((0, 3), (1, 2, 4))
    (2, (1, 2, 4), True)
    """

    __slots__ = ("ends", "members")
    __hash__ = CompactSequence.__hash__

    def __init__(self, members: array[int], ends: array[int]) -> None:
        self.members, self.ends = members, ends

    @classmethod
    def of(cls, groups: Iterable[Iterable[int]]) -> Groups:
        """Return a sequence of some groups."""
        members, ends = array("i"), array("i")
        for group in groups:
            members.extend(group)
            ends.append(len(members))
        return cls(members, ends)

    def __len__(self) -> int:
        return len(self.ends)

    def _item(self, place: int) -> tuple[int, ...]:
        start = self.ends[place - 1] if place else 0
        return tuple(self.members[start : self.ends[place]])

    def firsts(self) -> array[int]:
        """Return for each of `members` the first of its group."""
        found = array("i")
        for start, end in pairwise((0, *self.ends)):
            found.extend([self.members[start]] * (end - start))
        return found

    def later(self) -> array[int]:
        """Return all members but the first of each group."""
        found = array("i")
        for start, end in pairwise((0, *self.ends)):
            found.extend(self.members[start + 1 : end])
        return found


class LazySequence(CompactSequence[Item], Generic[Item]):
    """Items that are made when they are read.

    Args:
        count: number of items.
        item: returns an item by its index.

    >>> list(LazySequence(3, lambda place: f"{place}.jpg"))
    ['0.jpg', '1.jpg', '2.jpg']
    """

    __slots__ = ("_count", "_made")
    __hash__ = CompactSequence.__hash__

    def __init__(self, count: int, item: Callable[[int], Item]) -> None:
        self._count, self._made = count, item

    def __len__(self) -> int:
        return self._count

    def _item(self, place: int) -> Item:
        return self._made(place)


class LazyTexts(LazySequence[str]):
    """Texts that are made when they are read."""

    __slots__ = ()
    __hash__ = CompactSequence.__hash__
