"""Asking the terminal for its name and version, before the app reads the keyboard."""

from __future__ import annotations

import contextlib
import os
import re
import select
import termios
import time
import tty

_QUESTION = b"\x1b[>0q"  # XTVERSION
_ANSWER = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
_KITTY = re.compile(r"kitty\((\d+)\.(\d+)")
_MOST = 4096


def terminal_version(terminal: int = 0, wait: float = 0.5) -> str:
    """Return what a terminal calls itself, such as `kitty(0.35.2)`; empty when it does not say.

    Args:
        terminal: file descriptor of a terminal, read from and written to.
        wait: seconds to wait for the answer, which travels over the user's connection.
    """
    try:
        before = termios.tcgetattr(terminal)
    except termios.error:
        return ""
    heard = b""
    try:
        tty.setcbreak(terminal)
        os.write(terminal, _QUESTION)
        end = time.monotonic() + wait
        while (left := end - time.monotonic()) > 0 and len(heard) < _MOST:
            if not select.select([terminal], [], [], left)[0]:
                break
            heard += os.read(terminal, 256)
            if found := _ANSWER.search(heard):
                return found[1].decode("ascii", "replace")
    except (OSError, termios.error):
        return ""
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSANOW, before)
    return ""


def lacks_placeholders(version: str) -> bool:
    """Say whether a terminal is a kitty from before pictures could stand in text (0.28).

    >>> lacks_placeholders("kitty(0.26.5)"), lacks_placeholders("kitty(0.35.2)")
    (True, False)
    """
    found = _KITTY.match(version)
    return found is not None and (int(found[1]), int(found[2])) < (0, 28)
