"""What there is to say of a folder whose classes are not simply its folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from tui.common.text import clean
from tui.datasets.folder.folder_summary import Finding, Reading, counted, listed, plain, plain_all
from tui.datasets.folder.scan import Level
from tui.datasets.folder.similar_names import alike_key
from tui.datasets.layouts.dataset_parts import Grid, Halves, Part, numbered_alike, shared
from tui.datasets.layouts.flat_folder import Flat
from tui.datasets.layouts.folder_names import named
from tui.datasets.layouts.label_tables import Table
from tui.datasets.layouts.name_labels import NameLabels

_FEW = 3  # folders that may be to train, to validate and to test


def about_unlabelled(part: Part) -> Finding:
    """Say that a folder of images without labels is left alone."""
    return Finding(
        "note",
        "unlabelled",
        f"Left alone: {_place(part)}, {counted(len(part.images), 'image')} without class "
        "folders, so without labels.",
        plain_all([part.name]),
    )


def _place(part: Part) -> str:
    return plain(os.path.join(part.name, part.inside) if part.inside else part.name)


def about_unfit(part: Part) -> Finding:
    """Say that a test whose folders are none of the classes is left alone."""
    return Finding(
        "note",
        "unlabelled",
        f"Left alone: {plain(part.name)}, whose folders ({listed(part.classes, 3)}) are none of "
        "the classes, so without labels.",
        plain_all([part.name]),
    )


def about_test(part: Part) -> Finding:
    """Say that the validation is done on what is called a test, there being no other folder."""
    return Finding(
        "note",
        "test_validates",
        f"Validates on {plain(part.name)}: no folder is called validation. Keep other images for a "
        "last test.",
        plain_all([part.name]),
    )


def about_halves(halves: Halves) -> Finding:
    """Say that the folders are parts of one set."""
    full = [part for part in halves.parts if part.classes]
    names = plain_all(part.name for part in halves.parts)
    inside = listed(full[0].classes, most=3)
    if len(full) == 1:
        held = f"{plain(full[0].name)} holds class folders ({inside}), and {_others(halves)} none"
    else:
        same = all(shared(full[0], part) for part in full[1:])
        held = f"{listed(part.name for part in full)} hold " + (
            f"the same class folders ({inside})" if same else f"class folders ({inside} …)"
        )
    words = f"{held}: these are parts of one set, not classes. "
    if halves.train is None:
        if len(full) == 1:
            words += f"Choose {clean(full[0].place)} to train on those."
            suggestion = full[0].place
        else:
            words += "None of them is called to be trained on: choose the one that is."
            suggestion = None
        return Finding("error", "halves", words, names, suggestion, readings=("folders",))
    validation = [halves.validation.name] if halves.validation else []
    rest = _rest(validation, [part.name for part in halves.left])
    words += f"Train on {plain(halves.train.name)}{rest}."
    return Finding("error", "halves", words, names, readings=("halves", "folders"))


def _others(halves: Halves) -> str:
    return listed(part.name for part in halves.parts if not part.classes)


def _rest(validation: Sequence[str], left: Sequence[str]) -> str:
    """Say what becomes of the folders that are not trained on."""
    words = f", validate on {listed(validation)}" if validation else ""
    return words + (f", leave {listed(left)} alone" if left else "")


def about_grid(grid: Grid) -> Finding:
    """Say that the folders are parts and classes in one."""
    train = [part.name for part in grid.train.values()]
    validation = [part.name for part in grid.validation.values()]
    names = [*train, *validation, *grid.left]
    return Finding(
        "error",
        "halves",
        f"The names of {listed(names)} hold a part of a set and a class in one: these are parts of "
        f"one set, not classes. The classes are {listed(grid.train)}: train on {listed(train)}"
        f"{_rest(validation, grid.left)}.",
        plain_all(names),
        readings=("halves", "folders"),
    )


def about_read_parts(
    train: Sequence[str],
    validation: Sequence[str],
    left: Sequence[str],
    names: Iterable[str],
    view: str = "",
) -> Finding:
    """Say that folders are read as parts of one set, as was asked for.

    Args:
        train: folders to train on.
        validation: folders to validate on.
        left: folders that are left alone.
        names: all the folders that it is about.
        view: the folder of links that is read in their place; empty where there is none.
    """
    words = f"Read as parts of one set: {listed(train)} to train on"
    words += f", {listed(validation)} to validate" if validation else ""
    words += f"; {listed(left)} left alone" if left else ""
    words += "." if validation else ". A share of each class is kept for validation."
    return Finding(
        "note", "halves_read", words + (links_in(view) if view else ""), plain_all(names)
    )


def links_in(view: str) -> str:
    """Return the sentence on a folder of links, with a blank before it."""
    return f" They are folders of links in {clean(view)}; your own files stay as they are."


def about_flat(level: Level, flat: Flat) -> Finding | None:
    """Say where the labels of images without class folders are; None where nothing says it."""
    if flat.names is not None:
        return _about_names(level, flat, flat.names)
    if flat.table is not None:
        return _about_table(level, flat, flat.table)
    first = os.path.relpath(flat.directory, level.path).split(os.sep)[0]
    parts = [first, *(part.name for part in flat.left)]
    return None if level.images or len(parts) < 2 else _bare_parts(parts)


def _bare(flat: Flat) -> str:
    where = plain(os.path.basename(flat.directory))
    return f"No class folders in {where}: {counted(len(flat.images), 'image')}"


def _about_names(level: Level, flat: Flat, names: NameLabels) -> Finding:
    largest = sorted(names.files, key=lambda label: (-len(names.files[label]), label))
    labels = listed((f"{label} ({len(names.files[label]):,})" for label in largest), 5)
    validation = [flat.validation.name] if flat.validation else []
    rest = _rest(validation, [part.name for part in flat.left])
    these = "These are the classes"
    if names.guessed:
        these = "These are perhaps the classes, but that is a guess"
    words = (
        f"{_bare(flat)} whose names {names.place} with {labels}. {these}: train by them{rest}, or "
        "make one sub-folder for each and put its images there."
    )
    readings: tuple[Reading, ...] = ("names",)
    if flat.table is not None and flat.table.usable:
        words += f" The table {plain(flat.table.name)} {_labels(flat.table)} too."
        readings = ("names", "table")
    return Finding(
        "error",
        "names",
        words,
        plain_all(names.labels),
        readings=(*readings, *_as_folders(level, flat)),
    )


def _about_table(level: Level, flat: Flat, table: Table) -> Finding:
    by = (
        f"it {_labels(table)}. Train by it, or make one sub-folder for each label and put its "
        "images there."
        if table.usable
        else "which column holds the labels is not clear. Make one sub-folder for each label and "
        "put its images there."
    )
    readings: tuple[Reading, ...] = ("table",) if table.usable else ()
    return Finding(
        "error",
        "table",
        f"{_bare(flat)}, and the table {plain(table.name)} names them in its column "
        f"{plain(table.key)}; {by}",
        plain_all([table.name]),
        readings=(*readings, *_as_folders(level, flat)),
    )


def _labels(table: Table) -> str:
    labels = f"{counted(len(table.labels), 'label')} ({listed(table.labels, 3)})"
    return f"gives {labels} in its column {plain(table.label or '')}"


def _as_folders(level: Level, flat: Flat) -> tuple[Reading, ...]:
    """Offer to take the folders for classes, where there are two."""
    two = flat.directory != level.path and (flat.left or flat.validation)
    return ("folders",) if two else ()


def _bare_parts(names: list[str]) -> Finding:
    """Folders called like parts of a set that hold images only: are they classes?"""
    asks = f"{listed(names)} hold images and no class folders, and are called like parts of a set: "
    roles = {named(name).role for name in names}
    if "validation" in roles and "train" in roles:
        words = (
            f"{asks}images without class folders have no label. Make one sub-folder for each class "
            "in them."
        )
    else:
        words = (
            f"{asks}are they classes? If they are to train and to test on, make one sub-folder for "
            "each class in them."
        )
    return Finding("error", "bare_parts", words, plain_all(names), readings=("folders",))


def about_same_inside(classes: Mapping[str, tuple[str, ...]]) -> Finding | None:
    """Say that class folders hold the same folders: perhaps they are parts of one set.

    Args:
        classes: class → names of the folders with images in it.
    """
    sets = [set(map(alike_key, inner)) for inner in classes.values()]
    if len(sets) < 2 or not all(sets):
        return None
    both = set.intersection(*sets)
    if len(both) < 2 or len(both) * 2 < max(map(len, sets)):
        return None
    spelled = sorted({one for one in next(iter(classes.values())) if alike_key(one) in both})
    folds = numbered_alike(list(classes))
    parts = any(named(name).role for name in spelled)
    # Among many folders, each with the same few inside, the outer ones are the classes.
    few = all(one == both for one in sets) and len(sets) <= min(_FEW, len(both))
    asked = not parts and (folds or few)
    inside = f"Each of {listed(classes)} holds the folders {listed(spelled)}: "
    if parts:
        words = (
            f"{inside}all are read as one, so that what is called a test is trained on too. Move "
            "the class folders into folders train and validation to keep them apart."
        )
    elif folds:
        words = (
            f"{inside}these are parts of one set, not classes. Choose one of them, or put their "
            "images together."
        )
    elif few:
        words = (
            f"{inside}which are the classes? If the inner ones are, these are parts of one set: "
            "call the one to train on train and the other validation, or choose one of them."
        )
    else:
        words = (
            f"{inside}which are the classes? The outer folders are read as the classes. If the "
            "inner ones are meant, put their images together in one folder for each."
        )
    return Finding(
        "error" if asked else "warning",
        "same_inside",
        words,
        plain_all(classes),
        readings=("folders",) if asked else (),
    )
