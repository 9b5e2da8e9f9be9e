"""Logs of other programs in the app: the window that opens them, and their runs. The reader of
logs is the real process: it needs no Keras."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.areas.runs.on_runs import list_of_runs
from tests.support.hidden import hide
from tests.support.log_files import age, event_folder, keras_logs, table, text_file
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.runs.store.run_list import RunList
from tui.runs.watched.find_logs import find_logs

SIZES = [(80, 24), (120, 40)]
LOSS = {"train/loss": [(n, 1 / (n + 1)) for n in range(8)], "val/loss": [(3, 0.5), (7, 0.4)]}


async def look(pilot: Pilot[None], path: Path | str) -> None:
    """Open the window from the list, and type a path."""
    await pilot.press("5", "o")
    await until(pilot, lambda: bool(pilot.app.screen.query("#watch-path")))
    pilot.app.screen.query_one("#watch-path", Input).value = str(path)
    await pilot.press("enter")


async def closed(app: CnnTuiApp) -> None:
    """End the reader before the test's folder goes."""
    app.log_reader.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_folder_of_logs_is_found_shown_and_compared(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    keras_logs(tmp_path / "logs" / "wide")
    event_folder(tmp_path / "logs" / "torch", LOSS, simple=True)
    table(tmp_path / "logs" / "a.csv", [{"epoch": n, "loss": 1 / (n + 1)} for n in range(3)])
    age(tmp_path / "logs")
    async with opened(size) as (app, pilot):
        await look(pilot, tmp_path / "logs")
        await until_seen(pilot, "3 runs found: 2 TensorBoard, 1 CSV. enter shows all of them.")
        await until_seen(pilot, "guessed: loss")
        rows = region_text(app, "#watch-logs", words=False).splitlines()
        assert [" ".join(row.split()) for row in rows[:3]] == [
            "a.csv CSV 1 series 3 ep",
            "torch TensorBoard 2 series 2 ep",
            "wide TensorBoard 5 series 4 ep",
        ]
        await pilot.press("down")
        await until_seen(pilot, "loss is train/loss, val_loss is val/loss", "#watch-about")
        assert "Each epoch ends where the log has a validation." in screen_text(app)
        await pilot.press("enter")
        await until_seen(pilot, "3 compared")
        await until_seen(pilot, "◉ followed")
        assert {one.title for one in app.runs} == {"a.csv", "torch", "wide"}
        await closed(app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_log_is_a_run_that_grows(tmp_path: Path, size: tuple[int, int]) -> None:
    path = table(
        tmp_path / "mnist.csv",
        [{"epoch": n, "loss": 1 / (n + 1), "val_loss": 2 / (n + 1)} for n in range(6)],
    )
    async with opened(size) as (app, pilot):
        await look(pilot, path)
        await until_seen(pilot, "1 run found: 1 CSV. enter shows it.")
        await pilot.press("enter")
        await until_seen(pilot, "mnist.csv ◉ followed CSV", "#head")
        await until_seen(pilot, "epoch 6", "#values")
        await until_seen(pilot, "2 series of mnist.csv; guessed: loss, val_loss", "#messages")
        assert "nothing is training" in screen_text(app)
        assert "Stop" not in region_text(app, "Footer") and "Curves" in region_text(app, "Footer")
        with path.open("a") as file:
            file.write("6,0.125,0.25\n")
        await until_seen(pilot, "epoch 7: loss 0.1250", "#values")
        await pilot.press("space")
        await until_toast(pilot, "is only read")
        await closed(app)
        await until_seen(pilot, "≡ read", "#head")


async def test_which_series_is_what_is_changed_on_the_run(tmp_path: Path) -> None:
    rows = [{"epoch": n, "nll": 1 / (n + 1), "score": n / 10} for n in range(6)]
    path = age(table(tmp_path / "a.csv", rows))
    async with opened((100, 30)) as (app, pilot):
        await look(pilot, path)
        await until_seen(pilot, "guessed: loss is nll")
        await pilot.press("enter")
        await until_seen(pilot, "epoch 6: loss", "#values")
        await pilot.press("c")
        await until_seen(pilot, "nll (guessed)")
        await pilot.press("down", "enter")
        await until_seen(pilot, "Which series is the training accuracy?")
        await pilot.press(*"score", "enter")
        await until_seen(pilot, "training accuracy    score")
        await pilot.press("escape")
        await until_seen(pilot, "chosen: accuracy; guessed: loss", "#messages")
        await until_seen(pilot, "accuracy 0.5000", "#values")
        (run,) = (one.run for one in RunList().read())
        spec = run.external()
        assert spec is not None and spec.roles.accuracy == "score" and spec.roles.loss is None
        await closed(app)


async def test_which_series_is_what_is_changed_before_it_is_watched(tmp_path: Path) -> None:
    path = age(table(tmp_path / "a.csv", [{"epoch": n, "loss": 1.0} for n in range(3)]))
    async with opened((100, 30)) as (app, pilot):
        await look(pilot, path)
        await until_seen(pilot, "guessed: loss")
        await pilot.press("c", "enter")
        await until_seen(pilot, "Which series is the training loss?")
        await pilot.press(*"none", "enter", "escape")
        await until_seen(pilot, "no series is known to be a loss", "#watch-about")
        await pilot.press("enter")
        await until_seen(pilot, "◉ followed", "#head")
        await until_seen(pilot, "loss (series) 1.0000", "#values")
        await closed(app)


async def test_what_is_no_log_is_a_sentence(tmp_path: Path) -> None:
    text_file(tmp_path / "notes\x1b[2J.txt", "hello\n")
    (tmp_path / "empty").mkdir()
    async with opened((80, 24)) as (app, pilot):
        await look(pilot, tmp_path / "empty")
        await until_seen(pilot, "is empty. Start the training first", "#watch-found")
        field = app.screen.query_one("#watch-path", Input)
        field.value = str(tmp_path / "notes\x1b[2J.txt")
        await pilot.press("enter")
        await until_seen(pilot, "a text without columns of a training", "#watch-found")
        field.value = str(tmp_path / "missing")
        await pilot.press("enter")
        await until_seen(pilot, "There is no file or folder", "#watch-found")
        await pilot.press("escape")
        assert not app.screen.query("#watch-path") and not app.runs


async def test_without_tensorboard_the_window_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "tensorboard")
    keras_logs(tmp_path / "logs")
    async with opened((80, 24)) as (_, pilot):
        await look(pilot, tmp_path / "logs")
        await until_seen(pilot, "pip install 'cnn-tui[tensorboard]'", "#watch-found")


async def test_deleting_says_that_the_log_stays(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}])
    async with opened((100, 30), watch_runs=True) as (app, pilot):
        await look(pilot, path)
        await until_seen(pilot, "guessed: loss")
        await pilot.press("enter")
        await until_seen(pilot, "◉ followed", "#head")
        await pilot.press("escape")
        await list_of_runs(pilot)
        await until_seen(pilot, "◉ followed", "#runs")
        await pilot.press("d")
        await until_seen(pilot, "Delete cnn-tui's copy of this run")
        await until_seen(pilot, "The log stays as it is.")
        await pilot.press("y")
        await until(pilot, lambda: not app.runs)
        assert path.exists()
        await closed(app)


