"""The images of a settings file: the folder that it names, and how it is loaded (blocking)."""

from __future__ import annotations

from pathlib import Path

from tui.common.text import clean
from tui.datasets import FolderSummary, LoaderSettings, describe, suggest_settings
from tui.datasets.folder.describe_again import describe_again
from tui.geometry.errors import did_you_mean
from tui.runs.settings.settings_file import SettingsError, SettingsFile


def folder_of(opened: SettingsFile) -> FolderSummary:
    """Describe the folder of images that a settings file names.

    Raises:
        FolderError: if it cannot be read.
        StateError: if it is a sample, and cannot be made.
        SettingsError: if a class is not there.
    """
    if "classes" not in opened.data:
        return describe(Path(opened.data["directory"]))
    loader = opened.loader()
    summary = describe_again(loader)
    known = [one.name for one in summary.classes]
    for name in loader.classes:
        if name not in known:
            raise SettingsError(
                f"{clean(opened.path.name, 100)}: there is no class {clean(name, 60)!r} in "
                f"{clean(summary.path, 200)}: "
                f"{did_you_mean(name, [clean(one, 60) for one in known[:20]])}."
            )
    return summary


def loading_of(opened: SettingsFile | None, summary: FolderSummary) -> LoaderSettings:
    """Return how a folder is loaded: as a settings file says, else as it is suggested.

    Raises:
        SettingsError: when it cannot be so.
    """
    if opened is None:
        return suggest_settings(summary)
    if opened.names_images and "classes" in opened.data:
        return opened.loader()
    return opened.loader(suggest_settings(summary))
