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

from textual.app import SuspendNotSupported

from tui.common.text import clean
from tui.course.exercises import WholeProgram, edited, to_edit

_EDITORS = ("nano", "vim", "vi")
"""Editors that are tried where none is named in VISUAL or EDITOR."""


class EditorError(Exception):
    """The program was not edited; the message says why, and what to do."""


def edit_lines(
    name: str, program: WholeProgram, suspend: Callable[[], AbstractContextManager[None]]
) -> str:
    """Open a program in the learner's editor and return the lines that were theirs.

    Args:
        name: of the file that the editor opens.
        program: what stands in it, with a comment above and below the learner's lines.
        suspend: gives the terminal to the editor for as long as it is open.

    Raises:
        EditorError: there is no editor, it cannot be started, or the comments are gone.
    """
    command = editor_command()
    if command is None:
        raise EditorError("Name your editor in $EDITOR, for example: export EDITOR=nano")
    try:
        text = edit_text(command, name, to_edit(program), suspend)
    except SuspendNotSupported as error:
        raise EditorError(
            "An editor cannot be opened here: write the lines in the page."
        ) from error
    except OSError as error:
        reason = clean(error.strerror or error, 100)
        raise EditorError(f"{clean(command[0], 60)} cannot be started: {reason}.") from error
    lines = edited(text)
    if lines is None:
        raise EditorError(
            "The two comments around your lines are gone, so your lines cannot be found. The lines "
            "in the page are unchanged."
        )
    return lines


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
