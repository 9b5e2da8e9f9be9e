"""The list of runs filtered, sorted, grouped, and with columns of one's own."""

from __future__ import annotations

import msgspec
import pytest

from tests.areas.runs.on_runs import list_of_runs
from tests.support.recording import Recorder, began, finished, spec, whole_epochs
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.common.preferences import read_preference, write_preference
from tui.runs.store.run_folder import RunFolder

SIZE = (80, 24)


def make(recorder: Recorder, **settings: object) -> RunFolder:
    training = msgspec.structs.replace(spec(epochs=4), **settings)
    return recorder.make([*began(), *whole_epochs(1, 4, 4), *finished(4)], training)


@pytest.fixture
def five(recorder: Recorder) -> Recorder:
    """Return a recorder that has recorded runs with different settings."""
    for number, (optimizer, rate) in enumerate(
        [("adam", 0.001), ("adam", 0.01), ("sgd", 0.001), ("sgd", 0.05), ("rmsprop", 0.0066667078)]
    ):
        make(recorder, name=f"try {number}", optimizer=optimizer, learning_rate=rate, seed=number)
    return recorder


def rows(app: CnnTuiApp) -> list[str]:
    shown = region_text(app, "#runs", words=False).split("\n")[1:]
    return [row.rstrip() for row in shown if row.strip()]


async def test_a_filter_by_settings_narrows_the_list_as_it_is_typed(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("slash", *"lr>=0.01 opt=adam")
        await until(pilot, lambda: table.row_count == 1)
        assert "Runs · 1 of 5" in region_text(app, "StatusLine")
        assert "try 1" in rows(app)[0]
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 5)


