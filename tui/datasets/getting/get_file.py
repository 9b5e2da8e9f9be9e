"""Download one file to a place of its own, such as the weights of a network."""

from __future__ import annotations

import os
from pathlib import Path

from tui.common.text import clean
from tui.datasets.getting.course_sets import Remote
from tui.datasets.getting.download import download
from tui.datasets.getting.part_file import PartFile
from tui.datasets.getting.size_limits import require_disk_space
from tui.datasets.getting.transfer_errors import GetError
from tui.datasets.getting.transfer_progress import Control


def get_file(remote: Remote, target: Path, control: Control | None = None) -> Path:
    """Download a file; it has its name once it is complete and its checksum was verified.

    Args:
        remote: the file on the server.
        target: its path here; folders above it are made.
        control: receives progress, and can stop the transfer.

    Returns:
        The target. One that exists is not downloaded again.

    Raises:
        GetError: if it cannot be fetched or written; the message says why. What was downloaded is
            kept, if the download can be resumed.
    """
    control = control or Control()
    name = clean(target.name, 80)
    if target.exists():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = PartFile(target.with_name(f"{target.name}.part"))

        def room(missing: int) -> None:
            require_disk_space(target.parent, missing, name)

        download(remote, part, control, room)
        os.replace(part.path, target)
        part.clear()
    except OSError as error:
        place = clean(error.filename if error.filename is not None else target.parent)
        raise GetError(
            f"{name} cannot be written to {place} ({error.strerror or clean(error)}): check its "
            "permissions, or download the file yourself and name it."
        ) from error
    return target
