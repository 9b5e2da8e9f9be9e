"""The runs whose small charts are shown, followed live."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tui.areas.runs.one_run.followed_run import FollowedRun
from tui.common.text import clean
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import title_of


class OpenRun:
    """A run whose own screen is open below, and goes on reading it: nothing is read twice."""

    def __init__(self, followed: FollowedRun) -> None:
        self._followed = followed
        self._seen: tuple[object, ...] = ()

    @property
    def runs(self) -> list[RunFolder]:
        """The run."""
        return [self._followed.run]

    @property
    def title(self) -> str:
        """Its title, clean."""
        return clean(self._followed.title)

    @property
    def progress(self) -> RunProgress:
        """The sum of its events."""
        return self._followed.progress

    @property
    def ready(self) -> bool:
        """Whether its events are not being added up now."""
        return not self._followed.polling

    async def read(self) -> bool:
        """Return whether the run has changed since the last call."""
        progress = self._followed.progress
        seen = (id(progress), progress.last_at, progress.epoch, progress.batch, progress.phase)
        changed = seen != self._seen
        if changed and self.ready:
            self._seen = seen
        return changed


class FollowedRuns:
    """Runs from the list, read here."""

    def __init__(self, runs: Sequence[RunFolder]) -> None:
        self._followers = [RunFollower(run) for run in runs]
        self._titles: list[str] = [clean(run.name) for run in runs]
        self.ready = True
        """Whether the events are not being added up now."""

    @property
    def runs(self) -> list[RunFolder]:
        """The runs."""
        return [follower.run for follower in self._followers]

    @property
    def title(self) -> str:
        """The title of the first run, clean."""
        return self._titles[0]

    @property
    def progress(self) -> RunProgress:
        """The sum of the first run's events."""
        return self._followers[0].progress

    @property
    def all(self) -> list[tuple[str, str, RunProgress]]:
        """For each run the name of its folder, its title, and the sum of its events."""
        return [
            (follower.run.name, title, follower.progress)
            for follower, title in zip(self._followers, self._titles, strict=True)
        ]

    async def read(self) -> bool:
        """Read what is new in a thread, and return whether there was anything."""
        self.ready = False
        try:
            return await asyncio.to_thread(self._read)
        finally:
            self.ready = True

    def _read(self) -> bool:
        grown = False
        for follower in self._followers:
            while follower.poll():
                grown = True
        titles = [clean(title_of(follower.run)) for follower in self._followers]
        grown, self._titles = grown or titles != self._titles, titles
        return grown
