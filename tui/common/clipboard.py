"""Copying to the clipboard, and what can be known of it.

A program of the machine (wl-copy, xclip, …) says with its exit status whether it has the text. A
terminal that is sent the text (the escape sequence OSC 52) says nothing, and many leave it out:
then nobody knows, and the learner is shown the text instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

_WAIT = 2.0
"""Seconds for a program; one that hangs on a dead display has not copied."""


def local_program(environment: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """Return the program that copies on this machine, or nothing.

    Over SSH a program would fill the clipboard of the machine far away.

    Args:
        environment: the process's own.
        platform: as :data:`sys.platform`.

    >>> local_program({"SSH_TTY": "/dev/pts/1", "DISPLAY": ":0"})
    []
    """
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return []
    tried: list[list[str]] = []
    if platform == "darwin":
        tried.append(["pbcopy"])
    if environment.get("WAYLAND_DISPLAY"):
        tried.append(["wl-copy"])
    if environment.get("DISPLAY"):
        tried += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if environment.get("WSL_DISTRO_NAME"):
        tried.append(["clip.exe"])
    path = environment.get("PATH")
    return next((line for line in tried if shutil.which(line[0], path=path)), [])


def copied_here(text: str) -> bool:
    """Copy a text by a program of this machine (blocking); return whether it is known to be there.

    Args:
        text: of any length.
    """
    program = local_program(os.environ)
    if not program:
        return False
    encoding = "utf-16-le" if program[0] == "clip.exe" else "utf-8"
    try:
        # What it leaves behind to hold the clipboard keeps none of our streams.
        done = subprocess.run(
            program,
            input=text.encode(encoding, "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def way_through(environment: Mapping[str, str]) -> str:
    """Return what is in the way of the terminal's clipboard, and the cure (blocking).

    Args:
        environment: the process's own.

    Returns:
        A sentence; empty where nothing is known to be in the way.
    """
    if environment.get("TMUX"):
        if tmux_passes():
            return ""
        return "tmux keeps it: `tmux set -s set-clipboard on` lets it through."
    if environment.get("STY"):
        return "screen does not let it through: select it here with the mouse."
    return ""


def tmux_passes() -> bool:
    """Return whether tmux hands on what a program copies (blocking); only `on` does."""
    try:
        asked = subprocess.run(
            ["tmux", "show", "-sv", "set-clipboard"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return asked.stdout.strip() == b"on"
