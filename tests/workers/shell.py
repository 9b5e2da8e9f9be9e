"""What the tests of real trainings share: images, the command line, and patient waiting."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from tests.support.waiting import until
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import Event
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_folder import RunFolder

PATIENCE = 90.0
"""Seconds until something that must happen is given up: a slow machine loads Keras in 30."""
ROOT = Path(__file__).parents[2]
SIDE = 16
SMALL = "16x16x3 flatten dense:k=1,a=sigmoid"
"""A network whose epochs take no time."""

T = TypeVar("T")
E = TypeVar("E", bound=object)


def wait_for(what: str, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """Look again and again until something is there, and return it."""
    return until(look, lambda: f"{what}: not within {seconds:.0f} s", seconds=seconds)  # type: ignore[return-value]


# Images


def draw(path: Path, number: int, rng: random.Random) -> None:
    """Write a noisy picture whose colour tells its class."""
    pixels = bytes(
        min(max(value + rng.randint(-70, 70), 0), 255)
        for _ in range(SIDE * SIDE)
        for value in (70 + 60 * number, 120, 190 - 60 * number)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.frombytes("RGB", (SIDE, SIDE), pixels).save(path)


def draw_classes(
    folder: Path, classes: Iterable[str] = ("cats", "dogs"), images: int = 20, seed: int = 1
) -> Path:
    """Write a folder of classes and return it."""
    rng = random.Random(seed)
    for number, name in enumerate(classes):
        for index in range(images):
            draw(folder / name / f"{index:03}.png", number, rng)
    return folder


def draw_split(folder: Path, classes: Iterable[str] = ("cats", "dogs")) -> Path:
    """Write a folder with `train` and `validation` and return it."""
    draw_classes(folder / "train", classes)
    draw_classes(folder / "validation", classes, 7, seed=2)
    return folder


# Runs


def events_of(run: RunFolder) -> list[Event]:
    """Return all events of a run so far."""
    reader = EventReader(run.events)
    found: list[Event] = []
    while events := reader.read():
        found += events
    return found


def of_type(events: Iterable[Event], kind: type[E]) -> list[E]:
    """Return the events of one type."""
    return [event for event in events if isinstance(event, kind)]


def last_of(run: RunFolder, kind: type[E]) -> E | None:
    """Return the last event of one type, if there is one."""
    found = of_type(events_of(run), kind)
    return found[-1] if found else None


def wait_for_event(
    run: RunFolder, kind: type[E], good: Callable[[E], bool] = lambda event: True
) -> E:
    """Wait until a run has told an event of a type."""
    return wait_for(
        f"{kind.__name__} in {run.path} ({run.log.read_text()[-500:] if run.log.exists() else ''})",
        lambda: next((event for event in of_type(events_of(run), kind) if good(event)), None),
    )


def wait_until_gone(run: RunFolder) -> None:
    """Wait until no trainer holds a run."""
    wait_for(f"the end of {run.path}", lambda: not run.alive())


def processes_of(folder: Path) -> list[int]:
    """Return the process ids of what this program runs with a home in a folder, as Linux tells.

    Trainers among them that have not taken their run's lock yet, which no run folder knows of.
    """
    home = os.fsencode(f"CNN_TUI_HOME={folder}/")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another user's, or one that has just ended
            ours = b"tui." in (process / "cmdline").read_bytes()
            if ours and home in (process / "environ").read_bytes():
                found.append(int(process.name))
    return [pid for pid in found if pid != os.getpid()]


def end_processes_of(folder: Path) -> None:
    """End every trainer, and whatever else of this program has its home in a folder."""

    def ended() -> bool:
        left = processes_of(folder)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left

    # Looked at again: the queue's process may have started one more trainer meanwhile.
    wait_for(f"the end of what runs in {folder}", ended)


# The command line


_PLAINLY = "from tui.cli.main import main; main()"
# Only the process itself can make a terminal its own.
_IN_A_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); " + _PLAINLY


@dataclass
class Shell:
    """Runs `cnn-tui` in processes of its own, with a home of its own."""

    folder: Path
    """Where its home, its working folder and its output lie."""
    extra: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "here").mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "CNN_TUI_HOME": str(self.folder / "kept"), **self.extra}

    @property
    def here(self) -> Path:
        """The working folder of the commands: never the checkout."""
        return self.folder / "here"

    def runs(self) -> list[RunFolder]:
        """Return the runs made so far, oldest first."""
        runs = self.folder / "kept" / "state" / "runs"
        return list(reversed(list(iter_runs(runs)))) if runs.is_dir() else []

    def start(self, *arguments: object, terminal: int | None = None) -> Command:
        """Start a command and go on.

        Args:
            arguments: what to write after `cnn-tui`.
            terminal: the slave end of a pseudo-terminal that it shall be started from.
        """
        number = len(self.started)
        out, err = self.folder / f"out{number}", self.folder / f"err{number}"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-c", _IN_A_TERMINAL if terminal else _PLAINLY]
                + [str(argument) for argument in arguments],
                stdin=terminal or subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=self.environment,
                cwd=self.here,
                start_new_session=terminal is not None,
            )
        self.started.append(process)
        return Command(process, out, err, self)

    def call(self, *arguments: object) -> Command:
        """Run a command to its end."""
        command = self.start(*arguments)
        command.wait()
        return command

    def close(self) -> None:
        """End everything that was started here and still lives."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait(30)
        for run in self.runs():
            run.kill()
        end_processes_of(self.folder)


@dataclass
class Command:
    """A command that was started."""

    process: subprocess.Popen[bytes]
    _out: Path
    _err: Path
    shell: Shell

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def status(self) -> int:
        """Its exit status; waits for it."""
        return self.wait()

    def wait(self, seconds: float = PATIENCE) -> int:
        return self.process.wait(seconds)

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    @property
    def run(self) -> RunFolder:
        """The run that it told of in its first line; waits for it."""

        def first_line() -> str | None:
            told = (self.out + self.err).splitlines()
            named = [line[4:] for line in told if line.startswith("run /")]
            if not named and self.process.poll() is not None:
                raise AssertionError(f"no run: {self.out} {self.err}")
            return named[0] if named else None

        return RunFolder(Path(wait_for("the run's name", first_line)))

    def json(self) -> Any:
        return json.loads(self.out)


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """Give a shell, and clear up behind it."""
    opened = Shell(folder)
    try:
        yield opened
    finally:
        opened.close()


def spoil(path: Path, damage: str) -> None:
    """Write a file that cannot be read as an image."""
    if damage == "truncated":
        draw(path, 0, random.Random(3))
        path.write_bytes(path.read_bytes()[:-100])
    else:
        path.write_bytes(b"" if damage == "empty" else b"Dear diary, this is no picture.\n" * 9)
