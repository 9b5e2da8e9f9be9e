"""A key in the calculator: from the key's byte to the new number on screen, in a real terminal.

Side by side: a digit typed into a bare Textual `Input`; one more filter in a network of one layer;
the same in VGG-16, whose 22 rows all follow; and a step of the cursor in VGG-16's table.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

BARE = """
from textual.app import App
from textual.widgets import Input, Static
class Bare(App):
    def compose(self):
        yield Input()
        yield Static("ready")
    def on_input_changed(self, event):
        self.query_one(Static).update(f"seen {len(event.value)} keys")
Bare().run()
"""
FRAME = 1000 / 60
"""Milliseconds between two frames of Textual."""


class Terminal:
    """A program in a pty of 120×40."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.screen = pyte.Screen(120, 40)
        self.stream = pyte.ByteStream(self.screen)

    def wait(self, word: str) -> float:
        """Read until a word stands on the screen; return when its last byte came."""
        end = came = time.perf_counter() + 20
        while word not in " ".join(self.screen.display):
            if time.perf_counter() > end:
                raise SystemExit(f"{word!r} never came on screen")
            if select.select([self.terminal], [], [], 0.5)[0]:
                came = self.read()
        return came

    def read(self) -> float:
        """Take what has come; return when it came."""
        codes = os.read(self.terminal, 1 << 20)
        came = time.perf_counter()
        self.stream.feed(codes)
        return came

    def press(self, keys: bytes, word: str) -> float:
        """Send keys; return the milliseconds until a word is painted."""
        self.rest()
        began = time.perf_counter()
        os.write(self.terminal, keys)
        return (self.wait(word) - began) * 1000

    def send(self, keys: bytes) -> None:
        """Send keys and wait until the program rests."""
        self.rest()
        os.write(self.terminal, keys)
        time.sleep(0.3)
        self.rest()

    def rest(self) -> None:
        """Read what still comes, until nothing has come for a tenth of a second."""
        while select.select([self.terminal], [], [], 0.1)[0]:
            self.read()

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def main() -> None:
    """Measure and print the medians, in milliseconds and in frames."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    up = b"\x1b[A"
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CNN_TUI_HOME": home, "TERM": "xterm-256color"}
        ours = [str(Path(sys.executable).with_name("cnn-tui"))]
        bare = Terminal([sys.executable, "-c", BARE], environment)
        bare.wait("ready")
        one, vgg, table = (Terminal(ours, environment) for _ in range(3))
        for program in (one, vgg, table):
            program.wait("handwritten")
            program.press(b"2", "zero padding")
        for program in (vgg, table):
            program.press(b"m", "Ready-made")
            program.press(b"vgg", "138 million")
            program.press(b"\r", "138,357,544")
        for program in (one, vgg):  # the field K: behind W1, H1, D1
            program.send(b"\t\t\t")
        table.send(b"n")

        def filters(first: int) -> Callable[[int], str]:
            return lambda number: f"{28 * (first + number + 1):,}"

        cases: dict[str, tuple[Terminal, bytes, Callable[[int], str]]] = {
            "bare Input": (bare, b"7", lambda number: f"seen {number + 1} keys"),
            "one layer, K + 1": (one, up, filters(16)),
            "VGG-16, K + 1": (vgg, up, filters(64)),
            "VGG-16, table": (
                table,
                b"\x1b[B",
                lambda number: f"layer {number % 20 + 2} of",
            ),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for number in range(min(rounds, 20)):
            for name, (program, key, word) in cases.items():
                times[name].append(program.press(key, word(number)))
        for program in (bare, one, vgg, table):
            program.close()
    least = statistics.median(times["bare Input"])
    for name, found in times.items():
        middle = statistics.median(found)
        print(
            f"{name:<18} median {middle:6.1f} ms  (most {max(found):.1f})  "
            f"{middle / least:4.1f}× bare, {(middle - least) / FRAME:+.1f} frames"
        )


if __name__ == "__main__":
    main()
