"""Choosing how a folder is read where its names leave that open."""

from __future__ import annotations

from pathlib import Path

from tui.datasets import FolderSummary
from tui.datasets.folder.folder_summary import Reading
from tui.ui.choose_dataset import suggestion
from tui.ui.commands import CommandRow

READING_KEYS: tuple[CommandRow, CommandRow] = (
    (
        "i",
        "inner",
        "inner",
        "Suggested",
        "Choose the folder, or the way to read it, that was probably meant",
    ),
    ("f", "folders", "folders", "Folders", "Take each of its folders for a class"),
)
"""The commands of a screen that shows such a folder."""


def reading_for(summary: FolderSummary, command: str) -> tuple[Path, Reading] | None:
    """Return the folder and the way to read it that a command takes; None where nothing is open.

    Args:
        summary: of the folder.
        command: `inner` or `folders`.
    """
    if command == "folders":
        return (Path(summary.path), "folders") if "folders" in summary.readings else None
    return suggestion(summary)
