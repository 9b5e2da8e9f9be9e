"""What the user has chosen for the app itself, kept from one start to the next.

`preferences.json` in the state folder holds one entry for each subject, such as the columns of the
list of runs. A part of the program reads and replaces only its own entry, and leaves the others as
they are, those of a newer version too.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TypeVar

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, state_dir, write_cure
from tui.common.safe_files import read_small

_FILE = "preferences.json"
_VERSION = 1
_MAX_BYTES = 1024 * 1024

T = TypeVar("T")


class PreferenceError(Exception):
    """A preference cannot be kept; the message says why."""


class _File(msgspec.Struct, frozen=True):
    version: int = _VERSION
    entries: dict[str, msgspec.Raw] = {}


def read_preference(name: str, kind: type[T], default: T) -> T:
    """Return a preference; the default if there is none, or it cannot be read as `kind`.

    Args:
        name: of the entry.
        kind: a msgspec struct, or any other type that msgspec reads.
        default: what is used without an entry.
    """
    with contextlib.suppress(OSError, StateError, ValueError, RecursionError):
        entry = _read().entries.get(name)
        if entry is not None:
            return msgspec.json.decode(entry, type=kind)
    return default


def write_preference(name: str, value: object) -> None:
    """Keep a preference; other entries stay as they are.

    Raises:
        PreferenceError: when it cannot be written.
    """
    try:
        entries: dict[str, msgspec.Raw] = {}
        version = _VERSION
        # A damaged file is replaced: nothing of it could be read any more.
        with contextlib.suppress(FileNotFoundError, ValueError, RecursionError):
            before = _read()
            entries, version = dict(before.entries), max(before.version, _VERSION)
        entries[name] = msgspec.Raw(msgspec.json.encode(value))
        text = msgspec.json.format(msgspec.json.encode(_File(version, entries)), indent=2)
        replace_file(_path(), text + b"\n")
    except StateError as error:
        raise PreferenceError(str(error)) from error
    except OSError as error:
        raise PreferenceError(
            f"This choice lasts only until the app is closed: cannot write "
            f"{error.filename or _FILE} ({error.strerror or error}). {write_cure(error)}"
        ) from error


def _path() -> Path:
    return state_dir() / _FILE


def _read() -> _File:
    return msgspec.json.decode(read_small(state_dir(to_read=True) / _FILE, _MAX_BYTES), type=_File)
