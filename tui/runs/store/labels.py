"""A run's name and note, kept beside its spec in `label.json`: the spec itself never changes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.paths import write_cure
from tui.common.safe_files import read_small
from tui.common.text import clean
from tui.runs.store.access import check_own
from tui.runs.store.run_folder import RunError, RunFolder

NAME_LIMIT = 80
"""Characters of a name: it has to fit a row."""
NOTE_LIMIT = 1000
"""Characters of a note."""
_LARGEST = 64 * 1024  # bytes; nobody's label is longer


class Label(msgspec.Struct, frozen=True):
    """What the learner calls a run, and what they want to remember of it."""

    name: str = ""
    """Empty: as the spec calls it."""
    note: str = ""
    """One line."""


def label_path(run: RunFolder) -> Path:
    """Return where a run's label is kept."""
    return run.path / "label.json"


def read_label(run: RunFolder) -> Label:
    """Return a run's label; an absent or damaged one is empty. Its text is clean and not long."""
    try:
        label = msgspec.json.decode(read_small(label_path(run), _LARGEST), type=Label)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Label()
    return Label(_tidy(label.name)[:NAME_LIMIT], _tidy(label.note)[:NOTE_LIMIT])


def write_label(run: RunFolder, *, name: str | None = None, note: str | None = None) -> Label:
    """Change a run's name or note, or both; None leaves it, an empty text takes it away.

    Returns:
        The label as it is now.

    Raises:
        RunError: when a text is too long or cannot be written down, or the run is another user's.
    """
    check_own(run.path)
    before = read_label(run)
    after = Label(
        before.name if name is None else _checked("name", name, NAME_LIMIT),
        before.note if note is None else _checked("note", note, NOTE_LIMIT),
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
    """Return what to call a run: its label's name, else the spec's, else the folder's."""
    name = read_label(run).name
    if name:
        return name
    try:
        return run.spec().name
    except RunError:
        return run.name


def _checked(what: str, text: str, limit: int) -> str:
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