async def test_a_run_read_earlier_is_followed_again_when_it_is_opened(tmp_path: Path) -> None:
    path = age(table(tmp_path / "a.csv", [{"epoch": 0, "loss": 0.5}]))
    async with opened((100, 30)) as (app, pilot):
        await look(pilot, path)
        await until_seen(pilot, "guessed: loss")
        await pilot.press("enter")
        await until_seen(pilot, "epoch 1: loss", "#values")
        await closed(app)
    with path.open("a") as file:
        file.write("1,0.25\n")
    async with opened((100, 30)) as (app, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "≡ read", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "◉ followed", "#head")
        await until_seen(pilot, "epoch 2: loss 0.2500", "#values")
        await closed(app)


async def test_watch_opens_the_app_on_the_run(tmp_path: Path) -> None:
    found = find_logs([age(keras_logs(tmp_path / "mnist"))])
    app = CnnTuiApp(watch_runs=False, first=lambda one: one.watch_logs(found.logs))
    async with app.run_test(size=(100, 30)) as pilot:
        await until_seen(pilot, "◉ followed TensorBoard", "#head")
        await until_seen(pilot, "epoch 4:", "#values")
        await until_seen(pilot, "5 series of mnist; guessed: loss, accuracy", "#messages")
        await closed(app)


async def test_many_logs_open_the_list(tmp_path: Path) -> None:
    for number in range(8):
        table(tmp_path / "logs" / f"run{number}" / "a.csv", [{"epoch": 0, "loss": 0.5}])
    async with opened((100, 30), watch_runs=True) as (app, pilot):
        await look(pilot, tmp_path / "logs")
        await until_seen(pilot, "8 runs found")
        await until(
            pilot, lambda: app.screen.query_one("#watch-logs", OptionList).option_count == 8
        )
        await pilot.press("enter")
        await until_seen(pilot, "Runs · 8")
        await until_seen(pilot, "◉ followed", "#runs")
        await closed(app)
