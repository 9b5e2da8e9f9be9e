"""The facts about many files in columns, at about a hundred bytes per file.

One object per file, with its path as text, took half a gigabyte for half a million files.

numpy is imported inside the functions to keep start-up fast.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from tui.datasets.doctor.compact_sequences import CompactSequence
from tui.datasets.doctor.image_facts import LOOK_BITS, ImageFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

LOOK_BYTES = LOOK_BITS // 8
DIGEST_BYTES = 16
NUMBER_COLUMNS = {
    "size": "i8",
    "modified": "i8",
    "width": "i8",
    "height": "i4",
    "turn": "i1",
    "highest": "i4",
    "brightness": "f8",
}
"""Columns of numbers and numpy's type for them."""
TEXT_COLUMNS = ("fault", "reason", "mode", "format")
"""Columns of texts that many files share: each text is kept once."""
HASH_COLUMNS = {"look": LOOK_BYTES, "digest": DIGEST_BYTES}
"""Columns of hashes and their length; a file may have none."""
_UNKNOWN = ImageFacts(-1, 0)


class Paths(CompactSequence[str]):
    """Paths as the bytes that are on disk."""

    __slots__ = ("bytes", "ends")
    __hash__ = CompactSequence.__hash__

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self.bytes, self.ends = bytearray(), array("q")
        for path in paths:
            self.append(os.fsencode(path))

    def append(self, path: bytes) -> None:
        """Append a path."""
        self.bytes += path
        self.ends.append(len(self.bytes))

    def __len__(self) -> int:
        return len(self.ends)

    def raw(self, place: int) -> bytes:
        """Return the bytes of a path."""
        start = self.ends[place - 1] if place else 0
        return bytes(self.bytes[start : self.ends[place]])

    def _item(self, place: int) -> str:
        return os.fsdecode(self.raw(place))


class FactTable(CompactSequence[ImageFacts]):
    """The facts about files by index, each kind of value in its own column."""

    __slots__ = ("_text_numbers", "columns", "texts")
    __hash__ = CompactSequence.__hash__

    def __init__(self, count: int = 0) -> None:
        import numpy as np

        self.texts: list[str] = [""]
        self._text_numbers = {"": 0}
        # Zeros take no memory until they are overwritten.
        self.columns: dict[str, NDArray[Any]] = {
            name: np.zeros((count, width) if width else count, dtype=kind)
            for name, (kind, width) in self.layout().items()
        }
        self.columns["size"][:] = _UNKNOWN.size
        self.columns["turn"][:] = _UNKNOWN.turn

    @staticmethod
    def layout() -> dict[str, tuple[str, int]]:
        """Return the type of each column, and its values per row; 0 for a plain column."""
        return {
            **{name: (kind, 0) for name, kind in NUMBER_COLUMNS.items()},
            **{name: ("i4", 0) for name in TEXT_COLUMNS},
            **{name: ("u1", length) for name, length in HASH_COLUMNS.items()},
            **{f"has_{name}": ("?", 0) for name in HASH_COLUMNS},
        }

    def __len__(self) -> int:
        return len(self.columns["size"])

    def set(self, place: int, facts: ImageFacts) -> None:
        """Set the facts of a file.

        Raises:
            ValueError: if a hash has the wrong length.
            OverflowError: if a number is too large.
        """
        for name in NUMBER_COLUMNS:
            self.columns[name][place] = getattr(facts, name)
        for name in TEXT_COLUMNS:
            self.columns[name][place] = self.text_number(getattr(facts, name))
        for name, length in HASH_COLUMNS.items():
            value = getattr(facts, name)
            if len(value) not in (0, length):
                raise ValueError(f"a {name} of {len(value)} bytes, not {length}")
            self.columns[f"has_{name}"][place] = bool(value)
            self.columns[name][place] = list(value) or 0

    def _item(self, place: int) -> ImageFacts:
        values = {name: self.columns[name][place].item() for name in NUMBER_COLUMNS}
        values |= {name: self.text(name, place) for name in TEXT_COLUMNS}
        for name in HASH_COLUMNS:
            if self.columns[f"has_{name}"][place]:
                values[name] = self.columns[name][place].tobytes()
        return ImageFacts(**values)

    def text_number(self, text: str) -> int:
        """Return the number under which a text is kept."""
        if text not in self._text_numbers:
            self._text_numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._text_numbers[text]

    def text(self, name: str, place: int) -> str:
        """Return one file's text of a column."""
        number: int = self.columns[name][place]
        return self.texts[number]

    def is_in(self, name: str, words: Collection[str]) -> NDArray[np.bool_]:
        """Return for each file whether its text in a column is one of the given texts."""
        import numpy as np

        numbers = [self._text_numbers[word] for word in words if word in self._text_numbers]
        return np.isin(self.columns[name], numbers)

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Return for each file whether Keras can read it."""
        return self.is_in("fault", {""})

    @property
    def pixels(self) -> NDArray[np.int64]:
        """Return width × height of each file."""
        found: NDArray[np.int64] = self.columns["width"] * self.columns["height"]
        return found

    def copy_rows(
        self, source: FactTable, places: Places, at: int = 0, *, move: bool = False
    ) -> None:
        """Copy rows of another table.

        Args:
            source: the other table.
            places: rows of the other table; -1 leaves a row unknown.
            at: the first row to write here.
            move: whether to delete each column of the other table once it is copied.
        """
        import numpy as np

        known = np.flatnonzero(places >= 0)
        words = np.array([self.text_number(word) for word in source.texts])
        for name in self.columns:
            taken = source.columns[name][places[known]]
            if move:
                del source.columns[name]
            self.columns[name][at + known] = words[taken] if name in TEXT_COLUMNS else taken
