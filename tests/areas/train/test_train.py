"""Setting a training up, and starting it: a replayed recording stands in for TensorFlow."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.recording import Recorder, best, script, write_script
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import (
    PATIENCE,
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.areas.train.train_form import HINTS
from tui.geometry import format_network, parse_network
from tui.runs.control.control_file import ControlReader
from tui.runs.process import launch
from tui.runs.settings.spec import StopRule
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary
from tui.ui.forms.fields import ChoiceInput, FieldRow

SIZE = (120, 36)


@asynccontextmanager
async def train(
    *, watch_runs: bool = False, taken: bool = True
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on the set-up of a training, with the digits chosen."""
    async with opened(SIZE, watch_runs=watch_runs) as (app, pilot):
        await pilot.press("4")
        await until_seen(pilot, "No images chosen yet")
        if taken:
            await pilot.press("d")
            await until_seen(pilot, "1,442 training, 355 validation")
        yield app, pilot


async def put(app: CnnTuiApp, pilot: Pilot[None], field: str, typed: str) -> None:
    """Go to a field and fill it at once, as by pasting; typing is tested with the calculator."""
    line = app.screen.query_one(f"#{field}", Input)
    line.focus()
    line.value = typed
    await pilot.pause()


def runs() -> list[RunSummary]:
    """Return the runs as they are on disk."""
    return RunList().read()


async def test_without_images_it_says_what_to_do_and_does_not_start() -> None:
    async with train(taken=False) as (app, pilot):
        seen = screen_text(app)
        assert "No images chosen yet: d takes the handwritten digits, o a folder." in seen
        assert "Its layers are shown here once images are chosen." in region_text(app, "#network")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Choose images first: d takes the handwritten digits, o a folder.")
        assert runs() == []
        await pilot.press("o")
        await until_seen(pilot, "Samples")


@pytest.mark.usefixtures("digits")
async def test_the_digits_bring_their_network_as_a_table() -> None:
    async with train() as (app, _):
        assert "↕ digits" in region_text(app, "#model")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[1] == ["input", "8×8×1"]
        assert rows[2] == ["conv2d", "8×8×32", "320"]
        assert ["total", "85,066"] in rows
        assert "8×8×1, batch 32, categorical" in region_text(app, "#train-data")
        assert "ctrl+s now, ctrl+n into" in screen_text(app)


async def test_pictures_of_the_usual_size_bring_the_network_of_the_course(
    images: MakeImages,
) -> None:
    folder = images("pets", cats=3, dogs=4)
    async with opened(SIZE) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "Samples")
        await pilot.press("slash")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "path")
        app.screen.query_one("#path", Input).value = str(folder)
        await pilot.press("enter")
        await until_seen(pilot, "7 images in 2 classes")
        await pilot.press("v")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "target_height")
        await put(app, pilot, "target_height", "150")
        await put(app, pilot, "target_width", "150")
        await pilot.press("t")
        await until_seen(pilot, "4 training, 3 validation")
        assert "↕ course" in region_text(app, "#model")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[2] == ["conv2d", "148×148×16", "448"]
        assert ["total", "9,494,561"] in rows


@pytest.mark.usefixtures("digits")
async def test_another_network_changes_the_table() -> None:
    async with train() as (app, pilot):
        app.screen.query_one("#model").focus()
        await pilot.press("down")
        await until_seen(pilot, "↕ course")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[2] == ["conv2d", "6×6×16", "160"]
        await pilot.press("space")
        await until_seen(pilot, "↕ digits")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[2] == ["conv2d", "8×8×32", "320"]


@pytest.mark.usefixtures("digits")
async def test_a_rule_on_validation_without_validation_images_is_told() -> None:
    async with train() as (app, pilot):
        assert app.dataset is not None
        settings = msgspec.structs.replace(app.dataset.settings, validation_split=0.0)
        app.dataset = dataclasses.replace(app.dataset, settings=settings)
        await pilot.press("left_square_bracket", "right_square_bracket")
        await until_seen(pilot, "1,797 training, 0 validation", "#train-data")
        await put(app, pilot, "rule", "val_loss < 0.1")
        await until_seen(pilot, "✗ The stop rule val_loss < 0.1 needs validation images")


