"""One rule for keys on every screen and window of the app, which this walks through.

Escape leads one step back, and the footer says to where. Tab goes through everything that takes
the focus. Digits in a field are text. No key in the footer is dead. Help begins with the keys.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

import tui
from tests.support.recording import Recorder
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import opened, screen_text, until
from tests.unit.keras_io.keras_texts import archive, functional, layer
from tui.app.app import CnnTuiApp
from tui.app.help import HelpScreen
from tui.areas.calculator.calculator_screen import CalculatorScreen
from tui.areas.calculator.import_export import NetworkExportWindow, NetworkImportWindow
from tui.areas.calculator.solve_window import SolveWindow
from tui.areas.calculator.trace_window import TraceWindow
from tui.areas.data.data_screen import DataScreen
from tui.areas.data.doctor_screen import DoctorScreen
from tui.areas.data.get_window import GetScreen
from tui.areas.data.side_by_side import SideBySide
from tui.areas.home.home_screen import HomeScreen
from tui.areas.lessons.drills_screen import DrillScreen
from tui.areas.lessons.lesson_end_screen import LessonEndScreen
from tui.areas.lessons.lesson_list_screen import LessonsScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.look_inside.architecture_window import ArchitectureWindow
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.areas.look_inside.filters_screen import FiltersScreen
from tui.areas.look_inside.look_screen import LookScreen
from tui.areas.look_inside.picture_choice import PictureWindow
from tui.areas.look_inside.predictions_screen import PredictionsScreen
from tui.areas.look_inside.value_screen import ValueScreen
from tui.areas.runs.compare_screen import CompareScreen
from tui.areas.runs.diagnosis_window import DiagnosisWindow
from tui.areas.runs.export_window import ExportRuns
from tui.areas.runs.fields_window import FieldsWindow
from tui.areas.runs.run_changes import RunLabelWindow
from tui.areas.runs.run_screen import RunScreen
from tui.areas.runs.runs_screen import RunsScreen
from tui.areas.train.train_screen import TrainScreen
from tui.course import Lesson, load_course
from tui.ui.area_screen import AREAS, AreaScreen
from tui.ui.dialogs.input_windows import InputWindow, PathWindow, PickWindow
from tui.ui.dialogs.questions import Question, StartTimeQuestion
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.dialogs.text_windows import CodeWindow, CopyWindow, TextWindow
from tui.ui.dialogs.window import Window
from tui.ui.filters.filter_window import FilterWindow
from tui.ui.footer import Footer, FooterKey
from tui.ui.forms.path_input import PathArea, PathInput
from tui.ui.pictures.gallery import GalleryWindow

SIZE = (80, 24)
BASES = {AreaScreen, Window}
"""Screens that are never shown themselves."""
NOT_PRESSED = {
    *("app.quit", "train.start", "train.queue", "home.digits", "run.resume"),
    *("path.complete", "path-area.complete"),
    *("lesson-end.next", "lesson-end.previous", "lesson-end.drills"),
}
"""Keys of the footer that end the app or start a training (other tests press them), or that are
tried in another place here."""


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


def walk(*places: Place) -> Iterator[Place]:
    for place in places:
        yield place
        yield from walk(*place.inside)


def first_lesson() -> Lesson:
    return load_course().lessons[0]


HOME = Place(HomeScreen, inside=(Place(HelpScreen, ("question_mark",)),))
LESSONS = Place(
    LessonsScreen,
    ("1",),
    "What a convolution",
    (
        Place(LessonScreen, ("enter",), "page 1 of", (Place(CodeWindow, ("c",)),)),
        Place(LessonEndScreen, push=lambda: LessonEndScreen(first_lesson(), turn_to=LessonScreen)),
        Place(DrillScreen, ("d",), "Drill 1 of"),
        Place(PickWindow, ("s",), "Drill one"),
        Place(Question, ("R", "enter"), "be undone"),
    ),
)
CALCULATOR = Place(
    CalculatorScreen,
    ("2",),
    "fits exactly",
    (
        Place(SolveWindow, ("b",), "solutions"),
        Place(TraceWindow, ("t",)),
        Place(NetworkExportWindow, ("e",), "", (Place(SaveWindow, ("w",)),)),
        Place(NetworkImportWindow, ("o",)),
        Place(FilterWindow, ("p",)),
    ),
)
DATA = Place(
    DataScreen,
    ("3",),
    "Samples",
    (
        Place(GetScreen, ("d",), "To download"),
        Place(GalleryWindow, ("b",)),
        Place(DoctorScreen, ("c",), "side", (Place(SideBySide, ("s",)),)),
    ),
)
TRAIN = Place(TrainScreen, ("4",), "epochs")
RUNS = Place(
    RunsScreen,
    ("5",),
    "died digits",
    (
        Place(RunLabelWindow, ("n",)),
        Place(FieldsWindow, ("v",), "Columns of the list"),
        Place(StartTimeQuestion, ("r",)),
        Place(CompareScreen, ("space", "space", "c"), "best"),
    ),
)
RUN = Place(
    RunScreen,
    ("5", "enter"),
    "epoch",
    (
        Place(DiagnosisWindow, ("d",)),
        Place(TextWindow, ("v",)),
        Place(ExportRuns, ("x",)),
        Place(InputWindow, ("r",)),
        Place(CopyWindow, push=lambda: CopyWindow("a text", "", "a.txt")),
    ),
)
LOOK = Place(
    LookScreen,
    ("6",),
    "12 channels",
    (
        Place(
            ChannelScreen, ("enter",), "sees columns", (Place(ValueScreen, ("enter",), "conv2d"),)
        ),
        Place(FiltersScreen, ("f",), "weights from"),
        Place(PredictionsScreen, ("e",), "predicted"),
        Place(PictureWindow, ("i",)),
        Place(PathWindow, ("a",)),
        Place(ArchitectureWindow, ("a", *"model.keras", "enter"), "Flatten"),
    ),
)
ALL = (HOME, LESSONS, CALCULATOR, DATA, TRAIN, RUNS, RUN, LOOK)


def test_every_screen_of_the_app_is_walked_through() -> None:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.startswith(("tui.areas", "tui.ui", "tui.app")):
            importlib.import_module(module.name)
    known = {place.screen for place in walk(*ALL)} | BASES

    def below(kind: type[Screen[Any]]) -> Iterator[type[Screen[Any]]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    found = {kind for kind in below(Screen) if kind.__module__.startswith("tui.")}
    missing = sorted(kind.__name__ for kind in found - known)
    assert not missing, f"add to this test how to reach {missing}"


class Walker:
    """Goes through places and tries the keys of each."""

    def __init__(self, app: CnnTuiApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    async def visit(self, place: Place) -> None:
        """Reach a place, try its keys and those of the places inside, and leave by escape."""
        await self.reach(place)
        before = self.screen.focused
        await self.settled()
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

    async def reach(self, place: Place) -> None:
        if place.push is not None:
            await self.app.push_screen(place.push())
        await self.pilot.press(*place.keys)
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


async def test_home_and_help() -> None:
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(HOME)


async def test_lessons() -> None:
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(LESSONS)


async def test_calculator() -> None:
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(CALCULATOR)


async def test_data(images: MakeImages) -> None:
    folder = images("pets", cats=8, dogs=8)
    async with opened(SIZE) as (app, pilot):
        walker = Walker(app, pilot)
        await walker.reach(Place(DataScreen, ("3",), "Samples"))
        await pilot.press("slash", *str(folder), "enter")
        await until(pilot, lambda: "16 images" in screen_text(app))
        await walker.visit(Place(DataScreen, (), "16 images", DATA.inside))


async def test_train(digits: object) -> None:
    async with opened(SIZE) as (app, pilot):
        await pilot.press("4", "d")
        await until(pilot, lambda: "1,442 training" in screen_text(app))
        await Walker(app, pilot).visit(Place(TrainScreen, (), "epochs"))


async def test_runs(recorder: Recorder, digits: object) -> None:
    recorder.live()
    recorder.finished()
    recorder.died()
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(RUNS)


async def test_a_run(recorder: Recorder, digits: object) -> None:
    recorder.finished()
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(RUN)


async def test_look_inside(looked_into: object, here: Any) -> None:
    text = functional({"one": ["input"]}, layer("Flatten", "one"))
    (here / "model.keras").write_bytes(archive(text))
    async with opened(SIZE) as (app, pilot):
        await Walker(app, pilot).visit(LOOK)
