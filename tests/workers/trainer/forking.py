"""Trains runs in forked children, and kills them: run as a program that reads plans from stdin.

Keras is imported once, which takes seconds; each trainer is a child that was forked before
TensorFlow computed anything. A child that is to die kills itself with SIGKILL from within, so that
it can be hit at a moment that no one outside would hit: in the middle of a checkpoint's bytes,
before its rename, after it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tui.common import atomic_write
from tui.keras_worker.state_file import State, write_state
from tui.runs.events.event_types import EpochEnded, Event, Failed, Finished, RunStarted
from tui.runs.events.log_end import last_events
from tui.runs.store.run_folder import RunFolder
from tui.trainer.__main__ import main
from tui.trainer.run_session import RunSession
from tui.trainer.state import checkpoints

KINDS = ("early", "between", "torn", "unnamed", "named", "between")
"""When a child dies: while it starts, in or between epochs, and at three points of a checkpoint."""


def die() -> None:
    """Be killed, without a word."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def die_later(seconds: float) -> None:
    """Be killed at whatever is done then."""
    threading.Timer(seconds, die).start()


def arrange(kind: str, rng: random.Random) -> None:
    """Arrange for the death of this process."""
    if kind == "early":
        die_later(rng.uniform(0, 1.5))
    elif kind == "between":
        _between(rng)
    else:
        _at_checkpoint(kind, rng)


def _between(rng: random.Random) -> None:
    tell = RunSession.emit
    seen = [rng.randint(1, 2)]

    def told(session: RunSession, event: Event) -> None:
        tell(session, event)
        if isinstance(event, EpochEnded):
            seen[0] -= 1
            if seen[0] == 0:
                die_later(rng.uniform(0, 0.1))

    RunSession.emit = told  # type: ignore[method-assign, assignment]


def _at_checkpoint(kind: str, rng: random.Random) -> None:
    left = [rng.randint(1, 3)]

    def now() -> bool:
        left[0] -= 1
        return left[0] == 0

    def torn(path: Path, state: State) -> int:
        size = write_state(path, state)
        if now():
            os.truncate(path, rng.randrange(size))
            die()
        return size

    replace = os.replace

    def renamed(old: Path, new: Path) -> None:
        checkpoint = new.suffix == ".state" and now()
        if kind == "named" or not checkpoint:
            replace(old, new)
        if checkpoint:
            die()

    if kind == "torn":
        checkpoints.write_state = torn  # type: ignore[attr-defined]
    else:
        atomic_write.os.replace = renamed  # type: ignore[attr-defined]


def train(run: RunFolder, before: Callable[[], None] = lambda: None) -> int:
    """Train a run in a child, and return its exit status; -9 when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            log = os.open(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1), os.dup2(log, 2)
            before()
            os._exit(main([str(run.path)]))
        except BaseException:
            traceback.print_exc()
            os._exit(70)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def train_to_the_end(run: RunFolder, kinds: list[str], seed: int) -> int:
    """Train a run through deaths of these kinds, and return how many there were."""
    rng = random.Random(seed)
    kills = 0
    for kind in kinds:
        status = train(run, partial(arrange, kind, random.Random(rng.random())))
        if status not in (-signal.SIGKILL, 0, 1):
            raise SystemExit(f"{kind}: exit status {status}\n{run.log.read_text()}")
        kills += status == -signal.SIGKILL
        if status != -signal.SIGKILL:
            break
    if not _over(run) and (status := train(run)) not in (0, 1):
        raise SystemExit(f"exit status {status}\n{run.log.read_text()}")
    return kills


def _over(run: RunFolder) -> bool:
    """Say whether the last start of a run came to an end of its own."""
    last = next(iter(last_events(run.events, (RunStarted, Finished, Failed))), RunStarted)
    return last is not RunStarted and not run.starting.exists()


def answer(plans: list[dict[str, Any]]) -> list[int]:
    """Train each plan's run to its end; return how often each was killed."""
    return [
        train_to_the_end(RunFolder(Path(plan["run"])), plan["kinds"], number)
        for number, plan in enumerate(plans)
    ]


if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ["CNN_TUI_HOME"] = asked["home"]
        print(json.dumps(answer(asked["plans"])), flush=True)
