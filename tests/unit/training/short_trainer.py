"""Stands in for the trainer: takes a run's lock, says that it began and ended, in its order.

A run whose folder holds a file `hold` is held until that file is gone; `mute` says no word.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tui.training.eventlog import EventWriter
from tui.training.events import Finished, RunStarted
from tui.training.runs import RunFolder


def main(path: str) -> None:
    """Be the trainer of a run."""
    run = RunFolder(Path(path))
    if (run.path / "mute").exists():
        sys.exit("no word")
    run.take_lock()
    writer = EventWriter(run.events)
    writer.write(RunStarted(at=time.time(), pid=os.getpid(), version="0"))
    while (run.path / "hold").exists():
        time.sleep(0.02)
    writer.write(Finished(at=time.time(), reason="completed", sentence="Done.", epochs=1))
    writer.close()


if __name__ == "__main__":  # tests are collected by importing every file here
    main(sys.argv[1])
