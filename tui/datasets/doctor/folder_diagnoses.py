"""The findings of `describe`, each with why it matters and what training does about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.datasets.doctor.diagnosis_types import Diagnosis
from tui.datasets.folder.folder_summary import Finding, FolderSummary, pluralize


class _Words(NamedTuple):
    singular: str
    plural: str
    why: str
    training: str


_STOPS = "It does not start."
_STOPS_UNASKED = "It does not start until you choose how to read the folder."
_NOT_READ = "It does not read them."
_NOTHING_TO_LEARN = "Without two classes there is nothing to tell apart."
_NAME_LOST = "A run stores names as UTF-8 text, and these bytes are not UTF-8."

_WORDS = {
    "undecodable_path": _Words("", "a path that is not UTF-8", _NAME_LOST, _STOPS),
    "undecodable_class": _Words(
        "class name that is not UTF-8", "class names that are not UTF-8", _NAME_LOST, _STOPS
    ),
    "class_folder": _Words(
        "", "one class folder was chosen, not the folder above", _NOTHING_TO_LEARN, _STOPS
    ),
    "flat": _Words(
        "image, and no class folders",
        "images, and no class folders",
        "The folders' names become the labels; images without a folder have no label.",
        _STOPS,
    ),
    "halves": _Words(
        "",
        "folders that are parts of one set, not classes",
        "A network trained on them learns to tell the parts apart, and its scores mean nothing.",
        _STOPS_UNASKED,
    ),
    "names": _Words(
        "",
        "no class folders: labels are in the file names",
        "Keras takes the labels from folder names, so those in the file names are lost.",
        _STOPS_UNASKED,
    ),
    "table": _Words(
        "",
        "no class folders: labels are in a table",
        "Keras takes the labels from folder names, and does not read the table.",
        _STOPS_UNASKED,
    ),
    "bare_parts": _Words(
        "",
        "folders named like parts of a set, without class folders",
        "If they are parts of a set, a network learns to tell the parts apart, and its scores mean "
        "nothing.",
        _STOPS_UNASKED,
    ),
    "masks": _Words(
        "",
        "images and masks, not classes",
        "A network trained on them learns to tell pictures from masks, and its scores mean "
        "nothing.",
        _STOPS,
    ),
    "same_inside": _Words(
        "",
        "classes that hold the same folders",
        "If the folders inside are the classes, they are merged into one.",
        "It reads the outer folders as the classes.",
    ),
    "test_validates": _Words(
        "",
        "a test folder is used for validation",
        "Images that decide when to stop, or which network is best, are no longer a fair test.",
        "It validates on that folder.",
    ),
    "halves_read": _Words(
        "", "read as parts of one set", "You chose this.", "It reads the parts that are named."
    ),
    "names_read": _Words(
        "",
        "labels read from the file names",
        "You chose this.",
        "It reads the links as the images themselves.",
    ),
    "table_read": _Words(
        "",
        "labels read from a table",
        "You chose this.",
        "It reads the links as the images themselves.",
    ),
    "names_left": _Words(
        "image without a label",
        "images without a label",
        "Images without a label cannot be trained on.",
        _NOT_READ,
    ),
    "unlabelled": _Words(
        "folder of images without labels",
        "folders of images without labels",
        "Images without labels cannot be trained or validated on; they are for predictions.",
        _NOT_READ,
    ),
    "same_names": _Words(
        "",
        "class names that differ only in spelling",
        "They look the same on screen, but each gets its own label: one class is split in two by "
        "the spelling of its folder.",
        "It trains them as different classes.",
    ),
    "label_order": _Words(
        "",
        "classes sorted as text, not as numbers",
        "If you take output 2 for class 2, you misread the predictions.",
        "It gives these labels, as Keras does, and shows names beside them.",
    ),
    "no_images": _Words("", "no images in any class", "There is nothing to train on.", _STOPS),
    "look_inside": _Words("", "the class folders are further down", _NOTHING_TO_LEARN, _STOPS),
    "single_class": _Words(
        "class only",
        "class only",
        f"{_NOTHING_TO_LEARN} Accuracy would be 100 % from the first batch.",
        _STOPS,
    ),
    "control_characters": _Words(
        "class name with control characters",
        "class names with control characters",
        "A terminal may act on such characters, and other tools may show the name differently.",
        "It uses the class; the name is shown with symbols in their place.",
    ),
    "empty_class": _Words(
        "class without images",
        "classes without images",
        "Keras alone counts the folder as a class: the labels after it shift by one, and the last "
        "layer needs one more output that never occurs.",
        "It lists the classes one by one, without this one.",
    ),
    "validation_empty": _Words(
        "",
        "no validation images",
        "Without them nothing shows whether the network generalises or only memorises.",
        "It takes a share of each class instead (a validation split).",
    ),
    "validation_missing": _Words(
        "class without validation images",
        "classes without validation images",
        "The validation score says nothing about these classes.",
        "It trains on them, and validates on the others.",
    ),
    "validation_extra": _Words(
        "class that the training folder does not have",
        "classes that the training folder does not have",
        "Keras alone would number the two folders differently, so that the labels do not match.",
        "It reads the training folder's classes in both, and leaves these out.",
    ),
    "split_above": _Words(
        "",
        "one half of a training and validation pair",
        "The other half is meant for validation, the same for everybody.",
        "It reads this folder alone.",
    ),
    "hidden_folders": _Words(
        "hidden folder that would become a class",
        "hidden folders that would become classes",
        "Keras alone reads every folder as a class: the labels after it shift by one, and copies "
        "inside it would get a label of their own.",
        "It lists the classes one by one, without hidden folders.",
    ),
    "link_loop": _Words(
        "link back to a folder above it",
        "links back to folders above them",
        "Following it would never end; Keras alone reads it as one more class.",
        "It leaves the link out.",
    ),
    "dangling_folder": _Words(
        "broken link beside the classes",
        "broken links beside the classes",
        "A class on a drive that is not connected is missing without a warning.",
        "It trains without that class.",
    ),
    "stray_images": _Words(
        "image beside the class folders",
        "images beside the class folders",
        "They have no label: Keras skips them without a warning.",
        _NOT_READ,
    ),
    "other_folders": _Words(
        "other folder beside the pair",
        "other folders beside the pair",
        "They may hold images that you count on.",
        _NOT_READ,
    ),
    "other_pictures": _Words(
        "picture of a format that Keras skips",
        "pictures of formats that Keras skips",
        "Keras reads png, jpg, jpeg, bmp, ppm, tif and tiff, and skips all others without a "
        "warning: the class is smaller than it looks.",
        _NOT_READ,
    ),
    "skipped_files": _Words(
        "kind of other files",
        "kinds of other files",
        "They are not images, so nothing is lost.",
        _NOT_READ,
    ),
    "hidden_nested": _Words(
        "hidden folder inside a class",
        "hidden folders inside classes",
        "Jupyter keeps copies of opened images there; an image may be in training and its copy in "
        "validation.",
        "It reads the images there, as Keras does.",
    ),
    "nested": _Words(
        "folder inside a class",
        "folders inside classes",
        "Keras reads a class to any depth: if these are meant as classes, they are merged into "
        "one.",
        "It reads the images there as part of the class.",
    ),
    "links_not_followed": _Words(
        "link to a folder inside a class",
        "links to folders inside classes",
        "Keras does not follow them, so the images behind them are missing.",
        _NOT_READ,
    ),
    "unreadable": _Words(
        "folder that cannot be opened",
        "folders that cannot be opened",
        "Keras skips it without a warning: the class is smaller than it looks.",
        "It does not read the images there.",
    ),
}

_WITH_SETTINGS = frozenset({"few_images"})  # judged where the actual split is known


def diagnose_folder(summary: FolderSummary) -> Iterable[Diagnosis]:
    """Yield the findings of `describe` as diagnoses.

    >>> from tui.datasets.folder.folder_summary import Finding, FolderSummary
    >>> note = Finding("note", "nested", "One folder inside.", ("cats/kittens",))
    >>> folder = FolderSummary("pets", "classes", "pets", None, (), (note,))
    >>> [diagnosis.title for diagnosis in diagnose_folder(folder)]
    ['1 folder inside a class']
    """
    for finding in summary.findings:
        if finding.kind not in _WITH_SETTINGS:
            yield _diagnosis(finding)


def _diagnosis(finding: Finding) -> Diagnosis:
    words = _WORDS[finding.kind]
    title = words.plural
    if words.singular:
        title = pluralize(len(finding.names), words.singular, words.plural)
    training = words.training
    if finding.readings and finding.severity == "error":
        training = _STOPS_UNASKED
    return Diagnosis(
        finding.severity,
        finding.kind,
        title,
        finding.names,
        finding.sentence,
        words.why,
        training,
        readings=finding.readings,
        suggestion=finding.suggestion,
    )
