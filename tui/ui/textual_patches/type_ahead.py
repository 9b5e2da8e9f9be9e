"""Keys that come faster than they are worked through, in the order in which they were typed.

Textual hands a key to what has the focus when it arrives. Over a link that stalls, several arrive
at once: of `150`, enter, `227` the second number went to the first one's field, for the focus moves
only when enter has been worked through; and enter behind a search in the palette ran what had stood
there before. Here a key waits until what the one before it set off has come to rest.

Touches: `textual.dom.DOMNode._bindings`, to know the keys that quit.

Since: Textual 0.86 (`key_to_bindings` is not in 0.60).

Without: each key goes to what has the focus when it arrives.
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
"""How long one key waits for another at most; then those that wait are handed on as they are."""

LOOK_SECONDS = 0.05
"""Between two looks whether what is waited for is there at all any more."""

_EACH_FOR_ITSELF = frozenset(["enter", "escape", *"0123456789"])
"""Keys that lead elsewhere, so that the same one again may mean something else."""


class TypeAhead:
    """The line in which keys wait for those before them."""

    def __init__(self, app: App[Any]) -> None:
        """Make an empty line.

        Args:
            app: whose keys they are.
        """
        self._app = app
        self._line: deque[Typed] = deque()
        self._posted: set[Typed] = set()
        self._task: asyncio.Task[None] | None = None
        self._last: Typed | None = None
        self._in_text = False
        """Whether what was handed on last went into a field, where more may follow at once."""
        self._followed = False
        """Whether more has followed since the app's rest is waited for."""

    @property
    def waits(self) -> bool:
        """Whether the work of a key is still waited for."""
        return self._task is not None

    def holds_back(self, event: Typed) -> bool:
        """Return whether a key has to wait; it is posted to the app again in its turn.

        Args:
            event: a key or a paste that has just arrived.
        """
        if not is_on(__name__):
            return False
        if not self._app.is_running:
            return True  # there is nothing left on which it could act
        if event in self._posted:
            self._posted.remove(event)
            return False
        if isinstance(event, events.Key) and self._quits(event):
            self._line.clear()
            return False
        if self._task is not None and (self._line or not self._needs_no_wait(event)):
            self._line.append(event)
            return True
        self._handed_on(event)
        if self._task is None:
            self._followed = False
            self._task = asyncio.create_task(self._hand_on())
        return False

    def end(self) -> None:
        """Forget the keys that wait: the app closes."""
        self._line.clear()
        if self._task is not None:
            self._task.cancel()

    def _quits(self, event: events.Key) -> bool:
        """Whether it closes the app, which need not wait for anything."""
        found = self._app._bindings.key_to_bindings.get(event.key, ())
        return any(one.priority and one.action == "quit" for one in found)

    def _is_text(self, event: Typed) -> bool:
        """Whether it only goes into a field: no other letter need wait for it."""
        focused = self._app.focused
        if isinstance(event, events.Paste) or focused is None:
            return False
        return focused.check_consume_key(event.key, event.character)

    def _needs_no_wait(self, event: Typed) -> bool:
        """Whether it is another letter of a text, or the key before it is held down.

        A held key would otherwise go on after it is released, once for each time that the screen
        is drawn.
        """
        if self._in_text:
            return self._is_text(event)
        return (
            isinstance(event, events.Key)
            and isinstance(self._last, events.Key)
            and event.key == self._last.key
            and event.key not in _EACH_FOR_ITSELF
        )

    def _handed_on(self, event: Typed) -> None:
        self._last, self._in_text, self._followed = event, self._is_text(event), True

    async def _hand_on(self) -> None:
        try:
            while await self._at_rest():
                if self._followed:
                    self._followed = False
                elif not self._line:
                    return
                else:
                    self._post()
                    while self._line and self._needs_no_wait(self._line[0]):
                        self._post()
                    self._followed = False
        except Exception as error:  # a widget on the way that answers oddly
            self._app.log.error(f"Keys are no longer put in order: {error!r}")
        finally:
            while self._line:
                self._post()
            self._task = None

    def _post(self) -> None:
        event = self._line.popleft()
        self._handed_on(event)
        self._posted.add(event)
        self._app.post_message(event)

    async def _at_rest(self) -> bool:
        """Wait until the last key's work is done; False where that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                screen = None
                while screen is not self._app.screen:  # anew where another has come meanwhile
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
        """Follow the way of a key or a message up through all that may act on it."""
        node: Widget = self._app.focused or self._app.screen
        for pump in node.ancestors_with_self:
            await self._reached(pump, pump.call_later)

    async def _searched(self) -> None:
        """Wait for the palette's search, and for a path to be completed.

        Enter would take what was found before, a letter would stand before what tab adds.
        """
        screen = self._app.screen
        while isinstance(screen, CommandPalette) and any(
            worker.node is screen and not worker.is_finished for worker in self._app.workers
        ):
            await asyncio.sleep(0.01)
        while getattr(getattr(self._app.focused, "completion", None), "busy", False):
            await asyncio.sleep(0.01)

    async def _reached(self, pump: MessagePump, call: Callable[[Callable[[], None]], bool]) -> None:
        """Wait until a pump has done what it had to do before it came to a call.

        One that is closed meanwhile, or whose screen is, never comes to it.
        """
        reached, screen = asyncio.Event(), self._app.screen
        if not (pump.is_running and call(reached.set)):
            return
        while pump.is_running and self._app.screen is screen:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reached.wait(), LOOK_SECONDS)
                return
