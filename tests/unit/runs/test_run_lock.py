"""Looking at a run's lock: a look takes nothing and needs no more than to read it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import acquire_lock, lock_holder

NOBODY = 65534


@pytest.fixture
def lock() -> Iterator[Path]:
    """Return where a lock is, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "lock"


def pid_of_holder(lock: Path) -> int | None:
    holder = lock_holder(lock)
    return None if holder is None else holder.pid


def seen_by_one_who_may_only_read(lock: Path) -> int | None:
    """Return what `lock_holder` says to a process that cannot write the lock."""
    os.chmod(lock, 0o444)
    if os.geteuid() != 0:
        return pid_of_holder(lock)
    # Root may write everything: look as somebody else.
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, repr(pid_of_holder(lock)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        text = told.read()
    return None if text == "None" else int(text)


def test_a_living_trainer_is_seen_where_its_folder_became_read_only(lock: Path) -> None:
    held = acquire_lock(lock)
    assert held is not None
    assert seen_by_one_who_may_only_read(lock) == os.getpid()
    os.close(held)
    assert seen_by_one_who_may_only_read(lock) is None


def holder_pid(run: RunFolder) -> int:
    found = lock_holder(run.lock)
    return 0 if found is None else found.pid


@contextmanager
def holder(run: RunFolder) -> Iterator[subprocess.Popen[str]]:
    """Hold the run's lock from a process of its own, as a trainer does."""
    code = f"""
    import time
    from pathlib import Path
    from tui.runs.store.run_folder import RunFolder
    lock = RunFolder(Path({str(run.path)!r})).acquire_lock()
    print("held", flush=True)
    time.sleep(120)
    """
    with subprocess.Popen(
        [sys.executable, "-c", dedent(code)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_run_that_nobody_holds_is_not_alive(run: RunFolder) -> None:
    assert not run.alive() and not run.kill()
    run.lock.touch()
    assert not run.alive() and not run.kill()


def test_a_held_run_is_alive_until_its_holder_is_killed(run: RunFolder) -> None:
    with holder(run) as process:
        assert run.alive()
        assert holder_pid(run) == process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        assert not run.alive(), "the lock is gone with its holder"
    os.close(run.acquire_lock())


def test_killing_a_run_ends_its_trainer(run: RunFolder) -> None:
    with holder(run) as process:
        assert run.kill()
        assert process.wait(30) == -signal.SIGKILL
        assert not run.alive() and not run.kill()


def test_a_second_trainer_is_refused_and_the_first_stays(run: RunFolder) -> None:
    with holder(run) as process:
        with pytest.raises(RunError, match="Another trainer is working on"):
            run.acquire_lock()
        assert run.alive() and holder_pid(run) == process.pid


def test_looking_at_a_run_never_keeps_its_trainer_out(run: RunFolder) -> None:
    code = f"""
    from pathlib import Path
    from tui.runs.store.run_folder import RunFolder
    run = RunFolder(Path({str(run.path)!r}))
    print("looking", flush=True)
    while True:
        run.alive()
    """
    with subprocess.Popen(
        [sys.executable, "-c", dedent(code)], stdout=subprocess.PIPE, text=True
    ) as looker:
        assert looker.stdout is not None and looker.stdout.readline()
        try:
            for _ in range(20):
                os.close(run.acquire_lock())
        finally:
            looker.kill()


def test_a_lock_with_rubbish_in_it_kills_nobody(run: RunFolder) -> None:
    lock = run.acquire_lock()
    for rubbish in ("", "zz", "-1"):
        run.lock.write_text(rubbish)
        assert run.alive()
        with pytest.raises(RunError, match="Nothing was killed"):
            run.kill()
    os.close(lock)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"boot": "another", "host": "gpu7"}, "runs on the machine gpu7, and this is"),
        ({"namespace": "pid:[1]"}, "runs in another container"),
        ({"started": "1"}, "is a different one by now"),
        ({"pid": 0}, "has not recorded its process id"),
    ],
)
def test_a_trainer_of_another_machine_is_named_and_no_process_here_is_killed(
    run: RunFolder, changes: dict[str, object], said: str
) -> None:
    """Its folder lies on a disk that two machines share: its process id is somebody else's here."""
    with holder(run) as process:
        found = lock_holder(run.lock)
        assert found is not None
        run.lock.write_bytes(msgspec.json.encode(msgspec.structs.replace(found, **changes)))
        with pytest.raises(RunError, match=f"Nothing was killed: .*{said}"):
            run.kill()
        assert process.poll() is None and run.alive()


def test_a_trainer_of_an_earlier_version_is_killed_only_where_it_is_one(run: RunFolder) -> None:
    with holder(run) as process:
        run.lock.write_text(str(process.pid))  # as version 0.1.0 wrote it
        assert run.alive()
        with pytest.raises(RunError, match="is not known to be its trainer"):
            run.kill()
        assert process.poll() is None