WRONG = [
    ("rule", "accuracy", "✗ 'accuracy' is not a stop rule. Write for example accuracy>0.997"),
    ("rule", "f1 > 0.9", "✗ 'f1' is not measured here: known are: accuracy, loss,"),
    ("rule", "accuracy > 99.7", "✗ An accuracy lies between 0 and 1, and 99.7 does not."),
    ("epochs", "0", "✗ 0 epochs cannot be trained; choose 1 to 100,000."),
    ("epochs", "", "✗ epochs is empty: type a whole number or press ↑."),
    ("epochs", "999999", "✗ 999999 epochs cannot be trained; choose 1 to 100,000."),
    ("seed", "99999999999", "✗ The seed 99999999999 is out of range"),
    ("rate", "0", "✗ A learning rate of 0 does not train; choose above 0 to 100, for"),
    ("rate", "1.2.3", "✗ '1.2.3' is no learning rate: type for example 0.001, or press ↑."),
    ("share", "101", "✗ A share of 101 % cannot be; choose 1 to 100."),
    ("patience", "", "✗ patience is empty: type a whole number or press ↑."),
]


@pytest.mark.usefixtures("digits")
async def test_a_value_that_cannot_be_is_told_and_nothing_starts() -> None:
    async with train() as (app, pilot):
        for field, typed, sentence in WRONG:
            await put(app, pilot, field, typed)
            await until_seen(pilot, sentence, "#train-message")
            await pilot.press("ctrl+s")
            await until_toast(pilot, "A value cannot be used; see what is marked ✗.")
            assert runs() == []
            app.clear_notifications()
            await put(app, pilot, field, {"rule": "never"}.get(field, "7"))
            await until_seen(pilot, "ctrl+s now, ctrl+n into", "#train-message")
            row = app.screen.query_one(f"#{field}").parent
            assert row is not None and "✗" not in region_text(app, row)  # type: ignore[arg-type]


@pytest.mark.usefixtures("digits")
async def test_the_field_that_is_wrong_is_marked() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "rule", "soon")
        row = app.screen.query_one("#rule").parent
        assert row is not None
        await until(pilot, lambda: region_text(app, row).endswith("✗ see below"))  # type: ignore[arg-type]


LINEAR = "8x8x1 conv:k=4,f=3,a=relu flatten dense:k=10"


async def with_network(app: CnnTuiApp, pilot: Pilot[None], line: str) -> None:
    """Choose a network as if it came from the calculator."""
    app.network = parse_network(line)
    await pilot.press("left_square_bracket", "right_square_bracket")
    await until_seen(pilot, "1,442 training", "#train-data")
    model = app.screen.query_one("#model", ChoiceInput)
    model.focus()
    for _ in range(3):
        if model.value != "calculator":
            await pilot.press("down")
    await until_seen(pilot, "↕ calculator")


WRONG_NETWORKS = [
    (LINEAR, "A softmax is missing", "flatten dense:k=10,a=softmax"),
    ("8x8x1 flatten dense:k=1,a=softmax", "always 1", "flatten dense:k=10,a=softmax"),
    ("8x8x1 conv:k=4,f=3 dense:k=3,a=softmax", "A Flatten is", "flatten dense:k=10,a=softmax"),
    ("8x8x1 conv:k=4,f=3 maxpool:f=2", "3×3×4", "maxpool:f=2 flatten dense:k=10,a=softmax"),
    ("28x28x1 flatten dense:k=10,a=softmax", "28×28×1", "flatten dense:k=10,a=softmax"),
    ("8x8x1 flatten dense:k=32,a=relu", "32 units", "dense:k=32,a=relu dense:k=10,a=softmax"),
]


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_network_that_cannot_learn_is_refused_and_a_corrects_it(
    size: tuple[int, int],
) -> None:
    async with opened(size, watch_runs=False) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training")
        for line, why, end in WRONG_NETWORKS:
            await with_network(app, pilot, line)
            await until_seen(pilot, why, "#why")
            assert "✗ a: Change" in region_text(app, "#train-message")
            # All of it is on screen.
            for panel in ("#train-left", "#train-right"):
                assert app.screen.query_one(panel).max_scroll_y == 0, line
            for key in ("ctrl+s", "ctrl+n"):
                await pilot.press(key)
                await until_toast(pilot, "A value cannot be used; see what is marked ✗.")
                app.clear_notifications()
            assert runs() == []
            await pilot.press("a")
            await until_seen(pilot, "ctrl+s now", "#train-message")
            assert not app.screen.query_one("#why").display
            assert app.network is not None and format_network(app.network).endswith(end)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "● running", "#head")
        assert app.network is not None
        assert runs()[0].run.spec().network == format_network(app.network)
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


