"""What several benchmarks share: a checkout whose code is measured, and a program in a terminal."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent


def parser_of(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the option that names the other checkout."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument(
        "--before", type=Path, metavar="FOLDER", help="another checkout, to measure beside this one"
    )
    parser.add_argument(
        "--home", type=Path, metavar="FOLDER", help="where the runs lie, to be used once more"
    )
    return parser


class Side:
    """A checkout whose code is measured."""

    def __init__(self, name: str, source: Path, home: Path) -> None:
        self.name = name
        self.source = source
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(source),
            "CNN_TUI_HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }

    def values(self, code: str, *arguments: str) -> dict[str, Any]:
        """Run a program that prints one line of JSON, and return that."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env=self.environment,
            cwd=self.source,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def seconds(self, *arguments: str) -> float:
        """Return how much of a core a module takes as a command, in seconds."""
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=self.environment,
            cwd=self.source,
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{arguments} ended with {process.returncode}")
        return usage.ru_utime + usage.ru_stime

    @contextlib.contextmanager
    def beside(self, code: str, *arguments: str) -> Iterator[None]:
        """Let a program run meanwhile, and end it then."""
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], env=self.environment, cwd=self.source
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()

    def idle(self, arguments: list[str], keys: bytes, settle: float, seconds: float) -> float:
        """Return the share of a core that a program takes in a terminal while nobody types.

        Args:
            arguments: of Python.
            keys: typed once it is there.
            settle: seconds until it is taken to be at rest.
            seconds: how long is measured.
        """
        with Terminal(self, arguments) as terminal:
            terminal.drain(3)
            terminal.type(keys)
            terminal.drain(settle)
            before, began = terminal.spent(), time.perf_counter()
            terminal.drain(seconds)
            return (terminal.spent() - before) / (time.perf_counter() - began)


class Terminal:
    """A program of a checkout in a terminal of 120x40, for as long as the context lasts."""

    def __init__(self, side: Side, arguments: list[str]) -> None:
        self._began = time.perf_counter()
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.chdir(side.source)
            os.execve(sys.executable, [sys.executable, *arguments], side.environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)

    def type(self, keys: bytes) -> None:
        """Type keys, one after the other."""
        for key in keys:
            os.write(self._terminal, bytes([key]))
            self.drain(1)

    def drain(self, seconds: float) -> None:
        """Take what it draws, for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                os.read(self._terminal, 1 << 16)

    def seconds_until(self, *words: bytes, limit: float = 60.0) -> list[float]:
        """Wait until all words were on screen; return for each the seconds from the start to it."""
        seen, found = b"", dict.fromkeys(words, 0.0)
        while not all(found.values()):
            if time.perf_counter() - self._began > limit:
                missing = b" ".join(word for word in words if not found[word])
                raise SystemExit(f"{missing!r} never came on screen")
            if select.select([self._terminal], [], [], 0.5)[0]:
                seen += os.read(self._terminal, 1 << 16)
            now = time.perf_counter() - self._began
            found |= {word: now for word in words if not found[word] and word in seen}
        return list(found.values())

    def spent(self) -> float:
        """Return the seconds of a core that it has taken so far."""
        fields = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return what it holds of the machine's memory, in MiB."""
        pages = int(Path(f"/proc/{self._process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def most_memory(self) -> float:
        """Return the most of the machine's memory that it ever held, in MiB."""
        status = Path(f"/proc/{self._process}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024


def table(rows: dict[str, dict[str, float]], unit: dict[str, str]) -> None:
    """Print each figure of all sides, and the ratio of the last to the first.

    Args:
        rows: for each figure its value on each side.
        unit: for each figure what to print behind it.
    """
    for name, values in rows.items():
        parts = [f"{side} {value:10,.3f} {unit[name]}" for side, value in values.items()]
        ratio = ""
        if len(values) > 1:
            first, *_, last = values.values()
            ratio = f"   ratio {last / max(first, 1e-9):.3f}"
        print(f"{name:<44} {'   '.join(parts)}{ratio}", flush=True)
