"""The whole app in a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte


class Terminal:
    """A terminal that is written to: pyte's, which knows letters, colours and places."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)

    def write(self, codes: str) -> None:
        # What it does not know it would show as letters; none of it draws anything.
        codes = re.sub(r"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?[\d;]*\$p|\x1b[P_].*?\x1b\\", "", codes)
        self._stream.feed(codes)

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        rows = range(self._screen.lines)
        columns = range(self._screen.columns)
        return [[tuple(self._screen.buffer[y][x]) for x in columns] for y in rows]

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)


class Process:
    """The app in a terminal of its own, and what that shows."""

    def __init__(self, pid: int, master: int) -> None:
        self.pid = pid
        self.master = master
        self.terminal = Terminal(120, 40)
        self.received = 0

    def settle(self) -> None:
        """Take what the app draws until it has drawn nothing for a while (a cursor blinks on)."""
        end = time.monotonic() + 5.0
        quiet = time.monotonic() + 1.0
        while time.monotonic() < min(quiet, end):
            if select.select([self.master], [], [], 0.05)[0]:
                data = os.read(self.master, 1 << 20)
                self.received += len(data)
                self.terminal.write(data.decode(errors="replace"))
                quiet = time.monotonic() + 0.4

    def take(self, seconds: float) -> None:
        """Take what is drawn within a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    data = os.read(self.master, 1 << 20)
                except OSError:  # nobody has the terminal open any more
                    time.sleep(left)
                    return
                self.received += len(data)
                self.terminal.write(data.decode(errors="replace"))

    def press_quickly(self, keys: bytes) -> None:
        """Press keys without waiting until all is drawn."""
        os.write(self.master, keys)
        self.take(0.05)

    def wait_for(self, words: str) -> None:
        until = time.monotonic() + 60
        while words not in self.terminal.text:
            assert time.monotonic() < until, self.terminal.text
            self.settle()

    def press(self, keys: bytes) -> int:
        """Press keys; return how many bytes were drawn for them."""
        before = self.received
        os.write(self.master, keys)
        self.settle()
        return self.received - before


@contextmanager
def command_in_terminal(command: list[str], home: Path) -> Iterator[Process]:
    """Run a command in a terminal of 120×40, and kill it at the end."""
    pid, master = os.forkpty()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        # Not all of the environment: readline puts a size of its own there.
        environment = {**os.environ, "CNN_TUI_HOME": str(home), "TERM": "xterm-256color"}
        os.execvpe(command[0], command, environment)
    try:
        yield Process(pid, master)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)


@contextmanager
def app(home: Path) -> Iterator[Process]:
    """Run the app in a terminal of 120×40."""
    command = [sys.executable, "-c", "from tui.cli.main import main; main()"]
    with command_in_terminal(command, home) as process:
        yield process
