"""A transfer in a background thread, and its progress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderError
from tui.datasets.getting.get import FetchedSet, get
from tui.datasets.getting.transfer_errors import GetError, NestedArchivesError
from tui.datasets.getting.transfer_progress import Control, Progress, SpeedMeter


class Transfer:
    """Gets one set of images in a daemon thread, so quitting the app waits for no server.

    What was downloaded is kept.
    """

    def __init__(
        self,
        what: str,
        to: Path | None = None,
        inner: Sequence[str] = (),
        fetch: Callable[[Control], FetchedSet] | None = None,
    ) -> None:
        """Prepare the transfer; `start` starts it.

        Args:
            what: as for `get`.
            to: the folder to put it in; the program's own when None.
            inner: as for `get`.
            fetch: gets something else than a set of images.
        """
        self.what = what
        self.result: FetchedSet | None = None
        self.error: str | None = None
        self.inner_archives: tuple[str, ...] = ()
        """Archives inside the archive, one of which has to be chosen."""
        self.inner = tuple(inner)
        self._to = to
        self._fetch = fetch
        self._control = Control()
        self._meter = SpeedMeter()
        self._stage = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="get images", daemon=True)

    def start(self) -> None:
        """Start the transfer."""
        self._thread.start()

    def stop(self) -> None:
        """Request the transfer to stop; what was downloaded is kept."""
        self._control.ask_to_stop()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most some seconds; return whether it has ended."""
        return self._over.wait(seconds)

    @property
    def ended(self) -> bool:
        """Return whether the transfer has ended, successfully or not."""
        return self._over.is_set()

    @property
    def stopping(self) -> bool:
        """Return whether a stop was requested."""
        return self._control.stopping

    def snapshot(self) -> tuple[Progress, float | None, float | None]:
        """Return progress, speed in bytes per second, and the seconds left."""
        progress = self._control.progress
        if f"{progress.stage} {progress.what}" != self._stage:
            self._stage = f"{progress.stage} {progress.what}"
            self._meter = SpeedMeter()
        self._meter.add(time.monotonic(), progress.done)
        return progress, self._meter.speed, self._meter.seconds_left(progress.total)

    def _run(self) -> None:
        try:
            if self._fetch is not None:
                self.result = self._fetch(self._control)
            else:
                self.result = get(self.what, self._to, self._control, self.inner)
        except NestedArchivesError as error:
            self.inner_archives, self.error = error.archives, str(error)
        except (GetError, FolderError) as error:
            self.error = str(error)
        except Exception as error:  # the watcher has to learn that it ended
            self.error = f"{clean(self.what, 60)} could not be fetched: {clean(error, 200)}."
        finally:
            self._over.set()
