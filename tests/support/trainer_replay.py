"""Stands in for the trainer: a process that takes a run's lock and plays a recording into it.

Run as the app runs the trainer: `replay.py RUN`, or `replay.py --standby` with the run's path on
standard input. The environment names the recording. At its line `--pause--` the replay waits
until the run folder holds a file `go`, or until the app requests a stop.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.support.recording import PAUSE, append, stopped
from tui.runs.control.control_file import change_control
from tui.runs.events.event_log import decode
from tui.runs.store.run_folder import RunFolder

RECORDING = "CNN_TUI_TEST_RECORDING"
LONGEST = 300.0


def main() -> None:
    """Play the recording."""
    if sys.argv[1] == "--standby":
        line = sys.stdin.buffer.readline().rstrip(b"\n")
        if not line:
            return  # the app has no use for a trainer any more
        run = RunFolder(Path(os.fsdecode(line)))
    else:
        run = RunFolder(Path(sys.argv[1]))
    lock = run.acquire_lock()
    # As the trainer does: what it prints belongs to its run from now on.
    log = os.open(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    print("a line from the trainer", flush=True)
    mark = run.queued()
    if mark is not None and (requests := mark.requests()):
        change_control(run.control, **requests)
    for line in Path(os.environ[RECORDING]).read_bytes().splitlines():
        if line == PAUSE:
            if not _go(run):
                append(run, stopped(4))
                break
            continue
        event = decode(line)
        assert event is not None
        append(run, [event])
        run.clear_marks()
    os.close(lock)


def _go(run: RunFolder) -> bool:
    """Wait; say whether to go on (else a stop was requested for)."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if (run.path / "go").exists():
            return True
        if run.stop_requested() and not (run.path / "deaf").exists():
            return False
        time.sleep(0.02)
    sys.exit(1)


if __name__ == "__main__":
    main()
