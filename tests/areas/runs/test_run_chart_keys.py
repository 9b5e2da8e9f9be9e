"""The keys that look closer at the charts of a run: cursor, zoom, smoothing, other curves."""

from __future__ import annotations

import pytest

from tests.areas.runs.on_run import LOSS, axis, dots, rows_of, shown
from tests.support.curved import (
    Curves,
    curve_events,
    done,
    ended_run,
    exploding,
    flat,
    overfitting,
)
from tests.support.recording import CLOCK, Recorder, append, spec
from tests.support.seeing import SMALL, region_text, screen_text, toasts, until, until_seen
from tui.areas.runs.one_run.run_screen import RunScreen
from tui.runs.events.compaction import compact
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import (
    BatchesEnded,
)
from tui.ui.charts.line_chart import Chart
from tui.ui.charts.overlays import CURSOR


def shown_epochs(screen: RunScreen) -> float:
    """Return how many epochs of forty are in sight."""
    low, high = screen.charts.view.shown(40.0)
    return high - low


async def test_the_cursor_shows_every_value_of_its_epoch_and_escape_puts_it_away(
    recorder: Recorder,
) -> None:
    async with shown(ended_run(recorder, overfitting, 15), SMALL) as (app, pilot):
        await until_seen(pilot, "epoch 15: accuracy", "#values")
        await pilot.press("left")
        await until_seen(pilot, f"{CURSOR} epoch 15: accuracy 0.9656", "#values")
        assert CURSOR in region_text(app, "#accuracy-chart") and CURSOR in region_text(app, LOSS)
        await pilot.press("left", "left")
        await until_seen(pilot, f"{CURSOR} epoch 13:", "#values")
        for name in ("accuracy", "loss", "val_accuracy", "val_loss"):
            assert f"{name} {overfitting(13)[name]:.4f}" in region_text(app, "#values")
        await pilot.press("home")
        await until_seen(pilot, f"{CURSOR} epoch 1:", "#values")
        await pilot.press("left")
        await until_seen(pilot, f"{CURSOR} epoch 1:", "#values")
        await pilot.press("end")
        await until_seen(pilot, f"{CURSOR} epoch 15:", "#values")
        await pilot.press("escape")
        await until(pilot, lambda: CURSOR not in screen_text(app))
        assert app.screen.query("#head")  # still the run


async def test_the_cursor_finds_a_batch_where_every_batch_is_drawn(recorder: Recorder) -> None:
    async with shown(recorder.finished()) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("b", "home")
        await until_seen(pilot, "epoch 1, batch 1/48: accuracy 0.1", "#values")
        await pilot.press("right")
        await until(pilot, lambda: "batch 1/48" not in region_text(app, "#values"))
        assert "(running means)" in region_text(app, "#values")
        await pilot.press("b")  # back to whole epochs: the cursor stands on one
        await until_seen(pilot, f"{CURSOR} epoch 1: accuracy", "#values")


async def test_zoom_and_pan_change_what_is_in_sight(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 20)) as (app, pilot):
        await until(pilot, lambda: axis(app)[-1:] == ["20"])
        assert axis(app)[0] == "0"
        await pilot.press("plus")
        await until_seen(pilot, "epochs 10–20")
        await until(pilot, lambda: axis(app)[0] == "10")
        await pilot.press("comma")
        await until_seen(pilot, "epochs 5–15")
        await until(pilot, lambda: axis(app)[0] in ("5", "6"))
        await pilot.press("full_stop", "full_stop", "full_stop")
        await until_seen(pilot, "epochs 10–20")
        await pilot.press("minus")
        await until(pilot, lambda: axis(app)[0] == "0")
        assert "epochs " not in region_text(app, "#accuracy-box")
        await pilot.press("home", "plus")  # round the cursor, which is on epoch 1
        await until_seen(pilot, "epochs 0.5–10.5")


async def test_f_follows_the_last_epochs(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 40)) as (app, pilot):
        await until(pilot, lambda: axis(app)[-1:] == ["40"])
        await pilot.press("f")
        await until(pilot, lambda: axis(app)[0] == "30")
        await pilot.press("f")
        await until(pilot, lambda: axis(app)[0] == "0")


async def test_the_loss_on_a_logarithmic_scale(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 40)) as (app, pilot):
        await until(pilot, lambda: axis(app)[-1:] == ["40"])
        before, accuracy = rows_of(app, LOSS), rows_of(app)
        await pilot.press("y")
        await until(pilot, lambda: rows_of(app, LOSS) != before)
        assert "0.01" in region_text(app, LOSS)  # 0.75·exp(−40/6) is less than that
        assert rows_of(app) == accuracy
        await until_seen(pilot, "log", "#loss-box")
        await pilot.press("y")
        await until(pilot, lambda: rows_of(app, LOSS) == before)


async def test_smoothing_goes_through_its_steps_and_back(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 15)) as (app, pilot):
        await until(pilot, lambda: len(dots(app)) > 10)
        before = rows_of(app)
        for step in ("0.3", "0.6", "0.9", "0.97"):
            await pilot.press("o")
            await until_seen(pilot, f"smooth {step}", "#accuracy-box")
        assert rows_of(app) != before
        await pilot.press("o")
        await until(pilot, lambda: rows_of(app) == before)


