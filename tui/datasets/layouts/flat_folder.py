"""Images without class folders, whose labels are in their names or in a table."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tui.datasets.folder.scan import FolderEntries, has_images, scan_folder
from tui.datasets.layouts.dataset_parts import Part, read_part
from tui.datasets.layouts.folder_names import parse_folder_name
from tui.datasets.layouts.label_tables import LabelTable, find_label_table
from tui.datasets.layouts.name_labels import NameLabels, match_labels, name_labels


@dataclass(frozen=True, slots=True)
class FlatFolder:
    """Images without class folders.

    Args:
        directory: the folder of the training images.
        images: their names, sorted.
        validation: a folder of images with the same labels in their names, or None.
        left: other folders of images.
        names: the labels in the names, or None.
        validation_names: the same for `validation`.
        table: a table of labels that names the images, or None.
        table_folder: the folder that holds the table.
    """

    directory: str
    images: tuple[str, ...]
    validation: Part | None
    left: tuple[Part, ...]
    names: NameLabels | None
    validation_names: NameLabels | None
    table: LabelTable | None
    table_folder: str


def find_flat_folder(level: FolderEntries) -> FlatFolder | None:
    """Find images without class folders.

    They are in the chosen folder itself, in the only folder that holds images, or in folders named
    like parts of a dataset, such as `train` and `test1`.

    Args:
        level: the chosen folder.

    Returns:
        None if two folders could be classes, or there are no images.
    """
    folders = _few_with_images(level)
    if folders is None or not (level.images or folders):
        return None
    parts = [read_part(level.path, name) for name in folders]
    if any(part.classes for part in parts):
        return None
    rests = {parse_folder_name(part.name).rest for part in parts}
    all_parts = all(part.role for part in parts) and len(rests) <= 1
    if level.images:
        if parts and not all_parts:
            return None
        directory, images, others = level.path, level.images, parts
    else:
        train = [part for part in parts if part.role == "train"] or parts
        if len(parts) > 1 and not all_parts:
            return None
        directory, images = train[0].directory, train[0].images
        others = [part for part in parts if part is not train[0]]
    names = name_labels(images)
    validation, validation_names = None, None
    for part in sorted(others, key=lambda item: (item.role == "test", item.name)):
        found = match_labels(part.images, names.labels) if names and part.role else None
        if found is not None:
            validation, validation_names = part, found
            break
    table, table_folder = _table(level, directory, images)
    left = tuple(part for part in others if part is not validation)
    return FlatFolder(
        directory, images, validation, left, names, validation_names, table, table_folder
    )


def _few_with_images(level: FolderEntries) -> list[str] | None:
    """Return the folders that hold images directly; None once two of them can be classes."""
    found: list[str] = []
    unnamed = 0
    for name in level.folders:
        inside = parse_folder_name(name).role and read_part(level.path, name).inside
        if inside or has_images(os.path.join(level.path, name)):
            found.append(name)
            unnamed += not parse_folder_name(name).role
            if unnamed > 1 or (unnamed and len(found) > 1):
                return None
    return found


def _table(
    level: FolderEntries, directory: str, images: tuple[str, ...]
) -> tuple[LabelTable | None, str]:
    places = [level] if directory == level.path else [level, scan_folder(directory)]
    for place in places:
        found = find_label_table(place.path, place.tables, images)
        if found is not None:
            return found, place.path
    return None, ""
