"""`python -m tui.trainer RUN`, or `--standby` to import Keras first and read RUN from stdin.

`--join` trains together with another process, which has the run (`tui.runs.process.machines`).
"""

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
from tui.keras_worker.failures import TrainingError, explain_loading
from tui.keras_worker.load_keras import load_keras
from tui.runs.events.event_types import Finished, Notice
from tui.runs.process.machines import JOIN_FOLDER, Machines, MachinesError, machines
from tui.runs.process.on_end import command_of, run_on_end
from tui.runs.store.on_end_mark import claim
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.trainer.gpu_choice import use_gpus
from tui.trainer.run_session import RunSession
from tui.trainer.several_machines.connection import Connection


def _redirect_output(run: RunFolder) -> None:
    """Send stdout and stderr, also of C++ libraries, to the run's log."""
    log = open_descriptor(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _import_ahead() -> None:
    """Import Keras; an error occurs again later, when there is a run to report it in."""
    with contextlib.suppress(Exception):
        load_keras()
        importlib.import_module("tui.trainer.job")


def main(arguments: list[str]) -> int:
    """Train one run and return the process's exit status."""
    # The training does not end with the terminal that the app was started from.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Ctrl-C is for the app; SIGTERM (a reboot, a scheduler) asks the training to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if arguments == ["--join"]:
        return _join()
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
        together = machines()
        connection = _connected(together, run) if together is not None else None
        session = RunSession(run, connection)
        if sentence:
            session.emit(Notice(at=time.time(), text=sentence))
    except (RunError, OSError, MachinesError) as error:
        print(f"Cannot train {run.path}: {error}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: session.request_stop())
    with session:
        status = session.run_task(_train)
        run = RunFolder(session.run.path)  # it may have been renamed
        command = command_of(run)
        claimed = claim(run.path, command) if command else None
    run_on_end(command, run, ending=session.ending, claimed=claimed)
    if connection is not None:
        connection.close(failed=status != 0)
    return status


def _connected(together: Machines, run: RunFolder) -> Connection:
    """Connect process 0 with the others and give them the run; a failure is the run's."""
    try:
        connection = Connection(together)
        # Keras is imported after the connection: before it nothing may be computed.
        from tui.trainer.several_machines.joined_run import offer_run

        offer_run(connection, run)
    except TrainingError as error:
        failed = error

        def fail(_: RunSession) -> None:
            raise failed

        with RunSession(run) as session:
            status = session.run_task(fail)
        os._exit(status)
    connection.distribute()
    return connection


def _join() -> int:
    """Train together with process 0, which writes the run; return the exit status."""
    together = machines()
    if together is None:
        print("usage: python -m tui.trainer --join, with CNN_TUI_PROCESSES set", file=sys.stderr)
        return 2
    where = f"process {together.number} of {together.processes}"
    print(f"{where}: waiting for process 0 at {together.coordinator}", flush=True)
    try:
        connection = Connection(together)
        from tui.trainer.several_machines.joined_run import joined_run

        with joined_run(connection, os.environ.get(JOIN_FOLDER, "")) as run:
            print(f"{where}: joined {connection.machines.coordinator}", flush=True)
            connection.distribute()
            session = RunSession(run, connection)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: session.request_stop())
            with session:
                status = session.run_task(_train)
            if isinstance(session.ending, Finished):
                print(f"{where}: {session.ending.sentence}", flush=True)
    except TrainingError as error:
        print(f"{where}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    connection.close(failed=status != 0)
    return status


def _train(session: RunSession) -> None:
    try:
        load_keras()
        from tui.trainer import job as work
    except Exception as error:
        raise explain_loading(error) from error
    work.train(session)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