async def test_the_network_of_an_old_run_is_corrected_when_it_is_trained_again(
    looked_into: RunFolder,
) -> None:
    run = looked_into
    spec = msgspec.structs.replace(run.spec(), network=LINEAR)
    (run.path / "spec.json").write_bytes(msgspec.json.encode(spec))
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓ finished")
        await pilot.press("a")
        await until_seen(pilot, "↕ as before")
        await until_seen(pilot, "A softmax is missing", "#why")
        app.screen.query_one("#model").focus()
        await pilot.press("a", "ctrl+s")
        await until_seen(pilot, "● running", "#head")
        (newest,) = [one for one in runs() if one.run.path != run.path]
        assert newest.run.spec().network == f"{LINEAR},a=softmax"
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("key", ["ctrl+s", "ctrl+n"])
async def test_an_odd_learning_rate_is_questioned_before_the_start(key: str) -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "rate", "30")
        await until_seen(pilot, "? Choose 0.001, or at most 0.1.", "#train-message")
        await until_seen(pilot, "30,000 times the usual 0.001 of rmsprop", "#why")
        await pilot.press(key)
        await until_seen(pilot, "Start anyway?")
        await pilot.press("n")
        await until_seen(pilot, "? Choose 0.001", "#train-message")
        assert runs() == []
        await pilot.press(key)
        await until_seen(pilot, "Start anyway?")
        await pilot.press("y")
        await until(pilot, lambda: len(runs()) == 1)
        assert runs()[0].run.spec().learning_rate == 30
        await until(pilot, lambda: runs()[0].run.alive())
        await put_go(runs())
        await until(pilot, lambda: runs()[0].state == "finished")


@pytest.mark.usefixtures("digits")
async def test_what_is_merely_odd_is_said_and_starts_at_once() -> None:
    async with train() as (app, pilot):
        await with_network(app, pilot, "8x8x1 flatten dense:k=10,a=sigmoid")
        await until_seen(pilot, "! The network ends in sigmoid", "#why")
        assert "! a: Change dense:k=10,a=sigmoid" in region_text(app, "#train-message")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "● running", "#head")
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
async def test_pixels_that_are_rescaled_twice_are_asked_about_and_a_corrects_them() -> None:
    async with train() as (app, pilot):
        end = "conv:k=4,f=3,a=relu flatten dense:k=10,a=softmax"
        await with_network(app, pilot, f"8x8x1 rescaling:scale=1/255 {end}")
        await until_seen(pilot, "what reaches conv2d is between 0 and 0.00392", "#why")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Start anyway?")
        assert runs() == []
        await pilot.press("escape", "a")
        await until(pilot, lambda: not app.screen.query_one("#why").display)
        assert app.network is not None and format_network(app.network) == f"8x8x1 {end}"


async def started(pilot: Pilot[None], key: str = "ctrl+s") -> None:
    """Start, and wait for the run's screen with a curve on it."""
    await pilot.press(key)
    await until_seen(pilot, "● running", "#head")
    await until_seen(pilot, "epoch 4/10", "#progress")


def drawn(app: CnnTuiApp, chart: str = "#accuracy-chart") -> int:
    """Return how many cells of a chart hold dots of a line."""
    text = region_text(app, chart, words=False)
    return sum(1 for sign in text if "\N{BRAILLE PATTERN DOTS-1}" <= sign <= "\u28ff")


