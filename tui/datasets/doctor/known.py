"""Facts of files that were looked at before, kept in the program's cache.

A file whose path, size, times and inode are still the same is not opened again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tui.datasets.doctor.facts import ImageFacts
from tui.paths import StateError, cache_dir, private_folder

_FORMAT = 2
_MOST_FOLDERS = 64


class _Kept(msgspec.Struct):
    """One folder's file: `made_by` says with which rules the facts were found."""

    made_by: str
    paths: list[bytes]  # bytes: a name on disk need not be UTF-8
    facts: list[ImageFacts]


def load_facts(directory: str) -> dict[str, ImageFacts]:
    """Return what is kept of a folder, by paths relative to it; empty when nothing is."""
    try:
        kept = msgspec.msgpack.decode(_file(directory).read_bytes(), type=_Kept)
    except (OSError, StateError, ValueError, RecursionError):
        return {}
    if kept.made_by != _made_by():
        return {}
    return dict(zip(map(os.fsdecode, kept.paths), kept.facts, strict=False))


def save_facts(directory: str, facts: Mapping[str, ImageFacts]) -> bool:
    """Keep a folder's facts, whole or not at all.

    Args:
        directory: the folder that holds the class folders.
        facts: by path relative to it.

    Returns:
        Whether they could be written; if not, the files are opened again next time.
    """
    kept = _Kept(_made_by(), [os.fsencode(path) for path in facts], list(facts.values()))
    try:
        file = _file(directory)
        handle, name = tempfile.mkstemp(prefix="facts", suffix=".tmp", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(msgspec.msgpack.encode(kept))
            os.replace(name, file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _forget_oldest(file.parent)
    except (OSError, StateError):
        return False
    return True


def _file(directory: str) -> Path:
    name = hashlib.blake2b(os.fsencode(os.path.abspath(directory)), digest_size=16).hexdigest()
    return private_folder(cache_dir() / "doctor") / f"{name}.msgpack"


def _made_by() -> str:
    """Name what the facts depend on besides the files."""
    import PIL
    from PIL import Image

    return f"{_FORMAT} Pillow {PIL.__version__} limit {Image.MAX_IMAGE_PIXELS}"


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.msgpack"), key=lambda file: file.stat().st_mtime)
    for file in files[:-_MOST_FOLDERS]:
        file.unlink(missing_ok=True)
