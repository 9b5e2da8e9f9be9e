"""Which folders hold TensorBoard's event files, and which of them belong to one run.

One training may write several folders. Keras's callback writes `train` and `validation`; an
Estimator adds `eval`; `SummaryWriter.add_scalars("Loss", {"val": …})` writes `Loss_val` beside its
own file, and `add_hparams` a folder whose name is a time.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from tui.common.safe_files import open_reading
from tui.runs.watched.series_names import TRAINING_WORDS, VALIDATION_WORDS

MARK = "tfevents"
"""TensorBoard reads the files with this in their name."""
_BESIDE = ("metrics",)
"""Where TensorFlow's own example has a training write more scalars, beside `train`."""
_TIME = re.compile(r"\d{9,11}(\.\d+)?")
_FIRST_BYTES = 64 * 1024
_DEEPEST = 3
"""Slashes in a tag of `add_scalars` that are looked for."""


@dataclass(frozen=True)
class Part:
    """A folder with event files that belongs to a run.

    Args:
        folder: its path.
        before: comes before a slash and the tag in the name of each of its series; empty: nothing.
        after: comes after the tag and a slash, as `add_scalars` means it; empty: nothing.
    """

    folder: str
    before: str = ""
    after: str = ""

    def series(self, tag: str) -> str:
        """Return the name of the series of a tag.

        >>> Part("/x", before="validation").series("epoch_loss")
        'validation/epoch_loss'
        >>> Part("/x", after="val").series("Loss")
        'Loss/val'
        """
        name = f"{self.before}/{tag}" if self.before else tag
        return f"{name}/{self.after}" if self.after else name


def event_files(folder: str) -> list[str]:
    """Return the paths of the event files in a folder, the oldest first by their names.

    Raises:
        OSError: when it cannot be listed.
    """
    with os.scandir(folder) as entries:
        names = [one.name for one in entries if MARK in one.name and one.is_file()]
    return [os.path.realpath(os.path.join(folder, name)) for name in sorted(names)]


def parts_of(folder: str) -> list[Part]:
    """Return the parts of the run in a folder, the folder itself first; none if there is no run.

    Raises:
        OSError: when the folder cannot be listed.
    """
    own = bool(event_files(folder))
    children: list[tuple[str, str]] = []
    with os.scandir(folder) as entries:
        for one in entries:
            if one.is_dir() and not one.name.startswith("."):
                children.append((one.name, one.path))
    parts = [Part(folder)] if own else []
    splits = (*TRAINING_WORDS, *VALIDATION_WORDS)
    for name, path in sorted(children):
        if name.lower() in splits:
            # Without a file of its own, a `test` folder alone makes no run of the one above.
            if _has_events(path) and (own or _trains(children)):
                parts.append(Part(path, before=name))
        elif name in _BESIDE and _has_events(path) and _trains(children):
            parts.append(Part(path, before=name))
        elif own and _TIME.fullmatch(name) and _has_events(path):
            parts.append(Part(path))
        elif own and "_" in name and (key := _scalars_key(name, path)):
            parts.append(Part(path, after=key))
        elif own and not _has_events(path):
            parts += _scalars_below(name, path)
    return parts


def _scalars_below(tag: str, folder: str, depth: int = 0) -> list[Part]:
    """Return the folders of `add_scalars` as tensorboardX makes them: the tag, in it each key."""
    parts = []
    try:
        with os.scandir(folder) as entries:
            inside = sorted((one.name, one.path) for one in entries if one.is_dir())
    except OSError:
        return []
    for name, path in inside:
        if not _has_events(path):
            parts += _scalars_below(f"{tag}/{name}", path, depth + 1) if depth < _DEEPEST else []
        elif _holds_tag(path, re.escape(os.fsencode(tag)), len(os.fsencode(tag))):
            parts.append(Part(path, after=name))
    return parts


def _holds_tag(folder: str, pattern: bytes, length: int) -> bool:
    """Return whether the first values in a folder have a tag; in a value it follows its length."""
    try:
        files = event_files(folder)
        if not files:
            return False
        with open_reading(files[0]) as file:
            start = file.read(_FIRST_BYTES)
    except OSError:
        return False
    head = re.escape(b"\x0a" + bytes([min(length, 127)]))
    return re.search(head + pattern + rb"[\x10-\x7f]", start) is not None


def _trains(children: list[tuple[str, str]]) -> bool:
    return any(
        name.lower() in (*TRAINING_WORDS, "validation") and _has_events(path)
        for name, path in children
    )


def _has_events(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(MARK in one.name and one.is_file() for one in entries)
    except OSError:
        return False


def _scalars_key(name: str, folder: str) -> str:
    """Return the key that a folder of `add_scalars` stands for; empty if it is none of these.

    Its name is the tag, an underscore and the key; the tag is that of all its values.
    """
    for place in range(1, len(name) - 1):
        if name[place] != "_":
            continue
        tag = os.fsencode(name[:place])
        if _holds_tag(folder, re.escape(tag).replace(b"_", b"[_/ ]"), len(tag)):
            return name[place + 1 :]
    return ""
