"""Handle keys that arrive faster than they are processed in the order in which they were typed.

Textual sends a key to the widget that has the focus when the key arrives. Over a link that stalls
several arrive at once: of `150`, enter, `227` the second number went to the first field, as enter
had not moved the focus yet; and enter after a search in the palette ran an earlier result. With
this patch a key waits until everything that the previous one caused has been done.

Touches: `textual.dom.DOMNode._bindings`, to know the keys that quit.

Since: Textual 0.86 (`key_to_bindings` is not in 0.60).

Without: each key goes to the widget that has the focus when it arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.command import CommandPalette
from textual.message_pump import MessagePump
from textual.widget import Widget

from tui.ui.textual_patches.switches import is_on

Typed = events.Key | events.Paste

PATIENCE_SECONDS = 3.0
"""Longest time that a key waits for another; then all waiting keys are passed on."""

LOOK_SECONDS = 0.05
"""Interval at which to check whether the awaited widget still exists."""

_NEVER_REPEATED = frozenset(["enter", "escape", *"0123456789"])
"""Keys that change the context, so that the same key may mean something else next."""


class TypeAhead:
    """The queue in which keys wait for earlier ones to be processed."""

    def __init__(self, app: App[Any]) -> None:
        """Make an empty queue.

        Args:
            app: the app that receives the keys.
        """
        self._app = app
        self._queue: deque[Typed] = deque()
        self._posted: set[Typed] = set()
        self._task: asyncio.Task[None] | None = None
        self._last: Typed | None = None
        self._in_text = False
        """Whether the last key passed on was text for a field, which more may follow at once."""
        self._followed = False
        """Whether another key was passed on since the wait for the last one began."""

    @property
    def waits(self) -> bool:
        """Whether a key is still being processed."""
        return self._task is not None

    def holds_back(self, event: Typed) -> bool:
        """Return whether a key must wait; it is posted to the app again later.

        Args:
            event: a key or a paste that has just arrived.
        """
        if not is_on(__name__):
            return False
        if not self._app.is_running:
            return True  # the app is closing
        if event in self._posted:
            self._posted.remove(event)
            return False
        if isinstance(event, events.Key) and self._closes_the_app(event):
            self._queue.clear()
            return False
        if self._task is not None and (self._queue or not self._needs_no_wait(event)):
            self._queue.append(event)
            return True
        self._passed_on(event)
        if self._task is None:
            self._followed = False
            self._task = asyncio.create_task(self._pass_on())
        return False

    def end(self) -> None:
        """Drop the waiting keys, as the app closes."""
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()

    def _closes_the_app(self, event: events.Key) -> bool:
        """Whether a key closes the app, which need not wait."""
        found = self._app._bindings.key_to_bindings.get(event.key, ())
        return any(one.priority and one.action == "quit" for one in found)

    def _is_text(self, event: Typed) -> bool:
        """Whether a key is only text for a field, for which no other text needs to wait."""
        focused = self._app.focused
        if isinstance(event, events.Paste) or focused is None:
            return False
        return focused.check_consume_key(event.key, event.character)

    def _needs_no_wait(self, event: Typed) -> bool:
        """Whether a key continues a text, or repeats the previous key, which is held down.

        Otherwise a held key would go on acting after its release, until all repeats are processed.
        """
        if self._in_text:
            return self._is_text(event)
        return (
            isinstance(event, events.Key)
            and isinstance(self._last, events.Key)
            and event.key == self._last.key
            and event.key not in _NEVER_REPEATED
        )

    def _passed_on(self, event: Typed) -> None:
        self._last, self._in_text, self._followed = event, self._is_text(event), True

    async def _pass_on(self) -> None:
        try:
            while await self._processed():
                if self._followed:
                    self._followed = False
                elif not self._queue:
                    return
                else:
                    self._post()
                    while self._queue and self._needs_no_wait(self._queue[0]):
                        self._post()
                    self._followed = False
        except Exception as error:  # a widget may fail in any way
            self._app.log.error(f"Keys are no longer put in order: {error!r}")
        finally:
            while self._queue:
                self._post()
            self._task = None

    def _post(self) -> None:
        event = self._queue.popleft()
        self._passed_on(event)
        self._posted.add(event)
        self._app.post_message(event)

    async def _processed(self) -> bool:
        """Wait until the last key is processed; False if that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                screen = None
                while screen is not self._app.screen:  # again if the screen has changed meanwhile
                    screen = self._app.screen
                    await self._followed_up()
                    await self._followed_up()
                    await self._reached(screen, screen.call_after_refresh)
                    await self._followed_up()
                    await self._searched()
        except (TimeoutError, ScreenStackError):
            return False
        return True

    async def _followed_up(self) -> None:
        """Wait for all widgets to which a key or message may bubble up."""
        node: Widget = self._app.focused or self._app.screen
        for pump in node.ancestors_with_self:
            await self._reached(pump, pump.call_later)

    async def _searched(self) -> None:
        """Wait for the palette's search and for the completion of a path.

        Otherwise enter would choose an earlier result, and text would precede what tab adds.
        """
        screen = self._app.screen
        while isinstance(screen, CommandPalette) and any(
            worker.node is screen and not worker.is_finished for worker in self._app.workers
        ):
            await asyncio.sleep(0.01)
        while getattr(getattr(self._app.focused, "completion", None), "busy", False):
            await asyncio.sleep(0.01)

    async def _reached(self, pump: MessagePump, call: Callable[[Callable[[], None]], bool]) -> None:
        """Wait until a message pump has processed everything up to a call.

        A pump that is closed meanwhile, or whose screen is, never gets there.
        """
        reached, screen = asyncio.Event(), self._app.screen
        if not (pump.is_running and call(reached.set)):
            return
        while pump.is_running and self._app.screen is screen:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reached.wait(), LOOK_SECONDS)
                return
