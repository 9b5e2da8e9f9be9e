"""Running the command that a run was given for its end (`--on-end`).

The process that trains calls `run_on_end` when its training is over: finished, stopped or failed.
That a trainer died is found out by others, who start `python -m tui.runs.process.on_end RUN`
(`DeathWatch`). However many notice it, the command runs once (`tui.runs.store.on_end_mark`).

What is known of the run reaches the command in environment variables, never in its text.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from tui.common.safe_files import open_appending
from tui.common.text import clean, exact
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import Failed, Finished, Notice
from tui.runs.events.log_end import RunOutcome, epoch_of_death, read_outcome
from tui.runs.export.run_formatting import failure_sentence
from tui.runs.process.logs import shorten_log
from tui.runs.store.on_end_mark import Claim, claim, is_armed
from tui.runs.store.run_access import RunError, check_owner
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_label import title_of

LIMIT_SECONDS = 300.0
"""Seconds after which a command is ended."""
_GRACE_SECONDS = 5.0
"""Seconds between asking a command to end and killing it."""
# -P: nothing is imported from the current folder.
_COMMAND = [sys.executable, "-P", "-m", "tui.runs.process.on_end"]


def command_of(run: RunFolder) -> str:
    """Return the command in a run's spec; empty where it has none or cannot be read."""
    try:
        return run.any_spec().on_end
    except RunError:
        return ""


def run_on_end(
    command: str,
    run: RunFolder,
    *,
    ending: Finished | Failed | None = None,
    claimed: Claim | None = None,
    seconds: float = LIMIT_SECONDS,
) -> str:
    """Run the command of a run that ended, unless it was run for this ending before.

    Waits until the command has ended; what it leaves running in the background goes on. What it
    prints goes into the run's log. Call it when the last event is written and the run's lock
    released, so that the command may resume the run. It raises nothing.

    Args:
        command: of the run's spec, for the shell; empty: nothing happens.
        run: its folder.
        ending: its last event, where it may not be on the disk; None to read it.
        claimed: what `claim` returned, where the caller called it while it held the run's lock, so
            that on a full disk nobody takes the run for one that died; None to call it here.
        seconds: after which the command is ended.

    Returns:
        What went wrong, in a sentence, which is also a notice of the run then; empty if nothing.
    """
    if not command or run.deleted():
        return ""
    try:
        check_owner(run.path)
        outcome = read_outcome(run.events)
        environment = _environment(run, ending or outcome.ending, outcome)
        if environment is None:
            return ""
        claimed = claimed or claim(run.path, command)
    except (RunError, OSError):
        return ""
    if claimed == "over":
        return ""
    if claimed == "not ours":
        if environment["CNN_TUI_STATE"] == "died":
            return ""  # a notice would be added whenever the app is opened
        problem = "its command for the end was not set on this machine, so it was not run."
    else:
        problem = _executed(command, run, environment, seconds)
    if not problem:
        return ""
    sentence = f"After the training: {problem}"
    _report(run, sentence)
    return sentence


def _environment(
    run: RunFolder, ending: Finished | Failed | None, outcome: RunOutcome
) -> dict[str, str] | None:
    """Return what the command receives about a run; None where the run has not ended."""
    state = run.state(ending)
    epoch = outcome.epoch
    if ending is None and state != "died":
        return None
    facts = {
        "CNN_TUI_RUN": os.fspath(run.path),
        "CNN_TUI_NAME": clean(title_of(run), 300),
        "CNN_TUI_STATE": _state(ending),
        "CNN_TUI_SENTENCE": clean(_sentence(ending, outcome), 2000),
        "CNN_TUI_BEST_METRIC": clean(epoch.best_metric, 200) if epoch is not None else "",
        "CNN_TUI_BEST": exact(epoch.best) if epoch is not None and epoch.best is not None else "",
        "CNN_TUI_BEST_EPOCH": str(epoch.best_epoch) if epoch is not None else "",
        "CNN_TUI_EPOCHS": str(epoch.epoch if epoch is not None else 0),
    }
    return {**os.environ, **facts}


