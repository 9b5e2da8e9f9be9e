"""A training on a page of a lesson; a replayed recording stands in for TensorFlow."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Markdown, Static

from tests.app.conftest import MakeImages
from tests.app.recording import (
    HOSTILE,
    began,
    finished,
    metrics,
    script,
    whole_epochs,
    write_script,
)
from tests.app.seeing import opened, region_text, screen_text, toasts, until, until_seen
from tui.app import CnnTuiApp
from tui.course import TrainBlock
from tui.datasets import remember_folder
from tui.screens import base, choosing
from tui.screens.base import AreaScreen
from tui.training import launch
from tui.training.eventlog import encode
from tui.training.run_list import RunList
from tui.training.runs import RunFolder
from tui.widgets.lesson_training import LessonTraining

SIZE = (80, 24)
ONE = TrainBlock(
    "first", "Watch where the curves part.", epochs=10, explain="They part after epoch 4."
)
THREE = dataclasses.replace(ONE, id="shares", shares=(0.1, 0.33, 1.0))

pytestmark = pytest.mark.usefixtures("digits")


class Page(AreaScreen):
    """A page of a lesson with a training on it."""

    AREA = "lessons"
    CSS_PATH = str(Path(base.__file__).parent / "lesson.tcss")

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
    block: TrainBlock, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None], Page]]:
    """Open the app on a page with a training."""
    async with opened(size) as (app, pilot):
        page = await turn_to(app, block)
        await until(pilot, lambda: shown(app) != "" and "looking at" not in shown(app))
        yield app, pilot, page


def shown(app: CnnTuiApp) -> str:
    """Return what the training shows, as running words."""
    return region_text(app, "LessonTraining").replace("│", " ")


def words(app: CnnTuiApp) -> str:
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
    """Return how many cells of the chart hold dots of a line."""
    text = region_text(app, "SharesChart", words=False)
    return sum(1 for sign in text if "\u2801" <= sign <= "\u28ff")


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """End what still trains when a test is over."""
    yield
    for run in runs():
        run.kill()


# Before it starts


async def test_it_says_what_will_be_trained_and_starts_nothing() -> None:
    block = dataclasses.replace(ONE, stop="accuracy > 0.997")
    async with page_of(block) as (app, pilot, page):
        await until_told(pilot, "enter start the training")
        told = words(app)
        assert "Watch where the curves part." in told
        assert "digits: 1,442 training and 355 validation images, 10 classes" in told
        assert "at most 10 epochs, stops when accuracy > 0.997" in told
        assert "network: conv 32, conv 64, maxpool, flatten, dense 64, dense 10" in told
        assert runs() == [] and page.done == []
        assert app.focused is page.training
        waiting = app.launcher._ready
        assert waiting is not None and waiting.poll() is None, "a trainer loads Keras meanwhile"
        assert "Train" in region_text(app, "Footer") and "Stop" not in region_text(app, "Footer")


async def test_shares_are_told_in_words_before_they_are_trained() -> None:
    async with page_of(THREE) as (_, pilot, _page):
        await until_told(pilot, "enter start the trainings")
        await until_told(pilot, "three trainings one after the other, 10 epochs each")
        await until_told(pilot, "1/10: 143 images · 1/3: 477 images · all: 1,442 images")


async def test_the_lessons_network_is_the_one_that_is_trained() -> None:
    block = dataclasses.replace(ONE, network="conv:k=5,f=3,a=relu flatten dense:k=10,a=softmax")
    async with page_of(block) as (_, pilot, _page):
        await until_told(pilot, "network: conv 5, flatten, dense 10")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        line = "8x8x1 conv:k=5,f=3,a=relu flatten dense:k=10,a=softmax"
        assert runs()[0].spec().network == line


async def test_a_network_that_does_not_fit_is_told_in_one_sentence() -> None:
    block = dataclasses.replace(ONE, network="conv:k=5,f=9 flatten dense:k=10")
    async with page_of(block) as (app, pilot, _page):
        await until_told(pilot, "✗ conv2d: ")
        assert "enter try again" in words(app)
        await pilot.press("enter")
        await until_told(pilot, "✗ conv2d: ")
        assert runs() == []


# One training


async def test_enter_trains_and_the_page_tells_how_it_went() -> None:
    async with page_of(dataclasses.replace(ONE, seed=7)) as (app, pilot, page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        await until(pilot, lambda: dots(app) > 5)
        told = words(app)
        assert "⣀ training ● validation 1,442 images" in told
        assert "650 images/s" in told
        assert f"epoch 3: accuracy {metrics(3)['accuracy']:.4f}, val_accuracy " in told
        assert ONE.prompt in told and ONE.explain not in told
        assert region_text(app, "Footer").startswith("s Stop")
        (run,) = runs()
        spec = run.spec()
        assert spec.name == "small-data · digits"
        assert (spec.epochs, spec.seed, spec.data.seed, spec.share) == (10, 7, 7, 1.0)
        assert spec.stop_rule is None
        await pilot.press("enter", "r")  # a training at work is not begun twice
        go(run)
        await until_told(pilot, "✓ All 10 epochs are done")
        await until_told(pilot, "They part after epoch 4.")
        table = region_text(app, ".table", words=False).split("\n")
        assert table[0].split() == ["epoch", "accuracy", "val_accuracy", "gap"]
        first = metrics(1)
        accuracy, validation = first["accuracy"] or 0, first["val_accuracy"] or 0
        assert table[1].split() == [
            *("1", "first"),
            *(f"{accuracy:.3f}", f"{validation:.3f}", f"{accuracy - validation:+.3f}"),
        ]
        assert [row.split()[:2] for row in table[2:4]] == [["8", "best"], ["10", "last"]]
        await until(pilot, lambda: page.done == [page.training._block])
        assert len(runs()) == 1


async def test_s_stops_it_and_keeps_what_it_has() -> None:
    async with page_of(ONE) as (app, pilot, page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        await pilot.press("s")
        await until_told(pilot, "■ Stopped in epoch 4 as you asked; final.keras is saved.")
        assert "They part after epoch 4." in words(app)
        assert page.done == [ONE]
        await pilot.press("s")  # nothing is at work any more
        assert not toasts(app).count("is over")


async def test_r_trains_again_and_the_run_before_stays(replayed_trainer: Path) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE) as (_, pilot, page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
        write_script(replayed_trainer, script())
        await pilot.press("r")
        await until_told(pilot, "epoch 4 of 10")
        assert len(runs()) == 2
        go(runs()[1])
        await until_told(pilot, "r trains again.")
        assert page.done == [ONE, ONE]


# Several


async def test_shares_are_trained_one_after_the_other_into_one_chart(
    replayed_trainer: Path,
) -> None:
    async with page_of(THREE) as (app, pilot, page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        assert [run.spec().share for run in runs()] == [0.1]
        assert "▲ 1/3: 477 images" in words(app) and "■ all: 1,442 images" in words(app)
        without_pause(replayed_trainer)
        go(runs()[0])
        await until_told(pilot, "✓ All three trainings are over.")
        assert [run.spec().share for run in runs()] == [0.1, 0.33, 1.0]
        assert {run.spec().name for run in runs()} == {
            *("small-data 1/10 · digits", "small-data 1/3 · digits", "small-data all · digits")
        }
        chart = region_text(app, "SharesChart")
        assert all(sign in chart for sign in "■")  # the last hides the others: all are equal
        table = region_text(app, ".table", words=False).split("\n")
        assert table[0].split() == ["share", "images", "accuracy", "val_accuracy", "gap"]
        last = metrics(10)
        accuracy, validation = last["accuracy"] or 0, last["val_accuracy"] or 0
        values = [f"{accuracy:.3f}", f"{validation:.3f}", f"{accuracy - validation:+.3f}"]
        rows = [row.split() for row in table[1:4]]
        assert [row[:2] for row in rows] == [["●", "1/10"], ["▲", "1/3"], ["■", "all"]]
        assert all(row[3:] == values for row in rows)
        assert page.done == [THREE]


async def test_a_stop_halts_the_rest_and_enter_goes_on(replayed_trainer: Path) -> None:
    async with page_of(THREE) as (_, pilot, page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        await pilot.press("s")
        await until_told(pilot, "■ 1/10: Stopped in epoch 4 as you asked")
        await until_told(pilot, "enter go on with 1/3")
        assert len(runs()) == 1 and page.done == []
        without_pause(replayed_trainer)
        await pilot.press("enter")
        await until_told(pilot, "■ All are over; stopped before the last epoch: 1/10.")
        assert len(runs()) == 3 and page.done == [THREE]


# Leaving and coming back


async def test_a_page_that_is_left_finds_its_training_again(replayed_trainer: Path) -> None:
    async with page_of(THREE) as (app, pilot, _page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        await app.pop_screen()
        (run,) = runs()
        assert run.alive()
        page = await turn_to(app, THREE)
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        assert len(runs()) == 1
        without_pause(replayed_trainer)
        go(run)
        await until_told(pilot, "✓ All three trainings are over.")
        assert len(runs()) == 3 and page.done == [THREE]


async def test_a_finished_training_is_shown_after_quitting(replayed_trainer: Path) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
    async with page_of(ONE) as (app, pilot, page):
        await until_told(pilot, "✓ All 10 epochs are done")
        await until(pilot, lambda: dots(app) > 5)
        assert "They part after epoch 4." in words(app)
        await until(pilot, lambda: page.done == [ONE])
        assert len(runs()) == 1
        assert app.launcher._ready is None, "nothing is to be trained: no trainer waits"


async def test_a_training_that_went_on_while_the_app_was_closed_ends_there() -> None:
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        (run,) = runs()
    assert run.alive()
    async with page_of(ONE) as (_, pilot, page):
        await until_told(pilot, "epoch 4 of 10")
        go(run)
        await until_told(pilot, "✓ All 10 epochs are done")
        assert page.done == [ONE]


@pytest.mark.parametrize(
    ("change", "lesson"),
    [({"seed": 8}, "small-data"), ({"id": "second"}, "small-data"), ({}, "curves")],
)
async def test_the_training_of_another_page_or_seed_is_not_taken_for_this_one(
    replayed_trainer: Path, change: dict[str, int], lesson: str
) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
        await app.pop_screen()
        await turn_to(app, dataclasses.replace(ONE, **change), lesson)  # type: ignore[arg-type]
        await until_told(pilot, "enter start the training")


# What goes wrong


async def test_a_trainer_that_dies_is_told_and_enter_trains_again(
    replayed_trainer: Path,
) -> None:
    lines = list(script())
    write_script(replayed_trainer, [*lines[:6], b"{"])  # the replay breaks on a broken line
    async with page_of(THREE) as (_, pilot, page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "✗ 1/10: The trainer died at epoch 1 without a last word")
        await until_told(pilot, "enter train it again")
        assert len(runs()) == 1 and page.done == []
        without_pause(replayed_trainer)
        await pilot.press("enter")
        await until_told(pilot, "✓ All three trainings are over.")
        assert len(runs()) == 4


async def test_a_trainer_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_COMMAND", ["/nowhere/python"])
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✗ Cannot start a trainer for")
        await until_told(pilot, "enter try again")


async def test_a_state_folder_that_takes_no_run_is_told(tmp_path: Path) -> None:
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await pilot.press("enter")
        await until_told(pilot, "✗ Cannot make the folder")
        await until_told(pilot, "enter try again")
        state.unlink()
        (tmp_path / "away").rename(state)
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")


# A folder of one's own


async def test_without_a_folder_of_ones_own_it_is_the_digits_and_says_so() -> None:
    async with page_of(dataclasses.replace(ONE, data="own")) as (_, pilot, _page):
        await until_told(
            pilot, "! No folder of your own is chosen under 3 Data yet: these are the digits."
        )
        await until_told(pilot, "digits: 1,442 training")


async def test_the_chosen_folder_is_trained_on_with_a_network_that_fits(
    images: MakeImages,
) -> None:
    folder = images("pets", cats=10, dogs=20)
    network = "28x28x1 conv:k=5,f=3 flatten dense:k=10,a=softmax"
    async with opened(SIZE) as (app, pilot):
        app.dataset = choosing.look_at(folder)
        await turn_to(app, dataclasses.replace(ONE, data="own", network=network))
        await until_told(pilot, "pets: 24 training and 6 validation images, 2 classes")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        spec = runs()[0].spec()
        assert spec.name == "small-data · pets" and spec.data.directory == str(folder)
        assert spec.network == "20x16x3 conv:k=5,f=3 flatten dense:k=1,a=sigmoid"


async def test_the_folder_opened_last_is_taken_and_large_images_are_made_small(
    images: MakeImages,
) -> None:
    folder = images(f"pets {HOSTILE.replace('/', '')}", cats=10, dogs=20)
    remember_folder(folder)
    Image.new("RGB", (400, 300)).save(folder / "dogs" / "large.png")
    async with page_of(dataclasses.replace(ONE, data="own")) as (app, pilot, _page):
        await until_told(pilot, "! Your images are loaded as 64×64×3 here, to be quick.")
        assert "\x1b" not in screen_text(app) and "[@click=app.quit]x" in words(app)


# Its place


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (90, 40), (120, 24)])
async def test_everything_is_in_sight(size: tuple[int, int], replayed_trainer: Path) -> None:
    block = dataclasses.replace(
        THREE,
        prompt="A tenth, a third, all. Which curve rises first, and which ends highest of them?",
        explain="More images: val_accuracy ends higher, and the gap to accuracy is smaller. "
        "The curve of the tenth rises later, since its epochs are short, it ends here.",
    )
    async with page_of(block, size) as (app, pilot, page):
        await until_told(pilot, "start the trainings")
        assert page.training.region.bottom <= page.query_one("#page").region.bottom
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        await until(pilot, lambda: dots(app) > 3)
        assert region_text(app, ".legend").startswith("● 1/10: ")
        assert "images/s" in words(app) and "left" in words(app)
        assert region_text(app, "LessonTraining", words=False).rstrip().endswith("╯")
        without_pause(replayed_trainer)
        go(runs()[0])
        await until_told(pilot, "✓ All three trainings are over. r trains again.")
        await until_told(pilot, "it ends here.")
        await until(pilot, lambda: "■" in region_text(app, "SharesChart"))
        assert "■ all" in region_text(app, ".table")
        assert region_text(app, "LessonTraining", words=False).rstrip().endswith("╯")


async def test_it_is_drawn_anew_when_the_terminal_changes() -> None:
    async with page_of(ONE, (120, 40)) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: region_text(app, "SharesChart").endswith("5"))
        assert region_text(app, "LessonTraining", words=False).rstrip().endswith("╯")


async def test_help_and_the_palette_know_its_keys() -> None:
    async with page_of(ONE) as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("question_mark")
        await until_seen(pilot, "A training in a lesson")
