"""`python -m tui.trainer RUN`, or `--standby` to import Keras first and read RUN from stdin."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

from tui.common.safe_files import open_descriptor
from tui.keras_worker.failures import explain_loading
from tui.runs.events.event_types import Notice
from tui.runs.process.on_end import command_of, run_on_end
from tui.runs.store.on_end_mark import claim
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.trainer.gpu_choice import use_gpus
from tui.trainer.run_session import RunSession


def _redirect_output(run: RunFolder) -> None:
    """Send stdout and stderr, also of C++ libraries, to the run's log."""
    log = open_descriptor(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _import_ahead() -> None:
    """Import Keras; an error occurs again later, when there is a run to report it in."""
    with contextlib.suppress(Exception):
        importlib.import_module("tui.trainer.job")


def main(arguments: list[str]) -> int:
    """Train one run and return the process's exit status."""
    # The training does not end with the terminal that the app was started from.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Ctrl-C is for the app; SIGTERM (a reboot, a scheduler) asks the training to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    standby = arguments == ["--standby"]
    if standby:
        # In a thread: the app may end while Keras loads.
        threading.Thread(target=_import_ahead, daemon=True).start()
        path = os.fsdecode(sys.stdin.buffer.read()).removesuffix("\n")
        if not path:
            os._exit(0)  # the app ended without a run
    elif len(arguments) == 1:
        path = arguments[0]
    else:
        print("usage: python -m tui.trainer RUN", file=sys.stderr)
        return 2
    run = RunFolder(Path(path))
    try:
        if standby:
            _redirect_output(run)
        sentence = use_gpus(run)
        session = RunSession(run)
        if sentence:
            session.emit(Notice(at=time.time(), text=sentence))
    except (RunError, OSError) as error:
        print(f"Cannot train {run.path}: {error}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: session.request_stop())
    with session:
        status = session.run_task(_train)
        run = RunFolder(session.run.path)  # it may have been renamed
        command = command_of(run)
        claimed = claim(run.path, command) if command else None
    run_on_end(command, run, ending=session.ending, claimed=claimed)
    return status


def _train(session: RunSession) -> None:
    try:
        from tui.trainer import job as work
    except Exception as error:
        raise explain_loading(error) from error
    work.train(session)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
