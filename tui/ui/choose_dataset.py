"""Choose a folder or a sample as the dataset; problems are shown as messages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tui.common.paths import StateError
from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.datasets import (
    SAMPLES,
    FolderError,
    FolderSummary,
    describe,
    remember_folder,
    suggest_settings,
)
from tui.datasets.folder.describe_again import describe_again
from tui.datasets.folder.folder_summary import Reading
from tui.ui.folder_text import suggested_reading
from tui.ui.services import Dataset, Host

if TYPE_CHECKING:
    from textual.app import App

    from tui.runs.settings.spec import TrainingSpec


def read_dataset(path: Path, name: str | None = None, reading: Reading = "auto") -> Dataset:
    """Describe a folder and suggest how to load it (blocking).

    Args:
        path: the folder.
        name: name to show; by default the folder's own.
        reading: how to read it, if its layout leaves that open.

    Raises:
        FolderError: if it cannot be read.
    """
    return dataset_of(describe(path, reading), name)


def dataset_of(summary: FolderSummary, name: str | None = None) -> Dataset:
    """Suggest how to load a folder that was described (blocking); as `read_dataset`."""
    title = clean(name or Path(summary.path).name or summary.path, 40)
    settings = suggest_settings(summary)
    return Dataset(title, summary, settings, settings)


def suggestion(summary: FolderSummary) -> tuple[Path, Reading] | None:
    """Return the folder and the reading that were probably meant; None if neither is open."""
    for finding in summary.findings:
        if finding.suggestion:
            return Path(finding.suggestion), "auto"
    reading = suggested_reading(summary)
    return None if reading is None else (Path(summary.path), reading)


async def choose_folder(host: Host, path: Path, reading: Reading = "auto") -> Dataset | None:
    """Read a folder, and choose it if it can be trained on; None, after a message, on failure."""
    try:
        dataset = await in_thread(lambda: read_dataset(path, None, reading))
    except FolderError as error:
        _show_error(host, str(error))
        return None
    if dataset.summary.trainable:
        host.dataset = dataset
        await asyncio.to_thread(remember_folder, path)
    return dataset


async def choose_sample(host: Host, name: str) -> Dataset | None:
    """Choose a sample set, creating it first if need be; None, after a message, on failure."""

    def build() -> Dataset:
        return read_dataset(SAMPLES[name].build(), name)

    try:
        host.dataset = await asyncio.to_thread(build)
    except (FolderError, StateError) as error:
        _show_error(host, str(error))
        return None
    return host.dataset


async def choose_images_of_run(host: Host, spec: TrainingSpec) -> Dataset | None:
    """Choose the images of an earlier run with its settings; None, after a message, on failure.

    If the folder has other classes by now, the suggested settings are used.
    """

    def look() -> Dataset:
        found = dataset_of(describe_again(spec.data))
        same = set(spec.data.classes) == set(found.settings.classes)
        return replace(found, settings=spec.data) if same else found

    try:
        dataset = await in_thread(look)
    except (FolderError, StateError) as error:
        _show_error(host, str(error))
        return None
    if set(dataset.settings.classes) != set(spec.data.classes):
        _show_error(
            host,
            f"{dataset.name} has other classes than in that run: check how it is loaded.",
        )
    host.dataset = dataset
    return dataset


def _show_error(host: Host, message: str) -> None:
    cast("App[None]", host).notify(message, severity="error", markup=False)
