"""Copying to the clipboard, and whether it is known to have worked.

A program of the machine (wl-copy, xclip, …) reports by its exit status whether it has the text. A
terminal that receives the text (escape sequence OSC 52) reports nothing, and many ignore it: then
the learner is shown the text instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

_WAIT = 2.0
"""Seconds for a program; one that hangs on a display that is gone has not copied."""


def copy_command(environment: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """Return the command that copies on this machine; empty where there is none.

    Over SSH it would fill the clipboard of the remote machine.

    Args:
        environment: of the process.
        platform: as :data:`sys.platform`.

    >>> copy_command({"SSH_TTY": "/dev/pts/1", "DISPLAY": ":0"})
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


def copy_by_command(text: str) -> bool:
    """Copy a text with a program of this machine (blocking); return whether that worked."""
    program = copy_command(os.environ)
    if not program:
        return False
    encoding = "utf-16-le" if program[0] == "clip.exe" else "utf-8"
    try:
        # The process that goes on holding the clipboard must not hold our streams.
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


def terminal_hint(environment: Mapping[str, str]) -> str:
    """Return what keeps a text from the terminal's clipboard, and the cure (blocking).

    Args:
        environment: of the process.

    Returns:
        A sentence; empty where no obstacle is known.
    """
    if environment.get("TMUX"):
        if tmux_passes():
            return ""
        return "tmux keeps it: `tmux set -s set-clipboard on` lets it through."
    if environment.get("STY"):
        return "screen does not let it through: select it here with the mouse."
    return ""


def tmux_passes() -> bool:
    """Return whether tmux passes on what a program copies (blocking): only with the value `on`."""
    try:
        answer = subprocess.run(
            ["tmux", "show", "-sv", "set-clipboard"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.strip() == b"on"
