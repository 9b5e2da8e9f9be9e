"""Completing the path of a folder or a file while it is typed."""

from __future__ import annotations

import asyncio
import os

from textual.suggester import Suggester

from tui.text import clean


class FolderSuggester(Suggester):
    """Suggests the first folder whose name begins as typed; → takes it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path, or None when no folder begins like that."""
        return await asyncio.to_thread(complete_folder, value)


class FileSuggester(Suggester):
    """Suggests the first folder, or file of a kind, whose name begins as typed; → takes it."""

    def __init__(self, endings: tuple[str, ...]) -> None:
        """Make the suggester.

        Args:
            endings: how the names of the files end, in lower case.
        """
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path, or None when nothing begins like that."""
        return await asyncio.to_thread(complete_path, value, self._endings)


def complete_folder(typed: str) -> str | None:
    """Return a typed path completed to the first folder that begins like it (blocking).

    Args:
        typed: as it stands in the field; `~` stands for the home folder.

    Returns:
        The path with a slash at its end, as it was begun; None when nothing fits or it cannot be
        shown as it is.
    """
    return complete_path(typed, ())


def complete_path(typed: str, endings: tuple[str, ...]) -> str | None:
    """Return a typed path completed to the first folder or file that begins like it (blocking).

    Args:
        typed: as it stands in the field; `~` stands for the home folder.
        endings: how the names of the files end, in lower case; none for folders alone.

    Returns:
        The path as it was begun, a folder's with a slash at its end; None when nothing fits or it
        cannot be shown as it is.
    """
    head, _, start = typed.rpartition("/")
    if not typed.strip() or start in {".", "..", "~"}:
        return None
    folder = os.path.expanduser(f"{head}/") if "/" in typed else "."
    try:
        with os.scandir(folder) as entries:
            found = [
                entry.name + "/" * entry.is_dir()
                for entry in entries
                if entry.name.startswith(start)
                and (start.startswith(".") or not entry.name.startswith("."))
                and (entry.is_dir() or entry.name.lower().endswith(endings))
            ]
    except OSError:
        return None
    safe = sorted(name for name in found if clean(name) == name)
    if not safe:
        return None
    return f"{head}/{safe[0]}" if "/" in typed else safe[0]
