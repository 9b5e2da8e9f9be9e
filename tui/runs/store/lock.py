"""The lock of a run, held by its living trainer.

It is a `flock`, which the system releases when a process dies in whatever way: held means alive.
Process ids are never guessed from. What stands in the lock says who holds it: a folder may lie on a
disk that several machines or containers share, and the same process id is another process there.
"""

from __future__ import annotations

import functools
import os
import socket
import subprocess
import time
from pathlib import Path

import msgspec

from tui.common.file_locks import is_locked, try_lock
from tui.common.safe_files import open_descriptor
from tui.common.text import clean

_LONGEST = 1024  # bytes; nobody's lock says more


class LockError(Exception):
    """Whether a lock is held cannot be found out; the message says why, in one sentence."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The process that holds a lock, as it wrote itself down."""

    pid: int = 0
    """Its process id where it runs; 0: it has not written itself down yet."""
    host: str = ""
    """The name of its machine; empty: written by a version that kept the process id alone."""
    boot: str = ""
    """The system's id of the time since its machine was started."""
    namespace: str = ""
    """The namespace that the process id belongs to: a container has its own."""
    started: str = ""
    """When the process was started, as the system counts it."""

    def absence(self) -> str:
        """Return why this is no process that can be ended from here; empty where it is one."""
        if not self.pid:
            return "its trainer has not said yet which process it is: try again"
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
                "container or outside of this one"
            )
        if self.started != here.started:
            return f"process {self.pid} is another one by now"
        return ""


def identity(pid: int) -> Holder:
    """Return what tells a process of this machine from any other, now and later."""
    return Holder(
        pid=pid,
        host=socket.gethostname(),
        boot=boot_id(),
        namespace=_link("/proc/self/ns/pid"),
        started=_started(pid),
    )


@functools.cache
def boot_id() -> str:
    """Return the system's id of the time since this machine was started."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _printed("sysctl", "-n", "kern.bootsessionuuid")  # macOS


def uptime() -> float:
    """Return seconds by a clock that nobody sets, and that counts while the machine sleeps too."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _started(pid: int) -> str:
    try:
        # The name in brackets may hold anything; the start time is the 20th value behind it.
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
    """Return who holds a lock; None where nobody does.

    Raises:
        LockError: when that cannot be found out.
    """
    try:
        # Reading is enough to look: a folder may have become read-only under a living trainer.
        file = open_descriptor(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LockError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return _decoded(os.pread(file, _LONGEST, 0)) if is_locked(file) else None
    except OSError as error:  # such as a disk of the network whose server knows no locks
        raise LockError(f"{path} cannot be asked: {error.strerror or error}") from error
    finally:
        os.close(file)


def _decoded(text: bytes) -> Holder:
    if text.strip().isdigit():
        return Holder(pid=int(text))  # as earlier versions wrote it
    try:
        return msgspec.json.decode(text, type=Holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Holder()


def hold_lock(path: Path) -> int | None:
    """Take a lock for this process, for as long as it lives.

    Returns:
        The file descriptor, to be kept open; None where another process holds the lock.

    Raises:
        OSError: when the lock cannot be made; `UnsafeFileError` where it is no file of the user's.
    """
    file = open_descriptor(path, os.O_RDWR | os.O_CREAT)
    if not try_lock(file, seconds=1.0):
        os.close(file)
        return None
    os.ftruncate(file, 0)
    os.write(file, msgspec.json.encode(identity(os.getpid())))
    return file
