"""The queue in the list of runs and on a run's screen: moved, left, entered to go on later."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input

from tests.areas.runs.on_runs import SIZE, list_of_runs
from tests.support.recording import Recorder, control, spec
from tests.support.seeing import opened, region_text, until, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.runs.queue.resume import queue_run
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_folder import RunFolder


def resumable(run: RunFolder) -> RunFolder:
    """Give a recorded run a checkpoint, as its trainer had left one."""
    path = checkpoint_path(run, 3)
    path.parent.mkdir(exist_ok=True)
    path.touch()
    return run


def places(app: CnnTuiApp) -> str:
    """Return the names of the runs that wait as the list shows them, in their order."""
    found = {}
    for row in region_text(app, "#runs", words=False).split("\n"):
        sign, _, rest = row.strip().partition(" ")
        words = rest.replace("to resume", "queued").split()
        if sign == "…":
            found[words[1]] = words[2]
    return " ".join(name for _, name in sorted(found.items()))


async def open_named(pilot: Pilot[None], title: str) -> None:
    """Open a run from the list by its name."""
    app = pilot.app
    assert isinstance(app, CnnTuiApp)
    table = app.screen.query_one("#runs", DataTable)
    table.move_cursor(row=[one.title for one in app.runs].index(title))
    await pilot.press("enter")
    await until(pilot, lambda: bool(app.screen.query("#head")))


def named(recorder: Recorder, *names: str) -> None:
    """Make runs of these names, beside one that is at work; they wait in this order."""
    recorder.live(hour=1)
    for number, name in enumerate(names):
        recorder.queued(spec(name), hour=20 - number)


async def test_a_waiting_run_is_moved_by_key_and_the_list_shows_its_place(
    recorder: Recorder,
) -> None:
    named(recorder, "one", "two", "three")
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        assert places(app) == "one two three"
        await pilot.press("down", "less_than_sign")
        await until(pilot, lambda: places(app) == "two one three")
        assert "two · small … queued, the 1st to start" in region_text(app, "#run-details")
        await pilot.press("greater_than_sign", "full_stop")
        await until(pilot, lambda: places(app) == "one three two")
        assert "two · small … queued, the 3rd to start" in region_text(app, "#run-details")
        await pilot.press("comma", "comma", "comma", "comma")
        await until(pilot, lambda: places(app) == "two one three")
    async with opened(SIZE) as (app, pilot):  # the order lies on the disk
        await list_of_runs(pilot)
        assert places(app) == "two one three"


async def test_what_does_not_wait_is_not_moved_and_says_so(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    recorder.live()
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("less_than_sign")
        await until_toast(pilot, "is no longer waiting: it has been started")
        await pilot.press("down", "u")
        await until_toast(pilot, "does not wait in the queue")


async def test_two_apps_show_one_order(recorder: Recorder) -> None:
    named(recorder, "one", "two")
    async with opened(SIZE) as (app, pilot), opened(SIZE) as (other, other_pilot):
        await list_of_runs(pilot)
        await list_of_runs(other_pilot)
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: places(app) == "two one")
        await other.look_at_runs()
        await until(other_pilot, lambda: places(other) == "two one")


async def test_a_run_that_never_began_is_set_aside_and_put_back(recorder: Recorder) -> None:
    named(recorder, "one", "two")
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("u")
        await until_seen(pilot, "□ set aside one · small", "#runs")
        assert places(app) == "two"
        await until_seen(pilot, "r starts it, now or after the others", "#run-details")
        await pilot.press("r")
        await until_seen(pilot, "live digits · small is being trained, 1 run waits")
        await pilot.press("escape")
        await until_seen(pilot, "□ set aside", "#runs")
        await pilot.press("r", "a")
        await until(pilot, lambda: places(app) == "two one")
        await until_toast(pilot, "In the queue, the 2nd to start.")


async def test_an_ended_run_waits_to_go_on_and_leaves_the_queue_as_it_was(
    recorder: Recorder,
) -> None:
    died = resumable(recorder.died())
    recorder.live()
    async with opened((120, 30)) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "r")
        await until_seen(pilot, "live digits · small is being trained. When should")
        await pilot.press("a")
        await until_seen(pilot, "… to resume 1st died digits · small", "#runs")
        assert "3/10 val 0.8656 ep 3" in region_text(pilot.app, "#runs")
        await until_seen(pilot, "… queued 1st, resumes after epoch 3", "#run-details")
        pilot.app.clear_notifications()  # they cover the status line
        await until_seen(pilot, "1 queued", "StatusLine")
        assert not died.starting.exists() and not died.alive()
        await pilot.press("d")
        await until_seen(pilot, "Delete this run for good, with its curves and models")
        await pilot.press("n", "u")
        await until_seen(pilot, "✗ died at epoch 4", "#runs")
        assert not died.queue_mark.exists()


async def test_now_beside_the_others_is_a_choice_too(recorder: Recorder) -> None:
    run = resumable(recorder.stopped())
    recorder.live()
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "r")
        await until_seen(pilot, "n now, beside them")
        await pilot.press("n")
        await until_seen(pilot, "● running", "#head")
        (run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")


async def test_a_finished_run_waits_on_its_own_screen_with_its_curve_and_more_epochs(
    recorder: Recorder,
) -> None:
    run = resumable(recorder.finished(epochs=3))
    recorder.live()
    async with opened((100, 34)) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("r")
        await until_seen(pilot, "Resume after epoch 3")
        await pilot.press("enter")
        await until_seen(pilot, "n now, beside them")
        await pilot.press("a")
        await until_seen(pilot, "… queued to resume", "#head")
        await until_seen(
            pilot, "… resumes after epoch 3, the 1st to start; r now, u out of", "#progress"
        )
        assert "▲" in region_text(app, "#accuracy-chart")
        assert "epoch 3: accuracy 0.8856" in region_text(app, "#values")
        assert "✓ All 3 epochs are done" in region_text(app, "#messages")
        footer = region_text(app, "Footer")
        assert "Resume" in footer and "Pause" not in footer and "Stop rule" in footer
        assert control(run).epochs is None
        await pilot.press("u")
        await until_seen(pilot, "✓ finished", "#head")
        assert not run.queue_mark.exists() and not run.control.exists()


async def test_what_a_waiting_run_starts_with_is_changed_where_it_waits(
    recorder: Recorder,
) -> None:
    run = resumable(recorder.finished(epochs=3))
    queue_run(run, epochs=8)
    named(recorder, "one")
    before = run.queued()
    async with opened((80, 24)) as (app, pilot):
        await list_of_runs(pilot)
        await open_named(pilot, "digits · small")
        await until_seen(
            pilot,
            "starts with 8 epochs in all, learning rate 0.001; e and l change that",
            "#messages",
        )
        await pilot.press("e")
        await until_seen(pilot, "8", "#ask-0")
        app.screen.query_one("#ask-0", Input).value = "3"
        await until_seen(pilot, "Choose more than 3.", "#asking-verdict")
        app.screen.query_one("#ask-0", Input).value = "12"
        await until_seen(pilot, "9 more epochs.", "#asking-verdict")
        await pilot.press("enter")
        await until_seen(pilot, "starts with 12 epochs in all", "#messages")
        await pilot.press("l")
        await until_seen(pilot, "0.001", "#ask-0")
        app.screen.query_one("#ask-0", Input).value = "0.0003"
        await until_seen(pilot, "0.3 times the present 0.001; from its start on.")
        await pilot.press("enter")
        await until_seen(pilot, "12 epochs in all, learning rate 0.0003", "#messages")
        assert not run.control.exists(), "nothing is requested before it starts"
        mark = run.queued()
        assert mark is not None and before is not None
        assert (mark.epochs, mark.learning_rate) == (12, 0.0003)
        assert (mark.at, mark.events_bytes) == (before.at, before.events_bytes), (
            "its place is what it was"
        )
        await pilot.press("5")
        await open_named(pilot, "one · small")
        await until_seen(pilot, "starts with 10 epochs in all, learning rate 0.001", "#messages")
        await pilot.press("e")
        await until_seen(pilot, "10 in all.", "#asking-verdict")
        app.screen.query_one("#ask-0", Input).value = "7"
        await pilot.press("enter")
        await until_seen(pilot, "starts with 7 epochs in all", "#messages")


async def test_what_waits_on_its_screen_goes_on_there_by_itself(recorder: Recorder) -> None:
    run = resumable(recorder.stopped())
    recorder.live()
    async with opened(SIZE, watch_runs=True) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "enter")
        await until_seen(pilot, "■ stopped", "#head")
        await pilot.press("r")
        await until_seen(pilot, "n now, beside them")
        await pilot.press("a")
        await until_seen(pilot, "… queued to resume", "#head")
        recorder.let_go()  # what is at work ends
        await until_seen(pilot, "● running", "#head")
        (run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")
        assert control(run).want == "run"


async def test_a_waiting_run_obeys_no_keys_of_a_trainer(recorder: Recorder) -> None:
    named(recorder, "one")
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "… waits for the other runs, the 1st to start", "#progress")
        run = pilot.app.runs[0].run  # type: ignore[attr-defined]
        await pilot.press("s", "space", "S")
        await pilot.pause()
        assert not run.control.exists(), "a request to stop would end it before its first batch"
        await pilot.press("u")
        await until_seen(pilot, "□ taken out of the queue before it started", "#progress")


@pytest.mark.parametrize("hour", [1, 20])
async def test_without_others_nothing_is_asked(recorder: Recorder, hour: int) -> None:
    run = resumable(recorder.died(hour=hour))
    recorder.finished(epochs=2, hour=10)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press(*(["down"] if hour == 1 else []), "r")
        await until_seen(pilot, "● running", "#head")
        (run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")
