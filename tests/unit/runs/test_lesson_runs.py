"""The trainings of a page carried out, without a screen and without a trainer."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.support.recording import append
from tests.unit.runs.lesson_runs import DATA, DONE, STARTED, STOPPED, epoch, made_run
from tui.common.paths import StateError
from tui.datasets import FolderError
from tui.runs.control.control_file import ControlReader
from tui.runs.events.event_types import Event
from tui.runs.lessons.lesson_plan import LessonPlan
from tui.runs.lessons.lesson_runs import LessonRuns
from tui.runs.process.launch import Launcher
from tui.runs.store.run_folder import RunFolder


class Written(Launcher):
    """Writes down what a trainer would tell; of each run the next of some stories."""

    def __init__(self, *stories: tuple[Event, ...]) -> None:
        super().__init__()
        self.started: list[float] = []
        self.prepared = 0
        self._stories = iter(stories)

    def prepare(self) -> None:
        self.prepared += 1

    def start(self, run: RunFolder, *, claimed: bool = False) -> None:
        story = next(self._stories, None)
        if story is None:
            raise StateError("No trainer can be started.")
        self.started.append(run.spec().share)
        append(run, [STARTED, DATA, *story])


WHOLE = (epoch(1), epoch(2), DONE)


class Page:
    """What a page shows of it."""

    def __init__(self, plan: LessonPlan) -> None:
        self.shown = self.over = 0
        self.conductor = LessonRuns(lambda: plan, changed=self._changed, over=self._done)

    def _changed(self) -> None:
        self.shown += 1

    def _done(self) -> None:
        self.over += 1


@pytest.fixture
def page(plan: LessonPlan) -> Page:
    """Return a page of two trainings."""
    return Page(plan)


async def test_nothing_begins_before_it_is_asked_for(page: Page) -> None:
    launcher = Written(WHOLE)
    await page.conductor.open(launcher)
    assert page.conductor.experiment is not None and not page.conductor.experiment.begun
    assert launcher.started == [] and launcher.prepared == 1, "a trainer loads Keras meanwhile"
    assert page.shown > 0 and page.over == 0


async def test_one_is_trained_after_the_other(page: Page) -> None:
    launcher = Written(WHOLE, WHOLE)
    await page.conductor.open(launcher)
    await page.conductor.train(launcher)
    assert launcher.started == [0.1, 1.0]
    assert launcher.prepared == 2, "not for a training after the last"
    assert page.conductor.complete and page.over == 1


async def test_what_was_trained_before_is_found_and_tells_that_it_is_over(
    page: Page, plan: LessonPlan
) -> None:
    for number in range(2):
        made_run(plan, number, DATA, *WHOLE)
    launcher = Written()
    await page.conductor.open(launcher, start=True)
    assert page.conductor.complete and page.over == 1
    assert launcher.started == [] and launcher.prepared == 0


async def test_after_one_that_was_stopped_the_rest_waits(page: Page) -> None:
    launcher = Written((epoch(1), STOPPED), WHOLE)
    await page.conductor.open(launcher, start=True)
    assert launcher.started == [0.1] and page.over == 0
    await page.conductor.train(launcher)
    assert launcher.started == [0.1, 1.0] and page.over == 1


async def test_a_trainer_that_cannot_be_started_is_reported_until_one_can(page: Page) -> None:
    await page.conductor.open(Written(), start=True)
    assert page.conductor.problem == "No trainer can be started."
    assert page.conductor.live is None
    await page.conductor.train(Written(WHOLE, WHOLE))
    assert page.conductor.problem == "" and page.over == 1


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (FolderError("There are no images."), "There are no images."),
        (OSError(5, "Input/output error"), "The images cannot be read: Input/output error."),
    ],
)
async def test_images_that_cannot_be_read_are_reported(error: Exception, problem: str) -> None:
    def plan() -> LessonPlan:
        raise error

    conductor = LessonRuns(plan, changed=lambda: None, over=lambda: None)
    await conductor.open(Written(), start=True)
    assert conductor.problem == problem
    assert conductor.experiment is None and not conductor.complete


async def test_a_training_at_work_is_asked_to_stop_and_none_begins_after_it(
    page: Page, plan: LessonPlan
) -> None:
    run = made_run(plan, 0, DATA, epoch(1))
    lock = run.acquire_lock()
    launcher = Written(WHOLE)
    opening = asyncio.create_task(page.conductor.open(launcher))
    while page.conductor.live is None:
        await asyncio.sleep(0.01)
    assert page.conductor.stop()
    assert ControlReader(run.control).read().want == "stop"
    append(run, [STOPPED])
    os.close(lock)
    await opening
    assert launcher.started == [] and page.over == 0
    assert not page.conductor.stop(), "nothing is at work any more"
