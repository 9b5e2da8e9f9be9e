"""A log and the run that it is shown as: read a piece at a time, written as it grows."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time

import msgspec

from tui.common.text import clean, disk_path
from tui.log_reader.axis import Axis, axis_of
from tui.log_reader.curves import curves_of
from tui.log_reader.growing_file import Restarted, signature_of
from tui.log_reader.log_source import (
    LogSource,
    bytes_read,
    last_change,
    open_source,
    signatures_now,
)
from tui.log_reader.run_writer import RunWriter
from tui.log_reader.series import SeriesStore
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.find_runs import LockedRun
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.watched.find_logs import not_loaded, unreadable
from tui.runs.watched.log_state import (
    MOST_SERIES,
    FileSignature,
    LogState,
    read_log_state,
    write_log_state,
)
from tui.runs.watched.series_names import NamedSeries, name_series

SETTLED_SECONDS = 2.0
"""A log that has not changed for so long has written all of an epoch."""
IDLE_SECONDS = 60.0
"""After so long without a change the epoch at work counts as over."""
_SHARE = 10
"""Writing takes at most one part in so many of the time."""
_LEAST_SECONDS = 0.3
_STATE_SECONDS = 3.0
_WATCH_SECONDS = (0.5, 10.0)
"""Between two looks at a log: while it grows, and when it has not for a while."""


class LogRun:
    """Follows one log. It holds the run's lock until `close`."""

    def __init__(self, run: RunFolder) -> None:
        """Take the run.

        Raises:
            RunError: when another process has it, or it is no run of a log.
            OSError: when its lock cannot be taken.
        """
        if not isinstance(spec := run.any_spec(), ExternalSpec) or not run.is_log:
            raise RunError(f"{run.name} is not read from a log.")
        self._lock = run.acquire_lock()
        self.run = LockedRun(run, self._lock)
        with contextlib.suppress(OSError):
            run.unfollow.unlink(missing_ok=True)
        run.announce()
        self._spec = spec
        self._spec_stamp = _stamp(run)
        self._before = read_log_state(run) or LogState()
        self._writer = RunWriter(self.run)
        self._looked_at = 0.0
        self._state: LogState | None = None
        self._state_at = 0.0
        self.problem = ""
        self._begin()
        self._unread = self._is_as_before()
        """Whether nothing has changed since all of it was read by an earlier process."""
        self._hold = bool(self._before.files) and os.path.exists(run.events)
        """Whether to write only once all is read: what is shown is more than half of it."""

    def _begin(self) -> None:
        """Begin to read from the beginning."""
        self._store = SeriesStore()
        self._source: LogSource | None = None
        self._named = NamedSeries(self._spec.roles, ())
        self._named_count = 0
        self._block = 0
        self._axis: Axis | None = None
        self._more = True
        self._dirty = False
        self._ended = -1
        self._written_at = self._build_seconds = 0.0
        try:
            self._source = open_source(disk_path(self._spec.path), self._spec.format)
        except ImportError as error:
            self.problem = not_loaded(error)

    def _is_as_before(self) -> bool:
        if not self._before.files or self._source is None:
            return False
        if self._before.spec != _digest(self._spec) or not os.path.exists(self.run.events):
            return False
        with contextlib.suppress(OSError):
            self._source.grown()  # lists the files
            return signatures_now(self._source) == self._before.files
        return False

    @property
    def over(self) -> bool:
        """Whether it is to be let go: its run was deleted, or somebody asks for it."""
        return not os.path.exists(self.run.path / "spec.json") or os.path.lexists(self.run.unfollow)

    @property
    def busy(self) -> bool:
        """Whether there is more to read at once."""
        return self._more and not self._unread

    @property
    def unfinished(self) -> bool:
        """Whether something is to be read, or was read and is not written yet."""
        return self.busy or (self._dirty and not self.problem)

    def due(self, now: float) -> bool:
        """Return whether to look at the log again; `now` is of the monotonic clock."""
        rest = _WATCH_SECONDS[0] if self._dirty else self._watch_seconds()
        return self.busy or now - self._looked_at >= rest

    def _watch_seconds(self) -> float:
        least, most = _WATCH_SECONDS
        return min(max(self._quiet() / 20, least), most)

    def _quiet(self) -> float:
        """Return for how long the log has not changed."""
        changed = last_change(self._source) if self._source is not None else 0.0
        if self._unread:
            changed = max(modified for _, _, modified in self._before.files.values()) / 1e9
        return max(time.time() - changed, 0.0) if changed else 0.0

    def turn(self, seconds: float) -> None:
        """Read for a while, and write what is new."""
        self._looked_at = time.monotonic()
        self._read_spec()
        if self._source is None:
            self._more = False
            self._keep_state()
            return
        try:
            if self._unread:
                if self._is_as_before():
                    self._more = False
                    return
                self._unread, self._more = False, True
                self._begin()
            if self._more or self._source.grown():
                self._more = self._source.read(self._store, time.monotonic() + seconds)
                self._dirty = True
            self.problem = self._source.problem
        except Restarted:
            self._begin()
            return
        except FileNotFoundError:
            self._more = False
            path = clean(disk_path(self._spec.path), 200)
            self.problem = f"{path} is gone: what was read of it stays."
        except OSError as error:
            self._more = False
            self.problem = unreadable(error.filename or disk_path(self._spec.path), error)
        try:
            self._show()
            self._keep_state()
        except OSError as error:
            self.problem = f"Cannot write {clean(self.run.path)}: {error.strerror or error}."

    def _read_spec(self) -> None:
        """Read the spec again where the user has changed what is what."""
        stamp = _stamp(self.run)
        if stamp == self._spec_stamp:
            return
        self._spec_stamp = stamp
        found = self.run.external()
        if found is not None and found.roles != self._spec.roles:
            self._spec = found
            self._named_count = 0
            if self._unread:
                self._unread = False
                self._begin()
            self._dirty, self._written_at, self._hold = True, 0.0, False

    def _show(self) -> None:
        """Write what is new, unless that was done just now."""
        now = time.monotonic()
        due = now - self._written_at >= max(_LEAST_SECONDS, _SHARE * self._build_seconds)
        if self._hold and self._more:
            return
        if not due or not self._store.series:
            return
        # Without new values the last epoch may still count as over by now.
        known = self._axis is None or self._ended == self._ended_epochs(self._axis)
        if known and not self._dirty:
            return
        self._hold = False
        if len(self._store.series) != self._named_count:
            self._named = name_series(
                self._store.series, self._spec.roles, single=self._store.single()
            )
            self._named_count = len(self._store.series)
        assert self._source is not None
        axis = axis_of(
            self._store,
            self._named,
            rows_are_epochs=self._source.rows_are_epochs,
            block=self._block,
        )
        self._axis, self._block = axis, axis.block
        ended = self._ended_epochs(axis)
        curves = curves_of(self._store, self._named, axis, ended=ended)
        if not curves.began:
            curves.began = last_change(self._source)
        self._writer.write(curves, (axis.kind, axis.block, self._named))
        self._dirty, self._ended = False, ended
        self._written_at = time.monotonic()
        self._build_seconds = self._written_at - now

    def _ended_epochs(self, axis: Axis) -> int:
        """Return how many epochs are over."""
        count, quiet = len(axis.numbers), self._quiet()
        if not count or quiet >= IDLE_SECONDS:
            return count
        # Of an epoch of several steps more may come after a pause.
        settles = axis.kind in ("epochs", "validation") or axis.block == 1
        if settles and quiet >= SETTLED_SECONDS:
            return count
        series, end = self._store.series, float(axis.bounds[-1])
        reached = max((one.last_step for one in series.values()), default=end)
        validated = [series[name] for name in self._named.validation if name in series]
        if axis.kind == "epochs":
            assert self._source is not None
            whole = self._source.rows_are_epochs or all(
                series[name].last_step >= end for name in axis.by_epoch if name in series
            )
        elif axis.kind == "validation":
            whole = all(one.last_step >= end for one in validated)
        elif axis.kind == "epoch series":
            whole = any(one.last_step >= reached for one in validated)
        else:
            whole = axis.block > 1 and reached >= end
        return count if whole else count - 1

    def _keep_state(self) -> None:
        """Keep what was read, for the app and for the next reader."""
        read, total = bytes_read(self._source) if self._source is not None else (0, 0)
        names = list(self._store.series)
        waits = self._more or self._dirty or self._source is None
        # An epoch at work may count as over later, without a new value.
        waits = waits or (self._axis is not None and self._ended < len(self._axis.numbers))
        state = LogState(
            series=tuple(names[:MOST_SERIES]),
            series_count=len(names),
            roles=self._named.roles,
            guessed=self._named.guessed,
            axis=self._axis.sentence if self._axis is not None else "",
            problem=self.problem,
            read_bytes=read,
            total_bytes=total,
            files={} if waits or self._source is None else signatures_now(self._source),
            spec=_digest(self._spec),
        )
        before = self._state
        urgent = (
            before is None
            or state.problem != before.problem
            or (bool(state.files) and not before.files)
        )
        old = time.monotonic() - self._state_at >= _STATE_SECONDS
        if state != before and (urgent or old):
            write_log_state(self.run, state)
            self._state, self._state_at = state, time.monotonic()

    def close(self) -> None:
        """Let go of the run."""
        with contextlib.suppress(OSError):
            if not self._unread and self._source is not None and not self.over:
                self._state_at = 0.0
                self._keep_state()
        with contextlib.suppress(OSError):
            self._writer.close()
        with contextlib.suppress(OSError):
            self.run.unfollow.unlink(missing_ok=True)
        self.run.announce()
        os.close(self._lock)


def _stamp(run: RunFolder) -> FileSignature:
    try:
        return signature_of(os.stat(run.path / "spec.json"))
    except OSError:
        return 0, 0, 0


def _digest(spec: ExternalSpec) -> str:
    """Return what distinguishes this spec from one that is read in another way."""
    parts = msgspec.json.encode((spec.path, spec.format, spec.roles, "1"))
    return hashlib.sha256(parts).hexdigest()[:16]
