"""A link that stalls: nobody reads the app's terminal any more while a training runs."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import statistics
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.workers.shell import PATIENCE, events_of, of_type, wait_for, wait_for_event
from tui.runs.events.event_types import EpochEnded, Finished
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_folder import RunFolder


class Terminal:
    """The user's end of a terminal in which the app runs."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.seen = b""

    def read(self) -> None:
        """Take what the app has drawn, without waiting for more."""
        while select.select([self._master], [], [], 0)[0]:
            self.seen += os.read(self._master, 65536)

    def shows(self, word: bytes) -> bool:
        self.read()
        return word in self.seen

    def press(self, key: bytes) -> None:
        os.write(self._master, key)

    def waiting(self) -> int:
        """Return how many bytes have been drawn and not been read."""
        count = fcntl.ioctl(self._master, termios.FIONREAD, b"\0" * 4)
        return int.from_bytes(count, sys.byteorder)


@contextmanager
def app(home: Path) -> Iterator[Terminal]:
    """Start the app in a terminal of its own."""
    pid, master = os.forkpty()
    if pid == 0:
        os.environ |= {"CNN_TUI_HOME": str(home), "TERM": "xterm-256color"}
        os.execv(sys.executable, [sys.executable, "-c", "from tui.cli.main import main; main()"])
    try:
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        yield Terminal(master)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with suppress(OSError):
            os.close(master)


def test_a_frozen_terminal_does_not_reach_the_training(tmp_path: Path) -> None:
    home = tmp_path / "kept"
    with app(home) as terminal:
        wait_for("the home screen", lambda: terminal.shows(b"handwritten"))
        terminal.press(b"t")

        def started() -> RunFolder | None:
            terminal.read()
            folder = home / "state" / "runs"
            return next(iter_runs(folder), None) if folder.is_dir() else None

        run = wait_for("a training", started)
        try:

            def second_epoch() -> list[EpochEnded]:
                terminal.read()
                return of_type(events_of(run), EpochEnded)[1:]

            before = wait_for("its second epoch", second_epoch)[-1]
            # From here on nobody reads: the app draws until its terminal takes no more.
            finished = wait_for_event(run, Finished)
            wait_for("the end of the trainer", lambda: not run.alive(), PATIENCE)
            assert terminal.waiting() > 2000, "the terminal took no more"
        finally:
            run.kill()
    assert finished.epochs == 10 or finished.reason == "rule"
    epochs = of_type(events_of(run), EpochEnded)
    assert [event.epoch for event in epochs] == [*range(1, finished.epochs + 1)]
    frozen = [event.images_per_second for event in epochs if event.epoch > before.epoch]
    assert len(frozen) >= 3, "most of it ran against the frozen terminal"
    # Far below what another process on the machine costs; a trainer that waited would have 0.
    assert statistics.median(frozen) > before.images_per_second / 10
