"""What a run obeys by key: written down for the trainer, received, in force; and what is done
with one that is over."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.areas.runs.on_run import rows_of, shown
from tests.support.curved import curve_events, ended_run, live_run, overfitting
from tests.support.recording import CLOCK, Recorder, append, began, control, spec
from tests.support.seeing import (
    SMALL,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.common.stop_rule import StopRule
from tui.runs.events.event_types import (
    ControlApplied,
    ControlRead,
    ControlReceived,
    Failed,
    Request,
)
from tui.runs.store.run_folder import RunFolder


def took(
    run: RunFolder, request: Request, value: str = "", *, epoch: int = 6, batch: int = 12
) -> None:
    """Have the trainer say that it read a request and that it is in force."""
    append(run, [ControlReceived(at=CLOCK, request=request, value=value)])
    append(run, [ControlApplied(at=CLOCK, request=request, value=value, epoch=epoch, batch=batch)])


async def fill(pilot: Pilot[None], *texts: str) -> None:
    """Type into the fields of the window, one after the other."""
    await until(pilot, lambda: bool(pilot.app.screen.query("#ask-0")))
    for number, text in enumerate(texts):
        pilot.app.screen.query_one(f"#ask-{number}", Input).value = text
    await pilot.pause()


async def test_space_pauses_and_goes_on_and_says_when_it_took_effect(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("space")
        await until_seen(pilot, "… pause: requested", "#messages")
        assert control(run).want == "pause"
        append(run, [ControlReceived(at=CLOCK, request="pause")])
        await until_seen(pilot, "→ pause: received, not in force yet", "#messages")
        append(run, [ControlApplied(at=CLOCK, request="pause", epoch=6, batch=12)])
        await until_seen(pilot, "✓ pause: in force since epoch 6, batch 12", "#messages")
        assert "‖ paused" in region_text(app, "#progress")
        await until_seen(pilot, "space Go on", "Footer")
        assert "Pause" not in region_text(app, "Footer")
        assert "ETA" not in region_text(app, "#progress")
        await pilot.press("space")
        await until_seen(pilot, "… resume: requested", "#messages")
        assert control(run).want == "run"
        took(run, "resume")
        await until_seen(pilot, "✓ resume: done at epoch 6, batch 12", "#messages")
        assert "paused" not in region_text(app, "#progress")
        await until_seen(pilot, "space Pause", "Footer")


async def test_a_pause_taken_back_before_it_was_read_is_not_waited_for(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("space", "space")
        await until_seen(pilot, "… resume: requested", "#messages")
        append(run, [ControlRead(at=time.time())])
        await until(pilot, lambda: "requested" not in region_text(app, "#messages"))


async def test_stopping_after_the_epoch_keeps_the_other_keys(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("S")
        await until_seen(pilot, "… stop after epoch: requested", "#messages")
        assert control(run).want == "stop_after_epoch"
        await pilot.press("s")  # now after all
        await until_seen(pilot, "… stop: requested; s again kills it at once", "#messages")
        assert control(run).want == "stop"
        await pilot.press("space")
        await until_toast(pilot, "It is stopping already.")
        assert control(run).want == "stop"


async def test_another_learning_rate_is_checked_while_it_is_typed(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("l")
        await until_seen(pilot, "0.0001", "#ask-0")  # as it is since epoch 3
        for wrong, words in (("fast", "is not a number"), ("-1", "choose above 0")):
            await fill(pilot, wrong)
            await until_seen(pilot, words, "#asking-verdict")
            await pilot.press("enter")
            assert app.screen.query("#asking")
        await fill(pilot, "0.0002")
        await until_seen(pilot, "2 times the present 0.0001", "#asking-verdict")
        await pilot.press("enter")
        await until_seen(pilot, "… learning rate 0.0002: requested", "#messages")
        assert control(run).learning_rate == 0.0002
        took(run, "learning rate", "0.0002")
        await until_seen(pilot, "✓ learning rate 0.0002: in force since epoch 6", "#messages")


async def test_more_epochs_and_saving_now(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("e")
        await fill(pilot, "3")
        await until_seen(pilot, "ends after the present epoch", "#asking-verdict")
        await fill(pilot, "30")
        await until_seen(pilot, "30 in all: 25 to go", "#asking-verdict")
        await pilot.press("enter")
        await until_seen(pilot, "… epochs 30 in all: requested", "#messages")
        assert control(run).epochs == 30
        await pilot.press("k", "k")
        await until_seen(pilot, "… save: requested", "#messages")
        assert control(run).saves == 2


async def test_the_stop_rule_of_a_live_run(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "stops when accuracy > 0.997", "#messages")
        before = rows_of(app)
        await pilot.press("t")
        await fill(pilot, "acuracy > 0.9", "")
        await until_seen(pilot, "acuracy", "#asking-verdict")
        await fill(pilot, "accuracy > 0.6", "3")
        await until_seen(pilot, "would have stopped after epoch 2", "#asking-verdict")
        await fill(pilot, "accuracy > 0.9", "3")
        await pilot.press("enter")
        await until_seen(
            pilot,
            "stops when accuracy > 0.9 or val_loss has not improved for 3 epochs",
            "#messages",
        )
        assert control(run).stop_rule == StopRule("accuracy", ">", 0.9)
        assert control(run).patience == 3
        assert rows_of(app) != before  # the line is drawn at its new place
        await pilot.press("t")
        await fill(pilot, "never", "0")
        await pilot.press("enter")
        await until_seen(pilot, "stops when all epochs are done", "#messages")
        assert control(run).no_stop_rule and control(run).patience == 0


async def test_a_rule_tried_on_an_ended_run_changes_nothing_but_the_picture(
    recorder: Recorder,
) -> None:
    run = ended_run(recorder, overfitting, 15)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        before = rows_of(app)
        await pilot.press("t")
        await fill(pilot, "accuracy > 0.8", "")
        await pilot.press("enter")
        await until_seen(pilot, "accuracy > 0.8: would have stopped after epoch 5.", "#messages")
        assert rows_of(app) != before
        assert not run.control.exists()
        assert "requested" not in region_text(app, "#messages")


async def test_what_another_app_requested_is_seen_here(recorder: Recorder) -> None:
    from tui.runs.control.control_file import change_control

    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "stops when accuracy > 0.997", "#messages")
        change_control(run.control, stop_rule=StopRule("val_loss", "<", 0.1))
        took(run, "stop rule", "val_loss < 0.1")
        await until_seen(pilot, "stops when val_loss < 0.1", "#messages")
        await until_seen(pilot, "✓ stop rule val_loss < 0.1: in force", "#messages")


async def test_a_request_that_the_trainer_did_not_live_to_read_says_so(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("k")
        await until_seen(pilot, "… save: requested", "#messages")
        recorder.let_go()
        await until_seen(pilot, "✗ save: the training ended first", "#messages")


async def test_a_request_that_cannot_be_written_says_why(recorder: Recorder) -> None:
    run = live_run(recorder, overfitting, 5)
    run.control.mkdir()  # nothing can take the place of a folder
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "● running", "#head")
        await pilot.press("space")
        await until_toast(pilot, "Cannot write")
        assert "requested" not in region_text(app, "#messages")
        await pilot.press("s")  # which the message names: it must lead there
        await until_seen(pilot, "Kill the trainer now?")


async def test_r_asks_a_finished_run_for_more_epochs_and_starts_its_trainer(
    recorder: Recorder,
) -> None:
    run = ended_run(recorder, overfitting, 15)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "r Resume")
        await pilot.press("r")
        await until_seen(pilot, "Resume after epoch 15")
        await fill(pilot, "15", "0.001")
        await until_seen(pilot, "15 epochs have ended already", "#asking-verdict")
        await fill(pilot, "20", "0.001")
        await until_seen(pilot, "5 more epochs.", "#asking-verdict")
        await pilot.press("enter")
        # A recording has no checkpoint to continue from, and is told so.
        await until(pilot, lambda: "no checkpoint to continue from" in toasts(app))


@pytest.mark.parametrize(
    ("advised", "offered"), [(1e-05, "1e-05"), (0.0, "0.001")], ids=["advised", "as it was"]
)
async def test_r_offers_the_learning_rate_that_a_failure_advises(
    recorder: Recorder, advised: float, offered: str
) -> None:
    failed = Failed(
        at=CLOCK + 60,
        what="The loss is no number.",
        where="training",
        cure="Do something.",
        run="x",
        kept=2,
        learning_rate=advised,
    )
    run = recorder.make([*curve_events(overfitting, 2, total=8), failed], spec("lost"))
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✗ failed", "#head")
        said = region_text(app, "#messages")
        assert "r resumes from there" in said and "cnn-tui" not in said
        assert ("and offers the learning rate 1e-05." in said) == (offered == "1e-05")
        await pilot.press("r")
        await until_seen(pilot, "Resume after epoch 2")
        await until_seen(pilot, "8", "#ask-0")
        await until(pilot, lambda: pilot.app.screen.query_one("#ask-1", Input).value == offered)


async def test_r_takes_up_a_run_that_died_and_follows_it_again(recorder: Recorder) -> None:
    run = recorder.make(began(), spec("early end"))
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✗ died", "#head")
        await pilot.press("r")
        await until_seen(pilot, "● running", "#head")
        await until_seen(pilot, "step 24/48", "#progress")  # where the stand-in waits
        assert "Resume" not in screen_text(app).splitlines()[-1]
        await pilot.press("s")
        await until_seen(pilot, "■ stopped", "#head")
        await until_seen(pilot, "r Resume")


async def test_a_takes_its_settings_to_the_form_or_says_why_not(recorder: Recorder) -> None:
    run = ended_run(recorder, overfitting, 3)
    (run.path / "spec.json").write_text("{")
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await until(pilot, lambda: "spec.json" in toasts(app))
        await pilot.press("a")
        await until_toast(pilot, "its settings are unknown")


async def test_x_exports_and_asks_before_it_replaces(recorder: Recorder, here: Path) -> None:
    async with shown(ended_run(recorder, overfitting, 3), SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("x")
        await until_seen(pilot, "› CSV", "#export-forms")
        place = app.screen.query_one("#export-place", Input)
        await until(pilot, lambda: place.value == str(here / "curved-small.csv"))
        await pilot.press("enter")
        await until_toast(pilot, "Written:")
        file = here / "curved-small.csv"
        assert len(file.read_text().splitlines()) == 4
        file.write_text("mine")
        await pilot.press("x")
        await until_seen(pilot, "› CSV", "#export-forms")
        await pilot.press("enter")
        await until_seen(pilot, "Replace it?")
        await pilot.press("n")
        await until_seen(pilot, "› CSV", "#export-forms")
        assert file.read_text() == "mine"
        await pilot.press("enter")
        await until_seen(pilot, "Replace it?")
        await pilot.press("y")
        await until(pilot, lambda: file.read_text() != "mine")
        await until(pilot, lambda: not app.screen.query("#export-runs"))


async def test_a_folder_for_an_export_is_made_after_a_question(
    recorder: Recorder, here: Path
) -> None:
    async with shown(ended_run(recorder, overfitting, 3), SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("x")
        await until_seen(pilot, "› CSV", "#export-forms")
        await pilot.press("down", "down")
        await until_seen(pilot, "› SVG", "#export-forms")
        place = app.screen.query_one("#export-place", Input)
        place.value = "nowhere/at/all.svg"
        await pilot.press("enter")
        await until_seen(pilot, "Create it?")
        await pilot.press("n")
        await until_seen(pilot, "› SVG", "#export-forms")
        assert not (here / "nowhere").exists()
        await pilot.press("up")
        await until(pilot, lambda: place.value == "nowhere/at/curved-small.json")
        await pilot.press("enter")
        await until_seen(pilot, "Create it?")
        await pilot.press("y")
        written = f"{here}/nowhere/at/curved-small.json"
        await until(pilot, lambda: written in toasts(app).replace(" ", ""))
        assert (here / "nowhere" / "at" / "curved-small.json").stat().st_size
        await pilot.press("x")
        await until(
            pilot,
            lambda: (
                bool(app.screen.query("#export-place"))
                and app.screen.query_one("#export-place", Input).value
                == str(here / "nowhere" / "at" / "curved-small.csv")
            ),
        )


async def test_an_export_that_cannot_be_written_says_so_and_keeps_the_line(
    recorder: Recorder, here: Path
) -> None:
    async with shown(ended_run(recorder, overfitting, 3), SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("x")
        await until_seen(pilot, "› CSV", "#export-forms")
        (here / "file").touch()
        place = app.screen.query_one("#export-place", Input)
        for typed in ("file/x.csv", "/proc/x.csv", "a\0b"):
            place.value = typed
            await pilot.press("enter")
            await until_seen(pilot, "✗", "#export-verdict")
            assert place.value == typed
            place.value = ""
            await pilot.press("enter")
            await until_seen(pilot, "Type a path to write to", "#export-verdict")


async def test_keys_of_a_living_trainer_do_nothing_on_an_ended_run(recorder: Recorder) -> None:
    run = ended_run(recorder, overfitting, 3)
    async with shown(run, SMALL) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("space", "s", "S", "l", "e", "k")
        await pilot.pause()
        assert not run.control.exists()
        assert not app.screen.query("#asking")
        footer = screen_text(app).splitlines()[-1]
        assert "Pause" not in footer and "Resume" in footer
