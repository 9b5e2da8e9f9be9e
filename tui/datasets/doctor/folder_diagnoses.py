"""What the names alone tell: the findings of `describe`, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.datasets.doctor.diagnosis_types import Diagnosis
from tui.datasets.folder.folder_summary import Finding, FolderSummary, pluralize


class _Words(NamedTuple):
    one: str
    many: str
    why: str
    training: str


_STOPS = "It does not start."
_STOPS_UNASKED = "It does not start until it is said how the folder is read."
_NOT_READ = "It does not read them."
_NOTHING_TO_LEARN = "Without two classes there is nothing to tell apart."
_NAME_LOST = "A run writes names down as UTF-8 text, and these bytes are none."

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
        "A network trained on them learns to tell the parts from each other, and its numbers mean "
        "nothing.",
        _STOPS_UNASKED,
    ),
    "names": _Words(
        "",
        "no class folders: labels stand in the names",
        "Keras takes the folders' names for the labels, and what the names of the images say is "
        "lost.",
        _STOPS_UNASKED,
    ),
    "table": _Words(
        "",
        "no class folders: the classes stand in a table",
        "Keras takes the folders' names for the labels, and does not read the table.",
        _STOPS_UNASKED,
    ),
    "bare_parts": _Words(
        "",
        "folders called like parts of a set, without class folders",
        "If they are parts of a set, a network learns to tell the parts from each other, and its "
        "numbers mean nothing.",
        _STOPS_UNASKED,
    ),
    "masks": _Words(
        "",
        "images and masks, not classes",
        "A network trained on them learns to tell pictures from masks, and its numbers mean "
        "nothing.",
        _STOPS,
    ),
    "same_inside": _Words(
        "",
        "classes that hold the same folders",
        "If the folders inside are the classes, they are lost: all of them count as one.",
        "It takes the outer folders for the classes.",
    ),
    "test_validates": _Words(
        "",
        "a test folder validates",
        "What decides when to stop or which network is best is no longer a fair test of it.",
        "It validates on it.",
    ),
    "halves_read": _Words(
        "", "read as parts of one set", "You chose so.", "It reads the parts that are named."
    ),
    "names_read": _Words(
        "", "read by the names", "You chose so.", "It reads the links as the images themselves."
    ),
    "table_read": _Words(
        "", "read by a table", "You chose so.", "It reads the links as the images themselves."
    ),
    "names_left": _Words(
        "image without a label",
        "images without a label",
        "What has no label cannot be learned from.",
        _NOT_READ,
    ),
    "unlabelled": _Words(
        "folder of images without labels",
        "folders of images without labels",
        "Without labels nothing can be learned or judged; such pictures are for predictions.",
        _NOT_READ,
    ),
    "same_names": _Words(
        "",
        "class names that differ in their spelling only",
        "On screen they look the same, and each gets a label of its own: the images of one class "
        "are told apart by how its folder is spelled.",
        "It trains them as different classes.",
    ),
    "label_order": _Words(
        "",
        "classes sorted as text, not as numbers",
        "Whoever takes output 2 for class 2 reads the predictions wrongly.",
        "It gives these labels, as Keras does, and shows names beside them.",
    ),
    "no_images": _Words("", "no images in any class", "There is nothing to train on.", _STOPS),
    "look_inside": _Words("", "the class folders lie deeper", _NOTHING_TO_LEARN, _STOPS),
    "single_class": _Words(
        "class only",
        "class only",
        f"{_NOTHING_TO_LEARN} Accuracy would be 100 % from the first batch.",
        _STOPS,
    ),
    "control_characters": _Words(
        "class name with control characters",
        "class names with control characters",
        "A terminal may obey such a name, and in another tool it can look like another one.",
        "It uses the class; the name is shown with signs in their place.",
    ),
    "empty_class": _Words(
        "class without images",
        "classes without images",
        "Keras alone counts the folder as a class: the labels after it shift by one, and the last "
        "layer needs one more output that never occurs.",
        "It names the classes one by one, and leaves this out.",
    ),
    "validation_empty": _Words(
        "",
        "no validation images",
        "Without them nothing tells whether the network learns or only remembers.",
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
        "The other half is there for a validation that is the same for everybody.",
        "It reads this folder alone.",
    ),
    "hidden_folders": _Words(
        "hidden folder that would become a class",
        "hidden folders that would become classes",
        "Keras alone takes every folder for a class: the labels after it shift by one, and copies "
        "inside it would get a label of their own.",
        "It names the classes one by one, so that hidden folders are none.",
    ),
    "link_loop": _Words(
        "link back to a folder above it",
        "links back to folders above them",
        "Followed, it would never end; Keras alone takes it for one more class.",
        "It leaves the link out.",
    ),
    "dangling_folder": _Words(
        "link that leads nowhere beside the classes",
        "links that lead nowhere beside the classes",
        "A class on a drive that is not there is missing without a word.",
        "It trains without that class.",
    ),
    "stray_images": _Words(
        "image beside the class folders",
        "images beside the class folders",
        "They have no label: Keras passes over them without a word.",
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
        "Keras reads png, jpg, jpeg, bmp, ppm, tif and tiff, and passes over all others without "
        "a word: the class is smaller than it looks.",
        _NOT_READ,
    ),
    "skipped_files": _Words(
        "kind of other files",
        "kinds of other files",
        "They are no images, so nothing is lost.",
        _NOT_READ,
    ),
    "hidden_nested": _Words(
        "hidden folder inside a class",
        "hidden folders inside classes",
        "Jupyter keeps copies of opened images there; such a copy may stand in training and in "
        "validation.",
        "It reads the images there, as Keras does.",
    ),
    "nested": _Words(
        "folder inside a class",
        "folders inside classes",
        "Keras reads a class to any depth: if these were meant as classes, they are lost in one.",
        "It reads the images there as part of the class.",
    ),
    "links_not_followed": _Words(
        "link to a folder inside a class",
        "links to folders inside classes",
        "Keras does not follow them, so the images behind them are missing.",
        _NOT_READ,
    ),
    "unreadable": _Words(
        "folder that may not be opened",
        "folders that may not be opened",
        "Keras passes over it without a word: the class is smaller than it is.",
        "It does not read the images there.",
    ),
}

_WITH_SETTINGS = frozenset({"few_images"})  # judged where the actual split is known


def diagnose_folder(summary: FolderSummary) -> Iterable[Diagnosis]:
    """Yield what `describe` found, with reasons.

    >>> from tui.datasets.folder.folder_summary import Finding, FolderSummary
    >>> note = Finding("note", "nested", "One folder inside.", ("cats/kittens",))
    >>> folder = FolderSummary("pets", "classes", "pets", None, (), (note,))
    >>> [one.title for one in diagnose_folder(folder)]
    ['1 folder inside a class']
    """
    for finding in summary.findings:
        if finding.kind not in _WITH_SETTINGS:
            yield _diagnosis(finding)


def _diagnosis(finding: Finding) -> Diagnosis:
    words = _WORDS[finding.kind]
    title = words.many
    if words.one:
        title = pluralize(len(finding.names), words.one, words.many)
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
