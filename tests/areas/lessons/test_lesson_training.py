"""A training on a page of a lesson; a replayed recording stands in for TensorFlow."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.areas.lessons.lesson_page import (
    ONE,
    THREE,
    dots,
    dots_of,
    go,
    page_of,
    runs,
    until_told,
    without_pause,
    words,
)
from tests.support.recording import metrics, script, write_script
from tests.support.seeing import region_text, toasts, until

METRICS = ("accuracy", "loss")

pytestmark = pytest.mark.usefixtures("digits", "nothing_trains_on")


async def test_it_says_what_will_be_trained_and_starts_nothing() -> None:
    block = dataclasses.replace(ONE, stop="accuracy > 0.997")
    async with page_of(block) as (app, pilot, page):
        await until_told(pilot, "enter start the training")
        text = words(app)
        assert "Watch where the curves part." in text
        assert "digits: 1,442 training and 355 validation images, 10 classes" in text
        assert "at most 10 epochs, stops when accuracy > 0.997" in text
        assert "network: conv 32, conv 64, maxpool, flatten, dense 64, dense 10" in text
        assert runs() == [] and page.done == []
        assert app.focused is page.training
        waiting = app.launcher._ready
        assert waiting is not None and waiting.poll() is None, "a trainer loads Keras meanwhile"
        assert "Train" in region_text(app, "Footer") and "Stop" not in region_text(app, "Footer")


async def test_shares_are_reported_in_words_before_they_are_trained() -> None:
    async with page_of(THREE) as (_, pilot, _page):
        await until_told(pilot, "enter start the trainings")
        await until_told(pilot, "three trainings one after the other, 10 epochs each")
        await until_told(pilot, "1/10: 143 images · 1/3: 477 images · all: 1,442 images")


async def test_the_lessons_network_is_the_one_that_is_trained() -> None:
    block = dataclasses.replace(ONE, network="conv:k=5,f=3,a=relu flatten dense:k=10,a=softmax")
    async with page_of(block) as (_, pilot, _page):
        await until_told(pilot, "network: conv 5, flatten, dense 10")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        line = "8x8x1 conv:k=5,f=3,a=relu flatten dense:k=10,a=softmax"
        assert runs()[0].spec().network == line


async def test_enter_trains_and_the_page_tells_how_it_went() -> None:
    async with page_of(dataclasses.replace(ONE, seed=7)) as (app, pilot, page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        await until(pilot, lambda: dots(app) > 5)
        text = words(app)
        assert "⣀ training ● validation 1,442 images" in text
        assert text.count("● validation") == 1
        assert "650 images/s" in text
        assert f"epoch 3: accuracy {metrics(3)['accuracy']:.4f}, val_accuracy " in text
        assert ONE.prompt in text and ONE.explain not in text
        assert region_text(app, "Footer").startswith("s Stop")
        (run,) = runs()
        spec = run.spec()
        assert spec.name == "small-data · digits"
        assert (spec.epochs, spec.seed, spec.data.seed, spec.share) == (10, 7, 7, 1.0)
        assert spec.stop_rule is None
        await pilot.press("enter", "r")  # a training at work is not begun twice
        go(run)
        await until_told(pilot, "✓ All 10 epochs are done")
        await until_told(pilot, "They part after epoch 4.")
        table = region_text(app, ".table", words=False).split("\n")
        assert table[0].split() == ["epoch", "accuracy", "val_accuracy", "gap", "loss", "val_loss"]
        first = metrics(1)
        accuracy, validation = first["accuracy"] or 0, first["val_accuracy"] or 0
        assert table[1].split() == [
            *("1", "first"),
            *(f"{accuracy:.4f}", f"{validation:.4f}", f"{accuracy - validation:+.4f}"),
            *(f"{first['loss']:.4f}", f"{first['val_loss']:.4f}"),
        ]
        assert [row.split()[:2] for row in table[2:4]] == [["8", "best"], ["10", "last"]]
        await until(pilot, lambda: page.done == [page.training._block])
        assert len(runs()) == 1


async def test_loss_stands_beside_accuracy_and_a_cursor_tells_the_values(
    replayed_trainer: Path,
) -> None:
    without_pause(replayed_trainer)
    async with page_of(dataclasses.replace(ONE, stop="accuracy > 0.997")) as (app, pilot, _page):
        await until_told(pilot, "start the training")
        assert "Cursor" not in region_text(app, "Footer")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
        titles = [str(app.screen.query_one(f"#{name}-title").render()) for name in METRICS]
        assert [title.split()[0] for title in titles] == ["accuracy", "loss"]
        assert "accuracy > 0.997" in titles[0] and "0.997" not in titles[1]
        for name in METRICS:
            chart = app.screen.query_one(f"#{name}-chart")
            await until(pilot, lambda c=chart: dots_of(c) > 3)  # type: ignore[misc]
        await pilot.press("left", "left", "left")
        await until_told(pilot, "cursor at epoch 8")
        row = next(r for r in region_text(app, ".table", words=False).split("\n") if "┃" in r)
        values = metrics(8)
        assert row.split() == [
            *("8", "┃", f"{values['accuracy']:.4f}", f"{values['val_accuracy']:.4f}"),
            f"{(values['accuracy'] or 0) - (values['val_accuracy'] or 0):+.4f}",
            *(f"{values['loss']:.4f}", f"{values['val_loss']:.4f}"),
        ]
        await until(pilot, lambda: "┃" in region_text(app, "#loss-chart"))
        await pilot.press("home")
        await until_told(pilot, "cursor at epoch 1")
        await pilot.press("end", "right")
        await until_told(pilot, "cursor at epoch 10")


async def test_what_was_expected_stands_beside_what_came(replayed_trainer: Path) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE, expected="val_accuracy will be higher") as (_, pilot, _page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        last = metrics(10)
        await until_told(
            pilot,
            "You expected: val_accuracy will be higher. It came to: accuracy "
            f"{last['accuracy']:.4f}, val_accuracy {last['val_accuracy']:.4f} (epoch 1: ",
        )


async def test_s_stops_it_and_keeps_what_it_has() -> None:
    async with page_of(ONE) as (app, pilot, page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        await pilot.press("s")
        await until_told(pilot, "■ Stopped in epoch 4 as you asked; final.keras is saved.")
        assert "They part after epoch 4." in words(app)
        assert page.done == [ONE]
        await pilot.press("s")  # nothing is at work any more
        assert toasts(app).count("Stopping after the current batch.") == 1


async def test_r_trains_again_and_the_run_before_stays(replayed_trainer: Path) -> None:
    without_pause(replayed_trainer)
    async with page_of(ONE) as (_, pilot, page):
        await until_told(pilot, "start the training")
        await pilot.press("enter")
        await until_told(pilot, "✓ All 10 epochs are done")
        write_script(replayed_trainer, script())
        await pilot.press("r")
        await until_told(pilot, "epoch 4 of 10")
        assert len(runs()) == 2
        go(runs()[1])
        await until_told(pilot, "✓ All 10 epochs are done")
        assert page.done == [ONE, ONE]


async def test_shares_are_trained_one_after_the_other_into_one_chart(
    replayed_trainer: Path,
) -> None:
    async with page_of(THREE) as (app, pilot, page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        assert [run.spec().share for run in runs()] == [0.1]
        assert "▲ 1/3: 477 images" in words(app) and "■ all: 1,442 images" in words(app)
        without_pause(replayed_trainer)
        go(runs()[0])
        await until_told(pilot, "✓ All three trainings are over.")
        assert [run.spec().share for run in runs()] == [0.1, 0.33, 1.0]
        assert {run.spec().name for run in runs()} == {
            *("small-data 1/10 · digits", "small-data 1/3 · digits", "small-data all · digits")
        }
        chart = region_text(app, "#accuracy-chart")
        assert all(sign in chart for sign in "■")  # the last hides the others: all are equal
        table = region_text(app, ".table", words=False).split("\n")
        assert table[0].split() == [
            "share",
            "images",
            "accuracy",
            "val_accuracy",
            "gap",
            "loss",
            "val_loss",
        ]
        last = metrics(10)
        accuracy, validation = last["accuracy"] or 0, last["val_accuracy"] or 0
        values = [f"{accuracy:.4f}", f"{validation:.4f}", f"{accuracy - validation:+.4f}"]
        rows = [row.split() for row in table[1:4]]
        assert [row[:2] for row in rows] == [["●", "1/10"], ["▲", "1/3"], ["■", "all"]]
        assert all(row[3:6] == values for row in rows)
        assert page.done == [THREE]


async def test_a_stop_halts_the_rest_and_enter_goes_on(replayed_trainer: Path) -> None:
    async with page_of(THREE) as (_, pilot, page):
        await until_told(pilot, "start the trainings")
        await pilot.press("enter")
        await until_told(pilot, "1/10 (1 of 3) epoch 4 of 10")
        await pilot.press("s")
        await until_told(pilot, "■ 1/10: Stopped in epoch 4 as you asked")
        await until_told(pilot, "enter go on with 1/3")
        assert len(runs()) == 1 and page.done == []
        without_pause(replayed_trainer)
        await pilot.press("enter")
        await until_told(pilot, "■ All are over; stopped before the last epoch: 1/10.")
        assert len(runs()) == 3 and page.done == [THREE]
