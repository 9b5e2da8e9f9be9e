"""Findings about class names that look the same, or whose numbers are sorted as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tui.common.text import clean
from tui.datasets.folder.folder_summary import ClassCount, Finding, join_names, short_name
from tui.datasets.loader.loader_settings import is_utf8

_MOST_LABELS = 12


def check_class_names(classes: Iterable[ClassCount]) -> list[Finding]:
    """Report names that are nearly the same, and numbers that are sorted as text."""
    full = [item.name for item in classes if item.images]
    found = [_similar_names_finding(group) for group in group_similar_names(full)]
    ordered = _label_order(full)
    return found if ordered is None else [*found, ordered]


def name_key(name: str) -> str:
    """Return a key that is equal for names that differ only in Unicode form, case or spaces.

    >>> name_key("Red  Panda ") == name_key("red panda")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def group_similar_names(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group names that differ only in Unicode form, case or spaces.

    >>> group_similar_names(["Cats", "cats ", "dogs"])
    [('Cats', 'cats ')]
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        if is_utf8(name):
            groups.setdefault(name_key(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def spelling_difference(names: Sequence[str]) -> str:
    """Describe how names that look the same differ.

    >>> spelling_difference(["Cats", "cats"]), spelling_difference(["caf\\u00e9", "cafe\\u0301"])
    ('case', 'Unicode form')
    """
    kinds = []
    if len({unicodedata.normalize("NFC", name) for name in names}) < len(names):
        kinds.append("Unicode form")
    bare = {" ".join(unicodedata.normalize("NFC", name).split()) for name in names}
    folded = {name.casefold() for name in bare}
    if len({" ".join(name.split()) for name in names}) < len(set(names)):
        kinds.append("spaces")
    if len(folded) < len(bare):
        kinds.append("case")
    return " and ".join(kinds)


def unicode_form(name: str) -> str:
    """Return the Unicode form of a name; empty if its forms are equal.

    >>> unicode_form("caf\\u00e9"), unicode_form("cafe\\u0301"), unicode_form("cats")
    ('NFC', 'NFD', '')
    """
    composed = unicodedata.normalize("NFC", name)
    if composed == unicodedata.normalize("NFD", name):
        return ""
    return "NFC" if name == composed else "NFD"


def quoted_name(name: str) -> str:
    """Return a name in quotes, with its Unicode form, safe to show."""
    return f"“{clean(name, 40)}”" + (f" ({unicode_form(name)})" if unicode_form(name) else "")


def _with_form(name: str) -> str:
    return clean(name) + (f" ({unicode_form(name)})" if unicode_form(name) else "")


def _similar_names_finding(names: Sequence[str]) -> Finding:
    return Finding(
        "warning",
        "same_names",
        f"{' and '.join(map(quoted_name, names[:4]))} differ only in "
        f"{spelling_difference(names) or 'a character'}, but are trained as different classes. Put "
        "their images in one folder if they are one class.",
        tuple(map(_with_form, names)),
    )


def pair_spellings(train: Iterable[str], validation: Iterable[str]) -> list[tuple[str, str]]:
    """Pair class folders whose names are spelled differently in training and validation.

    Args:
        train: classes that only the training folder holds.
        validation: classes that only the validation folder holds.
    """
    ours = {name_key(name): name for name in train if is_utf8(name)}
    return [
        (ours[name_key(name)], name)
        for name in validation
        if is_utf8(name) and name_key(name) in ours
    ]


def spelling_findings(pairs: Iterable[tuple[str, str]], second: str) -> list[Finding]:
    """Report class folders whose names are spelled differently in training and validation.

    Args:
        pairs: the name in the training folder, and that in the validation folder.
        second: name of the validation folder.
    """
    return [
        Finding(
            "warning",
            "same_names",
            f"{quoted_name(first)} in the training folder and {quoted_name(other)} in "
            f"{short_name(second)} differ only in "
            f"{spelling_difference((first, other)) or 'a character'}, so they are read as two "
            "classes. Give both folders the same name.",
            tuple(map(_with_form, (first, other))),
        )
        for first, other in pairs
    ]


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
        for piece in re.split(r"(\d+)", name)
        if piece
    ]


def _label_order(names: Sequence[str]) -> Finding | None:
    """Report the labels of classes whose numbers are sorted as text."""
    if list(names) == sorted(names, key=_natural):
        return None
    labels = [f"{clean(name)} → label {index}" for index, name in enumerate(names)]
    return Finding(
        "note",
        "label_order",
        f"Keras sorts class names as text, so that 10 comes before 2: "
        f"{join_names(labels, _MOST_LABELS)}.",
        tuple(labels),
    )
