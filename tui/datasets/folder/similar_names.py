"""Class names that look the same, and the labels that sorted names get."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tui.common.text import clean
from tui.datasets.folder.folder_summary import ClassCount, Finding, listed, plain
from tui.datasets.loader.loader_settings import is_utf8

_MOST_LABELS = 12


def about_labels(classes: Iterable[ClassCount]) -> list[Finding]:
    """Find names that are nearly the same, and numbers that are sorted as text."""
    full = [item.name for item in classes if item.images]
    found = [_alike(group) for group in alike_names(full)]
    ordered = _label_order(full)
    return found if ordered is None else [*found, ordered]


def alike_key(name: str) -> str:
    """Return what names have in common that differ in Unicode form, case, or spaces only.

    >>> alike_key("Red  Panda ") == alike_key("red panda")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def alike_names(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group names that are equal but for Unicode form, case, or spaces at their ends.

    >>> alike_names(["Cats", "cats ", "dogs"])
    [('Cats', 'cats ')]
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        if is_utf8(name):
            groups.setdefault(alike_key(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def difference(names: Sequence[str]) -> str:
    """Say in which respect names that look the same differ.

    >>> difference(["Cats", "cats"]), difference(["caf\\u00e9", "cafe\\u0301"])
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


def form(name: str) -> str:
    """Name the Unicode form of a name, where it has more than one.

    >>> form("caf\\u00e9"), form("cafe\\u0301"), form("cats")
    ('NFC', 'NFD', '')
    """
    composed = unicodedata.normalize("NFC", name)
    if composed == unicodedata.normalize("NFD", name):
        return ""
    return "NFC" if name == composed else "NFD"


def shown(name: str) -> str:
    """Return a name in quotes, with its Unicode form, safe to show."""
    return f"“{clean(name, 40)}”" + (f" ({form(name)})" if form(name) else "")


def _marked(name: str) -> str:
    return clean(name) + (f" ({form(name)})" if form(name) else "")


def _alike(names: Sequence[str]) -> Finding:
    return Finding(
        "warning",
        "same_names",
        f"{' and '.join(map(shown, names[:4]))} differ in {difference(names) or 'a sign'} only, "
        "and are trained as different classes. Put them together in one folder, if they are one "
        "class.",
        tuple(map(_marked, names)),
    )


def spelled_apart(train: Iterable[str], validation: Iterable[str]) -> list[tuple[str, str]]:
    """Pair class folders that two halves spell differently, and that so do not match.

    Args:
        train: classes that only the training folder holds.
        validation: classes that only the validation folder holds.
    """
    ours = {alike_key(name): name for name in train if is_utf8(name)}
    return [
        (ours[alike_key(name)], name)
        for name in validation
        if is_utf8(name) and alike_key(name) in ours
    ]


def about_spelled_apart(pairs: Iterable[tuple[str, str]], second: str) -> list[Finding]:
    """Say which class folders two halves spell differently.

    Args:
        pairs: the name in the folder to train on, and that in the other.
        second: name of the other folder.
    """
    return [
        Finding(
            "warning",
            "same_names",
            f"{shown(one)} in the training folder and {shown(other)} in {plain(second)} "
            f"differ in {difference((one, other)) or 'a sign'} only, and are taken for two "
            "classes. Give both folders the same name.",
            tuple(map(_marked, (one, other))),
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
        f"{listed(labels, _MOST_LABELS)}.",
        tuple(labels),
    )
