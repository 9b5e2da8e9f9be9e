"""Choosing a folder or a sample: looked at away from the screen's thread, told of if it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tui.datasets import SAMPLES, FolderError, describe, remember_folder, suggest_settings
from tui.paths import StateError
from tui.screens.host import Dataset, Host
from tui.text import clean

if TYPE_CHECKING:
    from textual.app import App


def look_at(path: Path, name: str | None = None) -> Dataset:
    """Describe a folder and suggest how to load it (blocking).

    Raises:
        FolderError: when it cannot be read.
    """
    summary = describe(path)
    title = clean(name or Path(summary.path).name or summary.path, 40)
    return Dataset(title, summary, suggest_settings(summary))


async def choose_folder(host: Host, path: Path) -> Dataset | None:
    """Look at a folder; None, and a message, where that fails."""
    try:
        dataset = await asyncio.to_thread(look_at, path)
    except FolderError as error:
        _tell(host, str(error))
        return None
    if dataset.summary.trainable:
        host.dataset = dataset
        await asyncio.to_thread(remember_folder, path)
    return dataset


async def choose_sample(host: Host, name: str) -> Dataset | None:
    """Write a sample set if need be and choose it; None, and a message, where that fails."""

    def build() -> Dataset:
        return look_at(SAMPLES[name].build(), name)

    try:
        host.dataset = await asyncio.to_thread(build)
    except (FolderError, StateError) as error:
        _tell(host, str(error))
        return None
    return host.dataset


def _tell(host: Host, message: str) -> None:
    cast("App[None]", host).notify(message, severity="error", markup=False)
