"""The first frame: `cnn-tui` against a bare Textual app, each started in a real terminal.

The clock runs from the start of the process until a word that only the painted screen holds
arrives at the other end of the pty.
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
from pathlib import Path

BARE = """
from textual.app import App
from textual.widgets import Static, Footer
class Bare(App):
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield Static("bare app is painted")
        yield Footer()
Bare().run()
"""


def first_frame(command: list[str], word: bytes, environment: dict[str, str]) -> float:
    """Return the seconds from starting a command until a word is on its screen."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen = b""
    try:
        while word not in seen:
            if time.perf_counter() - began > 30:
                raise SystemExit(f"{word!r} never came on screen")
            if select.select([terminal], [], [], 0.5)[0]:
                seen += os.read(terminal, 65536)
        return time.perf_counter() - began
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def main() -> None:
    """Measure both in turn and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CNN_TUI_HOME": home, "TERM": "xterm-256color"}
        cnn_tui = str(Path(sys.executable).with_name("cnn-tui"))
        commands = {
            "bare Textual app": ([sys.executable, "-c", BARE], b"painted"),
            "cnn-tui": ([cnn_tui], b"handwritten"),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, (command, word) in commands.items():
                seconds = first_frame(command, word, environment)
                if number:  # the first round fills the system's file cache
                    times[name].append(seconds)
    for name, found in times.items():
        print(
            f"{name:<18} median {statistics.median(found) * 1000:6.0f} ms  "
            f"(least {min(found) * 1000:.0f}, most {max(found) * 1000:.0f})"
        )
    bare, ours = (statistics.median(times[name]) for name in commands)
    print(f"ratio              {ours / bare:.2f}  (aim: at most 1.3)")


if __name__ == "__main__":
    main()
