"""What a program printed, kept within bounds and made safe to show."""

from __future__ import annotations

import re

from tui.common.text import clean

KEPT = 6_000
"""Bytes kept of the beginning of the output, and as many of its end."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_LONGEST_LINE = 400


class Printed:
    """Collects what a program prints and keeps the beginning and the end of it."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._head = bytearray()
        self._tail = bytearray()
        self.total = 0

    def add(self, data: bytes) -> None:
        """Take in what was printed next."""
        self.total += len(data)
        room = self._kept - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room > 0 else data
        del self._tail[: -self._kept]

    def text(self) -> str:
        """Return it as lines that are safe to show, with a sentence where some was left out."""
        left_out = self.total - len(self._head) - len(self._tail)
        head = self._head.decode("utf-8", "replace")
        tail = self._tail.decode("utf-8", "replace")
        if not left_out:
            return shown_lines(head + tail)
        return (
            f"{shown_lines(head)}\n… {left_out:,} bytes in the middle are left out …\n"
            f"{shown_lines(tail)}"
        )


def shown_lines(text: str) -> str:
    """Return a text as a terminal would show it: without colours, each line as it was last.

    >>> shown_lines("1/2 loss 0.9\\r2/2 loss 0.7\\n\\x1b[1mdone\\x1b[0m")
    '2/2 loss 0.7\\ndone'
    """
    plain = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    return "\n".join(_last_state(line) for line in plain.split("\n")).strip("\n")


def _last_state(line: str) -> str:
    """Obey carriage returns and backspaces, with which progress bars write over themselves."""
    written: list[str] = []
    at = 0
    for character in line:
        if character == "\r":
            at = 0
        elif character == "\b":
            at = max(at - 1, 0)
        else:
            written[at : at + 1] = [character]
            at += 1
    return clean("".join(written).expandtabs(4).rstrip(), _LONGEST_LINE)
