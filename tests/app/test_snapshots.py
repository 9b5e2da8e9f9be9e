"""Whole screens as pictures: what has changed shows at a glance, on purpose or not.

After a change that is meant: `pytest tests/app/test_snapshots.py --snapshot-update`, look at the
SVG files, and commit them.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.support.recording import Recorder
from tests.support.seeing import region_text, strips, until, until_seen
from tui.app.app import CnnTuiApp
from tui.runs.store.run_folder import RunFolder
from tui.ui.pictures.half_blocks import PictureView

Before = Callable[[Pilot[None]], Awaitable[None]]


class Snap(Protocol):
    """What `snap_compare` is."""

    def __call__(
        self,
        app: CnnTuiApp,
        *,
        terminal_size: tuple[int, int],
        run_before: Before,
    ) -> bool: ...


pytestmark = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def same(snap: Snap, size: tuple[int, int], before: Before) -> bool:
    """Compare the app with its picture after it was brought where it is to be looked at."""
    app = CnnTuiApp(watch_runs=False)

    async def settled(pilot: Pilot[None]) -> None:
        await app.look_at_runs()
        await before(pilot)
        for line in app.screen.query(Input):
            line.cursor_blink = False
        await pilot.pause()

    try:
        return snap(app, terminal_size=size, run_before=settled)
    finally:
        app.launcher.dismiss()


async def focus(pilot: Pilot[None], name: str) -> None:
    """Wait until a widget has the focus."""
    await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == name)


def test_home_on_the_first_visit(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await until_seen(pilot, "the first lesson", "#home-list")

    assert same(snap_compare, size, before)


def test_home_with_runs(snap_compare: Snap, size: tuple[int, int], recorder: Recorder) -> None:
    recorder.finished()
    recorder.stopped()
    recorder.failed()
    recorder.died()
    recorder.live()

    async def before(pilot: Pilot[None]) -> None:
        await until_seen(pilot, "live digits", "#home-list")

    assert same(snap_compare, size, before)


def test_list_of_lessons(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("1")
        await until_seen(pilot, "What a convolution does", "#lessons")

    assert same(snap_compare, size, before)


def test_lesson_with_a_question_and_a_slip(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("l")
        await until_seen(pilot, "page 1 of", "#lesson-head")
        await focus(pilot, "answer")
        await pilot.press("5", "enter", "h")
        await until_seen(pilot, "✗", "Exercise")
        await until_seen(pilot, "hint 1", "Exercise")

    assert same(snap_compare, size, before)


def test_calculator(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await until_seen(pilot, "fits exactly")

    assert same(snap_compare, size, before)


def test_calculator_where_the_stride_does_not_divide(
    snap_compare: Snap, size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await until_seen(pilot, "fits exactly")
        pilot.app.screen.query_one("#S", Input).value = "2"
        await until_seen(pilot, "74", "#output-panel")

    assert same(snap_compare, size, before)


@pytest.mark.usefixtures("digits")
def test_data_with_the_digits(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await until_seen(pilot, "Samples", "#folders")
        await focus(pilot, "folders")
        await pilot.press("enter")
        await until_seen(pilot, "1,797 images in 10 classes", "#summary")
        await until(pilot, lambda: len(pilot.app.screen.query(PictureView)) >= 3)
        await until(pilot, lambda: "▼ here" not in region_text(pilot.app, "#folders"))  # no folders
        # The one thing replaced: where this test's folder happens to lie.
        head = pilot.app.screen.query_one("#data-head", Static)
        head.update(Content.styled("/home/you/.cache/cnn-tui/samples/digits", "bold"))

    assert same(snap_compare, size, before)


@pytest.mark.usefixtures("digits")
def test_train_with_the_digits(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("4")
        await until_seen(pilot, "No images chosen yet")
        await pilot.press("d")
        await until_seen(pilot, "1,442 training, 355")

    assert same(snap_compare, size, before)


async def open_newest(pilot: Pilot[None], state: str) -> None:
    """Open the newest run and wait until its charts are drawn at their final size."""
    app = pilot.app
    assert isinstance(app, CnnTuiApp)
    await pilot.press("5")
    await until(pilot, lambda: bool(app.screen.query("#runs")))
    await pilot.press("enter")
    await until_seen(pilot, state, "#head")
    await until(
        pilot, lambda: "└" in region_text(app, "#loss-chart", words=False).split("\n")[-2:][0]
    )


def test_run_finished(snap_compare: Snap, size: tuple[int, int], recorder: Recorder) -> None:
    recorder.finished()

    async def before(pilot: Pilot[None]) -> None:
        await open_newest(pilot, "✓ finished")

    assert same(snap_compare, size, before)


def test_run_at_work(snap_compare: Snap, size: tuple[int, int], recorder: Recorder) -> None:
    recorder.live()

    async def before(pilot: Pilot[None]) -> None:
        await open_newest(pilot, "● running")

    assert same(snap_compare, size, before)


def test_small_charts(snap_compare: Snap, size: tuple[int, int], recorder: Recorder) -> None:
    recorder.finished()

    async def before(pilot: Pilot[None]) -> None:
        await open_newest(pilot, "✓ finished")
        await pilot.press("p")
        await until_seen(pilot, "seconds an epoch", "#chart-grid")
        await until_seen(pilot, "▲", "#chart-grid")

    assert same(snap_compare, size, before)


def test_run_died(snap_compare: Snap, size: tuple[int, int], recorder: Recorder) -> None:
    recorder.died()

    async def before(pilot: Pilot[None]) -> None:
        await open_newest(pilot, "✗ died")

    assert same(snap_compare, size, before)


def test_list_of_runs(snap_compare: Snap, size: tuple[int, int], recorder: Recorder) -> None:
    recorder.finished()
    recorder.stopped()
    recorder.failed()
    recorder.died()
    recorder.hostile()
    recorder.live()

    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        await until_seen(pilot, "● running", "#runs")

    assert same(snap_compare, size, before)


def test_help(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        await until_seen(pilot, "Continue the lesson", "#help")
        # The words are laid out piece by piece: wait until nothing moves any more.
        seen, since = strips(pilot.app), time.monotonic()
        while time.monotonic() - since < 1:
            await pilot.pause(0.1)
            if (now := strips(pilot.app)) != seen:
                seen, since = now, time.monotonic()

    assert same(snap_compare, size, before)


def test_look_inside(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await until_seen(pilot, "No training has weights to look into yet")

    assert same(snap_compare, size, before)


def test_look_inside_a_run(
    snap_compare: Snap, size: tuple[int, int], looked_into: RunFolder
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await until_seen(pilot, "12 channels", "#look-maps")

    assert same(snap_compare, size, before)


def test_look_inside_a_channel(
    snap_compare: Snap, size: tuple[int, int], looked_into: RunFolder
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")

    assert same(snap_compare, size, before)


def test_look_inside_a_value(
    snap_compare: Snap, size: tuple[int, int], looked_into: RunFolder
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("enter")
        await until_seen(pilot, "sees columns", "#channel-field")
        await pilot.press("enter")
        await until_seen(pilot, "products", "#value-inputs")
        await until_seen(pilot, "sum of 9 products", "#value-sum")

    assert same(snap_compare, size, before)
