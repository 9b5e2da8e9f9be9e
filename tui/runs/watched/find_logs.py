"""Finding logs: the runs that a path of the user's leads to.

A run of TensorBoard is a folder, any other is a file. Only the names and the first bytes of
files are read.
"""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from tui.common.installed import install_command, what_is_missing
from tui.common.natural_order import natural_key
from tui.common.safe_files import UnsafeFileError, open_reading
from tui.common.text import clean
from tui.runs.watched.file_kinds import file_kind, folder_kind
from tui.runs.watched.log_syntax import (
    BEGINNING,
    cells_of,
    first_line,
    has_usual_names,
    history_rows,
    is_training_table,
    json_line,
    separator_of,
)
from tui.runs.watched.tensorboard_folders import MARK, parts_of

Format = Literal["tensorboard", "csv", "history"]
FORMATS = get_args(Format)
FORMAT_NAMES: dict[str, str] = {
    "tensorboard": "TensorBoard",
    "csv": "CSV",
    "history": "JSON history",
}
ENDINGS = (".csv", ".tsv", ".json", ".jsonl")
"""Of files that are looked at within a folder; a file that is named may have any name."""
MOST_LOGS = 500
MOST_FOLDERS = 20_000
MOST_SECONDS = 10.0
DEEPEST = 12
LARGEST_HISTORY = 256 * 1024 * 1024
"""A JSON file is read whole; JSONL of any size is read in pieces."""
_LARGEST_LOOK = 16 * 1024 * 1024
"""JSON files within a folder that are larger are no histories."""
_GENERAL = re.compile(
    r"(version_\d+|logs?|runs?|train(ing)?([_-]?logs?)?|history|metrics|results?|tb|tensorboard"
    r"|events?|trainer_state)(\.\w+)?",
    re.IGNORECASE,
)
"""Names that say little without the folder above."""

OUR_FILES = {"spec.json", "events.jsonl"}
"""In the folder of every run of cnn-tui."""


class LogError(Exception):
    """A path leads to no log; the message says what it is instead."""


@dataclass(frozen=True)
class FoundLog:
    """A log that can be shown as a run.

    Args:
        path: the resolved path of its folder or file.
        format: its format.
        name: a name for the run; not clean.
    """

    path: str
    format: Format
    name: str


@dataclass
class FoundLogs:
    """What was found under the paths.

    Args:
        logs: each once.
        problems: sentences about paths, or folders below them, that could not be looked at; clean.
    """

    logs: list[FoundLog] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def tensorboard_problem() -> str:
    """Return why TensorBoard's files cannot be read here, with the cure; empty if they can."""
    return what_is_missing("Reading these logs", "tensorboard", extra="tensorboard")


def not_loaded(error: ImportError) -> str:
    """Return why the reader of TensorBoard's files could not be loaded, with the cure."""
    again = f"Install it again with: {install_command('tensorboard')}"
    return tensorboard_problem() or f"TensorBoard cannot be loaded: {clean(error, 200)}. {again}"


def find_logs(paths: list[Path]) -> FoundLogs:
    """Return the logs under some paths (blocking); a folder may hold many."""
    found = FoundLogs()
    for path in paths:
        try:
            _Search(path, found).run()
        except LogError as error:
            found.problems.append(str(error))
        except OSError as error:
            found.problems.append(unreadable(path, error))
    needed = [log for log in found.logs if log.format == "tensorboard"]
    if needed and (problem := tensorboard_problem()):
        found.logs = [log for log in found.logs if log.format != "tensorboard"]
        found.problems.append(problem)
    return found


def unreadable(path: Path | str, error: OSError) -> str:
    """Return that a path cannot be read, and why, in a sentence."""
    if isinstance(error, FileNotFoundError):
        return f"There is no file or folder {clean(path, 200)}."
    reason = error.strerror or str(error)
    if isinstance(error, UnsafeFileError):
        return f"{clean(path, 200)} is no log: {reason}."
    return f"Cannot read {clean(path, 200)}: {clean(reason, 100)}. Check its permissions."


