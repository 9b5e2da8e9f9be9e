"""Stands in for the trainer: takes a run's lock, says that it began and ended, in its order.

A run whose folder holds a file `hold` is held until that file is gone; `mute` says no word. Which
GPUs it may use is left in the file `visible`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tui.runs.events.assigned_gpus import VISIBLE
from tui.runs.events.event_types import Finished
from tui.runs.store.run_folder import RunFolder
from tui.trainer.gpu_choice import use_gpus
from tui.trainer.run_session import RunSession


def main(path: str) -> None:
    """Be the trainer of a run."""
    run = RunFolder(Path(path))
    if (run.path / "mute").exists():
        sys.exit("no word")
    use_gpus(run)
    (run.path / "visible").write_text(os.environ.get(VISIBLE, "all"))
    with RunSession(run) as session:
        while (run.path / "hold").exists():
            time.sleep(0.02)
        session.emit(Finished(at=time.time(), reason="completed", sentence="Done.", epochs=1))


if __name__ == "__main__":  # tests are collected by importing every file here
    main(sys.argv[1])
