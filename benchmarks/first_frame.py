"""The first frame: `cnn-tui` against a bare Textual app, each started in a real terminal.

The clock runs from the start of the process until a word that only the painted screen holds
arrives at the other end of the pty.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from sides import HERE, Side, Terminal

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


def main() -> None:
    """Measure both in turn and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        side = Side("here", HERE, Path(home))
        cnn_tui = str(Path(sys.executable).with_name("cnn-tui"))
        commands = {
            "bare Textual app": (["-c", BARE], b"painted"),
            "cnn-tui": ([cnn_tui], b"handwritten"),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, (command, word) in commands.items():
                with Terminal(side, command) as terminal:
                    (seconds,) = terminal.seconds_until(word)
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
