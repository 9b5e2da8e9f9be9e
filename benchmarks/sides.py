"""What the benchmarks of long and many runs share: two checkouts, measured in turn."""

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
    def beside(self, code: str) -> Iterator[None]:
        """Let a program run meanwhile, and end it then."""
        process = subprocess.Popen(
            [sys.executable, "-c", code], env=self.environment, cwd=self.source
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
            keys: typed one second after it is there.
            settle: seconds until it is taken to be at rest.
            seconds: how long is measured.
        """
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.source)
            os.execve(sys.executable, [sys.executable, *arguments], self.environment)
        try:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            _drain(terminal, 3)
            if keys:
                os.write(terminal, keys)
            _drain(terminal, settle)
            before, began = _spent(process), time.perf_counter()
            _drain(terminal, seconds)
            return (_spent(process) - before) / (time.perf_counter() - began)
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(terminal)


def _drain(terminal: int, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            os.read(terminal, 1 << 16)


def _spent(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
