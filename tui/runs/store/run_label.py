"""A run's name and note, in `label.json` beside its spec, which itself never changes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.paths import write_cure
from tui.common.safe_files import read_small
from tui.common.text import clean
from tui.runs.store.run_access import RunError, check_owner
from tui.runs.store.run_folder import RunFolder

NAME_LIMIT = 80
"""Characters of a name."""
NOTE_LIMIT = 1000
"""Characters of a note."""
_MAX_BYTES = 64 * 1024  # no label is longer


class RunLabel(msgspec.Struct, frozen=True):
    """The learner's name for a run and their note on it."""

    name: str = ""
    """Empty for the name in the spec."""
    note: str = ""
    """One line."""


def label_path(run: RunFolder) -> Path:
    """Return the path of a run's label."""
    return run.path / "label.json"


def read_label(run: RunFolder) -> RunLabel:
    """Return a run's label, clean and cut to the limits; a missing or damaged one is empty."""
    try:
        label = msgspec.json.decode(read_small(label_path(run), _MAX_BYTES), type=RunLabel)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return RunLabel()
    return RunLabel(_tidy(label.name)[:NAME_LIMIT], _tidy(label.note)[:NOTE_LIMIT])


def write_label(run: RunFolder, *, name: str | None = None, note: str | None = None) -> RunLabel:
    """Change a run's name or note, or both; None keeps it, an empty text removes it.

    Returns:
        The new label.

    Raises:
        RunError: when a text is too long or cannot be written, or the run belongs to another user.
    """
    check_owner(run.path)
    before = read_label(run)
    after = RunLabel(
        before.name if name is None else _tidy_within(NAME_LIMIT, "name", name),
        before.note if note is None else _tidy_within(NOTE_LIMIT, "note", note),
    )
    path = label_path(run)
    try:
        replace_file(path, msgspec.json.encode(after) + b"\n")
    except OSError as error:
        raise RunError(
            f"Cannot write {path}: {error.strerror or error}. {write_cure(error)}"
        ) from error
    run.announce()
    return after


def title_of(run: RunFolder) -> str:
    """Return a run's title: the name in its label, else in its spec, else its folder's name."""
    name = read_label(run).name
    if name:
        return name
    try:
        return run.any_spec().name
    except RunError:
        return run.name


def _tidy_within(limit: int, what: str, text: str) -> str:
    tidy = _tidy(text)
    if len(tidy) > limit:
        raise RunError(
            f"A {what} may have {limit} characters, and this one has {len(tidy)} "
            f"({clean(tidy, 30)}). Shorten it."
        )
    return tidy


def _tidy(text: str) -> str:
    """Return a text on one line, without control characters or spaces at its ends.

    >>> _tidy("  two\\nlines\\x1b[2J ")
    'two lines␛[2J'
    """
    return clean(" ".join(text.split()))
