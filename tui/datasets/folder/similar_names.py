"""Class names that look the same, and the labels that sorted names get."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tui.common.text import clean
from tui.datasets.folder.folder_summary import ClassCount, Finding, join_names, short_name
from tui.datasets.loader.loader_settings import is_utf8

_MOST_LABELS = 12


def check_class_names(classes: Iterable[ClassCount]) -> list[Finding]:
    """Find names that are nearly the same, and numbers that are sorted as text."""
    full = [item.name for item in classes if item.images]
    found = [_similar_names_finding(group) for group in group_similar_names(full)]
    ordered = _label_order(full)
    return found if ordered is None else [*found, ordered]


def name_key(name: str) -> str:
    """Return what names have in common that differ in Unicode form, case, or spaces only.

    >>> name_key("Red  Panda ") == name_key("red panda")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def group_similar_names(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group names that are equal but for Unicode form, case, or spaces at their ends.

    >>> group_similar_names(["Cats", "cats ", "dogs"])
    [('Cats', 'cats ')]
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        if is_utf8(name):
            groups.setdefault(name_key(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def spelling_difference(names: Sequence[str]) -> str:
    """Say in which respect names that look the same differ.

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
    """Name the Unicode form of a name, where it has more than one.

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
        f"{' and '.join(map(quoted_name, names[:4]))} differ in "
        f"{spelling_difference(names) or 'a sign'} only, and are trained as different classes. Put "
        "them together in one folder, if they are one class.",
        tuple(map(_with_form, names)),
    )


def pair_spellings(train: Iterable[str], validation: Iterable[str]) -> list[tuple[str, str]]:
    """Pair class folders that two halves spell differently, and that so do not match.

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
    """Say which class folders two halves spell differently.

    Args:
        pairs: the name in the folder to train on, and that in the other.
        second: name of the other folder.
    """
    return [
        Finding(
            "warning",
            "same_names",
            f"{quoted_name(one)} in the training folder and {quoted_name(other)} in "
            f"{short_name(second)} differ in {spelling_difference((one, other)) or 'a sign'} only, "
            "and are taken for two classes. Give both folders the same name.",
            tuple(map(_with_form, (one, other))),
        )
        for one, other in pairs
    ]


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
        for piece in re.split(r"(\d+)", name)
        if piece
    ]


def _label_order(names: Sequence[str]) -> Finding | None:
    """Say which label each class gets where numbers are not sorted as numbers."""
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
