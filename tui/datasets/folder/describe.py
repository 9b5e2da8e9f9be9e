"""Describe a folder of images by its file names: classes, counts and findings.

No image is decoded here; `check_images` opens the files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from tui.common.text import clean
from tui.datasets.folder import class_findings, file_findings, similar_names
from tui.datasets.folder.folder_summary import (
    ClassCount,
    Finding,
    FolderError,
    FolderSummary,
    Reading,
)
from tui.datasets.folder.scan import (
    ARCHIVE_ENDINGS,
    ClassScan,
    FolderEntries,
    scan_class,
    scan_folder,
)
from tui.datasets.layouts.arrangement import TRAIN_NAMES, VALIDATION_NAMES, arrange_folder
from tui.datasets.layouts.folder_names import masks_finding
from tui.datasets.layouts.layout_findings import same_inside_finding

_SEVERITY_ORDER = {"error": 0, "warning": 1, "note": 2}


def describe(path: str | os.PathLike[str], reading: Reading = "auto") -> FolderSummary:
    """Return the classes, image counts and findings of a folder.

    Args:
        path: a folder with one sub-folder for each class, or with `train/` and `validation/`
            that hold them. `~` stands for the home folder.
        reading: how to read the folder, such as a reading that a finding offers.

    Returns:
        Classes, counts and findings. A folder that cannot be trained on is still described; its
        findings then hold an error.

    Raises:
        FolderError: if there is no such folder, or it cannot be listed or read that way.
    """
    top = _folder_path(path)
    level = scan_folder(top)
    arranged = arrange_folder(level, reading)
    if any(item.severity == "error" for item in arranged.findings):
        # It is not settled which folders are the classes, so more findings would not help.
        found = [*arranged.findings, *class_findings.check_path(top)]
        return FolderSummary(top, "classes", level.path, None, (), tuple(found), reading)
    whole = arranged.train == level.path
    train = level if whole else scan_folder(arranged.train)
    scans = {name: scan_class(os.path.join(train.path, name)) for name in train.folders}
    validation: FolderEntries | None = None
    second = {}
    if arranged.validation is not None:
        validation = scan_folder(arranged.validation)
        second = {
            name: scan_class(os.path.join(validation.path, name)) for name in validation.folders
        }
    classes = tuple(
        ClassCount(
            name,
            scan.images,
            None if validation is None else second[name].images if name in second else 0,
        )
        for name, scan in scans.items()
    )

    found = list(arranged.findings)
    if arranged.layout == "split":
        if reading not in ("names", "table"):
            found += file_findings.check_unused_folders(level, arranged.used)
    else:
        found += class_findings.check_parent(top, TRAIN_NAMES, VALIDATION_NAMES)
    found += class_findings.check_path(top)
    found += class_findings.check_classes(train, classes, scans, chosen=whole)
    found += similar_names.check_class_names(classes)
    if not whole and reading in ("auto", "halves"):
        masks = masks_finding([item.name for item in classes if item.images], ())
        found += [] if masks is None else [masks]
    if whole and reading == "auto":
        found += _same_inside(classes, scans)
    found += file_findings.check_folder_entries(train)
    found += file_findings.check_class_contents(scans)
    if validation is not None:
        extra = [name for name in second if name not in scans]
        missing = [item.name for item in classes if item.images and not item.validation_images]
        pairs = similar_names.pair_spellings(missing, extra)
        found += class_findings.check_validation(
            validation,
            classes,
            [name for name in extra if name not in {other for _, other in pairs}],
            reported={name for name, _ in pairs},
        )
        found += similar_names.spelling_findings(pairs, os.path.basename(validation.path))
        found += file_findings.check_folder_entries(validation)
        found += file_findings.check_class_contents(second)
    else:
        found += class_findings.check_class_sizes(classes)
    found.sort(key=lambda item: _SEVERITY_ORDER[item.severity])
    return FolderSummary(
        path=top,
        layout=arranged.layout,
        train_directory=train.path,
        validation_directory=None if validation is None else validation.path,
        classes=classes,
        findings=tuple(found),
        reading=reading,
    )


def _same_inside(classes: Iterable[ClassCount], scans: Mapping[str, ClassScan]) -> list[Finding]:
    inner = {
        item.name: tuple(path.split(os.sep)[1] for path in scans[item.name].nested)
        for item in classes
        if item.images
    }
    found = same_inside_finding(inner)
    return [] if found is None else [found]


def _folder_path(path: str | os.PathLike[str]) -> str:
    text = os.fspath(path)
    if not text.strip():
        raise FolderError("No folder was named: type the path of a folder of images.")
    shown = clean(text)
    try:
        top = os.path.abspath(os.path.expanduser(text))
        os.stat(top)
    except ValueError as error:  # a NUL in the path
        raise FolderError(f"{shown} is not a path ({clean(error)}): type it again.") from error
    except FileNotFoundError as error:
        above = top
        while not os.path.isdir(above):
            above = os.path.dirname(above)
        raise FolderError(
            f"There is no folder {shown}: {clean(above)} exists, so check the rest of the path."
        ) from error
    except OSError as error:
        raise FolderError(
            f"The folder {shown} cannot be opened ({error.strerror or clean(error)}): "
            "check its path and permissions."
        ) from error
    if os.path.isdir(top):
        return top
    if top.lower().endswith(ARCHIVE_ENDINGS):
        raise FolderError(f"{shown} is an archive: unpack it and choose the folder that results.")
    raise FolderError(
        f"{shown} is a file: choose the folder that holds one sub-folder for each class."
    )
