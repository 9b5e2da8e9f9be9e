"""Get a set of images, by name, URL or archive file, as a folder of class folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.common.paths import StateError
from tui.common.text import clean
from tui.datasets.folder.describe import describe
from tui.datasets.folder.folder_summary import FolderError
from tui.datasets.folder.scan import class_folders_in, has_images
from tui.datasets.getting.course_sets import ImageSet, Remote
from tui.datasets.getting.download import download, host_and_name
from tui.datasets.getting.nested_archives import has_images_below, unpack_nested
from tui.datasets.getting.part_file import PartFile
from tui.datasets.getting.resolve_source import resolve_source, source_identity, without_ending
from tui.datasets.getting.set_folders import (
    created_folder,
    find_target,
    finish_set,
    is_finished_set,
    partial_bytes,
    partial_folder,
    partial_folder_path,
    sets_folder,
    unpacking_folder,
)
from tui.datasets.getting.size_limits import require_disk_space
from tui.datasets.getting.transfer_errors import GetError, RefusedArchive
from tui.datasets.getting.transfer_progress import Control
from tui.datasets.getting.unpack import unpack
from tui.datasets.samples.sample_folders import Sample

_GROWS = 1.1
"""Bytes unpacked for each byte of an archive of images, which are compressed already."""


@dataclass(frozen=True, slots=True)
class FetchedSet:
    """A set of images on disk.

    Args:
        folder: the folder with the class folders, or with `train/` and `validation/`.
        notes: differences from the archive, one sentence each.
    """

    folder: Path
    notes: tuple[str, ...] = ()


def get(
    what: str,
    to: Path | None = None,
    control: Control | None = None,
    inner: Sequence[str] = (),
) -> FetchedSet:
    """Get a set of images; an existing set is not fetched again.

    Args:
        what: the name of a sample or of a set of the course, an http or https address of an
            archive, or the path of one.
        to: the folder to put it in; the program's own when None.
        control: receives progress, and can stop the transfer.
        inner: the archive inside it to unpack, if it contains archives; each is inside the one
            before.

    Raises:
        NestedArchivesError: if it contains archives, and `inner` does not choose one.
        GetError: if it cannot be fetched; the message says why. What was downloaded is kept if
            the download can be resumed.
    """
    control = control or Control()
    try:
        wanted = resolve_source(what)
        if isinstance(wanted, Sample):
            got = _sample(wanted, to, control)
        else:
            got = _fetch(wanted, to, control, tuple(inner))
    except StateError as error:
        raise GetError(str(error)) from error
    except OSError as error:
        place = clean(error.filename) if error.filename is not None else clean(to or what)
        raise GetError(
            f"{place} cannot be used ({error.strerror or clean(error)}): check its permissions, or "
            "choose another folder with --to."
        ) from error
    control.report("done", clean(what, 60))
    return got


def downloaded_bytes(name: str) -> int | None:
    """Return the downloaded bytes of a set of the course; None if the set is complete."""
    try:
        wanted = resolve_source(name)
        if isinstance(wanted, Sample):
            return None
        target = find_target(sets_folder(), wanted.name, source_identity(wanted))
        if target.exists():
            return None
        return partial_bytes(partial_folder_path(target))
    except (GetError, StateError, OSError):
        return 0


def _sample(sample: Sample, to: Path | None, control: Control) -> FetchedSet:
    control.report("writing", sample.name)
    folder = sample.build()
    if to is None:
        return FetchedSet(folder)
    source = [f"sample {sample.name}"]
    with created_folder(to):
        target = find_target(to.absolute(), sample.name, source)
        if not target.exists():
            with partial_folder(target) as work, unpacking_folder(work) as tree:
                shutil.copytree(folder, tree / "images", copy_function=shutil.copyfile)
                finish_set(tree / "images", target, source)
    return FetchedSet(target)


def _fetch(
    wanted: ImageSet, to: Path | None, control: Control, inner: tuple[str, ...]
) -> FetchedSet:
    if to is None:
        to = sets_folder()
    source = source_identity(wanted)
    notes: list[str] = []
    with created_folder(to):
        whole = target = find_target(to.absolute(), wanted.name, source)
        if inner:
            source = [*source, *(f"inside it {name}" for name in inner)]
            name = f"{wanted.name}-{without_ending(os.path.basename(inner[-1]))}"
            target = find_target(to.absolute(), name, source)
        if not target.exists():
            # An archive that was downloaded to list its contents is used again.
            with partial_folder(whole) as work:
                # Another process may have finished it between the look and the lock.
                if not is_finished_set(target, source):
                    notes = _build_set(wanted, work, target, source, control, inner)
                if inner:
                    shutil.rmtree(work, ignore_errors=True)
    return FetchedSet(class_folder(target), tuple(notes))


def _build_set(
    wanted: ImageSet,
    work: Path,
    target: Path,
    source: list[str],
    control: Control,
    inner: tuple[str, ...],
) -> list[str]:
    archives = [
        _fetch_archive(wanted, number, work, control) for number in range(len(wanted.parts))
    ]
    notes = []
    with unpacking_folder(work) as tree:
        images = tree / "images"
        for number, part in enumerate(wanted.parts):
            unpacked = tree / f"unpacked-{number}" if part.into else images
            unpacked.mkdir()
            notes += _unpack_part(wanted, number, archives[number], unpacked, control)
            if part.into:
                images.mkdir(exist_ok=True)
                class_folder(unpacked).rename(images / part.into)
            else:
                size = archives[number].stat().st_size
                shown = clean(wanted.name, 60)
                notes += unpack_nested(images, tree, control, inner, size, shown)
        if not has_images_below(images):
            raise RefusedArchive(
                f"{clean(wanted.name, 60)} holds no images: no PNG, JPEG, BMP or TIFF."
            )
        finish_set(images, target, source)
    return notes


def _fetch_archive(wanted: ImageSet, number: int, work: Path, control: Control) -> Path:
    """Return an archive of the set, downloading it if necessary."""
    remote = wanted.parts[number].source
    if not isinstance(remote, Remote):
        return Path(remote)
    part = PartFile(work / f"part-{number}")
    later = sum(
        other.source.size or 0
        for other in wanted.parts[number + 1 :]
        if isinstance(other.source, Remote)
    )

    def room(missing: int) -> None:
        whole = later + missing + sum(path.stat().st_size for path in work.glob("part-?"))
        require_disk_space(work, int(missing + later + _GROWS * whole), clean(wanted.name, 60))

    download(remote, part, control, room)
    return part.path


def _unpack_part(
    wanted: ImageSet, number: int, archive: Path, into: Path, control: Control
) -> list[str]:
    source = wanted.parts[number].source
    if not isinstance(source, Remote):
        return unpack(archive, into, control).notes()
    try:
        return unpack(archive, into, control, name=host_and_name(source.url)[1]).notes()
    except RefusedArchive:
        PartFile(archive).clear()  # the next attempt has to download it again
        raise


_DEEPEST = 4


def class_folder(top: Path) -> Path:
    """Return the folder that contains the class folders, or `train/` and `validation/`.

    Archives often contain a single folder with everything in it, sometimes with a second one for
    documents beside it; these are searched.

    Args:
        top: the folder an archive was unpacked to.

    Returns:
        `top` or a folder in it; `top` if none looks like a dataset.
    """
    return _search(top, _DEEPEST) or top


def _search(folder: Path, deepest: int) -> Path | None:
    inner = [folder / name for name in class_folders_in(str(folder))]
    if any(has_images(str(path)) for path in inner) or (inner and _is_pair(folder)):
        return folder
    if deepest == 0:
        return None
    found = [place for path in inner if (place := _search(path, deepest - 1)) is not None]
    return found[0] if len(found) == 1 else None


def _is_pair(folder: Path) -> bool:
    try:
        summary = describe(folder)
    except FolderError:
        return False
    return summary.layout == "split" or "halves" in summary.readings
