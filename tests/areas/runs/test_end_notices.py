"""A training that ends out of sight rings the bell and pops up, once; one that is seen does not."""

from __future__ import annotations

import msgspec
import pytest
from textual import events

from tests.areas.runs.on_run import shown
from tests.support.curved import curve_events, done, live_run, overfitting
from tests.support.recording import Recorder, append, spec
from tests.support.seeing import opened, toasts, until, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.common.preferences import write_preference

WORDS = "live curves · small: finished, val_accuracy"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what will be sent to the terminal besides what is drawn: a headless one takes none."""
    sent: list[str] = []
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(CnnTuiApp, "bell", lambda self: sent.append("\x07"))
    monkeypatch.setattr("tui.app.end_notices.send_codes", lambda app, codes: sent.append(codes))
    return sent


async def test_a_training_that_ends_out_of_sight_is_reported_once(
    recorder: Recorder, bells: list[str]
) -> None:
    run = live_run(recorder, overfitting, 5)
    async with opened() as (app, pilot):
        await app.look_at_runs()
        assert any(one.live for one in app.runs)
        append(run, [done(5)])
        recorder.let_go()
        await app.look_at_runs()
        await until_toast(pilot, WORDS)
        for _ in range(3):
            await app.look_at_runs()
        assert toasts(app).count(WORDS) == 1
    assert len(bells) == 2
    assert (
        bells[0].startswith("\x1b]9;cnn-tui: live curves · small: finished") and bells[1] == "\x07"
    )


async def test_a_training_that_is_looked_at_needs_no_notice(
    recorder: Recorder, bells: list[str]
) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run) as (app, pilot):
        await app.look_at_runs()
        assert any(one.live for one in app.runs)
        append(run, [done(5)])
        recorder.let_go()
        await until_seen(pilot, "✓ finished", "#head")
        await app.look_at_runs()
        assert bells == [] and WORDS not in toasts(app)


async def test_one_that_is_shown_in_a_window_without_the_focus_is_reported(
    recorder: Recorder, bells: list[str]
) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run) as (app, pilot):
        await app.look_at_runs()
        assert any(one.live for one in app.runs)
        app.post_message(events.AppBlur())
        await until(pilot, lambda: not app.app_focus)
        append(run, [done(5)])
        recorder.let_go()
        await app.look_at_runs()
        await until_toast(pilot, WORDS)
        assert len(bells) == 2


async def test_notices_can_be_switched_off_and_stay_off(
    recorder: Recorder, bells: list[str]
) -> None:
    async with opened() as (app, pilot):
        for title in ("off", "on"):
            (command,) = (
                one
                for one in app.get_system_commands(app.screen)
                if one.title.startswith("Notices when a training ends")
            )
            assert command.title.endswith(title)
            command.callback()
            await until_toast(pilot, f"Notices when a training ends: {title}.")
    write_preference("end_notices", False)
    run = live_run(recorder, overfitting, 5)
    async with opened() as (app, pilot):
        await app.look_at_runs()
        assert any(one.live for one in app.runs)
        append(run, [done(5)])
        recorder.let_go()
        await app.look_at_runs()
        assert all(one.state == "finished" for one in app.runs)
        assert bells == [] and toasts(app) == ""


async def test_the_command_of_a_run_whose_trainer_died_is_executed_once(recorder: Recorder) -> None:
    training = msgspec.structs.replace(
        spec("killed"), on_end='echo "$CNN_TUI_STATE" >> "$CNN_TUI_RUN/said"'
    )
    run = recorder.make(curve_events(overfitting, 3, total=9), training)
    said = run.path / "said"
    for _ in range(2):  # the app is opened twice
        async with opened() as (app, pilot):
            await until(pilot, said.exists)
            await app.look_at_runs()
    assert said.read_text() == "died\n"