@pytest.mark.usefixtures("digits")
async def test_start_opens_the_run_its_curve_grows_and_it_ends_in_a_sentence() -> None:
    async with train(watch_runs=True) as (app, pilot):
        await put(app, pilot, "epochs", "10")
        await put(app, pilot, "rule", "val_loss < 0.01")
        await put(app, pilot, "seed", "7")
        await started(pilot)
        spec = runs()[0].run.spec()
        assert (spec.name, spec.epochs, spec.seed) == ("digits · digits", 10, 7)
        assert spec.stop_rule == StopRule("val_loss", "<", 0.01)
        await until(pilot, lambda: drawn(app) > 5)
        before = region_text(app, "#accuracy-chart", words=False)
        assert before.count("●") + before.count("▲") >= 3
        assert "stops when val_loss < 0.01" in screen_text(app)
        assert "step 24/48" in region_text(app, "#progress")
        (runs()[0].run.path / "go").touch()
        number, value = best(10)
        await until_seen(pilot, "✓ finished", "#head")
        words = " ".join(screen_text(app).split())
        assert f"All 10 epochs are done; best val_accuracy {value:.4f} (epoch {number})." in words
        assert f"best {value:.4f} (epoch {number})" in region_text(app, "#values")
        await until(pilot, lambda: region_text(app, "#accuracy-chart").count("●") >= 9)
        await until_seen(pilot, "nothing is training", "StatusLine")


@pytest.mark.usefixtures("digits")
async def test_t_on_home_trains_on_the_digits_at_once() -> None:
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        await started(pilot, "t")
        spec = runs()[0].run.spec()
        assert (spec.name, spec.epochs) == ("digits · digits", 10)
        await pilot.press("escape")
        await until_seen(pilot, "● running")
        assert app.current_mode == "runs"


@pytest.mark.usefixtures("digits")
async def test_s_stops_the_training_and_keeps_what_it_has() -> None:
    async with train() as (app, pilot):
        await started(pilot)
        await pilot.press("s")
        await until_seen(pilot, "■ stopped", "#head")
        assert "Stopped in epoch 4 as you asked; final.keras is saved." in screen_text(app)
        await until(pilot, lambda: "s Stop" not in screen_text(app))


@pytest.mark.usefixtures("digits")
async def test_a_second_s_asks_and_y_kills_a_trainer_that_does_not_listen() -> None:
    async with train() as (app, pilot):
        await started(pilot)
        run = runs()[0].run
        (run.path / "deaf").touch()
        await pilot.press("s")
        await until(pilot, lambda: ControlReader(run.control).read().want == "stop")
        await until_seen(pilot, "stop: asked; s again kills it at once", "#messages")
        assert run.alive()
        await pilot.press("s")
        await until_seen(pilot, "Kill the trainer now?")
        await pilot.press("enter")  # alone decides nothing
        await pilot.pause(0.05)
        assert run.alive()
        await pilot.press("y")
        await until_seen(pilot, "✗ died", "#head")
        assert not run.alive()
        assert "The trainer died at epoch 4" in " ".join(screen_text(app).split())


@pytest.mark.usefixtures("digits")
async def test_a_training_goes_on_when_the_app_is_quit_and_is_found_again() -> None:
    async with train() as (_, pilot):
        await started(pilot)
        run = runs()[0].run
    assert run.alive()
    async with opened(SIZE) as (_, pilot):
        await until_seen(pilot, "● digits · digits ep 3/15", "#home-runs")
        (run.path / "go").touch()
        await pilot.press("5", "enter")
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
async def test_a_trainer_that_says_nothing_is_soon_said_to_have_died(
    replayed_trainer: Path,
) -> None:
    lines = list(script())
    write_script(replayed_trainer, [*lines[:6], b"{"])  # the replay breaks on a broken line
    async with train() as (app, pilot):
        await pilot.press("ctrl+s")
        await until_seen(pilot, "✗ died", "#head")
        await pilot.press("v")
        await until_seen(pilot, "AssertionError", ".reading")
        assert "Traceback" in screen_text(app)


@pytest.mark.usefixtures("digits")
async def test_a_trainer_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_COMMAND", ["/nowhere/python"])
    async with train() as (app, pilot):
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Cannot start a trainer for")
        assert app.current_mode == "train"


@pytest.mark.usefixtures("digits")
async def test_a_state_folder_that_takes_no_run_is_told(tmp_path: Path) -> None:
    async with train() as (app, pilot):
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Not started")
        assert app.current_mode == "train" and app.is_running


async def test_the_waiting_trainer_is_sent_away_with_the_app() -> None:
    async with train(taken=False) as (app, _):
        waiting = app.launcher._ready
        assert waiting is not None and waiting.poll() is None
    waiting.wait(timeout=20)


