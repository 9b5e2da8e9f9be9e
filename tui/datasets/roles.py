"""What the name of a folder says about its part in a set: to train, to validate, to test."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Role = Literal["train", "validation", "test", ""]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "trainval", "learn", "learning"), "train"),
    **dict.fromkeys(
        ("validation", "validate", "validating", "valid", "val", "vali", "vld", "dev"), "validation"
    ),
    **dict.fromkeys(("development", "eval", "evaluation", "evaluate"), "validation"),
    **dict.fromkeys(("test", "testing", "tst", "te", "holdout", "heldout", "unseen"), "test"),
    **dict.fromkeys(
        ("pred", "predict", "prediction", "predictions", "unlabeled", "unlabelled"), "test"
    ),
}
_GENERIC = frozenset(
    {"set", "sets", "data", "dataset", "datasets", "image", "images", "imgs", "img", "pics"}
    | {"pictures", "photos", "split", "folder", "dir", "files", "part", "subset", "the", "x"}
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Named(NamedTuple):
    """What a folder's name says.

    Args:
        role: its part in a set; empty where the name says nothing of it.
        rest: its other words, in lower case, without those that say nothing, such as "set".
    """

    role: Role
    rest: tuple[str, ...]


def named(name: str) -> Named:
    """Read a folder's name.

    >>> named("training_set"), named("seg_test"), named("TestImages2").role
    (Named(role='train', rest=()), Named(role='test', rest=('seg',)), 'test')
    >>> named("trains").role, named("Val").role
    ('', 'validation')
    """
    role: Role = ""
    rest = []
    for word in (found.lower() for found in _WORD.findall(name)):
        meaning = _meaning(word)
        if meaning and not role:
            role = meaning
        elif not meaning and word not in _GENERIC:
            rest.append(word)
    return Named(role, tuple(rest))


def _meaning(word: str) -> Role:
    """Return a word's role, also where another word hangs on it, as in "trainset"."""
    if word in _ROLES:
        return _ROLES[word]
    for other in _GENERIC:
        for stem in (word.removesuffix(other), word.removeprefix(other)):
            if stem != word and len(stem) > 2 and stem in _ROLES:
                return _ROLES[stem]
    return ""
