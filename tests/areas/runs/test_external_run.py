"""Runs of somebody's own programs on screen: at every stage, and whatever their metrics are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest
from textual.widgets import DataTable, Input

from tests.areas.runs.on_run import dots, history, shown
from tests.support.external_runs import (
    ALL,
    HOSTILE,
    LOOP,
    batches,
    beginning,
    epoch_begun,
    epochs_of,
    falling,
    finished,
    script,
    usual,
)
from tests.support.recording import CLOCK, Recorder, append
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tests.unit.runs.test_run_network import BRANCHED, CHAIN
from tui.common.stop_rule import StopRule
from tui.runs.control.control_file import Control, ControlReader
from tui.runs.events.event_types import ControlApplied, ControlReceived, Event, RunStarted
from tui.runs.settings.external_spec import NETWORK_NAME, ExternalSpec
from tui.runs.store.run_folder import RunFolder

SMALL, LARGE = (80, 24), (120, 40)
SCHEDULE = "train.py uses a learning-rate schedule (CosineDecay): it sets the rate itself."


def live(recorder: Recorder, spec: ExternalSpec, events: Sequence[Event]) -> RunFolder:
    """Return a run whose program is at work."""
    run = recorder.make(events, spec)
    recorder.hold(run)
    return run


def control(run: RunFolder) -> Control:
    return ControlReader(run.control).read()


def loop_epochs(rows: Sequence[Mapping[str, float | None]]) -> list[Event]:
    events = epochs_of(rows, epochs=0, rate=0.0, speed=0.0, data_seconds=0.0, steps=0)
    return [RunStarted(at=CLOCK, pid=1, version="0"), *events]


# Every stage


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


# What it obeys


async def test_what_the_script_refuses_is_not_offered_and_asked_it_says_why(
    recorder: Recorder,
) -> None:
    requests = tuple(one for one in ALL if one not in ("learning rate", "save"))
    spec = script(
        requests=requests,
        refusals={"learning rate": SCHEDULE, "save": "It saves its model itself."},
    )
    run = live(recorder, spec, [*beginning(), *epochs_of([usual(1)])])
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await until_seen(pilot, "e epochs S stop after this epoch", "#more-keys")
        assert "l learning rate" not in screen_text(app)
        assert "k save now" not in screen_text(app)
        await pilot.press("l")
        await until_toast(pilot, SCHEDULE)
        await pilot.press("k")
        await until_toast(pilot, "It saves its model itself.")
        assert control(run) == Control()
        await pilot.press("ctrl+p")
        await until(pilot, lambda: bool(app.screen.query(Input)))
        app.screen.query_one(Input).value = "Learning rate"
        await until_seen(pilot, "Change the learning rate")
        await pilot.press("enter")
        await until_toast(pilot, SCHEDULE)
        await pilot.press("space")
        await until_seen(pilot, "… pause: requested", "#messages")
        assert control(run).want == "pause"


async def test_a_run_that_is_only_watched_offers_nothing(recorder: Recorder) -> None:
    spec = script(requests=(), refusals={"": "It is only watched: RunCallback(control=False)."})
    run = live(recorder, spec, [*beginning(), *epochs_of([usual(1)])])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "d Diagnosis", "Footer")
        for label in ("Pause", "Stop", "Stop rule"):
            assert label not in region_text(app, "Footer")
        for key in ("space", "s", "S", "t", "l", "e", "k"):
            await pilot.press(key)
            await until_toast(pilot, "It is only watched: RunCallback(control=False).")
            app.clear_notifications()
        assert control(run) == Control()


async def test_keys_of_a_loop_that_has_ended_say_why_they_do_nothing(recorder: Recorder) -> None:
    run = recorder.make([*loop_epochs([{"loss": 0.5}]), finished(1)], LOOP)
    async with shown(run, LARGE) as (app, pilot):
        await until_seen(pilot, "d Diagnosis", "Footer")
        for label in ("Look inside", "Again", "Resume"):
            assert label not in region_text(app, "Footer")
        await pilot.press("i")
        await until_toast(pilot, "no weights in its folder: loop.py saves its model itself.")
        app.clear_notifications()
        await pilot.press("l")
        await until_toast(pilot, "my loop has ended: its learning rate cannot be changed.")


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


async def test_requests_are_received_and_in_force_as_for_any_run(recorder: Recorder) -> None:
    run = live(recorder, script(), [*beginning(), *epochs_of([usual(1), usual(2)])])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("l")
        await until_seen(pilot, "0.001", "#ask-0")
        app.screen.query_one("#ask-0", Input).value = "0.0005"
        await until_seen(pilot, "0.5 times the present 0.001", "#asking-verdict")
        await pilot.press("enter")
        await until_seen(pilot, "… learning rate 0.0005: requested", "#messages")
        assert control(run).learning_rate == 0.0005
        request = {"request": "learning rate", "value": "0.0005"}
        append(run, [ControlReceived(at=CLOCK, **request)])  # type: ignore[arg-type]
        append(run, [ControlApplied(at=CLOCK, epoch=3, batch=7, **request)])  # type: ignore[arg-type]
        await until_seen(pilot, "in force since epoch 3, batch 7", "#messages")


async def test_epochs_can_be_fewer_and_not_more(recorder: Recorder) -> None:
    run = live(recorder, script(), [*beginning(), *epochs_of([usual(1), usual(2)])])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("e")
        await until(pilot, lambda: bool(app.screen.query("#ask-0")))
        app.screen.query_one("#ask-0", Input).value = "30"
        await until_seen(pilot, "train.py trains 20 epochs at most", "#asking-verdict")
        await pilot.press("enter")
        assert app.screen.query("#asking")
        app.screen.query_one("#ask-0", Input).value = "5"
        await until_seen(pilot, "5 in all: 3 to go", "#asking-verdict")
        await pilot.press("enter")
        await until(pilot, lambda: control(run).epochs == 5)


async def test_a_stop_rule_may_name_any_of_its_metrics(recorder: Recorder) -> None:
    rows = [{"loss": falling(n), "val/dice": 0.1 * n} for n in range(1, 4)]
    run = live(recorder, script(), [*beginning(), *epochs_of(rows)])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("t")
        await until(pilot, lambda: bool(app.screen.query("#ask-0")))
        assert app.screen.query_one("#ask-0", Input).placeholder == "val/dice > 0.9, or never"
        app.screen.query_one("#ask-0", Input).value = "accuracy>0.9"
        await until_seen(pilot, "'accuracy' is not measured here", "#asking-verdict")
        app.screen.query_one("#ask-0", Input).value = "val/dice >= 0.5"
        await until_seen(pilot, "val/dice reached 0.3000 at most", "#asking-verdict")
        await pilot.press("enter")
        await until(pilot, lambda: control(run).stop_rule == StopRule("val/dice", ">=", 0.5))


async def test_killing_asks_in_words_that_say_whose_process_it_is(recorder: Recorder) -> None:
    run = live(recorder, script(), [*beginning(), *epochs_of([usual(1)])])
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("s")
        await until_seen(pilot, "… stop: requested", "#messages")
        await pilot.press("s")
        await until_seen(pilot, "Kill train.py now?")
        words = " ".join(region_text(app, ".dialog").replace("│", " ").split())
        assert "This ends your own process at once, and not only the training" in words
        await pilot.press("n")
        await until(pilot, lambda: bool(app.screen.query("#head")))
        assert run.alive()


# Its network, and elsewhere in the app


async def test_n_shows_its_network_and_c_takes_a_chain_to_the_calculator(
    recorder: Recorder,
) -> None:
    run = live(recorder, script(), [*beginning(), *epochs_of([usual(1)])])
    (run.path / NETWORK_NAME).write_text(json.dumps(CHAIN))
    async with shown(run, SMALL) as (app, pilot):
        await pilot.press("n")
        await until_seen(pilot, "26×26×8")
        text = screen_text(app)
        assert "compiled with Adam, loss sparse_categorical_crossentropy" in text
        assert "80" in text and "54,090" in text  # parameters of both layers
        await pilot.press("c")
        await until(pilot, lambda: app.current_mode == "calculator")
        await until_seen(pilot, "conv  →  flatten  →  dense")
        assert app.network is not None and len(app.network.layers) == 3


async def test_branches_are_a_graph_that_stays_here(recorder: Recorder) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), finished(1)], script())
    (run.path / NETWORK_NAME).write_text(json.dumps(BRANCHED))
    async with shown(run, SMALL) as (app, pilot):
        await pilot.press("n")
        await until_seen(pilot, "1+2")
        assert "Calculator" not in region_text(app, "Footer")
        await pilot.press("c")
        await pilot.pause()
        assert app.current_mode == "runs"
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.screen.query("#head")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "This run has no network"),
        ("{", "this is not JSON"),
        ('{"class_name": "Mine"}', "Mine"),
    ],
)
async def test_a_network_that_cannot_be_read_is_a_sentence(
    recorder: Recorder, text: str | None, words: str
) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), finished(1)], script())
    if text is not None:
        (run.path / NETWORK_NAME).write_text(text)
    async with shown(run, SMALL) as (_, pilot):
        await pilot.press("n")
        await until_seen(pilot, words)


async def test_an_own_training_shows_its_network_too(recorder: Recorder) -> None:
    async with shown(recorder.finished(epochs=2), SMALL) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: bool(app.screen.query("#run-network-table")))
        await until_seen(pilot, "8×8×1")


async def test_without_weights_look_inside_says_what_saves_them(recorder: Recorder) -> None:
    run = recorder.make([*beginning(), *epochs_of([usual(1)]), finished(1)], script(save=""))
    async with shown(run, SMALL) as (app, pilot):
        await pilot.press("i")
        await until_toast(pilot, 'RunCallback(save="best") in train.py saves them.')
        assert app.current_mode == "runs"


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
