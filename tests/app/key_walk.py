"""Going through screens and trying the keys of each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tests.support.seeing import screen_text, until
from tui.app.app import CnnTuiApp
from tui.app.help import HelpScreen
from tui.areas.home.home_screen import HomeScreen
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.ui.area_screen import AREAS, AreaScreen
from tui.ui.footer import Footer, FooterKey
from tui.ui.forms.path_input import PathArea, PathInput

SIZE = (80, 24)


NOT_PRESSED = {
    *("app.quit", "train.start", "train.queue", "home.digits", "run.resume"),
    *("path.complete", "path-area.complete", "step.predict"),
    *("lesson-end.next", "lesson-end.previous", "lesson-end.drills"),
}
"""Keys of the footer that end the app or start a training (other tests press them), or that are
tried in another place here."""


# Once in continuous integration, to stay within its time.
REOPENED: tuple[tuple[str, ...], ...] = ((),) if os.environ.get("CI") else ((), ("tab",), ())
"""The keys pressed on a screen each time that it was opened again."""


@dataclass(frozen=True)
class Place:
    """A screen, how to reach it from the one before, and what can be reached from it."""

    screen: type[Screen[Any]]
    keys: tuple[str, ...] = ()
    seen: str = ""
    """What it shows once it is ready."""
    inside: tuple[Place, ...] = ()
    push: Callable[[], Screen[Any]] | None = field(default=None)
    """Makes the screen where no key leads to it in a test."""
    again: tuple[str, ...] = ()
    """The keys that open it a second time, where those of the first time left something behind."""


def described(widget: Widget | None) -> str:
    """Return a name that a widget of the same kind in the same place has too."""
    if widget is None:
        return "nothing"
    return f"{type(widget).__name__} {widget.id or ' '.join(sorted(widget.classes))}".strip()


class Walker:
    """Goes through places and tries the keys of each."""

    def __init__(self, app: CnnTuiApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    async def visit(self, place: Place) -> None:
        """Reach a place, try its keys and those of the places inside, and leave by escape."""
        below = self.screen.focused
        await self.reach(place)
        await self.settled()
        before = self.screen.focused
        first = described(before)
        await self.try_help()
        await self.try_tab(before)
        await self.try_fields(before)
        for inner in place.inside:
            await self.visit(inner)
        self.refocus(before)
        await self.settled()
        await self.try_footer(place, before)
        self.refocus(before)
        await self.settled()
        await self.try_escape()
        if place.keys or place.push is not None:
            for keys in REOPENED:
                self.refocus(below)
                await self.try_again(place, first, keys)

    async def reach(self, place: Place, keys: tuple[str, ...] = ()) -> None:
        if place.push is not None:
            await self.app.push_screen(place.push())
        await self.pilot.press(*(keys or place.keys))
        await until(self.pilot, lambda: isinstance(self.screen, place.screen))
        await until(self.pilot, lambda: place.seen in screen_text(self.app))

    def refocus(self, widget: Widget | None) -> None:
        """Return the focus to where it was, if that is still there."""
        if widget is not None and widget.is_attached and widget.screen is self.screen:
            self.screen.set_focus(widget)

    @property
    def footer(self) -> tuple[FooterKey, ...]:
        """The keys that the footer shows, as many as fit."""
        return tuple(key for _, key in self.screen.query_one(Footer)._placed())

    def state(self) -> tuple[object, ...]:
        return self.screen, self.screen.focused, screen_text(self.app), len(self.app._notifications)

    async def changes(self, before: tuple[object, ...], what: str) -> None:
        """Wait until something is different on screen."""
        end = time.monotonic() + 8
        while self.state() == before:
            assert time.monotonic() < end, f"{what} does nothing on\n{screen_text(self.app)}"
            await self.pilot.pause(0.02)
        await self.settled()

    async def settled(self) -> None:
        """Wait until the footer shows what works now."""
        await self.pilot.pause()
        footer = self.screen.query_one(Footer)
        await until(self.pilot, lambda: footer.keys == footer._active_keys())

    async def try_help(self) -> None:
        """Help opens, with the keys above the text, and closes again."""
        if isinstance(self.screen, HelpScreen):
            return
        screen, focused = self.screen, self.screen.focused
        await self.pilot.press("f1")
        assert isinstance(self.screen, HelpScreen), screen
        first = self.screen.query_one("#help").children[0]
        assert first.id == "keys" and str(first.render()).strip(), screen
        await self.pilot.press("escape")
        assert self.screen is screen and screen.focused is focused

    async def try_tab(self, before: Widget | None) -> None:
        """Tab leads to everything that takes the focus, or completes a path."""
        chain, met = list(self.screen.focus_chain), set()
        for _ in range(len(chain) + 1):
            focused = self.screen.focused
            await self.pilot.press("tab")
            if isinstance(focused, (PathInput, PathArea)):
                assert self.screen.focused is focused, "tab completes a path"
                self.screen.focus_next()
            met.add(self.screen.focused)
        missed = [widget for widget in chain if widget not in met]
        assert not missed, f"{self.screen}: tab does not reach {missed}"
        self.screen.set_focus(before)
        await self.pilot.pause()

    async def try_fields(self, before: Widget | None) -> None:
        """A digit is text in each field; escape leads one step back from there."""
        screen, mode = self.screen, self.app.current_mode
        for widget in list(screen.focus_chain):
            widget.focus()
            await self.pilot.pause()
            assert "escape" in screen.active_bindings or isinstance(screen, HomeScreen)
            if isinstance(widget, Input) and not widget.disabled:
                value = widget.value
                widget.cursor_position = len(value)
                await self.pilot.press("7")
                assert self.screen is screen and widget.value == f"{value}7", widget
                widget.value = value
            step = screen.back_step() if isinstance(screen, AreaScreen) else None
            titles = {area.title for area in AREAS} | {"Home", ChannelScreen.NAME}
            if step is not None and step.to not in titles:
                await self.settled()
                assert screen.query_one(Footer).back_label == step.to
                await self.pilot.press("escape")
                assert self.screen is screen and self.app.current_mode == mode, (screen, widget)
                assert screen.focused is not widget or not widget.is_on_screen, (screen, widget)
        screen.set_focus(before)
        await self.pilot.pause()

    async def try_footer(self, place: Place, before: Widget | None) -> None:
        """Every key of the footer does something that can be seen."""
        screen, mode = self.screen, self.app.current_mode
        depth = len(self.app.screen_stack)
        for key in self.footer:
            actives = screen.active_bindings
            if key.key == "escape" or key not in self.footer or key.key not in actives:
                continue
            if not key.enabled or (actives[key.key].binding.id or "") in NOT_PRESSED:
                continue
            state = self.state()
            await self.pilot.press(key.key)
            await self.changes(state, f"{key.key} ({key.label})")
            if self.app.current_mode != mode:
                await self.app.switch_mode(mode)
            while len(self.app.screen_stack) > depth:
                await self.app.pop_screen()
            if self.screen is not screen:  # it was left, perhaps for another one
                while len(self.app.screen_stack) >= max(depth, 2):
                    await self.app.pop_screen()
                await self.reach(place)
                screen = self.screen
            self.refocus(before)
            await self.settled()

    async def try_again(self, place: Place, first: str, keys: tuple[str, ...]) -> None:
        """A screen that is opened again has the focus where it was the first time.

        Args:
            place: that was left by escape.
            first: where the focus was when it was opened first.
            keys: pressed on it before it is left once more.
        """
        await self.reach(place, place.again)
        await self.settled()
        focused = described(self.screen.focused)
        assert focused == first, f"{self.screen}: the focus was on {first}, now it is on {focused}"
        await self.pilot.press(*keys)
        await self.try_escape()

    async def try_escape(self) -> None:
        """Escape leads where the footer says, one step at a time, until the screen is left."""
        screen = self.screen
        for _ in range(6):
            last = self.footer[-1] if self.footer else None
            if isinstance(screen, HomeScreen) and (last is None or last.key != "escape"):
                return
            assert last is not None and last.key == "escape", f"no escape in the footer of {screen}"
            state, depth = self.state(), len(self.app.screen_stack)
            await self.pilot.press("escape")
            await self.changes(state, f"escape ({last.label})")
            if self.screen is screen:
                continue
            assert depth - len(self.app.screen_stack) <= 1
            if isinstance(screen, AreaScreen):
                top = self.screen
                assert isinstance(top, AreaScreen)
                titles = {area.mode: area.title for area in AREAS}
                assert last.label == (top.NAME or titles.get(top.AREA, "Home"))
            return
        raise AssertionError(f"escape does not leave {screen}")
