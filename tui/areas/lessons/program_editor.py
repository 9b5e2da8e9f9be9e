"""The learner's own editor, opened on a program."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

_EDITORS = ("nano", "vim", "vi")
"""Editors that are tried where none is named in VISUAL or EDITOR."""


def editor_command() -> list[str] | None:
    """Return the command of the learner's editor; None where there is none."""
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(os.environ.get(name, ""))
        except ValueError:
            continue
        if words:
            return words
    return next(([found] for name in _EDITORS if (found := shutil.which(name))), None)


def edit_text(
    command: list[str], name: str, text: str, suspend: Callable[[], AbstractContextManager[None]]
) -> str:
    """Return a text as it is when an editor was closed.

    Args:
        command: of the editor.
        name: of the file that it opens.
        text: what stands in the file.
        suspend: gives the terminal to the editor for as long as it is open.

    Raises:
        OSError: the editor cannot be started, or the file not be read any more.
    """
    folder = Path(tempfile.mkdtemp(prefix="cnn-tui-edit-"))
    file = folder / name
    try:
        file.write_text(text, "utf-8")
        with suspend():
            subprocess.run([*command, str(file)], check=False)
        return file.read_text("utf-8", "replace")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
