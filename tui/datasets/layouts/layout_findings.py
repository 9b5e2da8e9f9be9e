"""Findings about folders whose classes are not simply their sub-folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from tui.common.text import clean
from tui.datasets.folder.folder_summary import (
    Finding,
    Reading,
    clean_names,
    join_names,
    pluralize,
    short_name,
)
from tui.datasets.folder.scan import FolderEntries
from tui.datasets.folder.similar_names import name_key
from tui.datasets.layouts.dataset_parts import (
    DatasetParts,
    Part,
    PartClassFolders,
    differ_in_numbers_only,
    share_classes,
)
from tui.datasets.layouts.flat_folder import FlatFolder
from tui.datasets.layouts.folder_names import parse_folder_name
from tui.datasets.layouts.label_tables import LabelTable
from tui.datasets.layouts.name_labels import NameLabels

_FEW = 3  # folders that may be for training, validation and testing


def unlabelled_finding(part: Part) -> Finding:
    """Report that a folder of images without labels is not read."""
    return Finding(
        "note",
        "unlabelled",
        f"Not read: {_shown_path(part)}, {pluralize(len(part.images), 'image')} without class "
        "folders, so without labels.",
        clean_names([part.name]),
    )


def _shown_path(part: Part) -> str:
    return short_name(os.path.join(part.name, part.inside) if part.inside else part.name)


def unfit_test_finding(part: Part) -> Finding:
    """Report that a test folder with other classes is not read."""
    return Finding(
        "note",
        "unlabelled",
        f"Not read: {short_name(part.name)}, whose folders ({join_names(part.classes, 3)}) are "
        "none of the classes, so without labels.",
        clean_names([part.name]),
    )


def test_validates_finding(part: Part) -> Finding:
    """Report that a test folder is used for validation, as there is no other."""
    return Finding(
        "note",
        "test_validates",
        f"Validation uses {short_name(part.name)}: no folder is called validation. Keep other "
        "images for a final test.",
        clean_names([part.name]),
    )


def parts_finding(halves: DatasetParts) -> Finding:
    """Report that the folders are parts of one set."""
    full = [part for part in halves.parts if part.classes]
    names = clean_names(part.name for part in halves.parts)
    inside = join_names(full[0].classes, most=3)
    if len(full) == 1:
        held = f"{short_name(full[0].name)} holds class folders ({inside}), and "
        held += f"{_classless(halves)} none"
    else:
        same = all(share_classes(full[0], part) for part in full[1:])
        held = f"{join_names(part.name for part in full)} hold " + (
            f"the same class folders ({inside})" if same else f"class folders ({inside} …)"
        )
    words = f"{held}: these are parts of one set, not classes. "
    if halves.train is None:
        if len(full) == 1:
            words += f"Choose {clean(full[0].directory)} to train on those."
            suggestion = full[0].directory
        else:
            words += "None of them is named like a training folder: choose the one to train on."
            suggestion = None
        return Finding("error", "halves", words, names, suggestion, readings=("folders",))
    validation = [halves.validation.name] if halves.validation else []
    rest = _use_of_others(validation, [part.name for part in halves.left])
    words += f"Train on {short_name(halves.train.name)}{rest}."
    return Finding("error", "halves", words, names, readings=("halves", "folders"))


def _classless(halves: DatasetParts) -> str:
    return join_names(part.name for part in halves.parts if not part.classes)


def _use_of_others(validation: Sequence[str], left: Sequence[str]) -> str:
    """Return the end of a sentence: how the folders that are not trained on are used."""
    words = f", validate on {join_names(validation)}" if validation else ""
    return words + (f", leave out {join_names(left)}" if left else "")


def part_class_finding(grid: PartClassFolders) -> Finding:
    """Report folders whose names hold both a part and a class."""
    train = [part.name for part in grid.train.values()]
    validation = [part.name for part in grid.validation.values()]
    names = [*train, *validation, *grid.left]
    return Finding(
        "error",
        "halves",
        f"The names of {join_names(names)} hold both a part of a set and a class: these are parts "
        f"of one set, not classes. The classes are {join_names(grid.train)}: train on "
        f"{join_names(train)}{_use_of_others(validation, grid.left)}.",
        clean_names(names),
        readings=("halves", "folders"),
    )


def parts_read_finding(
    train: Sequence[str],
    validation: Sequence[str],
    left: Sequence[str],
    names: Iterable[str],
    view: str = "",
) -> Finding:
    """Report that folders are read as parts of one set, as requested.

    Args:
        train: training folders.
        validation: validation folders.
        left: folders that are not read.
        names: all folders concerned.
        view: the folder of links that is read instead; empty if there is none.
    """
    words = f"Read as parts of one set: {join_names(train)} for training"
    words += f", {join_names(validation)} for validation" if validation else ""
    words += f"; {join_names(left)} not read" if left else ""
    words += "." if validation else ". A share of each class is kept for validation."
    return Finding(
        "note", "halves_read", words + (links_sentence(view) if view else ""), clean_names(names)
    )


def links_sentence(view: str) -> str:
    """Return a sentence about a folder of links, with a leading space."""
    return f" They are read through links in {clean(view)}; your own files stay as they are."


def flat_folder_finding(level: FolderEntries, flat: FlatFolder) -> Finding | None:
    """Report where the labels of images without class folders are; None if that is not known."""
    if flat.names is not None:
        return _names_finding(level, flat, flat.names)
    if flat.table is not None:
        return _table_finding(level, flat, flat.table)
    first = os.path.relpath(flat.directory, level.path).split(os.sep)[0]
    parts = [first, *(part.name for part in flat.left)]
    return None if level.images or len(parts) < 2 else _unlabelled_parts_finding(parts)


def _no_class_folders(flat: FlatFolder) -> str:
    where = short_name(os.path.basename(flat.directory))
    return f"No class folders in {where}: {pluralize(len(flat.images), 'image')}"


def _names_finding(level: FolderEntries, flat: FlatFolder, names: NameLabels) -> Finding:
    largest = sorted(names.files, key=lambda label: (-len(names.files[label]), label))
    labels = join_names((f"{label} ({len(names.files[label]):,})" for label in largest), 5)
    validation = [flat.validation.name] if flat.validation else []
    rest = _use_of_others(validation, [part.name for part in flat.left])
    these = "These are the classes"
    if names.guessed:
        these = "These may be the classes, but that is a guess"
    words = (
        f"{_no_class_folders(flat)} whose names {names.place} with {labels}. {these}: use them as "
        f"labels{rest}, or make one sub-folder for each and put its images there."
    )
    readings: tuple[Reading, ...] = ("names",)
    if flat.table is not None and flat.table.usable:
        words += f" The table {short_name(flat.table.name)} {_labels(flat.table)} too."
        readings = ("names", "table")
    return Finding(
        "error",
        "names",
        words,
        clean_names(names.labels),
        readings=(*readings, *_as_folders(level, flat)),
    )


def _table_finding(level: FolderEntries, flat: FlatFolder, table: LabelTable) -> Finding:
    by = (
        f"it {_labels(table)}. Use these labels, or make one sub-folder for each label and put its "
        "images there."
        if table.usable
        else "which column holds the labels is not clear. Make one sub-folder for each label and "
        "put its images there."
    )
    readings: tuple[Reading, ...] = ("table",) if table.usable else ()
    return Finding(
        "error",
        "table",
        f"{_no_class_folders(flat)}, and the table {short_name(table.name)} lists them in its "
        f"column {short_name(table.key)}; {by}",
        clean_names([table.name]),
        readings=(*readings, *_as_folders(level, flat)),
    )


def _labels(table: LabelTable) -> str:
    labels = f"{pluralize(len(table.labels), 'label')} ({join_names(table.labels, 3)})"
    return f"gives {labels} in its column {short_name(table.label or '')}"


def _as_folders(level: FolderEntries, flat: FlatFolder) -> tuple[Reading, ...]:
    """Offer to read the folders as classes, if there are two."""
    two = flat.directory != level.path and (flat.left or flat.validation)
    return ("folders",) if two else ()


def _unlabelled_parts_finding(names: list[str]) -> Finding:
    """Report folders that are named like parts of a set but hold only images."""
    intro = (
        f"{join_names(names)} hold images and no class folders, and are named like parts of a "
        "dataset: "
    )
    roles = {parse_folder_name(name).role for name in names}
    if "validation" in roles and "train" in roles:
        words = (
            f"{intro}images without class folders have no label. Make one sub-folder for each "
            "class in them."
        )
    else:
        words = (
            f"{intro}are they classes? If they are for training and testing, make one sub-folder "
            "for each class in them."
        )
    return Finding("error", "bare_parts", words, clean_names(names), readings=("folders",))


def same_inside_finding(classes: Mapping[str, tuple[str, ...]]) -> Finding | None:
    """Report class folders that hold the same folders and may be parts of one set.

    Args:
        classes: class → names of the folders with images in it.
    """
    sets = [set(map(name_key, inner)) for inner in classes.values()]
    if len(sets) < 2 or not all(sets):
        return None
    both = set.intersection(*sets)
    if len(both) < 2 or len(both) * 2 < max(map(len, sets)):
        return None
    spelled = sorted({name for name in next(iter(classes.values())) if name_key(name) in both})
    folds = differ_in_numbers_only(list(classes))
    parts = any(parse_folder_name(name).role for name in spelled)
    # Among many folders, each with the same few inside, the outer ones are the classes.
    few = all(names == both for names in sets) and len(sets) <= min(_FEW, len(both))
    stops = not parts and (folds or few)
    inside = f"Each of {join_names(classes)} holds the folders {join_names(spelled)}: "
    if parts:
        words = (
            f"{inside}the images in all of them are trained on, test images too. Move the class "
            "folders into folders named train and validation to keep them apart."
        )
    elif folds:
        words = (
            f"{inside}these are parts of one set, not classes. Choose one of them, or put their "
            "images together."
        )
    elif few:
        words = (
            f"{inside}which are the classes? If the inner ones are, these are parts of one set: "
            "name the training folder train and the other validation, or choose one of them."
        )
    else:
        words = (
            f"{inside}which are the classes? The outer folders are read as the classes. If the "
            "inner ones are meant, put their images together in one folder for each."
        )
    return Finding(
        "error" if stops else "warning",
        "same_inside",
        words,
        clean_names(classes),
        readings=("folders",) if stops else (),
    )
