"""Runs of somebody's own programs on screen: at every stage, with metrics of any name."""

from __future__ import annotations

import json

from textual.widgets import DataTable, Input

from tests.areas.runs.on_run import dots, history, shown
from tests.support.external_runs import (
    LOOP,
    batches,
    beginning,
    epoch_begun,
    epochs_of,
    falling,
    finished,
    live,
    loop_epochs,
    script,
    usual,
)
from tests.support.recording import CLOCK, HOSTILE, Recorder, append
from tests.support.seeing import (
    LARGE,
    SMALL,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)
from tui.runs.events.event_types import RunStarted
from tui.runs.settings.external_spec import NETWORK_NAME


async def test_a_script_is_followed_from_its_beginning_to_its_end(recorder: Recorder) -> None:
    run = live(recorder, script(), [RunStarted(at=CLOCK, pid=1, version="0")])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        assert "bigger kernels" in region_text(app, "#head")
        assert "train.py" in region_text(app, "#head")
        await until_seen(pilot, "waiting for its first epoch …", "#progress")
        append(run, beginning()[1:])
        await until_seen(pilot, "train.py · Keras 3.14.1 · CPU, 2 cores", "#head")
        await until_seen(pilot, "1,600 training and 400 validation images", "#values")
        append(run, [epoch_begun(1), batches(1, 1, 20)])
        await until_seen(pilot, "epoch 1/20", "#progress")
        await until_seen(pilot, "step 20/50", "#progress")
        assert "160 images/s" in region_text(app, "#progress")
        assert "ETA" in region_text(app, "#progress")
        assert len(dots(app)) > 5
        append(run, epochs_of([usual(1)])[1:])
        await until_seen(pilot, "epoch 1: accuracy 0.3400 loss 1.6500", "#values")
        append(run, [*epochs_of([usual(n) for n in range(1, 21)])[2:], finished(20)])
        recorder.let_go()
        await until_seen(pilot, "✓ finished", "#head")
        await until_seen(pilot, "✓ All 20 epochs are done.", "#messages")
        assert "Resume" not in region_text(app, "Footer")


async def test_nothing_unknown_is_guessed(recorder: Recorder) -> None:
    spec = script(epochs=0, requests=())
    events = [*beginning(samples=0), epoch_begun(1, epochs=0, steps=0)]
    run = live(recorder, spec, [*events, batches(1, 1, 130, steps=0, speed=0.0)])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "step 130", "#progress")
        progress = region_text(app, "#progress")
        assert "5 batches/s" in progress
        for unknown in ("%", "/0", "ETA", "images/s", "█"):
            assert unknown not in progress
        assert "train.py decides when it ends" in region_text(app, "#messages")
        await pilot.press("home", "b")
        append(run, [batches(1, 131, 400, steps=0, speed=0.0)])
        await until_seen(pilot, "step 400", "#progress")


async def test_a_loop_with_one_metric_has_its_curve_and_no_accuracy(recorder: Recorder) -> None:
    run = live(recorder, LOOP, loop_epochs([{"loss": falling(n)} for n in range(1, 8)]))
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "loop.py", "#head")
        await until_seen(pilot, "epoch 7: loss 0.4694", "#values")
        assert "best loss 0.4694 (epoch 7)" in region_text(app, "#values")
        assert "accuracy" not in screen_text(app)
        await until(pilot, lambda: len(dots(app)) > 10)
        assert history(app)[0] == ["epoch", "loss", "time"]
        assert "Keras" not in region_text(app, "#head")
        await pilot.press("d")
        await until_seen(pilot, "loop.py has not said how its time is divided.")
        assert "✓ learning well" in screen_text(app)


async def test_one_metric_during_the_first_epoch_has_one_chart(recorder: Recorder) -> None:
    events = [*beginning(), epoch_begun(1), batches(1, 1, 20, loss=1.0)]
    run = live(recorder, script(), events)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "step 20/50", "#progress")
        await until(pilot, lambda: app.screen.query_one("#accuracy-chart").size.width > 60)
        await pilot.press("m")
        await until_toast(pilot, "This run has measured nothing else yet.")


async def test_ten_thousand_metrics_are_counted_and_one_is_chosen(recorder: Recorder) -> None:
    many = {f"layer {number}/gradient": number / 1000 for number in range(10_000)}
    rows = [{**usual(n), **{name: one / n for name, one in many.items()}} for n in range(1, 4)]
    run = live(recorder, script(), [*beginning(), *epochs_of(rows)])
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "and 9,999 more", "#values")
        table = app.screen.query_one("#history", DataTable)
        assert len(table.columns) < 30
        await pilot.press("m")
        await until(pilot, lambda: bool(app.screen.query(Input)))
        app.screen.query_one(Input).value = "layer 7777/"
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.screen.query("#loss-box")))
        await until_seen(pilot, "layer 7777/gradient", "#loss-box")


async def test_a_metric_that_appears_late_and_values_that_are_not_finite(
    recorder: Recorder,
) -> None:
    rows: list[dict[str, float | None]] = [
        {"loss": 1.0},
        {"loss": None},
        {"loss": 0.8, "val_loss": 0.9},
        {"loss": 0.7},
    ]
    run = live(recorder, script(), [*beginning(), *epochs_of(rows)])
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "epoch 4: loss 0.7000", "#values")
        rows_seen = history(app)
        assert rows_seen[0][:3] == ["epoch", "loss", "val_loss"]
        assert rows_seen[1][:3] == ["1", "1.0000", "–"]
        assert rows_seen[2][:3] == ["2", "nan/inf", "–"]
        assert rows_seen[3][:4] == ["3", "▲", "0.8000", "0.9000"]
        assert "diverged in epoch 2" in region_text(app, "#messages")


async def test_a_death_names_the_program_and_no_key_that_would_do_nothing(
    recorder: Recorder,
) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), epoch_begun(2)], script())
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "✗ died", "#head")
        messages = " ".join(region_text(app, "#messages").split())
        assert "train.py died at epoch 2 without an error message." in messages
        assert "run it again (train.py --kernel 5)." in messages
        assert "v shows its log" not in messages and "r resumes" not in messages
        assert "a a new run" not in screen_text(app)
        await pilot.press("r")
        await until_toast(pilot, "Resuming is train.py's own affair: run it again")
        await pilot.press("v")
        await until_toast(pilot, "There is no log: train.py prints where it was started.")


async def test_hostile_names_act_on_nothing(recorder: Recorder) -> None:
    spec = script(
        name=HOSTILE, path=f"/x/{HOSTILE.replace('/', '')}.py", optimizer=HOSTILE, loss=HOSTILE
    )
    rows = [{HOSTILE: 1.0 / n, "loss": falling(n)} for n in range(1, 4)]
    run = live(recorder, spec, [*beginning(), *epochs_of(rows)])
    (run.path / NETWORK_NAME).write_text(json.dumps({"class_name": HOSTILE, "config": {}}))
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "epoch 3: loss", "#values")
        assert "a␊b ␛]0;x␇" in screen_text(app)
        for keys in (["h"], ["n"], ["escape"], ["d"], ["escape"], ["x"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert "\x1b" not in screen_text(app)
