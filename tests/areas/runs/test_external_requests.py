"""What runs of somebody's own programs can be asked, and what they refuse."""

from __future__ import annotations

from textual.widgets import Input

from tests.areas.runs.on_run import shown
from tests.support.external_runs import (
    ALL,
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
from tests.support.recording import CLOCK, Recorder, append, control
from tests.support.seeing import (
    LARGE,
    SMALL,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)
from tui.common.stop_rule import StopRule
from tui.runs.control.control_file import Control
from tui.runs.events.event_types import ControlApplied, ControlReceived

SCHEDULE = "train.py uses a learning-rate schedule (CosineDecay): it sets the rate itself."


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
