"""The app: its modes, its commands, and what every area shares."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.driver import Driver
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui.app.help import HelpScreen
from tui.app.palette import CommandProvider
from tui.app.run_services import RunServices
from tui.app.themes import DEFAULT_VARIABLES, THEMES
from tui.areas.home.home_screen import HomeScreen
from tui.common.text import clean
from tui.ui.area_screen import AREAS, AreaScreen, area_bindings, area_title
from tui.ui.textual_patches.changes import SendsChanges, SentCells
from tui.ui.textual_patches.stylesheet import app_stylesheet
from tui.ui.textual_patches.terminal_driver import instead_of, suspend_job
from tui.ui.textual_patches.type_ahead import TypeAhead

if TYPE_CHECKING:
    from tui.runs.store.run_folder import RunFolder

TOAST_SECONDS: dict[SeverityLevel, float] = {"information": 2.5, "warning": 4, "error": 6}
"""Seconds that a message stays on screen."""


def _lazy(module: str, name: str) -> Callable[[], Screen[None]]:
    """Return a screen factory that imports the screen on its first visit."""

    def make() -> Screen[None]:
        from importlib import import_module

        screen: Screen[None] = getattr(import_module(f"tui.areas.{module}"), name)()
        return screen

    return make


def commands(screen: Screen[object]) -> Iterable[tuple[DOMNode, Binding]]:
    """Yield every command of a screen with the node that it belongs to.

    Commands are read from the declared bindings, not from the active ones: while a field takes a
    key as text, its command should still be found by name.
    """
    nodes: list[DOMNode] = [*(screen.focused.ancestors_with_self if screen.focused else [screen])]
    seen = set()
    for node in (*nodes, screen, screen.app):
        for kind in type(node).__mro__:
            for binding in kind.__dict__.get("BINDINGS", ()):
                if not (isinstance(binding, Binding) and binding.id and binding.tooltip):
                    continue
                if not binding.description:
                    continue  # a digit of an answer
                # Enter in a list or a field often runs a command of the screen.
                action = binding.action.removeprefix("app.").removeprefix("screen.")
                if (action, binding.description) not in seen:
                    seen.add((action, binding.description))
                    yield node, binding


class CnnTuiApp(SendsChanges, RunServices):
    """Learn convolution geometry and train small CNNs."""

    TITLE = "cnn-tui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {CommandProvider}
    HELP = (
        "cnn-tui: **1** to **6** open the areas; the number of the current area leads to its first "
        "screen. **escape** goes back."
    )

    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        "home": HomeScreen,
        "lessons": _lazy("lessons.lesson_list_screen", "LessonsScreen"),
        "calculator": _lazy("calculator.calculator_screen", "CalculatorScreen"),
        "data": _lazy("data.data_screen", "DataScreen"),
        "train": _lazy("train.train_screen", "TrainScreen"),
        "runs": _lazy("runs.run_list.runs_screen", "RunsScreen"),
        "look": _lazy("look_inside.look_screen", "LookScreen"),
    }
    DEFAULT_MODE = "home"

    BINDINGS: ClassVar[list[BindingType]] = [
        *area_bindings("area", "area"),
        Binding(
            "right_square_bracket",
            "next_area(1)",
            "Next area",
            show=False,
            id="area.next",
            tooltip="Next area, also from a number field",
        ),
        Binding(
            "left_square_bracket",
            "next_area(-1)",
            "Previous area",
            show=False,
            id="area.previous",
            tooltip="Previous area, also from a number field",
        ),
        Binding("question_mark,f1", "help", "Help", show=False, id="app.help", tooltip="This help"),
        Binding(
            "ctrl+l",
            "redraw",
            "Redraw",
            show=False,
            priority=True,
            id="app.redraw",
            tooltip="Redraw the screen",
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            id="app.suspend",
            tooltip="Suspend to the shell; fg returns. Trainings continue",
        ),
        Binding(
            "ctrl+q",
            "quit",
            "Quit",
            show=False,
            priority=True,  # also in a window above the screen
            id="app.quit",
            tooltip="Quit; trainings continue",
        ),
    ]

    def __init__(
        self,
        *,
        watch_runs: bool = True,
        lesson_id: str = "",
        first: Callable[[CnnTuiApp], Awaitable[None]] | None = None,
        run: RunFolder | None = None,
    ) -> None:
        """Make the app.

        Args:
            watch_runs: whether to read the list of runs every second.
            lesson_id: the lesson to open first; empty for Home.
            first: opens the first screen, called once the app is there; None for that lesson or
                Home.
            run: the run to open first, instead of Home.
        """
        if run is not None:
            self.DEFAULT_MODE = "runs"  # type: ignore[misc]  # Home is not even made
        super().__init__()
        self._first_run = run
        self._lesson_id, self._watch_runs, self._first = lesson_id, watch_runs, first
        self._keys, self._notified_at_key = 0, -1
        self.shown = SentCells()
        self.type_ahead = TypeAhead(self)
        self.is_open = False
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.stylesheet = app_stylesheet(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULT_VARIABLES

    def get_driver_class(self) -> type[Driver]:
        return instead_of(super().get_driver_class())

    def on_mount(self) -> None:
        self.app_resume_signal.subscribe(self, self._terminal_resumed, immediate=True)
        if self._watch_runs:
            self.run_worker(self._watch(), group="runs", exit_on_error=True)
        if self._lesson_id:
            self.open_lesson(self._lesson_id)
        if self._first is not None:
            self.run_worker(self._first(self), group="first")
        if self._first_run is not None:
            self.open_run(self._first_run)

    def on_ready(self) -> None:
        self.is_open = True

    async def on_unmount(self) -> None:
        self.type_ahead.end()
        if "code_runner" in vars(self):
            await self.code_runner.close()
        if "log_reader" in vars(self):
            await asyncio.to_thread(self.log_reader.close)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(0.05)  # the first frame goes first
            await self.look_at_runs()
            await asyncio.sleep(1.0)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message for a few seconds; an error stays longer."""
        if timeout is None:
            timeout = TOAST_SECONDS[severity]
        self._notified_at_key = self._keys
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    async def on_event(self, event: events.Event) -> None:
        if (
            isinstance(event, (events.Key, events.Paste))
            and not event.is_forwarded
            and self.type_ahead.holds_back(event)
        ):
            return
        if isinstance(event, events.Key):
            self._keys += 1
        elif isinstance(event, events.Resize) and self.is_open:
            self.shown.forget()  # terminals rearrange text when their size changes
        await super().on_event(event)

    def clear_old_messages(self) -> None:
        """Remove messages about the screen that is left: they would cover the next one.

        Messages shown by the key that leaves the screen stay.
        """
        if self._notified_at_key != self._keys:
            self.clear_notifications()

    def _terminal_resumed(self, _: object) -> None:
        self.shown.forget()
        self.screen.refresh()

    def open_lesson(self, which: str | None) -> None:
        """Open a lesson by its id; "" opens the first one, None the one read last."""
        from tui.areas.lessons.lesson_list_screen import open_lesson

        self.run_worker(open_lesson(self, which))

    def open_drills(self) -> None:
        """Start a set of drills in the area Lessons."""
        self.run_worker(self._open_drills())

    async def _open_drills(self) -> None:
        from tui.areas.lessons.drills_screen import DrillScreen

        await self.switch_mode("lessons")
        await self.push_screen(DrillScreen())

    def action_redraw(self) -> None:
        """Redraw everything, as after a suspension."""
        self.app_resume_signal.publish(self)

    def action_suspend_process(self) -> None:
        """Suspend the program as ctrl+z does, if there is a shell that can resume it."""
        if not suspend_job(self):
            self.notify("There is no shell to return to.")

    def action_area(self, mode: str) -> None:
        """Go to an area as it was left; from the area itself, to its first screen."""
        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
        if mode != self.current_mode:
            self.looked_from = ""
            self.switch_mode(mode)
        elif not (isinstance(self.screen, AreaScreen) and self.screen.stays):
            self.run_worker(self._to_area(mode), group="open", exclusive=True)
        else:
            self.notify(f"This is {area_title(mode)}: escape goes back.")

    def action_next_area(self, step: int) -> None:
        """Go to the next area; after the last comes the first."""
        modes = [area.mode for area in AREAS]
        position = modes.index(self.current_mode) if self.current_mode in modes else -1
        position = max(position, 0) + step if position >= 0 or step < 0 else 0
        self.action_area(modes[position % len(modes)])

    def action_help(self) -> None:
        """Show the help of the current screen."""
        if isinstance(self.screen, HelpScreen):
            return
        # A part of the page explains itself, such as the program to complete round the focus.
        parts = (part.HELP for part in self.screen.walk_children() if part.is_on_screen)
        texts: list[str] = []
        for text in (self.screen.HELP, *parts):
            if text and not any(text in before for before in texts):
                texts.append(text)
        self.push_screen(HelpScreen("\n\n".join(texts), list(self.screen.active_bindings.values())))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for command in super().get_system_commands(screen):
            # This app's Quit says what happens to trainings, and its help shows the keys.
            if command.title not in {"Quit", "Keys"}:
                yield command
        for node, binding in commands(screen):
            keys = ", ".join(self.get_key_display(one) for one in Binding.make_bindings([binding]))
            yield SystemCommand(
                binding.description,
                f"{binding.tooltip} ({keys})",
                self._runner(binding.action, node),
            )
        yield self._notices_command()
        yield from self._lesson_commands()

    def _notices_command(self) -> SystemCommand:
        """Return the command that switches notices on or off: it is used once and has no key."""
        from tui.app.end_notices import notices_on

        on = notices_on()
        return SystemCommand(
            f"Notices when a training ends: switch {'off' if on else 'on'}",
            "A bell, a message, and a notice on the desktop where the terminal has them",
            lambda: self.end_notices.switch(not on),
        )

    def _lesson_commands(self) -> Iterable[SystemCommand]:
        """Yield a command for each lesson: lessons are data and have no bindings."""
        from tui.course import load_course

        def opener(lesson_id: str) -> Callable[[], object]:
            return lambda: self.open_lesson(lesson_id)

        for lesson in load_course().lessons:
            title = f"Lesson {lesson.number}: {clean(lesson.title)}"
            yield SystemCommand(title, clean(lesson.summary), opener(lesson.id))

    def _runner(self, action: str, node: object) -> Callable[[], object]:
        async def run() -> None:
            await self.run_action(action, node)  # type: ignore[arg-type]

        return run
