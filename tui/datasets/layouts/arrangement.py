"""Decide where a folder's classes are: in its sub-folders, in its parts, or in file names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tui.common.paths import StateError
from tui.common.text import clean
from tui.datasets.folder.folder_summary import (
    Finding,
    FolderError,
    Layout,
    Reading,
    clean_names,
    join_names,
    pluralize,
    short_name,
)
from tui.datasets.folder.linked_folders import LinkedSubsets, write_linked_folders
from tui.datasets.folder.scan import FolderEntries
from tui.datasets.layouts.dataset_parts import (
    PartClassFolders,
    find_part_class_folders,
    find_parts,
    folders_with_images,
    read_part,
    share_any_class,
)
from tui.datasets.layouts.flat_folder import FlatFolder, find_flat_folder
from tui.datasets.layouts.folder_names import is_mask, masks_finding
from tui.datasets.layouts.label_tables import find_label_table
from tui.datasets.layouts.layout_findings import (
    flat_folder_finding,
    links_sentence,
    part_class_finding,
    parts_finding,
    parts_read_finding,
    test_validates_finding,
    unfit_test_finding,
    unlabelled_finding,
)

TRAIN_NAMES = ("train", "training")
VALIDATION_NAMES = ("validation", "val", "valid", "test")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a folder is read.

    Args:
        layout: "classes" or "split".
        train: path of the folder whose sub-folders are the classes.
        validation: the same for validation, or None.
        used: names of the chosen folder's sub-folders that are read.
        findings: findings about this arrangement.
    """

    layout: Layout
    train: str
    validation: str | None = None
    used: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


def arrange_folder(level: FolderEntries, reading: Reading) -> Arrangement:
    """Decide how a folder is read.

    Args:
        level: the chosen folder.
        reading: the requested reading.

    Raises:
        FolderError: if it cannot be read that way.
    """
    as_classes = Arrangement("classes", level.path)
    if reading == "folders":
        return as_classes
    if reading == "halves":
        return _as_parts(level)
    if reading == "names" or reading == "table":
        return _as_linked_folders(level, reading)
    masks = (
        masks_finding(folders_with_images(level), ("folders",))
        if any(map(is_mask, level.folders))
        else None
    )
    if masks is not None:
        return Arrangement("classes", level.path, findings=(masks,))
    pair = _usual_pair(level)
    if pair is not None:
        return pair
    halves = find_parts(level)
    if halves is not None:
        return Arrangement("classes", level.path, findings=(parts_finding(halves),))
    grid = find_part_class_folders(level)
    if grid is not None:
        return Arrangement("classes", level.path, findings=(part_class_finding(grid),))
    flat = find_flat_folder(level)
    finding = flat_folder_finding(level, flat) if flat is not None else None
    return Arrangement("classes", level.path, findings=(finding,)) if finding else as_classes


def _usual_pair(level: FolderEntries) -> Arrangement | None:
    """Recognise `train/` with class folders, beside `validation/` or a folder with a like name."""
    by_name = {name.lower(): name for name in reversed(level.folders)}
    name = next((by_name[name] for name in TRAIN_NAMES if name in by_name), "")
    if not name:
        return None
    train = read_part(level.path, name)
    if train.images and not train.classes:
        return None
    found = [by_name[name] for name in VALIDATION_NAMES if name in by_name]
    if not found:
        # A folder "train" may be a class (trains and cars): without a validation folder it holds
        # the classes only if it is the only folder and has class folders.
        alone = len(level.folders) == 1 and train.classes and not train.images
        return Arrangement("split", train.directory, None, frozenset({name})) if alone else None
    parts = [read_part(level.path, folder) for folder in found]
    # Images without class folders have no label: a test set whose labels are not published.
    bare = [
        part
        for part in parts
        if part.images and not part.classes and part.inside not in train.classes
    ]
    # A test folder with other classes is not used; a validation folder with other classes is a
    # mistake that `describe` reports.
    unfit = [
        part
        for part in parts
        if part.role == "test"
        and part.classes
        and train.classes
        and not share_any_class(part, train)
    ]
    fit = [part for part in parts if part not in bare and part not in unfit]
    used = frozenset({name, *(part.name for part in fit[:1])})
    validation = fit[0].directory if fit else None
    tests = [part for part in fit[:1] if part.role == "test" and share_any_class(part, train)]
    findings = [
        *map(unlabelled_finding, bare),
        *map(unfit_test_finding, unfit),
        *map(test_validates_finding, tests),
    ]
    left = {part.name for part in (*bare, *unfit)}
    return Arrangement("split", train.directory, validation, used | left, tuple(findings))


