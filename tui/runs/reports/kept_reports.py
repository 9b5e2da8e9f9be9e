"""The reports that a run keeps: of its validation images, and of the images of `--test`.

`reports.json` in the run's folder holds the confusion matrices; the figures are computed from them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from tui.common.atomic_write import write_atomically
from tui.common.safe_files import read_small
from tui.runs.reports.classification_report import Report, report_of
from tui.runs.store.run_folder import RunFolder

Images = Literal["validation", "test"]
NAME = "reports.json"
_MOST_BYTES = 64 * 2**20
VERSION = 1


class KeptReport(msgspec.Struct, frozen=True, kw_only=True):
    """The predictions of a set of images, counted."""

    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows: the true class; columns: the predicted one."""
    weights: str = ""
    """Which weights predicted: `best`, `final`, `last` or `epoch-N`."""
    epoch: int = -1
    """The epoch after which they were saved; -1 if unknown."""
    folder: str = ""
    """The folder of the images."""
    unreadable: tuple[str, ...] = ()
    """Images that could not be read, as they are named in the folder or by their whole paths."""
    at: float = 0.0
    """When they were counted, in seconds since 1970."""
    times: int = 1
    """How often images of this kind were judged in this run."""

    def __post_init__(self) -> None:
        count = len(self.classes)
        rows = self.confusion
        if len(rows) != count or any(len(row) != count or min(row, default=0) < 0 for row in rows):
            raise ValueError(f"The matrix does not fit the {count} classes.")

    @property
    def report(self) -> Report:
        """The figures."""
        return report_of(self.classes, self.confusion)


class KeptReports(msgspec.Struct, frozen=True, kw_only=True):
    """The reports of a run; None where there is none yet."""

    version: int = VERSION
    validation: KeptReport | None = None
    test: KeptReport | None = None


_decoder = msgspec.json.Decoder(KeptReports)
NOTHING = KeptReports()


def path_of(run: RunFolder) -> Path:
    """Return the file of a run's reports."""
    return run.path / NAME


def read_reports(run: RunFolder) -> KeptReports:
    """Return the reports that a run keeps; none where the file is missing or damaged."""
    try:
        return _decoder.decode(read_small(path_of(run), _MOST_BYTES))
    except (OSError, ValueError, msgspec.DecodeError):
        return NOTHING


def keep_report(run: RunFolder, images: Images, report: KeptReport) -> None:
    """Keep a report in place of the one before.

    Raises:
        OSError: when the file cannot be written.
    """
    changed = msgspec.structs.replace(read_reports(run), **{images: report})
    content = msgspec.json.encode(changed)
    write_atomically(path_of(run), lambda path: path.write_bytes(content))
