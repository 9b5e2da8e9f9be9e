"""The lock of a run, held by its living trainer.

It is a `flock`, which the system releases however the process ends: a held lock means a living
trainer. A process id alone proves nothing: several machines or containers may share the disk, and
each has its own process of that number. So the file records who holds the lock.

A second file, `starting`, marks a run whose trainer was started and has not taken the lock yet.
"""

from __future__ import annotations

import functools
import os
import socket
import subprocess
import time
from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.file_locks import is_locked, try_lock
from tui.common.safe_files import open_descriptor, read_small
from tui.common.text import clean
from tui.runs.events.assigned_gpus import Gpus

_MAX_BYTES = 4096  # no lock is longer
STARTING_GRACE = 20.0
"""Seconds that a run without a lock counts as starting: Python itself has to load."""


class LockError(Exception):
    """It cannot be determined whether a lock is held; the message says why, without a full stop."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The process that holds a lock, as it recorded itself."""

    pid: int = 0
    """Its process id on its machine; 0 until it has recorded itself."""
    host: str = ""
    """The name of its machine; empty in locks of versions that recorded the process id alone."""
    boot: str = ""
    """The system's id of its machine's current boot."""
    namespace: str = ""
    """The namespace of the process id: each container has its own."""
    started: str = ""
    """When the process was started, in the system's own units."""
    gpus: Gpus | None = None
    """The GPUs that it is restricted to; None if it may use all, or did not record that."""

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, as far as it recorded that."""
        if not self.host:
            return True
        return self.boot == boot_id() if self.boot else self.host == socket.gethostname()

    def unreachable_reason(self) -> str:
        """Return why this process cannot be killed from here; empty if it can."""
        if not self.pid:
            return "its trainer has not recorded its process id yet: try again"
        if not self.host:
            same = _is_trainer(self.pid)
            return "" if same else f"process {self.pid} is not known to be its trainer"
        here = identity(self.pid)
        if self.boot != here.boot or (not self.boot and self.host != here.host):
            return (
                f"its trainer, process {self.pid}, runs on the machine {clean(self.host, 60)}, "
                f"and this is {clean(here.host, 60)}"
            )
        if self.namespace != here.namespace:
            return (
                f"its trainer, process {self.pid} on {clean(self.host, 60)}, runs in another "
                "container or outside this one"
            )
        if self.started != here.started:
            return f"process {self.pid} is a different one by now"
        return ""


def identity(pid: int, gpus: Gpus | None = None) -> Holder:
    """Return what distinguishes a process of this machine from any other, now and later.

    Args:
        pid: its id.
        gpus: the GPUs that it is restricted to; None: to none in particular.
    """
    return Holder(
        pid=pid,
        host=socket.gethostname(),
        boot=boot_id(),
        namespace=_link("/proc/self/ns/pid"),
        started=_started(pid),
        gpus=gpus,
    )


@functools.cache
def boot_id() -> str:
    """Return the system's id of this machine's current boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _printed("sysctl", "-n", "kern.bootsessionuuid")  # macOS


def uptime() -> float:
    """Return seconds of a clock that cannot be set and that keeps counting while asleep."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _started(pid: int) -> str:
    try:
        # The name in brackets may contain anything; the start time is the 20th value after it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        if os.path.exists("/proc/self/stat"):
            return ""  # it has ended
        return _printed("ps", "-o", "lstart=", "-p", str(pid))  # macOS


def _is_trainer(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        words = _printed("ps", "-o", "command=", "-p", str(pid)).encode().split()
    return b"tui.trainer" in words


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _printed(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def lock_holder(path: Path | str) -> Holder | None:
    """Return the holder of a lock, or None.

    Raises:
        LockError: when it cannot be determined.
    """
    try:
        # Open it for reading only: the folder may be read-only by now.
        file = open_descriptor(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LockError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return _decoded(os.pread(file, _MAX_BYTES, 0)) if is_locked(file) else None
    except OSError as error:  # such as a network disk without locks
        raise LockError(f"{path} cannot be checked: {error.strerror or error}") from error
    finally:
        os.close(file)


def _decoded(text: bytes) -> Holder:
    if text.strip().isdigit():
        return Holder(pid=int(text))  # as earlier versions wrote it
    try:
        return msgspec.json.decode(text, type=Holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Holder()


def acquire_lock(path: Path, gpus: Gpus | None = None) -> int | None:
    """Acquire a lock for this process, for as long as it lives.

    Args:
        path: the lock file.
        gpus: the GPUs that this process is restricted to, for the record; None: all.

    Returns:
        The file descriptor, to be kept open; None if another process holds the lock.

    Raises:
        OSError: when the lock cannot be created; `UnsafeFileError` when it is not a file of the
            user's own.
    """
    file = open_descriptor(path, os.O_RDWR | os.O_CREAT)
    if not try_lock(file, seconds=1.0):
        os.close(file)
        return None
    os.ftruncate(file, 0)
    os.write(file, msgspec.json.encode(identity(os.getpid(), gpus)))
    return file


class StartMark(msgspec.Struct, frozen=True):
    """The content of the file `starting`: when a trainer was started."""

    boot: str
    """The system's id of its machine's current boot."""
    seconds: float
    """Since that boot."""
    gpus: Gpus | None = None
    """The GPUs that the trainer was given; None while that is not decided."""


def write_start_mark(path: Path, gpus: Gpus | None = None) -> None:
    """Record that a trainer is being started now.

    Args:
        path: the file `starting`.
        gpus: the GPUs that the trainer was given; None if that is decided later.

    Raises:
        OSError: when it cannot be written.
    """
    replace_file(path, msgspec.json.encode(StartMark(boot_id(), uptime(), gpus)))


def read_start_mark(path: Path | str) -> StartMark | None:
    """Return the mark that was written on this machine since its boot; None without one."""
    try:
        mark = msgspec.json.decode(read_small(path, _MAX_BYTES), type=StartMark)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return mark if mark.boot == boot_id() else None


def just_started(path: Path | str) -> bool:
    """Return whether a trainer was started so recently that it may still be loading."""
    mark = read_start_mark(path)
    if mark is not None:
        return 0 <= uptime() - mark.seconds < STARTING_GRACE
    return file_age(path) < STARTING_GRACE  # of another machine, or of an earlier version


def file_age(path: Path | str) -> float:
    """Return the seconds since a file was written; infinity if there is none.

    A time in the future (a clock that was set back, or another machine's) counts as infinity too:
    the age is unknown.
    """
    try:
        age = time.time() - os.lstat(path).st_mtime
    except OSError:
        return float("inf")
    return age if age >= 0 else float("inf")
