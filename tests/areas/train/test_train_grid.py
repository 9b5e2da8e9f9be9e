"""Several values in the fields of a training: one run for each combination."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.areas.train.on_train import put, runs, train
from tests.support.seeing import region_text, until, until_seen, until_toast
from tui.ui.forms.several_numbers import SeveralNumbers, SeveralRates

pytestmark = pytest.mark.usefixtures("digits", "nothing_trains_on")


async def test_several_values_are_several_runs_which_are_counted_and_queued() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "rate", "0.01, 1/1000")
        await put(app, pilot, "seed", "1,2,3")
        await until_seen(pilot, "6 runs: 3 seeds × 2 learning rates. ctrl+n queues them")
        assert app.screen.query_one("#rate", Input).value == "0.01, 0.001", "it was left"
        await until_seen(pilot, "2 values")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "6 runs wait in the queue, as the group “digits · small by lr,")
        found = runs()
        assert len(found) == 6 and app.current_mode == "train"
        assert {(one.spec.learning_rate, one.spec.seed) for one in found if one.spec} == {
            (rate, seed) for rate in (0.01, 0.001) for seed in (1, 2, 3)
        }
        assert "digits · small lr 0.001 seed 3" in {one.title for one in found}
        assert {one.spec.group for one in found if one.spec} == {"digits · small by lr, seed"}


async def test_optimizers_and_networks_have_a_choice_of_all() -> None:
    async with train() as (app, pilot):
        app.screen.query_one("#optimizer").focus()
        await pilot.press("up")
        await until_seen(pilot, "3 runs: 3 optimizers")
        app.screen.query_one("#model").focus()
        await pilot.press("down", "down")
        await until_seen(pilot, "9 runs: 3 networks × 3 optimizers")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 9)
        assert "digits course adam" in {one.title for one in runs()}


async def test_several_schedules_are_separated_by_semicolons() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "schedule", "constant; cosine;step:every=3")
        await until_seen(pilot, "3 runs: 3 schedules. ctrl+n queues them")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(runs()) == 3)
        assert {one.spec.schedule for one in runs() if one.spec} == {
            "constant",
            "cosine",
            "step:every=3,factor=0.5",
        }


async def test_more_than_fifty_are_asked_about() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "seed", ", ".join(map(str, range(1, 18))))
        await put(app, pilot, "epochs", "1, 2, 3")
        await until_seen(pilot, "51 runs: 17 seeds × 3 numbers of epochs")
        await pilot.press("ctrl+n")
        await until_seen(pilot, "51 runs. Queue")
        await pilot.press("n")
        await pilot.pause()
        assert runs() == []


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("seed", "1,,2", "seed: It is empty"),
        ("epochs", "5, 0", "0 epochs cannot be trained"),
        ("rate", "0.01, /", "learning rate: "),
        ("share", "50, 200", "A share of 200 % is not possible"),
        ("patience", "1, 2.5", "“2.5” is not a whole number"),
    ],
)
async def test_one_value_that_cannot_be_used_is_reported(
    field: str, typed: str, words: str
) -> None:
    async with train() as (app, pilot):
        await put(app, pilot, field, typed)
        await until_seen(pilot, words, "#train-message")
        await pilot.press("ctrl+n")
        await until_toast(pilot, "A value cannot be used")
        assert runs() == []


async def test_thousands_may_be_grouped_and_arrows_change_the_last_value() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "epochs", "1,000")
        assert app.screen.query_one("#epochs", SeveralNumbers).numbers == [1000]
        assert "runs:" not in region_text(app, "#train-message")
        await put(app, pilot, "seed", "7, 9")
        await pilot.press("up")
        await until(pilot, lambda: app.screen.query_one("#seed", Input).value == "7, 10")
        await put(app, pilot, "rate", "0.01, 0.001")
        await pilot.press("down")
        rates = app.screen.query_one("#rate", SeveralRates)
        await until(pilot, lambda: rates.rates == [0.01, 0.0003])
        await pilot.press("ctrl+r")
        await until(pilot, lambda: rates.rates == [0.001])
