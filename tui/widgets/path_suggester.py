"""Completing the path of a folder while it is typed."""

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


def complete_folder(typed: str) -> str | None:
    """Return a typed path completed to the first folder that begins like it (blocking).

    Args:
        typed: as it stands in the field; `~` stands for the home folder.

    Returns:
        The path with a slash at its end, as it was begun; None when nothing fits or it cannot be
        shown as it is.
    """
    head, _, start = typed.rpartition("/")
    if not typed.strip() or start in {".", "..", "~"}:
        return None
    folder = os.path.expanduser(f"{head}/") if "/" in typed else "."
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name
                for entry in entries
                if entry.name.startswith(start)
                and (start.startswith(".") or not entry.name.startswith("."))
                and entry.is_dir()
            )
    except OSError:
        return None
    safe = [name for name in names if clean(name) == name]
    if not safe:
        return None
    return f"{head}/{safe[0]}/" if "/" in typed else f"{safe[0]}/"
