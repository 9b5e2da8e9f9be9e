"""The load of the machine during a training, reported every few seconds from a thread.

    with SystemSampler(emit, run.path):
        model.fit(...)

The built-in trainer and the callback for other people's scripts use the same sampler. It is safe
to use beside any training: nothing in it raises, `stop` waits a second at most, and the thread does
not keep the process alive.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tui.runs.events.event_types import SystemStats
from tui.runs.process.gpu_stats import GpuMonitor

EVERY_SECONDS = (2.0, 5.0)
"""Between two reports: at first, and after some minutes."""
_SLOWER_AFTER = 300.0
"""Seconds after which the longer time holds."""
STOP_SECONDS = 1.0
"""The longest that `stop` waits for a report that is being made."""


class SystemSampler:
    """Reports the load of CPU, memory, disk and GPUs from a thread, from `start` to `stop`.

    Usable once, and as a context manager. The first report comes at once. Without NVIDIA's driver,
    or without its library `pynvml`, the reports have no GPUs.
    """

    def __init__(
        self,
        emit: Callable[[SystemStats], object],
        directory: Path,
        *,
        gpus: bool = True,
        every: float | None = None,
    ) -> None:
        """Make a sampler; nothing runs and nothing is imported before `start`.

        Args:
            emit: takes each report, in the sampler's thread; an error in it is ignored.
            directory: the run's folder, whose disk is looked at. Where it has gone, its parent.
            gpus: whether to report GPUs: those that `CUDA_VISIBLE_DEVICES` allows, or all.
            every: seconds between two reports; None for `EVERY_SECONDS`.
        """
        self._emit, self._directory, self._gpus = emit, directory, gpus
        self._every = every
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> SystemSampler:
        """Start reporting; does nothing where it was started before, or no thread can be had."""
        if self._thread is None and not self._over.is_set():
            thread = threading.Thread(target=self._run, name="system stats", daemon=True)
            with suppress(RuntimeError):  # the limit of processes: the training is more important
                thread.start()
                self._thread = thread
        return self

    def stop(self) -> None:
        """Stop reporting: after this no report comes, unless the disk hangs; may be called twice.

        Also safe in a process that was forked off, where the thread does not run.
        """
        self._over.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(STOP_SECONDS)

    def __enter__(self) -> SystemSampler:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        with suppress(Exception):
            gpus = GpuMonitor() if self._gpus else None
            try:
                self._report(_Machine(), gpus)
            finally:
                if gpus is not None:
                    gpus.close()

    def _report(self, machine: _Machine, gpus: GpuMonitor | None) -> None:
        began = time.monotonic()
        while not self._over.is_set():
            seconds = time.monotonic() - began
            with suppress(Exception):
                stats = machine.read(seconds, self._directory, gpus)
                if not self._over.is_set():
                    self._emit(stats)
            self._over.wait(self._every or EVERY_SECONDS[seconds > _SLOWER_AFTER])


class _Machine:
    """Reads CPU, memory and disks; what a system does not say is None."""

    def __init__(self) -> None:
        try:
            import psutil
        except Exception:  # not installed beside a copied package, or not built for this system
            psutil = None
        self._psutil: Any = psutil
        self._process = _tried(lambda: psutil.Process())
        self._at: float | None = None
        """When the last report was made; None before the first."""
        self._disks: tuple[int, int] | None = None
        # The first call of each returns 0: it has nothing to compare with.
        _tried(lambda: psutil.cpu_percent())
        _tried(lambda: self._process.cpu_percent())

    def read(self, seconds: float, directory: Path, gpus: GpuMonitor | None) -> SystemStats:
        """Return a report.

        Args:
            seconds: since the first one.
            directory: the run's folder.
            gpus: None to leave them out.
        """
        psutil, process = self._psutil, self._process
        first = self._at is None
        read, written = self._disk_speeds()
        memory = _tried(lambda: psutil.virtual_memory())
        return SystemStats(
            at=time.time(),
            seconds=round(seconds, 2),
            gpus=gpus.read() if gpus is not None else (),
            cpu_percent=None if first else _tried(lambda: round(psutil.cpu_percent(), 1)),
            cores=os.cpu_count(),
            process_cores=None if first else _tried(lambda: round(process.cpu_percent() / 100, 2)),
            load=_tried(lambda: round(os.getloadavg()[0], 2)),
            memory_used=_tried(lambda: int(memory.total - memory.available)),
            memory_total=_tried(lambda: int(memory.total)),
            process_memory=_tried(lambda: int(process.memory_info().rss)),
            disk_free=_disk_free(directory),
            disk_read=read,
            disk_written=written,
        )

    def _disk_speeds(self) -> tuple[float | None, float | None]:
        """Return bytes a second read and written since the last call; None the first time."""
        now = time.monotonic()
        counters = _tried(lambda: self._psutil.disk_io_counters())
        disks = None if counters is None else (int(counters.read_bytes), int(counters.write_bytes))
        before, since = self._disks, now - (now if self._at is None else self._at)
        self._at, self._disks = now, disks
        if before is None or disks is None or since <= 0:
            return None, None
        read, written = (
            round(max(new - old, 0) / since, 1) for new, old in zip(disks, before, strict=True)
        )
        return read, written


def _tried(question: Callable[[], Any]) -> Any:
    """Return an answer of the system, or None where it has none."""
    try:
        return question()
    except Exception:  # a container without /proc, a system that psutil does not know
        return None


def _disk_free(directory: Path) -> int | None:
    """Return the bytes that this user may still write to the disk of a folder."""
    for place in (directory, directory.parent):
        with suppress(OSError):
            status = os.statvfs(place)
            return status.f_bavail * status.f_frsize
    return None
