"""The list of runs: what it tells of each, and that it keeps up with them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from rich.cells import cell_len

from tests.areas.runs.on_runs import SIZE, list_of_runs
from tests.support.recording import (
    Recorder,
    append,
    began,
    epoch_ended,
    finished,
    spec,
    whole_epochs,
)
from tests.support.seeing import opened, region_text, screen_text, strips, until, until_seen
from tui.areas.runs.run_list.run_cells import state_words, widths
from tui.common.stop_rule import StopRule
from tui.runs.control.control_file import change_control
from tui.runs.store.run_label import write_label
from tui.runs.store.run_summary import summarise


async def test_each_state_has_its_sign_and_its_word(recorder: Recorder) -> None:
    recorder.finished()
    recorder.stopped()
    recorder.failed()
    recorder.died()
    recorder.live()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        rows = [" ".join(row.split()) for row in region_text(app, "#runs", words=False).split("\n")]
        assert rows[0] == "state name settings epochs best day"
        assert rows[1:6] == [
            "● running live digits · small 3/10 val 0.8656 11-22",
            "✗ died ep 4 died digits · small 3/10 val 0.8656 11-22",
            "✗ failed failed digits · small 0/10 11-22",
            "■ stopped stopped digits · small 3/10 val 0.8656 11-22",
            "✓ finished digits · small 10/10 val 0.9671 11-22",
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
        best = "val 0.9671 ep 8 2026-11-22 02:12"
        assert rows[:3] == [
            "state name settings epochs best started",
            f"✓ finished cats · small 1/10 data, adam, lr 0.01 10/10 {best}",
            "✗ died at epoch 4 died digits · small 3/10 val 0.8656 ep 3 2026-11-22 01:12",
        ]
        await pilot.resize_terminal(80, 24)
        await until_seen(pilot, "✗ died ep 4", "#runs")
        assert all(len(row) <= 80 for row in screen_text(app).split("\n"))


@pytest.mark.parametrize("width", [80, 100, 117, 118, 120, 200], ids=str)
def test_the_columns_take_the_width_and_no_more(width: int) -> None:
    columns = widths(width)
    assert sum(columns.values()) == width - 2  # a scrollbar takes two
    assert columns["state"] > len("✗ died ep 14") and columns["name"] >= 25


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
        await until_seen(pilot, "ctrl+q quits")
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
        assert "[/] [@click=app.qui" in region_text(app, "#home-list")
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
            "digits · small ·3",
            "digits · small ·2",
            "digits · small ·1",
        ]


@pytest.mark.parametrize("letters", ["画像分類", "cats and dogs "], ids=["wide", "narrow"])
async def test_a_long_name_is_cut_by_the_cells_it_takes(recorder: Recorder, letters: str) -> None:
    for hour in (1, 2):
        write_label(recorder.finished(hour=hour, epochs=2), name=letters * 5)
    async with opened((80, 24)) as (app, pilot):
        await list_of_runs(pilot)
        newer, older = region_text(app, "#runs", words=False).split("\n")[1:3]
        assert "… ·2 " in newer and "… ·1 " in older
        columns = [cell_len(row[: row.index("2/2")]) for row in (newer, older)]
        assert columns[0] == columns[1], "what stands behind it stays in its column"


async def test_the_run_under_the_cursor_is_reported_below(recorder: Recorder) -> None:
    recorder.failed()
    noted = recorder.make(began(), msgspec.structs.replace(spec("pets"), patience=3, seed=7))
    write_label(noted, note="is [b]three[/b] enough?")
    async with opened((80, 24)) as (app, pilot):
        await list_of_runs(pilot)
        told = region_text(app, "#run-details")
        assert told == (
            "─" * 80 + " pets · small ✗ died at epoch 1 2026-11-22 02:12 "
            "digits: 8×8×1, 2 conv, 2 dense · batch 32 · rmsprop 0.001 · seed 7 · patience 3 "
            "“is [b]three[/b] enough?”"
        )
        await pilot.press("down")
        await until_seen(pilot, "✗ The GPU has no memory left for a batch of 32.", "#run-details")


async def test_what_was_changed_while_it_ran_is_reported_below(recorder: Recorder) -> None:
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


@pytest.mark.parametrize(
    ("epoch", "width", "shown"),
    [
        (72, 18, "✗ died at epoch 72"),
        (72, 17, "✗ died ep 72"),
        (2000, 17, "✗ died ep 2000"),
        (2000, 12, "✗ died 2000"),
        (99999, 12, "✗ died 99999"),
    ],
)
def test_the_epoch_at_which_a_run_died_is_whole_in_its_column(
    recorder: Recorder, epoch: int, width: int, shown: str
) -> None:
    run = recorder.finished(epochs=2)
    summary = replace(summarise(run), state="died", epochs_done=epoch - 1, epochs=epoch)
    assert state_words(summary, 0, width) == shown


async def test_without_a_run_the_footer_offers_no_key_that_needs_one(recorder: Recorder) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "No training yet")
        await until_seen(pilot, "esc Home", "Footer")
        for label in ("⏎ Open", "Mark", "Compare", "Delete", "Sort", "Columns"):
            assert label not in region_text(app, "Footer"), label
        recorder.finished(epochs=2)
        await app.look_at_runs()
        await until_seen(pilot, "Open", "Footer")
        assert "Delete" in region_text(app, "Footer")
