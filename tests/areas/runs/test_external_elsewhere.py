"""Runs of somebody's own programs on home, in the list and in a comparison."""

from __future__ import annotations

from tests.support.external_runs import (
    LOOP,
    beginning,
    epochs_of,
    falling,
    finished,
    live,
    loop_epochs,
    script,
    usual,
)
from tests.support.recording import HOSTILE, Recorder
from tests.support.seeing import (
    LARGE,
    SMALL,
    opened,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)


async def test_the_list_offers_what_the_run_under_the_cursor_can_do(recorder: Recorder) -> None:
    recorder.finished(hour=1, epochs=2)
    recorder.make([*loop_epochs([{"loss": 0.5}]), finished(1)], LOOP, hour=2)
    async with opened(LARGE) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "my loop", "#runs")
        await until(pilot, lambda: "a Again" not in region_text(app, "Footer"))
        assert "i Look inside" not in region_text(app, "Footer")
        await pilot.press("down")
        await until_seen(pilot, "a Again", "Footer")


async def test_home_and_the_status_line_show_it_as_any_run(recorder: Recorder) -> None:
    rows = [{"loss": falling(n), "val_loss": falling(n, 2.2)} for n in range(1, 4)]
    live(recorder, LOOP, loop_epochs(rows))
    async with opened(SMALL) as (app, pilot):
        await until_seen(pilot, "my loop", "#home-list")
        text = screen_text(app)
        assert "ep 3 val_loss 1.1764" in text and "3/0" not in text and "acc" not in text
        await until_seen(pilot, "● my loop ep 3 val_loss 1.1764", "StatusLine")


async def test_the_list_says_in_a_sentence_that_it_is_not_trained_again(
    recorder: Recorder,
) -> None:
    recorder.make([*beginning(), *epochs_of([usual(1)])], script())
    async with opened(LARGE) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: bool(app.screen.query("#runs")))
        await until_seen(pilot, "bigger kernels", "#runs")
        for key in ("a", "r"):
            await pilot.press(key)
            await until_toast(pilot, "Resuming is train.py's own affair")
            app.clear_notifications()
        assert app.current_mode == "runs" and app.screen.query("#runs")


async def test_runs_of_different_programs_are_compared(recorder: Recorder) -> None:
    hostile = [{HOSTILE: 1.0 / n, "loss": falling(n)} for n in range(1, 4)]
    recorder.make([*beginning(), *epochs_of(hostile), finished(3)], script(name="a script"))
    recorder.finished(epochs=3)
    async with opened(LARGE) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: bool(app.screen.query("#runs")))
        await until_seen(pilot, "a script", "#runs")
        await pilot.press("space", "down", "space", "c")
        await until(pilot, lambda: bool(app.screen.query("#compare-table")))
        await until_seen(pilot, "a script", "#compare-table")
        await until_seen(pilot, "loss 1.0740 (epoch 3)", "#compare-table")
        await pilot.press("m")
        await pilot.pause()
        assert "\x1b" not in screen_text(app)
