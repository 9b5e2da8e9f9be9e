"""Look inside: from where a run is opened, where escape leads, and a run without weights."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import pytest
from textual.timer import Timer

from tests.areas.look_inside.on_look import look
from tests.areas.runs.on_run import shown
from tests.support.curved import ended_run, overfitting
from tests.support.recording import Recorder
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.areas.look_inside.look_screen import INSPECTOR_KEPT_SECONDS, LookScreen
from tui.datasets.folder.listing import class_images
from tui.inspection.choices import validation_folder
from tui.runs.events.event_types import DataReady, LeftOutImage
from tui.runs.store.run_folder import RunFolder


async def test_without_a_run_it_says_what_to_do() -> None:
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("6")
        await until_seen(pilot, "No training has weights to look into yet", "#look-empty")
        await until_seen(pilot, "4 trains a network", "#look-empty")


async def test_a_run_without_weights_is_reported(recorder: Recorder) -> None:
    recorder.live()
    async with opened() as (_, pilot):
        await pilot.press("5")
        await until_seen(pilot, "live digits", "#runs")
        await pilot.press("i")
        await until_toast(pilot, "has no weights yet")
        await until_seen(pilot, "No training has weights to look into yet", "#look-empty")


async def test_a_run_without_weights_does_not_deny_the_others(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    bare = ended_run(recorder, overfitting, 3)
    async with shown(bare) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("i")
        await until_toast(pilot, "has no weights yet")
        await until_seen(pilot, "Nothing is open. c opens a run", "#look-empty")
        assert "No training has weights" not in screen_text(app)


async def test_from_a_runs_own_screen(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "digits", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("g")
        await until_seen(pilot, "12 channels", "#look-maps")
        assert app.current_mode == "look"


async def test_from_the_list_the_chosen_run_is_opened_and_not_the_newest(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    newest = recorder.finished(hour=20)
    (newest.path / "best.keras").write_bytes(b"recorded")
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "digits · small", "#runs")
        for _ in range(2):  # asked for once more it is opened once more
            await pilot.press("end", "i")
            await until_seen(pilot, "12 channels", "#look-maps")
            assert isinstance(app.screen, LookScreen)
            assert app.screen.session.selection.run == str(looked_into.path)
            app.screen.choice.open_run(newest)
            await until(pilot, lambda: "digits · small" in region_text(app, "#look-top"))
            await pilot.press("5")
            await until_seen(pilot, "digits · small", "#runs")


async def test_another_run(looked_into: RunFolder, recorder: Recorder) -> None:
    recorder.finished(hour=20)
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("c")
        await until_seen(pilot, "Choose a run to look into")
        # The run without weights is none of them.
        assert screen_text(app).count("✓ finished") == 1
        await pilot.press("escape")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_escape_leads_back_to_the_list_that_asked(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#runs")
        await pilot.press("i")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "runs")
        # Asked for by its own key, the area leads Home as every other.
        await pilot.press("6", "escape")
        await until(pilot, lambda: app.current_mode == "home")


async def test_the_run_that_was_trained_last_is_opened_not_the_one_made_last(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    newest = recorder.finished(hour=20)
    (newest.path / "best.keras").write_bytes(b"recorded")
    os.utime(newest.events, (1_700_000_000, 1_700_000_000))
    os.utime(looked_into.events, (1_700_000_100, 1_700_000_100))  # it had waited in the queue
    async with opened() as (app, pilot):
        await look(pilot)
        assert isinstance(app.screen, LookScreen)
        assert app.screen.session.selection.run == str(looked_into.path)
        # Chosen by the learner, another one stays...
        app.screen.choice.open_run(newest)
        await until(pilot, lambda: effective_settings(app) == str(newest.path))
        await pilot.press("5", "6")
        await pilot.pause()
        assert effective_settings(app) == str(newest.path)
        # ...until one more is trained.
        await pilot.press("5")
        third = recorder.finished(hour=21)
        (third.path / "best.keras").write_bytes(b"recorded")
        await app.look_at_runs()
        await pilot.press("6")
        await until(pilot, lambda: effective_settings(app) == str(third.path))


def effective_settings(app: CnnTuiApp) -> str:
    assert isinstance(app.screen, LookScreen)
    return app.screen.session.selection.run


async def test_a_picture_that_the_training_left_out_is_not_the_first(
    looked_into: RunFolder,
) -> None:
    data = looked_into.spec().data
    folder = validation_folder(data)
    first, second, third = (
        os.path.join(folder, one) for one in class_images(folder, data.classes[0])[:3]
    )
    lines = looked_into.events.read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b'"data_ready"' in line)
    ready = msgspec.json.decode(lines[place], type=DataReady)
    unread = LeftOutImage(os.path.relpath(first, folder), "cannot be read")
    lines[place] = msgspec.json.encode(msgspec.structs.replace(ready, left_out=(unread,))) + b"\n"
    looked_into.events.write_bytes(b"".join(lines))
    async with opened() as (app, pilot):
        await look(pilot)
        assert isinstance(app.screen, LookScreen)
        screen = app.screen
        assert screen.session.selection.picture == second
        await pilot.press("full_stop")
        await until(pilot, lambda: screen.session.selection.picture == third)
        await pilot.press("comma", "comma")
        await until(pilot, lambda: screen.session.selection.picture not in (first, second, third))


async def test_coming_back_in_time_stops_the_clock_that_would_end_the_child(
    looked_into: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[object] = []
    set_timer, stop = LookScreen.set_timer, Timer.stop

    def timed(self: LookScreen, delay: float, *rest: Any, **options: Any) -> Timer:
        timer = set_timer(self, delay, *rest, **options)
        if delay == INSPECTOR_KEPT_SECONDS:
            running.append(timer)
        return timer

    def stopped(self: Timer) -> None:
        if self in running:
            running.remove(self)
        stop(self)

    monkeypatch.setattr(LookScreen, "set_timer", timed)
    monkeypatch.setattr(Timer, "stop", stopped)
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("5")
        await until(pilot, lambda: len(running) == 1)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.screen, LookScreen) and not running)
