"""Unpack an archive safely into a new folder.

The archive may come from anywhere, so nothing in it is trusted. Only regular files and folders are
written, each newly created, never through a link, and not executable. Absolute names and names that
lead upwards end the unpacking at once; links, devices and pipes are skipped and counted. The
unpacked bytes are counted while they are written.
"""

from __future__ import annotations

import errno
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from tui.common.text import clean
from tui.datasets.folder.folder_summary import pluralize
from tui.datasets.getting.archive_readers import (
    Archive,
    Entry,
    TarArchive,
    ZipArchive,
    archive_kind,
)
from tui.datasets.getting.entry_names import EntryPaths, split_name
from tui.datasets.getting.size_limits import Limits, SizeGuard, require_disk_space, size_on_disk
from tui.datasets.getting.transfer_errors import GetError, RefusedArchive
from tui.datasets.getting.transfer_progress import Control

_CHUNK = 256 * 1024
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,  # recursion in nested headers, and zip methods that are not there
)
# macOS adds this folder with metadata for every file; it would become a class.
_NOT_WANTED = frozenset({"__MACOSX"})


@dataclass(slots=True)
class Unpacked:
    """The result of unpacking an archive.

    Args:
        files: files that were written.
        links: links, devices and the like that were left out.
        doubles: files left out because the same name came before.
        renamed: names that were cleaned or numbered.
    """

    files: int = 0
    links: int = 0
    doubles: int = 0
    renamed: int = 0

    def notes(self) -> list[str]:
        """Return the differences from the archive, one sentence each."""
        found = []
        if self.links:
            found.append(f"{pluralize(self.links, 'link or device', 'links or devices')} left out.")
        if self.doubles:
            found.append(f"{pluralize(self.doubles, 'file')} left out: the same name came before.")
        if self.renamed:
            found.append(f"{pluralize(self.renamed, 'name')} changed to be safe or unique.")
        return found


def unpack(
    archive: Path, into: Path, control: Control, limits: Limits | None = None, name: str = ""
) -> Unpacked:
    """Unpack an archive.

    Args:
        archive: a .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz, under any name.
        into: an empty folder that nothing else writes to.
        control: receives progress, and can stop the transfer.
        limits: how much may be unpacked.
        name: the archive's name for messages, if its file has another name.

    Returns:
        What was written and what was skipped.

    Raises:
        RefusedArchive: if it is damaged, too large, or would write elsewhere; `into` is then
            incomplete.
        TransferStopped: if the user stopped it.
        GetError: if there is no space.
    """
    name = clean(name or archive.name, 60)
    try:
        guard = SizeGuard(limits or Limits(), archive.stat().st_size)
        source: Archive
        if archive_kind(archive, name) == "zip":
            source = ZipArchive(archive, guard)
        else:
            source = TarArchive(archive, guard)
        expected = source.expected()
        if expected is not None:
            require_disk_space(into, size_on_disk(*expected), f"Unpacking {name}")
        return _write_all(source, into, control, guard, name)
    except _DAMAGE as error:
        raise RefusedArchive(
            f"{name} is damaged ({clean(error, 60) or type(error).__name__}): get it again."
        ) from error
    except OSError as error:
        # gzip and bzip2 give no number to what they cannot read; a zip may point before its start.
        if error.errno in (None, errno.EINVAL):
            raise RefusedArchive(
                f"{name} is damaged ({clean(error.strerror or error, 60)}): get it again."
            ) from error
        raise GetError(
            f"{name} cannot be unpacked ({error.strerror}): free some space, or choose another "
            "folder with `cnn-tui data get … --to FOLDER`."
        ) from error


def _write_all(
    source: Archive, into: Path, control: Control, guard: SizeGuard, name: str
) -> Unpacked:
    places, result = EntryPaths(), Unpacked()
    for entry in source.entries():
        control.check()
        control.report("unpacking", name, *source.position())
        pieces = split_name(entry.name, guard.limits.depth)
        if not pieces or _NOT_WANTED & set(pieces):
            continue
        if entry.kind == "other":
            result.links += 1
        elif entry.kind == "folder":
            os.makedirs(into / places.folder(pieces), exist_ok=True)
        else:
            place = places.file(pieces)
            if place is None:
                result.doubles += 1
                continue
            _write(entry, into / place, control)
            result.files += 1
    result.renamed = places.renamed
    return result


def _write(entry: Entry, path: Path, control: Control) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with entry.open() as source, open(os.open(path, flags, 0o666), "wb") as target:
        while chunk := source.read(_CHUNK):
            control.check()
            target.write(chunk)