def _state(ending: Finished | Failed | None) -> State:
    """Return how a run ended; not its present state, as it may wait to be resumed."""
    if isinstance(ending, Finished):
        return "stopped" if ending.reason == "stopped" else "finished"
    return "failed" if isinstance(ending, Failed) else "died"


def _sentence(ending: Finished | Failed | None, outcome: RunOutcome) -> str:
    if isinstance(ending, Finished):
        return ending.sentence
    if isinstance(ending, Failed):
        return failure_sentence(ending)
    done, epochs = (outcome.epoch.epoch, outcome.epoch.epochs) if outcome.epoch else (0, 0)
    return f"The trainer died at epoch {epoch_of_death(done, epochs)} without an error message."


def _executed(command: str, run: RunFolder, environment: dict[str, str], seconds: float) -> str:
    """Run a command and return what went wrong, or an empty text."""
    with contextlib.ExitStack() as stack:
        output: IO[bytes] | int = subprocess.DEVNULL
        with contextlib.suppress(OSError):  # the log may be on a full disk
            output = stack.enter_context(open_appending(run.log))
            output.write(f"At the end: {clean(command, 300)}\n".encode())
            output.flush()
        try:
            process = subprocess.Popen(
                command,
                shell=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            return f"the command could not be started: {error.strerror or error}."
        except ValueError:
            return "the command could not be started: it holds a NUL."
        status = _waited(process, seconds)
    shorten_log(run.log)
    if status is None:
        return f"the command was ended because it took longer than {seconds:g} s."
    if status:
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return f"the command failed ({how}). What it printed is in {run.log.name}."
    return ""


def _waited(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Wait for a command and return its exit status; None if it had to be ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(seconds)
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
            if number == signal.SIGTERM:
                time.sleep(0.1)  # for what the shell had started
    return None


def _report(run: RunFolder, sentence: str) -> None:
    """Make a sentence a notice of the run, and write it into its log."""
    with contextlib.suppress(OSError), open_appending(run.log) as log:
        log.write(f"{sentence}\n".encode())
    try:
        lock = run.acquire_lock()  # a trainer may have taken the run up
    except (RunError, OSError):
        return
    try:
        with contextlib.suppress(OSError):
            writer = EventWriter(run.events)
            writer.write(Notice(at=time.time(), text=sentence))
            writer.close()
    finally:
        os.close(lock)


def start_on_end(run: RunFolder) -> subprocess.Popen[bytes]:
    """Have the command of a run that ended executed by a process of its own, and do not wait.

    Raises:
        OSError: when the process cannot be started.
    """
    return subprocess.Popen(
        [*_COMMAND, os.fspath(run.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class DeathWatch:
    """Has the command of a run executed when its trainer died: in a process of its own."""

    def __init__(self) -> None:
        self._seen: set[Path] = set()
        self._helpers: list[subprocess.Popen[bytes]] = []

    def look(self, run: RunFolder, state: State, command: str) -> None:
        """Look at a run; cheap where there is nothing to do.

        Args:
            run: its folder.
            state: its state now.
            command: of its spec; empty if it has none.
        """
        if state != "died" or not command:
            self._seen.discard(run.path)
        elif run.path not in self._seen:
            self._seen.add(run.path)
            if is_armed(run.path):
                self._start(run)

    def look_into(self, run: RunFolder) -> None:
        """Look at a run of which only the folder is known. Blocks on the disk."""
        if command := command_of(run):
            self.look(run, run.state(read_outcome(run.events).ending), command)

    def look_at_all(self, runs: Iterable[tuple[RunFolder, State, str]]) -> None:
        """Look at several runs, and collect helpers that have ended."""
        self._helpers = [one for one in self._helpers if one.poll() is None]
        for run, state, command in runs:
            self.look(run, state, command)

    def _start(self, run: RunFolder) -> None:
        with contextlib.suppress(OSError):  # no process can be started: another app tries
            self._helpers.append(start_on_end(run))


def main(arguments: list[str]) -> int:
    """Run the command of the run that is named, and return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m tui.runs.process.on_end RUN", file=sys.stderr)
        return 2
    run = RunFolder(Path(arguments[0]))
    return 1 if run_on_end(command_of(run), run) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
