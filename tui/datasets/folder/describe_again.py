"""A folder of images that settings name: found and described as it was chosen."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tui.datasets.folder.describe import describe
from tui.datasets.folder.folder_summary import READINGS, FolderError, FolderSummary
from tui.datasets.folder.linked_folders import view_source
from tui.datasets.loader.loader_settings import LoaderSettings
from tui.datasets.samples.sample_folders import SAMPLES


def describe_again(settings: LoaderSettings) -> FolderSummary:
    """Describe the folder of some settings in the way that gives their classes (blocking).

    Args:
        settings: the loader's.

    Raises:
        FolderError: if it cannot be read.
        StateError: if a sample, which is in the cache, cannot be made again.
    """
    directory, second = Path(settings.directory), settings.validation_directory
    sample = SAMPLES.get(directory.name)
    if sample is not None and not directory.exists():
        sample.build()  # the cache may have been emptied
    beside = second is not None and Path(second).parent == directory.parent
    folder = directory.parent if beside else directory
    view = view_source(settings.directory)
    if view is not None:
        source, kind = view
        if kind in READINGS:
            with suppress(FolderError):
                return describe(Path(source), kind)
    found = describe(folder)
    for reading in found.readings if not found.trainable else ():
        if reading in ("halves", "folders"):
            other = describe(folder, reading)
            if {one.name for one in other.classes if one.images} == set(settings.classes):
                return other
    return found
