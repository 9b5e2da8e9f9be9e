"""The list of runs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.app.recording import (
    MOMENT,
    Recorder,
    append,
    began,
    epoch_ended,
    finished,
    spec,
    whole_epochs,
)
from tests.app.seeing import (
    opened,
    region_text,
    screen_text,
    strips,
    until,
    until_seen,
    until_toast,
)
from tui.app import CnnTuiApp
from tui.stop_rule import StopRule
from tui.training.control import change_control
from tui.training.labels import Label, read_label, write_label
from tui.training.run_list import RunList
from tui.training.runs import create_run
from tui.widgets.run_table import widths

SIZE = (110, 30)


async def list_of_runs(pilot: Pilot[None]) -> DataTable[object]:
    """Go to the list and wait until it is filled."""
    await pilot.press("5")
    await until(pilot, lambda: bool(pilot.app.screen.query("#runs")))
    table = pilot.app.screen.query_one("#runs", DataTable)
    await until(pilot, lambda: table.row_count == len(pilot.app.runs))  # type: ignore[attr-defined]
    await pilot.pause()
    return table


async def test_each_state_has_its_sign_and_its_word(recorder: Recorder) -> None:
    recorder.finished()
    recorder.stopped()
    recorder.failed()
    recorder.died()
    recorder.live()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        rows = [" ".join(row.split()) for row in region_text(app, "#runs", words=False).split("\n")]
        assert rows[0] == "state name special epochs best day"
        assert rows[1:6] == [
            "● running live digits · digits 3/10 val .865 11-22",
            "✗ died ep 4 died digits · digits 3/10 val .865 11-22",
            "✗ failed failed digits · digits 0/10 11-22",
            "■ stopped stopped digits · digits 3/10 val .865 11-22",
            "✓ finished digits · digits 10/10 val .967 11-22",
        ]


async def test_a_wide_terminal_shows_more_of_each_run(recorder: Recorder) -> None:
    recorder.died()
    recorder.make(
        [*began(), *whole_epochs(1, 10, 10), *finished(10)],
        msgspec.structs.replace(spec("cats"), share=0.1, learning_rate=0.01, optimizer="adam"),
    )
    async with opened((120, 40)) as (app, pilot):
        await list_of_runs(pilot)
        rows = [" ".join(row.split()) for row in region_text(app, "#runs", words=False).split("\n")]
        best = "val 0.9671 ep 8 26-11-22 02:12"
        assert rows[:3] == [
            "state name what is special epochs best started",
            f"✓ finished cats · digits 1/10 data, adam, lr 0.01 10/10 {best}",
            "✗ died at epoch 4 died digits · digits 3/10 val 0.8656 ep 3 26-11-22 01:12",
        ]
        await pilot.resize_terminal(80, 24)
        await until_seen(pilot, "✗ died ep 4", "#runs")
        assert all(len(row) <= 80 for row in screen_text(app).split("\n"))


async def test_without_runs_it_says_how_to_get_one() -> None:
    async with opened(SIZE) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "No training yet. 3 chooses images, 4 trains on them;")
        await pilot.press("enter")
        assert "No training yet" in screen_text(app)


async def test_enter_opens_the_run_under_the_cursor_and_escape_leads_back(
    recorder: Recorder,
) -> None:
    recorder.died()
    recorder.finished()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "enter")
        await until_seen(pilot, "died digits", "#head")
        await pilot.press("escape")
        await until_seen(pilot, "epochs", "#runs")
        await pilot.press("up", "enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("1", "5")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("escape", "escape")
        await until_seen(pilot, "Continue")
        assert app.current_mode == "home"


async def test_the_cursor_stays_on_its_run_when_a_new_one_appears(recorder: Recorder) -> None:
    recorder.died()
    recorder.stopped()
    recorder.finished()
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("down")
        assert app.runs[table.cursor_row].title.startswith("stopped")
        recorder.failed()
        await until_seen(pilot, "✗ failed", "#runs")
        assert app.runs[table.cursor_row].title.startswith("stopped")
        await pilot.press("enter")
        await until_seen(pilot, "■ stopped", "#head")


async def test_a_live_run_counts_up_in_the_list_and_dies_there(recorder: Recorder) -> None:
    run = recorder.live()
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "● running", "#runs")
        append(run, epoch_ended(4, 10))
        await until_seen(pilot, "4/10", "#runs")
        recorder.let_go()
        await until_seen(pilot, "✗ died ep 5", "#runs")
        assert "running" not in region_text(app, "#runs")


async def test_a_run_that_was_deleted_leaves_the_list(recorder: Recorder) -> None:
    gone = recorder.died()
    recorder.finished()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        gone.path.rename(gone.path.with_name(".gone"))
        await app.look_at_runs()
        await until(pilot, lambda: "died" not in region_text(app, "#runs"))
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")


async def test_hostile_names_are_harmless(recorder: Recorder) -> None:
    recorder.hostile()
    async with opened(SIZE) as (app, pilot):
        assert "[/] [@click=app.qui" in region_text(app, "#home-runs")
        await list_of_runs(pilot)
        await until_seen(pilot, "[/] [@click=app.quit]x[/] a␊b ␛", "#runs")
        for strip in strips(app):
            for segment in strip:
                assert all(ord(sign) >= 32 and sign != "\x7f" for sign in segment.text)
        await pilot.click("#runs", offset=(25, 1))
        await pilot.pause()
        assert app.is_running


async def test_damaged_folders_are_listed_or_passed_over_never_fatal(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    (run.path / "spec.json").write_text("{")
    other = recorder.torn()
    (other.path.parent / "no-run-at-all").mkdir()
    (other.path.parent / "a-file").write_text("x")
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        seen = region_text(app, "#runs")
        assert "✗ died ep 4 torn digits" in seen
        assert "✓ finished 2026-11-22T011200" in seen
        assert "no-run-at-all" not in seen and "a-file" not in seen


async def test_runs_of_one_name_are_told_apart_by_a_number(recorder: Recorder) -> None:
    for _ in range(3):
        recorder.finished(epochs=2)
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        rows = region_text(app, "#runs", words=False).split("\n")[1:4]
        assert [row[15:35].strip() for row in rows] == [
            "digits · digits (3)",
            "digits · digits (2)",
            "digits · digits",
        ]


@pytest.mark.parametrize("letters", ["画像分類", "cats and dogs "], ids=["wide", "narrow"])
async def test_a_long_name_is_cut_by_the_cells_it_takes(recorder: Recorder, letters: str) -> None:
    for hour in (1, 2):
        write_label(recorder.finished(hour=hour, epochs=2), name=letters * 5)
    async with opened((80, 24)) as (app, pilot):
        await list_of_runs(pilot)
        newer, older = region_text(app, "#runs", words=False).split("\n")[1:3]
        assert "… (2) " in newer and "(" not in older and "…" in older
        columns = [cell_len(row[: row.index("2/2")]) for row in (newer, older)]
        assert columns[0] == columns[1], "what stands behind it stays in its column"


async def test_the_run_under_the_cursor_is_told_of_below(recorder: Recorder) -> None:
    recorder.failed()
    noted = recorder.make(began(), msgspec.structs.replace(spec("pets"), patience=3, seed=7))
    write_label(noted, note="is [b]three[/b] enough?")
    async with opened((80, 24)) as (app, pilot):
        await list_of_runs(pilot)
        told = region_text(app, "#run-details")
        assert told == (
            "─" * 80 + " pets · digits ✗ died at epoch 1 26-11-22 02:12 "
            "digits: 8×8×1, 2 conv, 2 dense · batch 32 · rmsprop 0.001 · seed 7 · patience 3 "
            "“is [b]three[/b] enough?”"
        )
        await pilot.press("down")
        await until_seen(pilot, "✗ The GPU has no memory left for a batch of 32.", "#run-details")


async def test_what_was_changed_while_it_ran_is_told_below(recorder: Recorder) -> None:
    run = recorder.live()
    change_control(run.control, stop_rule=StopRule("val_loss", "<", 0.1), patience=5)
    async with opened((80, 24)) as (app, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "changed: until val_loss < 0.1, patience 5", "#run-details")
        change_control(run.control, learning_rate=0.0003, no_stop_rule=True, patience=0)
        await app.look_at_runs()
        await until_seen(pilot, "changed: lr 0.0003, no stop rule", "#run-details")
        rows = region_text(app, "#run-details", words=False).split("\n")[1:]
        assert all(row[:1] in ("", " ") for row in rows), "wrapped below its beginning"
        change_control(run.control, learning_rate=0.001, no_stop_rule=False, stop_rule=None)
        await app.look_at_runs()
        await until(pilot, lambda: "changed" not in region_text(app, "#run-details"))


async def test_typing_narrows_the_list_and_escape_shows_all(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    recorder.stopped()
    run = recorder.died()
    write_label(run, note="too large a step")
    async with opened(SIZE) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("slash", *"stop")
        await until(pilot, lambda: table.row_count == 1)
        assert "■ stopped" in region_text(app, "#runs")
        assert "Runs · 1 of 3" in region_text(app, "StatusLine")
        await pilot.press(*" died")
        await until_seen(pilot, "No run fits: escape shows all.")
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 3)
        # A word of a note finds a run too; enter leads into the list, enter again opens.
        await pilot.press("slash", *"large", "enter")
        await until(pilot, lambda: table.row_count == 1)
        await pilot.press("enter")
        await until_seen(pilot, "✗ died", "#head")
        await pilot.press("escape")
        await until_seen(pilot, "Runs · 1 of 3", "StatusLine")
        await pilot.press("escape")
        await until_seen(pilot, "Runs · 3", "StatusLine")


async def test_space_marks_up_to_six_in_their_order(recorder: Recorder) -> None:
    for _ in range(7):
        recorder.finished(epochs=2)
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("c")
        await until_toast(pilot, "Mark two to 6 runs with space first")
        await pilot.press("down", *["space"] * 6)
        rows = region_text(app, "#runs", words=False).split("\n")[1:8]
        assert [row[:2].strip() for row in rows] == ["", "1", "2", "3", "4", "5", "6"]
        assert "7 · 6 marked" in region_text(app, "StatusLine")
        await pilot.press("home", "space")
        await until_toast(pilot, "6 runs are marked")
        await pilot.press("down", "space")  # takes the first mark away
        rows = region_text(app, "#runs", words=False).split("\n")[1:8]
        assert [row[:2].strip() for row in rows] == ["", "", "1", "2", "3", "4", "5"]
        await pilot.press("escape")
        assert "marked" not in region_text(app, "StatusLine")
        assert app.current_mode == "runs"


async def test_a_name_and_a_note_are_kept_and_shown_everywhere(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("n")
        await until_seen(pilot, "Name and note")
        await pilot.press(*"first try", "enter", *"why [x]?", "enter")
        await until_seen(pilot, "first try", "#runs")
        await until_seen(pilot, "“why [x]?”", "#run-details")
        assert read_label(run) == Label("first try", "why [x]?")
        assert run.spec().name == "digits · digits"
        await pilot.press("n")
        await until_seen(pilot, "Name and note")
        await pilot.press("ctrl+u", *"other", "escape")  # leaves it as it was
        await pilot.pause()
        assert read_label(run).name == "first try"
        await pilot.press("escape")
        await until_seen(pilot, "✓ first try", "#home-runs")


async def test_delete_asks_with_name_and_size_and_spares_everything_else(
    recorder: Recorder, tmp_path: Path
) -> None:
    kept = recorder.finished(epochs=2)
    gone = recorder.died()
    outside = tmp_path / "images"
    outside.mkdir()
    (outside / "cat.png").write_bytes(b"x")
    (gone.path / "link").symlink_to(outside)
    (gone.path / "best.keras").write_bytes(b"x" * 2_500_000)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("d")
        await until_seen(pilot, "Delete this run for good")
        await until_seen(pilot, "2.51 MB")
        await until_seen(pilot, "died digits · digits, died at epoch 4")
        await pilot.press("enter", "n")
        await list_of_runs(pilot)
        assert gone.path.exists()
        await pilot.press("d")
        await until_seen(pilot, "Delete this run for good")
        await pilot.press("y")
        await until(pilot, lambda: len(pilot.app.runs) == 1)  # type: ignore[attr-defined]
        assert not gone.path.exists() and kept.path.exists()
        assert (outside / "cat.png").exists()


async def test_all_marked_runs_are_deleted_at_once(recorder: Recorder) -> None:
    runs = [recorder.finished(epochs=2) for _ in range(3)]
    async with opened(SIZE) as (_, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("space", "space", "d")
        await until_seen(pilot, "Delete these 2 runs for good")
        await pilot.press("y")
        await until(pilot, lambda: table.row_count == 1)
        assert [run.path.exists() for run in runs] == [True, False, False]


async def test_a_run_at_work_is_not_deleted(recorder: Recorder) -> None:
    run = recorder.live()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("d")
        await until_toast(pilot, "is being trained: stop it first")
        assert len(app.screen_stack) == 1 and run.path.exists()


async def test_waiting_runs_tell_their_place_and_leave_the_queue_when_deleted(
    recorder: Recorder,
) -> None:
    recorder.live()
    first = recorder.queued(hour=20)
    recorder.queued(hour=10)
    async with opened((80, 24)) as (app, pilot):
        table = await list_of_runs(pilot)
        shown = region_text(app, "#runs")
        assert "… queued 1st queued digits" in shown and "… queued 2nd queued digits" in shown
        assert "… queued, the 1st to start" in region_text(app, "#run-details")
        await pilot.press("d")
        await until_seen(pilot, "Take this run out of the queue and delete it?")
        await pilot.press("y")
        await until(pilot, lambda: table.row_count == 2)
        assert not first.path.exists()
        await until_seen(pilot, "… queued 1st", "#runs")
        recorder.let_go()  # what is at work ends: the queue goes on, and is not held up
        await until_none_waits(pilot, app)


async def until_none_waits(pilot: Pilot[None], app: CnnTuiApp) -> None:
    """Wait until no run waits any more."""

    async def look() -> bool:
        await app.look_at_runs()
        return not any(one.state == "queued" for one in app.runs)

    for _ in range(600):
        if await look():
            return
        await pilot.pause(0.1)
    raise AssertionError(screen_text(app))


@pytest.mark.usefixtures("digits")
async def test_another_run_begins_with_the_settings_of_an_earlier_one(
    recorder: Recorder, digits: Path
) -> None:
    data = msgspec.structs.replace(spec().data, directory=str(digits), batch_size=17)
    training = msgspec.structs.replace(
        spec("digits", epochs=9), data=data, share=0.125, learning_rate=0.002, optimizer="sgd"
    )
    recorder.make([*began(), *whole_epochs(1, 9, 9), *finished(9)], training)
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("a")
        await until_seen(pilot, "8×8×1, batch 17, categorical", "#train-data")
        assert app.current_mode == "train"
        assert "◂ sgd ▸" in region_text(app, "#optimizer")
        assert getattr(app.focused, "id", "") == "epochs"
        await pilot.press("up", "ctrl+n")
        await until(pilot, lambda: len(RunList().read()) == 2)
        new = RunList().read()[0].run.spec()
        assert new == msgspec.structs.replace(training, epochs=10, name="digits · digits 2")


async def test_settings_of_images_that_are_gone_are_told(recorder: Recorder) -> None:
    recorder.finished(epochs=2)  # its images lie in a folder that is not there
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("a")
        await until_toast(pilot, "/images/digits")
        assert app.current_mode == "runs"


async def test_a_damaged_run_can_be_named_and_deleted_but_not_repeated(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    (run.path / "spec.json").write_text("{")
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "what it trains cannot be read", "#run-details")
        await pilot.press("a")
        await until_toast(pilot, "is damaged")
        await pilot.press("d", "y")
        await until_seen(pilot, "No training yet")
        assert not run.path.exists()


async def test_two_hundred_runs_are_listed_and_narrowed(recorder: Recorder) -> None:
    for number in range(200):
        create_run(spec(f"try {number:03}"), now=MOMENT.replace(day=1 + number % 28))
    async with opened((80, 24)) as (app, pilot):
        table = await list_of_runs(pilot)
        assert table.row_count == 200
        await pilot.press("end")
        await until_seen(pilot, "11-01", "#runs")
        await pilot.press("slash", *"try 137")
        await until(pilot, lambda: table.row_count == 1)
        assert "try 137 · digits" in region_text(app, "#run-details")


async def test_r_takes_up_a_run_that_died(recorder: Recorder) -> None:
    run = recorder.make(began())
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        assert "✗ died" in region_text(pilot.app, "#runs")
        await pilot.press("r")
        await until_seen(pilot, "● running", "#head")
        (run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")


async def test_r_on_a_finished_run_leads_to_where_it_is_given_more_epochs(
    recorder: Recorder,
) -> None:
    recorder.finished(epochs=2)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("r")
        await until_seen(pilot, "✓ finished", "#head")
        await until_toast(pilot, "r goes on with it")
        await pilot.press("r")
        await until_seen(pilot, "Resume after epoch 2")


async def test_r_starts_a_waiting_run_out_of_its_turn(recorder: Recorder) -> None:
    recorder.live()
    first, second = recorder.queued(), recorder.queued()
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        assert "queued 2nd" in region_text(pilot.app, "#runs").split("queued 1st")[0]
        await pilot.press("r")
        await until_seen(pilot, "● running", "#head")
        assert second.alive() and first.state(None) == "queued"
        (second.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("escape", "down", "enter")
        await until_seen(pilot, "… waits for the other runs, the 1st to start; r now", "#progress")
        (first.path / "go").touch()
        recorder.let_go()
        await until_seen(pilot, "✓ finished", "#head")


async def test_marked_runs_are_compared(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    recorder.stopped()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("space", "c")
        await until(pilot, lambda: type(app.screen).__name__ == "CompareScreen")
        await until_seen(pilot, "stopped digits")
        await pilot.press("escape")
        await until_seen(pilot, "1 marked", "StatusLine")


@pytest.mark.parametrize("width", [80, 100, 117, 118, 120, 200], ids=str)
def test_the_columns_take_the_width_and_no_more(width: int) -> None:
    columns = widths(width)
    assert sum(columns.values()) == width - 2  # a scrollbar takes two
    assert columns["state"] > len("✗ died ep 14") and columns["name"] >= 25


@pytest.mark.usefixtures("digits")
async def test_a_network_of_ones_own_is_taken_over_as_it_was(
    recorder: Recorder, digits: Path
) -> None:
    data = msgspec.structs.replace(spec().data, directory=str(digits))
    own = "8x8x1 flatten dense:k=10,a=softmax"
    recorder.make(began(), msgspec.structs.replace(spec(), data=data, network=own))
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("a")
        await until_seen(pilot, "◂ as before ▸", "#model")
        await until_seen(pilot, "650", "#network")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(RunList().read()) == 2)
        assert RunList().read()[0].run.spec().network == own
