"""What there is to say of a folder whose classes are not simply its folders."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tui.datasets.flat import Flat
from tui.datasets.halves import Halves, Part, numbered_alike, shared
from tui.datasets.roles import named
from tui.datasets.scan import Level
from tui.datasets.summary import Finding, Reading, counted, listed, plain, plain_all
from tui.text import clean

_FEW = 3  # folders that may be to train, to validate and to test


def about_unlabelled(part: Part) -> Finding:
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
    words += f"Train on {plain(halves.train.name)}{rest_of(halves)}."
    return Finding("error", "halves", words, names, readings=("halves", "folders"))


def _others(halves: Halves) -> str:
    return listed(part.name for part in halves.parts if not part.classes)


def rest_of(halves: Halves) -> str:
    """Say what becomes of the parts that are not trained on."""
    words = ""
    if halves.validation is not None:
        words += f", validate on {plain(halves.validation.name)}"
    if halves.left:
        words += f", leave {listed(part.name for part in halves.left)} alone"
    return words


def about_flat(level: Level, flat: Flat) -> tuple[Finding, ...]:
    """Say where the labels of images without class folders are."""
    where = plain(os.path.basename(flat.directory))
    if flat.names is not None:
        names = flat.names
        labels = listed((f"{label} ({len(names.files[label]):,})" for label in _first(flat)), 5)
        rest = f", leave {listed(part.name for part in flat.left)} alone" if flat.left else ""
        beside = f", validate on {plain(flat.validation.name)}" if flat.validation else ""
        these = "These are the classes"
        if names.guessed:
            these = "These are perhaps the classes, but that is a guess"
        return (
            Finding(
                "error",
                "names",
                f"No class folders in {where}: {counted(len(flat.images), 'image')} whose names "
                f"{names.place} with {labels}. {these}: train by them{beside}{rest}, or make one "
                "sub-folder for each and put its images there.",
                plain_all(names.labels),
                readings=("names", *_as_folders(level, flat)),
            ),
        )
    if flat.table is not None:
        table = flat.table
        usable = table.label is not None and all(map(is_folder_name, table.labels))
        by = (
            f"its column {plain(table.label or '')} gives {counted(len(table.labels), 'label')} "
            f"({listed(table.labels, 3)}). Train by it, or make one sub-folder for each label and "
            "put its images there."
            if usable
            else "which column holds the labels cannot be told. Make one sub-folder for each label "
            "and put its images there."
        )
        readings: tuple[Reading, ...] = ("table",) if usable else ()
        return (
            Finding(
                "error",
                "table",
                f"No class folders in {where}: {counted(len(flat.images), 'image')}, and the table "
                f"{plain(table.name)} names them in its column {plain(table.key)}; {by}",
                plain_all([table.name]),
                readings=(*readings, *_as_folders(level, flat)),
            ),
        )
    first = os.path.relpath(flat.directory, level.path).split(os.sep)[0]
    parts = [first, *(part.name for part in flat.left)]
    if level.images or len(parts) < 2:
        return ()
    return (_bare_parts(parts),)


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


def _first(flat: Flat) -> list[str]:
    assert flat.names is not None
    files = flat.names.files
    return sorted(files, key=lambda label: (-len(files[label]), label))


def is_folder_name(label: str) -> bool:
    """Return whether a label can be the name of a class folder."""
    return not (label.startswith(".") or "/" in label or "\0" in label or len(label.encode()) > 200)


def about_same_inside(classes: Mapping[str, tuple[str, ...]]) -> Finding | None:
    """Tell of class folders that hold the same folders: perhaps parts of one set.

    Args:
        classes: class → names of the folders with images in it.
    """
    full = {name: {one.casefold() for one in inner} for name, inner in classes.items()}
    if len(full) < 2 or not all(full.values()):
        return None
    sets = list(full.values())
    both = set.intersection(*sets)
    if not both or len(both) * 2 < max(map(len, sets)) or (len(both) < 2 and max(map(len, sets))):
        return None
    folds = numbered_alike(list(classes))
    parts = any(named(name).role for name in both)
    # Among many folders, each with the same few inside, the outer ones are the classes.
    few = all(one == both for one in sets) and len(full) <= min(_FEW, len(both))
    asked = not parts and (folds or few)
    inside = f"Each of {listed(classes)} holds the folders {listed(sorted(both))}: "
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