@pytest.mark.usefixtures("digits")
async def test_every_field_reaches_the_run() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "epochs", "10")
        await put(app, pilot, "patience", "4")
        await put(app, pilot, "share", "25")
        await put(app, pilot, "title", "quarter")
        await put(app, pilot, "note", "is a quarter enough?")
        app.screen.query_one("#rate").focus()
        await pilot.press("up", "up")
        assert app.screen.query_one("#rate", Input).value == "0.01"
        await pilot.press("ctrl+u", *"0.0025")
        app.screen.query_one("#optimizer").focus()
        await pilot.press("down")
        await until_seen(pilot, "↕ adam")
        app.screen.query_one("#loader").focus()
        await pilot.press("down", "ctrl+s")
        await until_seen(pilot, "● running", "#head")
        [summary] = runs()
        spec = summary.run.spec()
        assert (spec.name, summary.note) == ("quarter", "is a quarter enough?")
        assert (spec.learning_rate, spec.optimizer, spec.loader) == (0.0025, "adam", "keras")
        assert (spec.patience, spec.share) == (4, 0.25)
        (summary.run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
async def test_each_field_says_what_it_means_and_all_of_it_is_seen_at_80_columns() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training, 355 validation")
        for field, hint in HINTS.items():
            app.screen.query_one(f"#{field}").focus()
            await until_seen(pilot, hint, "#train-message")
            assert "ctrl+s now" in region_text(app, "#train-message")
            row = app.screen.query_one(f"#{field}").parent
            assert isinstance(row, FieldRow)
            assert row.unit in region_text(app, row)
        assert app.screen.query_one("#train-left").max_scroll_y == 0
        await put(app, pilot, "rule", "val_accuracy > 0.995")
        row = app.screen.query_one("#rule").parent
        assert isinstance(row, FieldRow)
        assert "val_accuracy > 0.995" in region_text(app, row)


@pytest.mark.usefixtures("digits")
async def test_a_name_that_is_taken_gets_the_next_number(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    async with train() as (app, pilot):
        assert "digits · digits 2" in region_text(app, "#title")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "digits · digits 2", "#head")
        assert {one.title for one in runs()} == {"digits · digits", "digits · digits 2"}
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


async def put_go(found: list[RunSummary]) -> None:
    """Let every replay that waits go on."""
    for one in found:
        (one.run.path / "go").touch()


@pytest.mark.usefixtures("digits")
async def test_queued_runs_follow_each_other_and_the_form_stays() -> None:
    async with train(watch_runs=True) as (app, pilot):
        await pilot.press("ctrl+n")
        await until_toast(pilot, "digits · digits waits in the queue")
        assert app.current_mode == "train"
        await until_seen(pilot, "digits · digits 2", "#title")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 2)
        second, first = runs()
        if second.title == "digits · digits":  # made within one second
            first, second = second, first
        await until(pilot, lambda: first.run.alive())
        await until_seen(pilot, "ctrl+n after 2 others", "#train-message")
        app.clear_notifications()  # they cover the status line's end
        await until_seen(pilot, "● digits · digits ep 3/15", "StatusLine")
        assert second.run.state(None) == "queued"
        await put_go(runs())
        await until(pilot, lambda: {one.state for one in runs()} == {"finished"})
        await until_seen(pilot, "ctrl+n into the queue", "#train-message")


@pytest.mark.usefixtures("digits")
async def test_the_queue_goes_on_without_the_app() -> None:
    async with train() as (_, pilot):
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 1 and runs()[0].run.alive())
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 2)
    await put_go(runs())
    end = time.monotonic() + PATIENCE
    while {one.state for one in runs()} != {"finished"}:
        assert time.monotonic() < end, runs()
        await asyncio.sleep(0.1)


async def test_runs_that_wait_since_before_a_reboot_start_when_the_app_is_opened(
    recorder: Recorder,
) -> None:
    run = recorder.queued()
    (run.path / "go").touch()
    async with opened(SIZE, watch_runs=True) as (_, pilot):
        await until_seen(pilot, "✓ queued digits", "#home-runs")


@pytest.mark.usefixtures("digits")
async def test_what_was_said_about_a_screen_does_not_cover_the_next_one() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("4")
        await until_seen(pilot, "No images chosen yet")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Choose images first")
        assert "Choose images first" in toasts(app)
        await pilot.press("5")
        await until_seen(pilot, "No training yet")
        assert toasts(app) == ""