async def test_a_wrong_filter_says_why_and_leaves_the_list(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("slash", *"lr>")
        await until_seen(pilot, "lr> needs a value, as in lr>=0.001.", "#filter-problem")
        assert table.row_count == 3, "those with the word lr, as before the sign"
        await pilot.press(*"0.001 val_los")
        await until_seen(pilot, "val_loss goes on with a sign and a value", "#filter-problem")
        assert table.row_count == 3
        await pilot.press(*"<1")
        await until_seen(pilot, "Did you mean val_loss", "#filter-problem")
        await pilot.press("backspace", "backspace", *"s<1")
        await until(pilot, lambda: table.row_count == 3)
        assert "Did you" not in screen_text(app)


async def test_a_word_that_is_a_metric_is_explained(five: Recorder) -> None:
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("slash", *"val_accuracy try")
        await until_seen(pilot, "To compare it write val_accuracy>0.9.", "#no-match")


async def test_a_name_is_completed(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("slash", *"lear")
        await until_seen(pilot, "learning_rate", "#run-filter")
        await pilot.press("right", *"<.005")
        await until(pilot, lambda: table.row_count == 2)
        assert "learning_rate<.005" in region_text(app, "#run-filter")


async def test_runs_are_sorted_and_the_same_key_turns_the_order(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("s", *"learning_r", "enter")
        await until_seen(pilot, "sorted by learning_rate ↑", "#view-line")
        assert [row.split()[3] for row in rows(app)] == ["2", "0", "4", "1", "3"]
        await pilot.press("s", *"learning_r", "enter")
        await until_seen(pilot, "sorted by learning_rate ↓", "#view-line")
        assert [row.split()[3] for row in rows(app)] == ["3", "1", "4", "2", "0"]
        await pilot.press("s", "enter")  # the first line: the newest first
        await until(pilot, lambda: "sorted by" not in screen_text(app))
        assert [row.split()[3] for row in rows(app)] == ["4", "3", "2", "1", "0"]


async def test_a_metric_that_runs_are_sorted_by_is_shown(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        assert "val 0.9189" in rows(app)[0]
        await pilot.press("s", *"last.val_loss", "enter")
        await until_seen(pilot, "sorted by last.val_loss ↑", "#view-line")
        head, first = region_text(app, "#runs", words=False).split("\n")[:2]
        assert head.split()[-2:] == ["last.val_l…", "day"]
        assert first.split()[-2] == "0.2588"


async def test_groups_have_a_row_and_enter_hides_their_runs(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("b", *"optimizer", "enter", "escape")
        await until_seen(pilot, "3 groups by optimizer", "#view-line")
        heads = [row for row in rows(app) if row.startswith("▾")]
        assert heads == [
            "▾ optimizer adam  2 runs  val_accuracy best 0.9189  mean 0.9189 ± 0.0000",
            "▾ optimizer rmsprop  1 run  val_accuracy best 0.9189",
            "▾ optimizer sgd  2 runs  val_accuracy best 0.9189  mean 0.9189 ± 0.0000",
        ]
        assert table.row_count == 8 and "Runs · 5" in region_text(app, "StatusLine")
        await pilot.press("home")
        await until_seen(pilot, "enter hides or shows its runs", "#run-details")
        await pilot.press("enter")
        await until(pilot, lambda: table.row_count == 6)
        assert rows(app)[0].startswith("▸ optimizer adam")
        # Keys that need a run do nothing on the row of a group.
        await pilot.press("space", "i", "n", "d", "r", "a")
        assert type(app.screen).__name__ == "RunsScreen"
        await pilot.press("enter", "down", "enter")
        await until_seen(pilot, "✓ finished", "#head")


async def test_chosen_columns_are_shown_and_kept(five: Recorder) -> None:
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("v")
        await until_seen(pilot, "Columns of the list")
        for _ in range(5):  # the usual ones, which come first
            await pilot.press("enter", "down")
        for name in ("learning_rate", "optimizer", "last.val_loss"):
            await pilot.press("ctrl+u", *name, "enter")
        await pilot.press("ctrl+u", "escape")
        await until_seen(pilot, "last.val_loss", "#runs")
        assert region_text(app, "#runs", words=False).split("\n")[0].split() == [
            *("name", "learning_rate", "optimizer", "last.val_loss")
        ]
        assert rows(app)[0].split() == ["✓", "try", "4", "0.0066667078", "rmsprop", "0.2588"]
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        assert "0.0066667078" in rows(app)[0]
        await pilot.press("v", "ctrl+r", "escape")
        await until_seen(pilot, "settings", "#runs")


async def test_many_columns_are_on_pages_and_no_number_is_cut(recorder: Recorder) -> None:
    names = [f"metric_{number:02}" for number in range(50)]
    events = [*began(), *whole_epochs(1, 4, 4), *finished(4)]
    many = [
        msgspec.structs.replace(
            one, metrics={name: 0.1234567 * n for n, name in enumerate(names, 1)}
        )
        if type(one).__name__ == "EpochEnded"
        else one
        for one in events
    ]
    recorder.make(many)
    write_preference("run-list", {"columns": names})
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "columns 1 to 5 of 50 ← →", "#view-line")
        await pilot.press("right")
        await until_seen(pilot, "columns 6 to 10 of 50 ← →", "#view-line")
        assert rows(app)[0].split()[-5:] == ["0.7407", "0.8642", "0.9877", "1.1111", "1.2346"]
        await pilot.press("left", "left")
        await until_seen(pilot, "columns 1 to 5 of 50", "#view-line")
        await pilot.resize_terminal(120, 40)
        await until_seen(pilot, "columns 1 to 9 of 50", "#view-line")
        seen, pages = set[str](), 0
        while "49" not in seen and pages < 20:
            seen |= {word[-2:] for word in region_text(app, "#runs").split() if "metric_" in word}
            await pilot.press("right")
            pages += 1
        assert len(seen) == 50


async def test_ten_thousand_metrics_are_found_by_typing(recorder: Recorder) -> None:
    events = [*began(), *whole_epochs(1, 1, 1), *finished(1)]
    metrics = {f"layer_{number}/norm": float(number) for number in range(10_000)}
    many = [
        msgspec.structs.replace(one, metrics=metrics) if type(one).__name__ == "EpochEnded" else one
        for one in events
    ]
    recorder.make(many)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("v")
        await until_seen(pilot, "more: type to find them")
        await pilot.press(*"9998/", "enter", "escape")
        assert "layer_9998/norm" in read_preference("run-list", dict, {})["columns"]
        await until_seen(pilot, "9998.0", "#runs")


@pytest.mark.parametrize("kept", [{"columns": []}, {"columns": ["gone", "lr"]}, {"columns": 3}])
async def test_columns_kept_by_another_version_do_no_harm(
    five: Recorder, kept: dict[str, object]
) -> None:
    write_preference("run-list", kept)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "try 4", "#runs")
        await pilot.press("v", "escape", "right", "left", "enter")
        await until_seen(pilot, "✓ finished", "#head")
