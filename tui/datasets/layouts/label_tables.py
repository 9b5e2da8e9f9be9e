"""Tables of labels: CSV files with a column of image names and a column of labels."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tui.datasets.images.image_files import UnreadableImage, open_file

TABLE_ENDINGS = (".csv", ".tsv")
_HEAD_BYTES = 200_000
_MOST_BYTES = 64_000_000
_MOST_CELL = 1000
_MIN_NAMED = 0.5  # of the rows name an image


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A table that names images.

    Args:
        name: the file's name.
        key: header of the column of image names.
        label: header of the column of labels; None if it is not clear which column that is.
        labels: label → names of its images, from the rows that were read.
    """

    name: str
    key: str
    label: str | None
    labels: dict[str, tuple[str, ...]]

    @property
    def usable(self) -> bool:
        """Return whether the labels are known, and each can be the name of a class folder."""
        return self.label is not None and all(map(_is_folder_name, self.labels))


def _is_folder_name(label: str) -> bool:
    return not (label.startswith(".") or "/" in label or "\0" in label or len(label.encode()) > 200)


def find_label_table(
    folder: str, names: Iterable[str], images: Collection[str], *, whole: bool = False
) -> LabelTable | None:
    """Find a table of labels among some files.

    Args:
        folder: the folder that holds the files.
        names: names of the files.
        images: names of the images that a table may list.
        whole: whether to read all rows, not only the first ones.

    Returns:
        The first table that lists images of the folder, or None.
    """
    stems = {os.path.splitext(image)[0]: image for image in images}
    known = {**stems, **{image: image for image in images}}
    for name in names:
        found = _read(os.path.join(folder, name), name, known, whole=whole)
        if found is not None:
            return found
    return None


def _read(path: str, name: str, known: dict[str, str], *, whole: bool) -> LabelTable | None:
    most = _MOST_BYTES if whole else _HEAD_BYTES
    try:
        with open_file(path) as file:
            data = file.read(most)
        text = data.decode("utf-8-sig", "replace")
        if len(data) == most:  # the last row may be torn
            text = text.rpartition("\n")[0]
        first = text.partition("\n")[0]
        delimiter = max("\t,;|", key=first.count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except (UnreadableImage, OSError, csv.Error, ValueError):
        return None
    if len(rows) < 3:
        return None
    head, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    columns = list(zip(*body, strict=True))
    for place, column in enumerate(columns):
        cells = [_image(cell, known) for cell in column]
        if sum(map(bool, cells)) >= max(2, _MIN_NAMED * len(column)):
            return _find_label_column(name, head, columns, place, cells)
    return None


def _image(cell: str, known: dict[str, str]) -> str:
    cell = cell.strip().replace("\\", "/").rpartition("/")[2]
    return known.get(cell, "")


def _find_label_column(
    name: str, head: list[str], columns: list[tuple[str, ...]], place: int, images: list[str]
) -> LabelTable:
    """Find the column of labels: its values repeat, as each label has several images."""
    fitting = []
    for other, column in enumerate(columns):
        if other == place or any(len(cell) > _MOST_CELL for cell in column):
            continue
        values = {cell.strip() for cell, image in zip(column, images, strict=True) if image}
        values.discard("")
        rows = sum(map(bool, images))
        numbers = all(_is_fraction(value) for value in values)
        if 2 <= len(values) <= rows // 2 and not numbers:
            fitting.append(other)
    named = [column for column in fitting if _is_label(head[column])]
    chosen = named[0] if named else fitting[0] if len(fitting) == 1 else None
    if chosen is None:
        return LabelTable(name, head[place].strip(), None, {})
    labels: dict[str, list[str]] = {}
    for cell, image in zip(columns[chosen], images, strict=True):
        if image and cell.strip():
            labels.setdefault(cell.strip(), []).append(image)
    found = {label: tuple(sorted(set(names))) for label, names in sorted(labels.items())}
    return LabelTable(name, head[place].strip(), head[chosen].strip(), found)


def _is_label(head: str) -> bool:
    word = head.strip().casefold()
    return any(part in word for part in ("label", "class", "category", "breed", "species"))


def _is_fraction(value: str) -> bool:
    """Return whether a value is a measurement such as 0.25, not a label."""
    try:
        return not float(value).is_integer()
    except (ValueError, OverflowError):
        return False
