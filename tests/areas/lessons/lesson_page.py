"""A page of a lesson with a training on it, what it shows, and its runs."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Markdown, Static

from tests.support.recording import began, finished, whole_epochs, write_script
from tests.support.seeing import opened, region_text, until
from tui.app.app import CnnTuiApp
from tui.areas.lessons import lesson_screen
from tui.areas.lessons.lesson_training import LessonTraining
from tui.course import TrainBlock
from tui.runs.events.event_log import encode
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.ui.area_screen import AreaScreen

SIZE = (80, 24)
ONE = TrainBlock(
    "first", "Watch where the curves part.", epochs=10, explain="They part after epoch 4."
)
THREE = dataclasses.replace(ONE, id="shares", shares=(0.1, 0.33, 1.0))


class Page(AreaScreen):
    """A page of a lesson with a training on it."""

    AREA = "lessons"
    CSS_PATH = str(Path(lesson_screen.__file__).with_name(lesson_screen.LessonScreen.CSS_PATH))

    def __init__(self, training: LessonTraining) -> None:
        super().__init__()
        self.training = training
        self.done: list[TrainBlock] = []

    def compose_body(self) -> ComposeResult:
        yield Static("16 Small data", id="lesson-head")
        with Container(id="page"):
            with VerticalScroll(id="words", can_focus=False):
                yield Static("The experiment", classes="heading")
                yield Markdown("Now train it.\n\nAnd look.\n")
            with VerticalScroll(id="thing", can_focus=False):
                yield self.training

    def on_mount(self) -> None:
        self.training.take_focus()

    @on(LessonTraining.Done)
    def _done(self, event: LessonTraining.Done) -> None:
        self.done.append(event.block)


async def turn_to(app: CnnTuiApp, block: TrainBlock, lesson: str = "small-data") -> Page:
    """Open a page with a training."""
    page = Page(LessonTraining(block, lesson, dataset=app.dataset))
    await app.push_screen(page)
    return page


@asynccontextmanager
async def page_of(
    block: TrainBlock, size: tuple[int, int] = SIZE, *, expected: str = ""
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None], Page]]:
    """Open the app on a page with a training."""
    async with opened(size) as (app, pilot):
        page = Page(LessonTraining(block, "small-data", dataset=app.dataset, expected=expected))
        await app.push_screen(page)
        await until(pilot, lambda: shown(app) != "" and "looking at" not in shown(app))
        yield app, pilot, page


def shown(app: CnnTuiApp) -> str:
    """Return what the training shows, as running words."""
    return region_text(app, "LessonTraining").replace("│", " ")


def words(app: CnnTuiApp) -> str:
    """Return the same where a line's end does not matter."""
    return " ".join(shown(app).split())


async def until_told(pilot: Pilot[None], text: str) -> None:
    """Wait until the training says something, over a line's end too."""
    app = pilot.app
    assert isinstance(app, CnnTuiApp)
    await until(pilot, lambda: text in words(app))


def runs() -> list[RunFolder]:
    """Return the runs on disk, oldest first."""
    return sorted((one.run for one in RunList().read()), key=RunFolder.age, reverse=True)


def go(run: RunFolder) -> None:
    """Let the replay go on from its pause."""
    (run.path / "go").touch()


def without_pause(recording: Path, epochs: int = 10) -> None:
    """Let every training run to its end at once."""
    events = [*began(), *whole_epochs(1, epochs, epochs), *finished(epochs)]
    write_script(recording, map(encode, events))


def dots(app: CnnTuiApp) -> int:
    """Return how many cells of the first chart hold dots of a line."""
    return dots_of(app.screen.query_one("#accuracy-chart"))


def dots_of(chart: Widget) -> int:
    """Return how many cells of a chart hold dots of a line."""
    text = "".join(chart.render_line(row).text for row in range(chart.size.height))
    return sum(1 for sign in text if "\u2801" <= sign <= "\u28ff")