class _Search:
    """Looks for logs under one path."""

    def __init__(self, path: Path, found: FoundLogs) -> None:
        self._top = os.path.realpath(path)
        self._named = path
        self._found = found
        self._known = {log.path for log in found.logs}
        self._seen: set[str] = set()
        self._end = time.monotonic() + MOST_SECONDS
        self._full = False
        self._taken: set[str] = set()
        """Folders that belong to a run above them."""
        self._any = False
        """Whether a log was found here, known already or not."""

    def run(self) -> None:
        """Add what is found.

        Raises:
            LogError: when there is nothing; the message says what is there instead.
            OSError: when the path cannot be read.
        """
        if not os.path.isdir(self._top):
            os.stat(self._top)
            named = self._format_of_file()
            self._add(self._top, named)
            return
        problems = len(self._found.problems)
        names = set(os.listdir(self._top))
        self._folder(self._top, 0)
        if self._any or len(self._found.problems) > problems:
            return
        shown = clean(self._named, 200)
        if not names:
            raise LogError(
                f"The folder {shown} is empty. Start the training first, or name its log."
            )
        if names >= OUR_FILES:
            raise LogError(f"{shown} is a run of cnn-tui: `cnn-tui runs` has it already.")
        kind = folder_kind(names)
        raise LogError(
            f"There is no log in {shown}: no TensorBoard files (events.out.tfevents…), no CSV with "
            f"epochs, and no history in JSON.{f' It seems to be {kind}.' if kind else ''}"
        )

    def _format_of_file(self) -> Format:
        if MARK in os.path.basename(self._top):
            # The run is its folder: the next file of the same training lies beside it.
            self._top = os.path.dirname(self._top)
            return "tensorboard"
        found = log_format(self._top)
        if found is not None:
            return found
        raise LogError(f"{clean(self._named, 200)} is no log: it is {file_kind(self._top)}.")

    def _add(self, path: str, kind: Format) -> None:
        self._any = True
        if path not in self._known:
            self._known.add(path)
            self._found.logs.append(FoundLog(path, kind, run_name(path, self._top)))

    def _folder(self, folder: str, depth: int) -> None:
        real = os.path.realpath(folder)
        if real in self._seen or self._full:
            return
        self._seen.add(real)
        if (
            len(self._known) >= MOST_LOGS
            or len(self._seen) > MOST_FOLDERS
            or time.monotonic() > self._end
        ):
            self._full = True
            self._found.problems.append(
                f"Only the first {len(self._known)} logs in {clean(self._named, 120)} are taken: "
                "name one of its folders for the others."
            )
            return
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda one: (natural_key(one.name), one.name))
            parts = [part for part in parts_of(real) if part.folder not in self._taken]
        except OSError as error:
            self._found.problems.append(unreadable(folder, error))
            return
        if {one.name for one in inside} >= OUR_FILES:
            return  # a run of ours
        self._taken.update(part.folder for part in parts)
        if parts:
            self._add(real, "tensorboard")
        for one in inside:
            try:
                if one.is_dir():
                    inner = os.path.join(real, one.name)
                    skipped = (
                        one.name.startswith(".") or inner in self._taken or one.name == "plugins"
                    )
                    if not skipped and depth < DEEPEST:
                        self._folder(inner, depth + 1)
                elif one.name.lower().endswith(ENDINGS) and not (parts and one.name == METRICS_CSV):
                    path = os.path.realpath(one.path)
                    if (kind := log_format(path, within=True)) is not None:
                        self._add(path, kind)
            except OSError:
                continue  # one of many files


METRICS_CSV = "metrics.csv"
"""Lightning's CSVLogger may write it into the folder of its TensorBoardLogger: the same values."""


def run_name(path: str, top: str) -> str:
    """Return a name for the run of a log.

    Args:
        path: of the log, resolved.
        top: the folder that was searched, resolved.

    >>> run_name("/home/ada/lightning_logs/version_3", "/home/ada/lightning_logs")
    'lightning_logs/version_3'
    >>> run_name("/home/ada/runs/wide/seed1", "/home/ada/runs")
    'wide/seed1'
    """
    above, name = os.path.split(path)
    below = os.path.relpath(path, top) if path.startswith(top + os.sep) else name
    if os.sep not in below and _GENERAL.fullmatch(name) and os.path.basename(above):
        return f"{os.path.basename(above)}/{name}"
    return below


def log_format(path: str, *, within: bool = False) -> Format | None:
    """Return the format of a file that is a log, by its beginning; None if it is none.

    Args:
        path: of the file.
        within: whether it lies in a folder that is searched and was not named itself.

    Raises:
        OSError: when it cannot be read.
    """
    with open_reading(path) as file:
        start = file.read(BEGINNING)
        size = file.seek(0, os.SEEK_END)
    first = first_line(start)
    if not first or b"\0" in start:
        return None
    if first[0] in "{[":
        entry = json_line(first)
        if entry is None and size <= (_LARGEST_LOOK if within else LARGEST_HISTORY):
            entry = _first_entry(path)
        # In a folder, numbers alone are not enough: most JSON has some.
        known = entry is not None and (not within or has_usual_names(entry))
        return "history" if known else None
    return "csv" if is_training_table(cells_of(first, separator_of(first))) else None


def _first_entry(path: str) -> dict[str, Any] | None:
    with open_reading(path) as file:
        try:
            rows = history_rows(json.loads(file.read()))
        except (ValueError, RecursionError):
            return None
    return rows[0] if rows else None
