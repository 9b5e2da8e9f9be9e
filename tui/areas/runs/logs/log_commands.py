"""Commands on logs of other programs: opening one from the list, and what its series are."""

from __future__ import annotations

import asyncio

from tui.areas.runs.one_run.followed_run import FollowedRun
from tui.common.text import clean
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.store.run_access import RunError
from tui.runs.watched.watched_runs import change_roles
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings

OPEN_LOG_COMMANDS = bindings(
    "runs",
    (
        "o",
        "open",
        "open-log",
        "Watch a log",
        "Show a folder of TensorBoard, a CSV or a history.json as runs",
    ),
    handler="logs",
    footer=("open-log",),
)

LOG_COMMANDS = bindings(
    "run",
    (
        "c",
        "curves",
        "curves",
        "Curves",
        "Which series of the log is the loss, the accuracy, the learning rate",
    ),
    handler="run_log",
    footer=("curves",),
)


class OpenLog:
    """Opens logs from the list of runs."""

    def __init__(self, screen: AreaScreen) -> None:
        self._screen = screen

    def offers(self, command: str) -> bool:
        """Return whether a log can be opened."""
        return True

    def open(self) -> None:
        """Ask for a log, and show it as runs."""
        self._screen.run_worker(self._ask(), group="open-log", exclusive=True)

    async def _ask(self) -> None:
        from tui.areas.runs.logs.watch_window import WatchWindow

        host = self._screen.host
        wanted = await self._screen.app.push_screen_wait(WatchWindow(host.log_reader))
        if wanted is not None:
            await host.watch_logs(wanted.logs, wanted.roles)


class RunLog:
    """The log of the run on a screen."""

    def __init__(self, screen: AreaScreen, run: FollowedRun) -> None:
        self._screen, self._run = screen, run

    def offers(self, command: str) -> bool:
        """Return whether the run is read from a log."""
        return self._run.log is not None

    def follow(self) -> None:
        """Have the log followed from now on, if the run has one."""
        if self._run.log is not None:
            self._screen.run_worker(self._screen.host.follow_logs([self._run.run]))

    def curves(self) -> None:
        """Choose which series is what."""
        from tui.areas.runs.logs.roles_window import RolesWindow

        log, spec = self._run.log, self._run.external
        if log is None or spec is None:
            return
        if not log.series:
            self._screen.notify("No series of this log is known yet.")
            return
        self._screen.app.push_screen(RolesWindow(log.series, spec.roles), self._take)

    async def _take(self, roles: CurveRoles | None) -> None:
        if roles is None:
            return
        try:
            await asyncio.to_thread(change_roles, self._run.run, roles)
        except RunError as error:
            self._screen.notify(clean(error), severity="error", markup=False)
            return
        await asyncio.to_thread(self._run.open)
        await self._screen.host.follow_logs([self._run.run])