def _as_parts(level: FolderEntries) -> Arrangement:
    halves = find_parts(level)
    if halves is None or halves.train is None:
        pair = _usual_pair(level)
        if pair is not None:
            return pair
        grid = find_part_class_folders(level)
        if grid is not None:
            return _as_part_class_folders(level, grid)
        raise FolderError(
            f"No folder in {clean(level.path)} is a training folder with class folders inside it: "
            "choose the folder that holds the class folders."
        )
    note = parts_read_finding(
        [halves.train.name],
        [halves.validation.name] if halves.validation else [],
        [part.name for part in halves.left],
        [part.name for part in halves.parts],
    )
    return Arrangement(
        "split",
        halves.train.directory,
        halves.validation.directory if halves.validation else None,
        frozenset(part.name for part in halves.parts),
        (note,),
    )


def _as_part_class_folders(level: FolderEntries, grid: PartClassFolders) -> Arrangement:
    """Arrange folders such as `train_sea` and `test_sea` as folders of links."""
    sides = {
        side: {
            label: [os.path.join(part.directory, name) for name in part.images]
            for label, part in parts.items()
        }
        for side, parts in (("train", grid.train), ("validation", grid.validation))
    }
    view = _write_links(level.path, "halves", sides)
    note = parts_read_finding(
        [part.name for part in grid.train.values()],
        [part.name for part in grid.validation.values()],
        grid.left,
        level.folders,
        view,
    )
    return _linked_arrangement(level, view, sides, [note])


def _as_linked_folders(level: FolderEntries, reading: Literal["names", "table"]) -> Arrangement:
    """Arrange images by their names, or by a table, as folders of links."""
    flat = find_flat_folder(level)
    find = _by_table if reading == "table" else _by_names
    labelled = None if flat is None else find(flat)
    if flat is None or labelled is None:
        raise FolderError(_NO_LABELS[reading].format(clean(level.path)))
    files, others, by = labelled
    sides = {"train": _paths(flat.directory, files)}
    left = flat.left
    if flat.validation is not None and flat.validation_names is not None:
        if reading == "names":
            sides["validation"] = _paths(flat.validation.directory, flat.validation_names.files)
        else:
            left = (flat.validation, *left)
    view = _write_links(level.path, reading, sides)
    counts = [f"{label} ({len(files[label]):,})" for label in files]
    findings = [
        Finding(
            "note",
            f"{reading}_read",
            f"Labels from {by}: {join_names(counts)}.{links_sentence(view)}",
            clean_names(files),
        ),
        *map(unlabelled_finding, left),
    ]
    if others:
        findings.append(
            Finding(
                "warning",
                "names_left",
                f"{pluralize(len(others), 'image')} without a label, such as "
                f"{short_name(others[0])}: not read.",
                clean_names(others),
            )
        )
    return _linked_arrangement(level, view, sides, findings)


_NO_LABELS = {
    "names": "The names of the images in {} do not begin with labels, as cat.0.jpg and dog.0.jpg "
    "do, nor end with them, as 0_cat.jpg does. Make one sub-folder for each class and put its "
    "images there.",
    "table": "There is no table of labels for the images in {}: a .csv file with one column of "
    "file names and one of labels. Make one sub-folder for each class instead.",
}
_Labelled = tuple[Mapping[str, tuple[str, ...]], Sequence[str], str]
"""Label → names of its images; images without a label; a phrase for where the labels are."""


def _by_names(flat: FlatFolder) -> _Labelled | None:
    if flat.names is None:
        return None
    end = "beginnings" if flat.names.place == "begin" else "ends"
    return flat.names.files, flat.names.others, f"the {end} of the names"


def _by_table(flat: FlatFolder) -> _Labelled | None:
    first = flat.table
    if first is None:
        return None
    table = find_label_table(flat.table_folder, [first.name], flat.images, whole=True)
    if table is None or table.label is None or not table.usable:
        return None
    labelled = {name for names in table.labels.values() for name in names}
    others = [name for name in flat.images if name not in labelled]
    return table.labels, others, f"the column {short_name(table.label)} of {short_name(table.name)}"


def _linked_arrangement(
    level: FolderEntries, view: str, sides: LinkedSubsets, findings: Iterable[Finding]
) -> Arrangement:
    second = os.path.join(view, "validation") if "validation" in sides else None
    train = os.path.join(view, "train")
    return Arrangement("split", train, second, frozenset(level.folders), tuple(findings))


def _paths(directory: str, files: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {
        label: [os.path.join(directory, name) for name in names] for label, names in files.items()
    }


def _write_links(source: str, kind: str, sides: LinkedSubsets) -> str:
    try:
        return str(write_linked_folders(source, kind, sides))
    except StateError as error:
        raise FolderError(str(error)) from error