async def test_m_draws_the_learning_rate_and_all_else_that_is_known(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 15)) as (app, pilot):
        await until_seen(pilot, "loss", "#loss-box")
        await pilot.press("m")
        await until_seen(pilot, "learning rate", "#loss-box")
        assert "0.001" in region_text(app, LOSS)
        seen = []
        for _ in range(3):
            await pilot.press("m")
            await pilot.pause()
            seen.append(region_text(app, "#loss-box").split("─")[1].strip())
        assert [title.split(" ⣀")[0] for title in seen] == ["seconds an epoch", "images/s", "loss"]


async def test_z_makes_one_chart_large(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, overfitting, 15), SMALL) as (app, pilot):
        await until(pilot, lambda: len(dots(app)) > 10)
        narrow = len(max(rows_of(app), key=len))
        await pilot.press("z")
        await until(pilot, lambda: len(max(rows_of(app), key=len)) > 1.5 * narrow)
        assert region_text(app, LOSS) == ""
        await pilot.press("z")
        await until(pilot, lambda: len(dots(app, LOSS)) > 10)
        assert region_text(app, "#accuracy-chart") == ""
        await pilot.press("z")
        await until(pilot, lambda: len(max(rows_of(app), key=len)) == narrow)


@pytest.mark.parametrize(
    ("curves", "epochs"),
    [(overfitting, 1), (overfitting, 2), (exploding, 6), (flat, 12), (overfitting, 400)],
    ids=["one-epoch", "two-epochs", "not-finite", "flat", "long"],
)
async def test_keys_do_no_harm_to_any_curve(
    recorder: Recorder, curves: Curves, epochs: int
) -> None:
    async with shown(ended_run(recorder, curves, epochs), SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        keys = "plus left y b o m plus comma right plus plus z minus o f b home z end y f z"
        for key in keys.split():
            await pilot.press(key)
        await pilot.press("escape")
        await until(pilot, lambda: CURSOR not in screen_text(app))
        assert "└" in region_text(app, "#accuracy-chart")


async def test_a_run_without_an_epoch_says_that_there_is_no_value(recorder: Recorder) -> None:
    async with shown(recorder.failed(), SMALL) as (app, pilot):
        await until_seen(pilot, "✗ failed", "#head")
        await pilot.press("left")
        await until(pilot, lambda: "No epoch has ended yet" in toasts(app))
        for key in ["b", "left", "plus", "y", "o", "m", "z", "f"]:
            await pilot.press(key)
        assert "└" in region_text(app, "#accuracy-chart")


async def test_a_long_live_run_goes_on_while_it_is_zoomed_into(recorder: Recorder) -> None:
    events = curve_events(overfitting, 12, total=20)
    run = recorder.make(events[: -3 * 2], spec("growing", epochs=20))
    recorder.hold(run)
    async with shown(run) as (app, pilot):
        await until_seen(pilot, "epoch 10:", "#values")
        await pilot.press("plus", "comma")
        await until(pilot, lambda: axis(app)[0] != "0")
        before = axis(app)
        append(run, events[-3 * 2 :])
        await until_seen(pilot, "epoch 12:", "#values")
        assert axis(app) == before  # what is looked at stays


async def test_very_many_batches_are_smoothed_while_the_screen_goes_on(recorder: Recorder) -> None:
    batches = 60_000
    noise = tuple(0.9 if number % 2 else 0.1 for number in range(batches))
    events = curve_events(overfitting, 1, steps=1)
    many = BatchesEnded(
        at=CLOCK + 9,
        epoch=1,
        first=1,
        steps=batches,
        values={"accuracy": noise, "loss": noise},
        images_per_second=640.0,
    )
    run = recorder.make([*events[:-2], many, events[-1], done(1)], spec("many", epochs=1))
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("b")
        await until(pilot, lambda: len(dots(app)) > 200)  # from 0.1 to 0.9 in every column
        await pilot.press("o", "o", "o", "o")
        await until_seen(pilot, "smooth 0.97", "#accuracy-box")
        # Smoothed before it is sampled it is a line at its mean; the other way round it is not.
        await until(pilot, lambda: len(dots(app)) < 80)


async def test_old_batches_are_zoomed_into_as_far_as_they_are_kept(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.runs.events.thinning.BUDGET", 400)
    monkeypatch.setattr("tui.runs.events.compaction.WHOLE", 0)
    run = ended_run(recorder, overfitting, 40)
    writer = EventWriter(run.events)
    compact(writer)
    writer.close()
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("b", "plus", "plus", "plus", "plus", "plus", "plus", "plus")
        await until_seen(pilot, "batches", "#accuracy-box")
        screen = app.screen
        assert isinstance(screen, RunScreen)
        width = max(chart.size.width for chart in screen.query(Chart))
        assert shown_epochs(screen) >= (width // 2) / 2 > 2, "a stretch for each part, no less"
        assert shown_epochs(screen) < 40
        # Zoomed into the epochs first, then to the batches: it opens as far.
        await pilot.press("b", *["plus"] * 9)
        await until(pilot, lambda: shown_epochs(screen) < 0.1)
        await pilot.press("b")
        assert shown_epochs(screen) >= (width // 2) / 2
        # What is not there at every batch is called near.
        await pilot.press("home", "right")
        await until_seen(pilot, "near batch", "#values")
